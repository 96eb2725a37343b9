"""What came of the sessions of a day, and who counts it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from campaign.models import Branch, Campaign, Unit
from volunteers.models import State, SupportSession


@dataclass(frozen=True)
class DayOfSessions:
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
        total: dict[str, int] = {}
        for session in self.own:
            if session.state == State.CLOSED:
                for code, count in session.counts.items():
                    total[code] = total.get(code, 0) + count
        return total

    @property
    def still_open(self) -> list[SupportSession]:
        """The branch's own sessions that have not been closed yet."""
        return [s for s in self.own if s.state != State.CLOSED]

    @property
    def counted_by_others(self) -> tuple[SupportSession, ...]:
        """The sessions whose residents the branch must not count again."""
        return self.joined + self.others


def day_of_sessions(
    campaign: Campaign, branch: Branch, unit: Unit | None, day: dt.date
) -> DayOfSessions:
    """Return the sessions of a day in one unit (three queries); none without a unit."""
    return days_of_sessions(campaign, branch, unit, day, day).get(day, DayOfSessions())


def days_of_sessions(
    campaign: Campaign, branch: Branch, unit: Unit | None, first: dt.date, last: dt.date
) -> dict[dt.date, DayOfSessions]:
    """Return the sessions in one unit by day (three queries); days without any are missing."""
    if unit is None:
        return {}
    sessions = (
        SupportSession.objects.standing()
        .filter(campaign=campaign, unit=unit, date__range=(first, last))
        .select_related("branch")
        .prefetch_related("partners", "teams")
        .order_by("date", "begins_at", "pk")
    )
    days = groupby(sessions, key=attrgetter("date"))
    return {day: _as_seen_by(branch, those) for day, those in days}


def _as_seen_by(branch: Branch, sessions: Iterable[SupportSession]) -> DayOfSessions:
    """Return the sessions of one day and unit as a branch sees them."""
    own, joined, others = [], [], []
    for session in sessions:
        helpers = {p.pk for p in session.partners.all()} | {
            t.branch_id for t in session.teams.all()
        }
        if session.branch_id == branch.pk:
            own.append(session)
        elif branch.pk in helpers:
            joined.append(session)
        else:
            others.append(session)
    return DayOfSessions(tuple(own), tuple(joined), tuple(others))


def outcome_of(campaign: Campaign, branch: Branch, unit: Unit, day: dt.date) -> dict[str, int]:
    """Return what the branch's closed sessions in a unit on a day add up to (one query)."""
    closed = SupportSession.objects.closed().filter(
        campaign=campaign, branch=branch, unit=unit, date=day
    )
    return DayOfSessions(own=tuple(closed)).outcome
