"""What came of the sessions of a day, and who counts it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from campaign.models import Branch
from campaign.report_day import ReportDay
from core.counts import add_up
from volunteers.sessions.models import State, SupportSession


@dataclass(frozen=True)
class DaySessions:
    """The standing sessions in a unit on a day, as a branch sees them.

    ``own`` are those that the branch hosts and so counts. ``joined`` are those of others in
    which it takes part, ``others`` the rest: both are counted by their hosts.
    """

    own: tuple[SupportSession, ...] = ()
    joined: tuple[SupportSession, ...] = ()
    others: tuple[SupportSession, ...] = ()

    @property
    def outcome(self) -> dict[str, int]:
        """The sum of the branch's closed sessions by indicator code; blank stays missing."""
        return add_up(session.counts for session in self.closed)

    @property
    def closed(self) -> list[SupportSession]:
        return [s for s in self.own if s.state == State.CLOSED]

    @property
    def still_open(self) -> list[SupportSession]:
        return [s for s in self.own if s.state != State.CLOSED]

    @property
    def count(self) -> int:
        return len(self.own) + len(self.counted_by_others)

    @property
    def counted_by_others(self) -> tuple[SupportSession, ...]:
        return self.joined + self.others


@dataclass(frozen=True)
class SessionsByDay:
    """The standing sessions of some days: in the units of branches, and hosted by them."""

    rows: tuple[SupportSession, ...]

    def of(self, day: ReportDay) -> DaySessions:
        own, joined, others = [], [], []
        for session in self.rows:
            if (session.unit_id, session.date) != (day.unit.pk, day.day):
                continue
            if session.branch_id == day.branch.pk:
                own.append(session)
            elif day.branch.pk in (*session.partner_ids, *session.team_branch_ids):
                joined.append(session)
            else:
                others.append(session)
        return DaySessions(tuple(own), tuple(joined), tuple(others))

    def hosted_on(self, branch: Branch) -> set[dt.date]:
        return {session.date for session in self.rows if session.branch_id == branch.pk}


def sessions_of(days: Sequence[ReportDay]) -> SessionsByDay:
    """Return the sessions of days of one campaign (one query)."""
    if not days:
        return SessionsByDay(())
    sessions = (
        SupportSession.objects.existing()
        .with_helpers()
        .filter(
            Q(unit__in={day.unit.pk for day in days})
            | Q(branch__in={day.branch.pk for day in days}),
            campaign=days[0].campaign,
            date__in={day.day for day in days},
        )
    )
    return SessionsByDay(
        tuple(sessions.select_related("branch").order_by("date", "begins_at", "pk"))
    )


def closed_sessions(day: ReportDay) -> list[SupportSession]:
    """Return the branch's closed sessions in the unit, in the order of the day (one query)."""
    closed = SupportSession.objects.closed().filter(
        campaign=day.campaign, branch=day.branch, unit=day.unit, date=day.day
    )
    return list(closed.order_by("begins_at", "pk"))
