"""Invitations for all secretaries at once."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Invitation, User
from accounts.services import issue_invitation
from accounts.views import invitation_card
from campaign.models import Appointment, Branch
from campaign.permissions import Permission, roles_with_only
from core.clock import today
from core.portal import portal


class Outstanding(Enum):
    """Of those who have no password yet: without a link that works, or all of them."""

    UNINVITED = "uninvited"
    ALL = "all"


@dataclass(frozen=True)
class Card:
    """What is printed, and the text that is sent, for one person."""

    user: User
    branch: Branch
    url: str
    qr: str
    text: str


def uninvited(who: Outstanding = Outstanding.UNINVITED) -> list[Appointment]:
    """Return the secretaries of today who have never had a password, by branch."""
    owned = Appointment.objects.on(today()).filter(
        role__in=roles_with_only(Permission.REPORT),
        user__is_active=True,
        user__password__startswith=UNUSABLE_PASSWORD_PREFIX,
        user__last_login=None,
    )
    if who is Outstanding.UNINVITED:
        working = Invitation.objects.filter(used_at=None, expires_at__gt=timezone.now())
        owned = owned.exclude(user__in=working.values("user"))
    found = owned.select_related("user", "branch__parent").order_by("branch__path", "pk")
    # Somebody with two branches is invited once.
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
        assert owned.branch is not None  # noqa: S101 - a secretary's appointment has one
        shown: dict[str, Any] = invitation_card(request, owned.user, secret)
        text = _(
            "%(name)s ơi, đây là đường link để đặt mật khẩu và báo cáo cho %(branch)s trên cổng "
            "%(portal)s. Dùng được một lần, trong 7 ngày, đừng gửi cho người khác: %(url)s"
        ) % {
            "name": owned.user.full_name,
            "branch": owned.branch.name,
            "portal": portal().name,
            "url": shown["url"],
        }
        cards.append(Card(owned.user, owned.branch, shown["url"], shown["qr"], text))
    return cards
