"""What came of a request as it enters the day: a closed session of its own (C26).

So it counts once, by the rules that hold for every session: until the report of the day is in, and
asked about after that; corrected and cancelled as any other.
"""

import datetime as dt
import secrets
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Branch, BranchKind, Campaign
from core import clock
from volunteers.errors import InvalidInput
from volunteers.help_requests.models import HelpRequest, RequestType
from volunteers.sessions.models import PlaceKind, State, SupportSession
from volunteers.sessions.querysets import SessionQuerySet
from volunteers.sessions.services.sessions import close_session

KINDS = {
    RequestType.VISIT.value: PlaceKind.HOME_VISITS,
    RequestType.CALL.value: PlaceKind.TELEPHONE,
}
# Of a day that is over the hour is not known: the session stands at its end.
LAST_MINUTE = dt.time(23, 59)


def gatherings(campaign: Campaign) -> SessionQuerySet:
    """Return the sessions to which people come together: those that are no request's outcome."""
    return SupportSession.objects.existing().filter(campaign=campaign, help_requests=None)


def host_of(request: HelpRequest, day: dt.date) -> Branch | None:
    """Return who counts the outcome: the commune's own Youth Union, else the team's branch."""
    own = Branch.objects.on(day).filter(home_unit=request.unit_id, kind=BranchKind.YOUTH_UNION)
    found = own.select_related("home_unit").order_by("depth", "pk").first()
    return found or (request.team.branch if request.team is not None else None)


def enter_day(
    *, actor: User, request: HelpRequest, counts: Mapping[str, int], people: int, day: dt.date
) -> SupportSession:
    """Close a session with the outcome of a request; ``people`` helped.

    Raises ``InvalidInput``, and ``WindowClosed`` where the day takes no counts.
    """
    today = clock.today()
    if not timezone.localtime(request.asked_at).date() <= day <= today:
        text = _("Ngày giúp phải từ ngày nhận yêu cầu đến hôm nay.")
        raise InvalidInput({"day": [text]})
    branch = host_of(request, day)
    if branch is None:
        raise InvalidInput(
            {"counts": [_("Giao cho một tổ trước, để biết đơn vị nào tính số này.")]}
        )
    ends_at = clock.now().time().replace(second=0, microsecond=0) if day == today else LAST_MINUTE
    ends_at = max(ends_at, dt.time(0, 1))
    session = SupportSession.objects.create(
        campaign=request.campaign,
        branch=branch,
        unit=request.unit,
        place_kind=KINDS[request.wish],
        place=_("Giúp theo yêu cầu %(number)s") % {"number": request.number},
        date=day,
        begins_at=(dt.datetime.combine(day, ends_at) - dt.timedelta(minutes=1)).time(),
        ends_at=ends_at,
        state=State.UNDER_WAY,
        join_key=secrets.token_urlsafe(12),
    )
    if request.team is not None:
        session.teams.add(request.team)
    return close_session(
        actor=actor,
        session=session,
        counts=counts,
        headcount=people,
        base_version=session.version,
    )
