"""What came of a request as it enters the day: a closed session of its own (C26).

So it counts once, by the rules that hold for every session: until the report of the day is in, and
asked about after that; corrected and cancelled as any other.
"""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.count_validation import Errors
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


def gatherings(campaign: Campaign) -> SessionQuerySet:
    """Return the sessions to which people come together: those that are no request's outcome."""
    return SupportSession.objects.existing().filter(campaign=campaign, help_requests=None)


def host_of(request: HelpRequest, day: dt.date) -> Branch | None:
    """Return who counts the outcome: the commune's own Youth Union, else the team's branch."""
    own = Branch.objects.on(day).filter(home_unit=request.unit_id, kind=BranchKind.YOUTH_UNION)
    found = own.select_related("home_unit").order_by("depth", "pk").first()
    return found or (request.team.branch if request.team is not None else None)


@dataclass(frozen=True)
class HelpGiven:
    """Who helped and when: how many ``people``, on what day, from when to when."""

    people: int
    day: dt.date
    begins_at: dt.time | None
    ends_at: dt.time | None


def enter_day(
    *, actor: User, request: HelpRequest, counts: Mapping[str, int], given: HelpGiven
) -> SupportSession:
    """Close a session with the outcome of a request.

    Raises ``InvalidInput``, and ``WindowClosed`` where the day takes no counts.
    """
    begins_at, ends_at = _checked_hours(request, given)
    branch = host_of(request, given.day)
    if branch is None:
        raise InvalidInput(
            {"counts": [_("Giao cho một tổ trước, để biết đơn vị nào tính số này.")]}
        )
    session = SupportSession.objects.create(
        campaign=request.campaign,
        branch=branch,
        unit=request.unit,
        place_kind=KINDS[request.wish],
        place=_("Giúp theo yêu cầu %(number)s") % {"number": request.number},
        date=given.day,
        begins_at=begins_at,
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
        headcount=given.people,
        base_version=session.version,
    )


def _checked_hours(request: HelpRequest, given: HelpGiven) -> tuple[dt.time, dt.time]:
    """Return from when to when help was given; it is not guessed, for hours are added up."""
    errors: Errors = {}
    if not timezone.localtime(request.asked_at).date() <= given.day <= clock.today():
        errors["day"] = [_("Ngày giúp phải từ ngày nhận yêu cầu đến hôm nay.")]
    if given.begins_at is None:
        errors["begins_at"] = [_("Nhập giờ bắt đầu.")]
    if given.ends_at is None:
        errors["ends_at"] = [_("Nhập giờ kết thúc.")]
    elif given.begins_at is not None and given.ends_at <= given.begins_at:
        errors["ends_at"] = [_("Giờ kết thúc phải sau giờ bắt đầu, trong cùng một ngày.")]
    elif clock.at(given.day, given.ends_at) > clock.now():
        errors.setdefault("ends_at", [_("Giờ này chưa tới. Giúp xong rồi mới ghi.")])
    if errors or given.begins_at is None or given.ends_at is None:
        raise InvalidInput(errors)
    return given.begins_at, given.ends_at
