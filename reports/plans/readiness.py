"""What stands ready for the next peak drive, each line true from rows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign.models import Branch, Campaign, Phase
from campaign.reporting_window import phases_of
from campaign.selectors import secretaries_of
from campaign.takes_part import takes_part
from core import clock
from core.templatetags.formatting import count
from reports.notifications.contact_points import contact_points
from volunteers.help_requests.outcome import gatherings
from volunteers.sessions.models import State, SupportSession
from volunteers.teams.models import Membership, Team
from volunteers.teams.querysets import KEY_ROLES

# Who said yes to the day and the hours that the session has now, and does not wait for a place.
AGREED = Q(
    attendance__agreed_date=F("date"),
    attendance__agreed_begins_at=F("begins_at"),
    attendance__agreed_ends_at=F("ends_at"),
    attendance__waiting_since=None,
)


@dataclass(frozen=True)
class ReadyLine:
    """One thing to have ready: how it stands, whether that will do, and the page about it."""

    text: str
    is_ready: bool
    page: str = ""


@dataclass(frozen=True)
class Readiness:
    """A peak drive that runs or is next; ``days_left`` until it begins, 0 once it runs.

    ``day`` is its first that is not over.
    """

    phase: Phase
    day: dt.date
    days_left: int
    lines: Sequence[ReadyLine]

    @property
    def ready(self) -> int:
        return sum(line.is_ready for line in self.lines)


def next_drive(campaign: Campaign) -> Phase | None:
    """Return the peak drive that runs or is next, else the next phase of the campaign."""
    today = clock.today()
    ahead = [p for phase in phases_of(campaign) if (p := phase.on(today)).ends_on >= today]
    ahead.sort(key=lambda phase: (not phase.is_peak, phase.starts_on))
    return next(iter(ahead), None)


def readiness_of(campaign: Campaign, branch: Branch) -> Readiness | None:
    """Return what a branch and those below it have ready; None without a drive to come."""
    phase = next_drive(campaign)
    if phase is None:
        return None
    today = clock.today()
    day = max(phase.starts_on, today)
    branches = _at_work(campaign, branch, day)
    lines = [
        *_sessions(campaign, branch, branches, phase),
        *_teams(branch, day),
        *_secretaries(branches, day),
    ]
    return Readiness(phase, day, (day - today).days, lines)


def _at_work(campaign: Campaign, branch: Branch, day: dt.date) -> list[Branch]:
    """Return those of the branch and below it that take part; of one that has none, itself."""
    rows = Branch.objects.on(day).filter(path__startswith=branch.path)
    return [row for row in rows if takes_part(campaign, row, day)] or [branch]


def _part(ready: int, of: int, text: str, page: str = "") -> ReadyLine:
    words = text % {"n": count(ready), "of": count(of)}
    return ReadyLine(words, is_ready=ready >= of, page=page)


def _sessions(
    campaign: Campaign, branch: Branch, branches: Sequence[Branch], phase: Phase
) -> list[ReadyLine]:
    """Say whether there are sessions, and of those to come who is at work in them."""
    rows = gatherings(campaign).filter(
        branch__path__startswith=branch.path, date__range=(phase.starts_on, phase.ends_on)
    )
    number = rows.count()
    if not number:
        return [ReadyLine(_("Chưa có buổi nào trong đợt"), is_ready=False, page="session-new")]
    text = ngettext("%(n)s buổi trong đợt", "%(n)s buổi trong đợt", number) % {"n": count(number)}
    lines = [ReadyLine(text, is_ready=True, page="sessions")]
    if len(branches) > 1:
        met = rows.filter(branch__in=branches).aggregate(n=Count("branch", distinct=True))["n"]
        lines = [_part(met, len(branches), _("%(n)s/%(of)s đơn vị có buổi trong đợt"), "sessions")]
    given = SupportSession.teams.through.objects.filter(supportsession=OuterRef("pk"))
    coming = list(
        rows.filter(state=State.PLANNED, date__gte=clock.today())
        .order_by()
        .annotate(is_given=Exists(given), agreed=Count("attendance", filter=AGREED))
        .values_list("is_given", "planned_volunteers", "agreed")
    )
    if coming:
        lines += [_given(coming), _people(coming)]
    return lines


def _given(coming: Sequence[tuple[Any, ...]]) -> ReadyLine:
    alone = sum(not is_given for is_given, _wanted, _agreed in coming)
    if not alone:
        return ReadyLine(_("Buổi sắp tới nào cũng đã giao tổ"), is_ready=True, page="sessions")
    text = ngettext("%(n)s buổi chưa giao tổ nào", "%(n)s buổi chưa giao tổ nào", alone)
    return ReadyLine(text % {"n": count(alone)}, is_ready=False, page="sessions")


def _people(coming: Sequence[tuple[Any, ...]]) -> ReadyLine:
    """Say how many said yes, and of how many: who is too many at one session is not at another.

    Sessions that do not say whom they expect are left out, unless none of them does.
    """
    asked = [(wanted, agreed) for _given, wanted, agreed in coming if wanted is not None]
    if asked:
        agreed = sum(min(pair) for pair in asked)
        wanted = sum(wanted for wanted, _agreed in asked)
        return _part(agreed, wanted, _("%(n)s/%(of)s lượt người đã nhận lời"), "sessions")
    agreed = sum(agreed for _given, _wanted, agreed in coming)
    text = ngettext("%(n)s lượt người đã nhận lời", "%(n)s lượt người đã nhận lời", agreed)
    return ReadyLine(text % {"n": count(agreed)}, is_ready=agreed > 0, page="sessions")


def _teams(branch: Branch, day: dt.date) -> list[ReadyLine]:
    """Say which teams have somebody who leads them, and who can be called."""
    leads = Membership.objects.on(day).filter(team=OuterRef("pk"), role__in=KEY_ROLES)
    teams = Team.objects.on(day).filter(branch__path__startswith=branch.path)
    rows = teams.annotate(
        is_led=Exists(leads), is_called=Exists(leads.exclude(volunteer__phone=None))
    ).values_list("is_led", "is_called")
    if not (number := len(rows)):
        return [ReadyLine(_("Chưa có tổ nào"), is_ready=False, page="teams")]
    led, called = (sum(column) for column in zip(*rows, strict=True))
    return [
        _part(led, number, _("%(n)s/%(of)s tổ có tổ trưởng"), "teams"),
        _part(called, number, _("%(n)s/%(of)s tổ gọi được tổ trưởng"), "teams"),
    ]


def _secretaries(branches: Sequence[Branch], day: dt.date) -> list[ReadyLine]:
    """Say whether somebody is appointed, and whether notices reach them."""
    found = secretaries_of(list(branches), day)
    on = {user.pk for user, _channel in contact_points(chain.from_iterable(found.values()))}
    reached = sum(any(user.pk in on for user in people) for people in found.values())
    if (number := len(branches)) > 1:
        return [
            _part(len(found), number, _("%(n)s/%(of)s đơn vị có bí thư")),
            _part(reached, number, _("%(n)s/%(of)s đơn vị có bí thư nhận được lời nhắc")),
        ]
    if not found:
        return [ReadyLine(_("Chưa có bí thư được phân công"), is_ready=False)]
    text = _("Bí thư nhận được lời nhắc") if reached else _("Bí thư chưa bật kênh nhắc nào")
    return [ReadyLine(text, is_ready=reached > 0, page="account")]
