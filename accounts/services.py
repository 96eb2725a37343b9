"""All writes of this app: tokens, invitations, passwords, accounts that are closed."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.keys import end_keys
from accounts.models import ApiToken, Invitation, User
from accounts.superiors import Event, may_set_password, tell_owner
from core.secret_digest import digest_of

# More programs than this nobody looks after.
MOST_TOKENS = 10
# How exact "last used" is: programs ask every few seconds.
USE_STEP = timedelta(minutes=10)


@transaction.atomic
def issue_token(*, user: User, name: str = "", days: int = settings.TOKEN_DAYS[0]) -> str:
    """Make a bearer token for ``user`` and return it; it cannot be read again.

    Raises ``ValidationError`` where there are as many as anybody looks after.
    """
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    now = timezone.now()
    if user.api_tokens.filter(revoked_at=None, expires_at__gt=now).count() >= MOST_TOKENS:
        text = _("Bạn đã có %(most)s khóa. Thu hồi khóa không dùng nữa rồi tạo lại.")
        raise ValidationError(text % {"most": MOST_TOKENS})
    secret = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        user=user, name=name, digest=digest_of(secret), expires_at=now + timedelta(days=days)
    )
    return secret


def open_token(secret: str) -> ApiToken | None:
    """Return the token that works and note its use; None if there is none."""
    now = timezone.now()
    working = ApiToken.objects.filter(revoked_at=None, expires_at__gt=now)
    # At most one bears the digest: to order wide rows takes Django longer than to read them.
    token = next(iter(working.select_related("user").filter(digest=digest_of(secret))), None)
    if token is None or not token.user.may_sign_in:
        return None
    if token.used_at is None or token.used_at < now - USE_STEP:
        long_ago = Q(used_at=None) | Q(used_at__lt=now - USE_STEP)
        ApiToken.objects.filter(long_ago, pk=token.pk).update(used_at=now)
    return token


@transaction.atomic
def issue_invitation(*, actor: User, user: User) -> str:
    """Return the secret of a new invitation for ``user``; earlier unused ones end.

    It sets a password: raises ``PermissionDenied`` unless the account never had one, or the
    actor is the owner's superior. Who has a password is told.
    """
    if not may_set_password(actor, user):
        raise PermissionDenied
    now = timezone.now()
    Invitation.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    secret = secrets.token_urlsafe(24)
    Invitation.objects.create(
        user=user,
        digest=digest_of(secret),
        created_by=actor,
        expires_at=now + settings.INVITATION_LIFE,
    )
    if user.has_usable_password():
        tell_owner(user, Event.LINK_MADE, actor)
    return secret


def find_invitation(secret: str) -> Invitation | None:
    """Return the invitation that a secret opens.

    Who made it must still be the one who may: between the link and its use the owner may have
    been given more, or the superior less.
    """
    found = (
        Invitation.objects.select_related("user", "created_by")
        .filter(digest=digest_of(secret), used_at=None, expires_at__gt=timezone.now())
        .first()
    )
    return found if found and may_set_password(found.created_by, found.user) else None


@transaction.atomic
def accept_invitation(*, secret: str, password: str) -> User | None:
    """Set the password; return the user, or None if the link does not work any more.

    Every key that the account had ends. Raises ``ValidationError`` for a password that is too
    easy to guess. The account is locked, so that of two phones with the same link only one gets
    in.
    """
    invitation = find_invitation(secret)
    if invitation is None:
        return None
    user: User = User.objects.select_for_update(of=("self",)).get(pk=invitation.user_id)
    if find_invitation(secret) is None:
        return None
    validate_password(password, user)
    Invitation.objects.filter(pk=invitation.pk).update(used_at=timezone.now())
    if user.has_usable_password():
        tell_owner(user, Event.PASSWORD_SET, invitation.created_by)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_keys(user)
    return user


@transaction.atomic
def change_password(*, user: User, password: str, this_session: str | None = None) -> None:
    """Set a password that the owner has chosen; every key but the session at hand ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    tell_owner(user, Event.PASSWORD_CHANGED, user)
    end_keys(user, but=this_session)


def purge_expired_invitations(*, older_than: timedelta) -> int:
    """Delete invitations that ended long ago; return how many."""
    deleted, _ = Invitation.objects.filter(expires_at__lt=timezone.now() - older_than).delete()
    return deleted
