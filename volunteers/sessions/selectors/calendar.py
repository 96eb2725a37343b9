"""Sessions by day: weeks, months, and what goes into a user's calendar feed."""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from campaign.models import Appointment
from campaign.permissions import Permission, grants
from campaign.querysets import below
from campaign.scopes import Scope, scope_of
from core import clock
from volunteers.sessions.models import State, SupportSession

# A feed is read by telephones, again and again.
MOST_IN_FEED = 2000
DAYS_BACK = 60
WEEK = dt.timedelta(days=7)


@dataclass
class CalendarDay:
    """One day of the calendar: how many sessions stand on it, and the first of them."""

    date: dt.date
    existing: int = 0
    cancelled: int = 0
    sessions: list[SupportSession] = field(default_factory=list)

    @property
    def all(self) -> int:
        return self.existing + self.cancelled

    @property
    def more(self) -> int:
        return self.all - len(self.sessions)


def week_of(day: dt.date) -> tuple[dt.date, dt.date]:
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + WEEK - dt.timedelta(days=1)


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    last = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=1), day.replace(day=last)


def days_between(
    sessions: QuerySet[SupportSession], first: dt.date, last: dt.date, *, each: int
) -> list[CalendarDay]:
    """Return all days from ``first`` to ``last`` with at most ``each`` sessions (three queries).

    The sessions come with what ``for_lines`` brings.
    """
    count = (last - first).days + 1
    days = {
        day: CalendarDay(day)
        for day in (first + dt.timedelta(days=number) for number in range(count))
    }
    asked = sessions.filter(date__range=(first, last))
    is_cancelled = Q(state=State.CANCELLED)
    counted = (
        asked.order_by()
        .values("date")
        .annotate(off=Count("pk", filter=is_cancelled), on=Count("pk", filter=~is_cancelled))
    )
    for row in counted:
        days[row["date"]].existing, days[row["date"]].cancelled = row["on"], row["off"]
    place = Window(RowNumber(), partition_by=F("date"), order_by=[F("begins_at"), F("pk")])
    shown = asked.annotate(place_in_day=place).filter(place_in_day__lte=each)
    for session in for_lines(shown).order_by("date", "begins_at", "pk"):
        days[session.date].sessions.append(session)
    return list(days.values())


def for_lines(sessions: QuerySet[SupportSession]) -> QuerySet[SupportSession]:
    return sessions.select_related("branch", "unit").prefetch_related("teams")


def weeks_of(days: Iterable[CalendarDay]) -> list[list[CalendarDay | None]]:
    """Return days in rows from Monday to Sunday, with None around the month."""
    row: list[CalendarDay | None] = []
    rows = []
    for day in days:
        row = row or [None] * day.date.weekday()
        row.append(day)
        if len(row) == 7:
            rows.append(row)
            row = []
    if row:
        rows.append(row + [None] * (7 - len(row)))
    return rows


def feed_of(user: Any) -> list[SupportSession]:
    today = clock.today()
    first = today - dt.timedelta(days=DAYS_BACK)
    own = SupportSession.objects.visible_to(user).filter(_own(scope_of(user)))
    rows = own.select_related("campaign", "branch", "unit").prefetch_related("teams", "partners")
    coming = rows.filter(date__gte=today).order_by("date", "begins_at", "pk")
    sessions = list(coming[:MOST_IN_FEED])
    past = rows.filter(date__gte=first, date__lt=today).order_by("-date", "-begins_at", "-pk")
    return sessions + list(past[: MOST_IN_FEED - len(sessions)])


def feed_kinds(scope: Scope) -> set[str]:
    """Return of what the user's feed is made: ``own``, ``district``, ``province``."""
    return {_kind(owned) for owned in scope.appointments}


def _kind(owned: Appointment) -> str:
    """Say what of an appointment is a person's business, and not only in sight.

    Secretaries and team leaders: what the own branches host or join. Those who are appointed
    over a district: what is in it. Over the province: what its own and the districts'
    branches host or join; of the communes' sessions there are too many for a telephone.
    """
    if owned.branch is not None and not grants(owned.role, Permission.LEAD):
        return "own"
    unit = owned.unit if owned.branch is None else owned.branch.home_unit
    return "province" if unit is not None and unit.level == "province" else "district"


def _own(scope: Scope) -> Q:
    wanted = Q(pk__in=())
    joined = SupportSession.partners.through.objects
    large = Q(branch__home_unit__level__in=("province", "district"))
    for owned in scope.appointments:
        kind = _kind(owned)
        if kind == "own" and owned.branch is not None:
            of_branch = below(frozenset({owned.branch.path}), "branch__path")
            partner = joined.filter(of_branch).values("supportsession")
            wanted |= of_branch | Q(pk__in=partner)
        elif kind == "province":
            wanted |= large | Q(pk__in=joined.filter(large).values("supportsession"))
        else:
            wanted |= below(scope.lead_unit_paths, "unit__path")
    return wanted
