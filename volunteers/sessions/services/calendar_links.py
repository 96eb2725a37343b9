"""Secret links to calendar feeds: made, revoked, read."""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.secret_digest import digest_of
from volunteers.errors import NotNow
from volunteers.sessions.models import CalendarLink

# One for each telephone and computer that a person has, and some forgotten ones.
MOST_LINKS = 10
# How exact "last read" is: telephones read every few minutes.
READ_STEP = dt.timedelta(minutes=10)


@transaction.atomic
def make_calendar_link(*, actor: User) -> str:
    """Make a link to the actor's own feed and return its secret, which cannot be read again.

    Raises ``NotNow`` when there are as many as a person can need.
    """
    # Locked, so that ten taps at once do not make twenty links.
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    if actor.calendar_links.filter(revoked_at=None).count() >= MOST_LINKS:
        raise NotNow(
            _("Bạn đã có %(most)s đường link. Thu hồi đường link không dùng nữa rồi tạo lại.")
            % {"most": MOST_LINKS}
        )
    secret = secrets.token_urlsafe(24)
    CalendarLink.objects.create(user=actor, digest=digest_of(secret), created_at=clock.now())
    return secret


def revoke_calendar_link(*, actor: User, link_id: Any) -> None:
    """End one of the actor's own links; 404 for anybody else's."""
    own = CalendarLink.objects.visible_to(actor).filter(pk=link_id)
    if not own.exists():
        raise Http404
    own.filter(revoked_at=None).update(revoked_at=clock.now())


def open_calendar_link(*, secret: str) -> User | None:
    """Return whose feed the secret opens and note the reading; None if it opens none."""
    link = (
        CalendarLink.objects.select_related("user")
        .filter(digest=digest_of(secret), revoked_at=None)
        .first()
    )
    if link is None or not link.user.may_sign_in:
        return None
    now = clock.now()
    long_ago = Q(read_at=None) | Q(read_at__lt=now - READ_STEP)
    CalendarLink.objects.filter(long_ago, pk=link.pk).update(read_at=now)
    return link.user
