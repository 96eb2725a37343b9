"""Invitations for all at once who came by a file or one by one."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Invitation, User
from accounts.services import issue_invitation
from accounts.views import invitation_card
from campaign.models import Appointment, Branch, Unit
from campaign.permissions import Permission, grants_only
from campaign.setup.people import ROLES
from core.clock import today
from core.portal import portal

_TEXT = gettext_lazy(
    "%(name)s ơi, đây là đường link để đặt mật khẩu và báo cáo cho %(place)s trên cổng "
    "%(portal)s. Dùng được một lần, trong 7 ngày, đừng gửi cho người khác: %(url)s"
)
_TEXT_OF_LEADS = gettext_lazy(
    "%(name)s ơi, đây là đường link để đặt mật khẩu trên cổng %(portal)s (%(role)s, %(place)s). "
    "Dùng được một lần, trong 7 ngày, đừng gửi cho người khác: %(url)s"
)


class Outstanding(Enum):
    """Of those who have no password yet: without a link that works, or all of them."""

    UNINVITED = "uninvited"
    ALL = "all"


@dataclass(frozen=True)
class Card:
    """What is printed, and the text that is sent, for one person."""

    user: User
    place: Branch | Unit
    role: str
    url: str
    qr: str
    text: str


def uninvited(who: Outstanding = Outstanding.UNINVITED) -> list[Appointment]:
    """Return those in office today who have never had a password, secretaries by branch first."""
    owned = Appointment.objects.on(today()).filter(
        role__in=ROLES,
        user__is_active=True,
        user__password__startswith=UNUSABLE_PASSWORD_PREFIX,
        user__last_login=None,
    )
    if who is Outstanding.UNINVITED:
        working = Invitation.objects.filter(used_at=None, expires_at__gt=timezone.now())
        owned = owned.exclude(user__in=working.values("user"))
    found = owned.select_related("user", "branch__parent", "unit__parent").order_by(
        F("branch__path").asc(nulls_last=True), "unit__path", "pk"
    )
    # Somebody with two places is invited once.
    return list({one.user_id: one for one in reversed(found)}.values())[::-1]


@transaction.atomic
def invite_all(*, actor: User, who: Outstanding, request: HttpRequest) -> list[Card]:
    """Make a link for each; links that were made before and not used end."""
    cards = []
    for owned in uninvited(who):
        try:
            secret = issue_invitation(actor=actor, user=owned.user)
        except PermissionDenied:
            # Has got a task in the meantime that is not the actor's to give a password for.
            continue
        shown: dict[str, Any] = invitation_card(request, owned.user, secret)
        place = owned.branch or owned.unit
        assert place is not None  # noqa: S101 - an appointment has one, by its constraint
        role = owned.get_role_display()
        words = _TEXT if grants_only(owned.role, Permission.REPORT) else _TEXT_OF_LEADS
        text = str(words) % {
            "name": owned.user.full_name,
            "place": place.name,
            "role": role,
            "portal": portal().name,
            "url": shown["url"],
        }
        cards.append(Card(owned.user, place, role, shown["url"], shown["qr"], text))
    return cards
