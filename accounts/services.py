"""All writes of this app: tokens, invitations, passwords."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiToken, Invitation, User
from core.secret_digest import digest_of


def issue_token(*, user: User) -> str:
    """Make a bearer token for ``user`` and return it; it cannot be read again."""
    secret = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, digest=digest_of(secret))
    return secret


@transaction.atomic
def issue_invitation(*, actor: User, user: User) -> str:
    """Return the secret of a new invitation for ``user``; earlier unused ones end."""
    now = timezone.now()
    Invitation.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    secret = secrets.token_urlsafe(24)
    Invitation.objects.create(
        user=user,
        digest=digest_of(secret),
        created_by=actor,
        expires_at=now + settings.INVITATION_LIFE,
    )
    return secret


def find_invitation(secret: str) -> Invitation | None:
    return (
        Invitation.objects.select_related("user")
        .filter(digest=digest_of(secret), used_at=None, expires_at__gt=timezone.now())
        .filter(user__is_active=True)
        .first()
    )


@transaction.atomic
def accept_invitation(*, secret: str, password: str) -> User | None:
    """Set the first password; return the user, or None if the link does not work any more.

    Raises ``ValidationError`` for a password that is too easy to guess. The row is locked,
    so that of two phones with the same link only one gets in.
    """
    found = find_invitation(secret)
    if found is None:
        return None
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if invitation.used_at is not None:
        return None
    user = found.user
    validate_password(password, user)
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def purge_expired_invitations(*, older_than: timedelta = timedelta(days=30)) -> int:
    """Delete invitations that ended long ago; return how many."""
    deleted, _ = Invitation.objects.filter(expires_at__lt=timezone.now() - older_than).delete()
    return deleted
