"""How a team hears that a request is given to it; what sends messages stands above this app.

The messenger says so when it is loaded; until then nobody is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from accounts.models import User
from core import clock
from volunteers.help_requests.models import HelpRequest
from volunteers.teams.models import Membership, Team
from volunteers.teams.querysets import KEY_ROLES


@dataclass(frozen=True)
class Notices:
    """How many messages about an assignment have gone out, and how many still wait."""

    sent: int = 0
    waiting: int = 0


class Messenger(Protocol):
    def tell(self, request: HelpRequest, leaders: Sequence[User]) -> None: ...

    def notices_about(self, request: HelpRequest) -> Notices: ...


_messengers: list[Messenger] = []


def tell_by(messenger: Messenger) -> None:
    _messengers.append(messenger)


def leaders_of(team: Team) -> list[User]:
    """Return the accounts of those who lead the team today."""
    led = Membership.objects.on(clock.today()).filter(team=team, role__in=KEY_ROLES)
    users = User.objects.filter(volunteer__memberships__in=led).distinct()
    return [user for user in users.order_by("pk") if user.may_sign_in]


def tell_team(request: HelpRequest) -> None:
    if request.team is not None:
        leaders = leaders_of(request.team)
        for messenger in _messengers:
            messenger.tell(request, leaders)


def notices_about(request: HelpRequest) -> Notices:
    """Return what has become of the messages about the present assignment."""
    found = [messenger.notices_about(request) for messenger in _messengers]
    return Notices(sum(one.sent for one in found), sum(one.waiting for one in found))
