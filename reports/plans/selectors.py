"""The plan of a branch: what its target needs until it is due, and by which rates."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from campaign.models import Branch, Campaign, Indicator, Target
from campaign.selectors import IndicatorSet, indicators_of
from core import clock
from reports.dashboards.selectors.progress import Progress, progress_of_branch
from reports.plans.arithmetic import (
    ENOUGH,
    Need,
    Rate,
    monday_of,
    possible_in,
    rate_of,
    weeks_of,
)
from reports.plans.hamlets import Hamlet, hamlets_of
from reports.plans.models import PlanAssumption, SessionDraft
from volunteers.help_requests.outcome import gatherings
from volunteers.sessions.models import State, SupportSession

# As many sessions of others as their rates are taken from, the latest.
MOST_READ = 500
# Where nobody has held any session yet.
DEFAULTS = {"persons": 20, "volunteers": 5, "weekly": 2}


@dataclass(frozen=True)
class Sample:
    """Closed sessions of some branches, by which one reckons."""

    sessions: Sequence[SupportSession]
    indicators: IndicatorSet

    def persons(self, code: str, source: str, name: str = "") -> Rate | None:
        whole = (self.indicators.complete(session.counts) for session in self.sessions)
        return rate_of((counts.get(code) for counts in whole), source, name)

    def volunteers(self, source: str, name: str = "") -> Rate | None:
        return rate_of((session.participations for session in self.sessions), source, name)

    @property
    def busiest(self) -> int:
        """Return the sessions of the week that had most."""
        return max(weeks_of(session.date for session in self.sessions).values(), default=0)

    def weekly(self, source: str, name: str = "") -> Rate | None:
        """Return how many sessions a branch holds in a week in which it holds any."""
        weeks = {(session.branch_id, monday_of(session.date)) for session in self.sessions}
        if len(self.sessions) < ENOUGH:
            return None
        return Rate(len(self.sessions), len(weeks), source, name)


class Rates:
    """What one reckons with: what was set, else the own sessions, else those of others."""

    def __init__(self, campaign: Campaign, branch: Branch, indicators: IndicatorSet) -> None:
        self.campaign, self.branch, self.indicators = campaign, branch, indicators
        rows = PlanAssumption.objects.filter(
            campaign=campaign, branch__in=[int(pk) for pk in branch.path.split(".") if pk]
        ).select_related("branch")
        nearest = sorted(rows, key=lambda row: -len(row.branch.path))
        self.assumption = next((r for r in nearest if r.branch_id == branch.pk), None)
        self.above = [row for row in nearest if row.branch_id != branch.pk]

    @cached_property
    def own(self) -> Sample:
        return self._sample(self.branch.path)

    @cached_property
    def of_parent(self) -> Sample | None:
        parent = self.branch.parent
        return self._sample(parent.path, MOST_READ) if parent is not None else None

    @cached_property
    def of_all(self) -> Sample:
        return self._sample("", MOST_READ)

    def _sample(self, path: str, most: int | None = None) -> Sample:
        closed = gatherings(self.campaign).closed().filter(branch__path__startswith=path)
        rows = closed.only(
            *("branch_id", "date", "begins_at", "ends_at", "counts", "participations", "place"),
            *("place_kind", "unit_id"),
        ).order_by("-date", "-begins_at", "-pk")
        return Sample(list(rows[:most]), self.indicators)

    def persons(self, code: str) -> Rate:
        return self._assumed("persons", lambda s, *whose: s.persons(code, *whose))

    def persons_of(self, code: str) -> Rate | None:
        """Return the same of another indicator: nobody sets it, and nobody guesses it."""
        return self._shown(lambda sample, *whose: sample.persons(code, *whose))

    @property
    def volunteers(self) -> Rate:
        return self._assumed("volunteers", lambda s, *whose: s.volunteers(*whose))

    @property
    def weekly(self) -> Rate:
        """Return the sessions a week that are possible: of the own the busiest week."""
        if getattr(self.assumption, "weekly", None) is None and len(self.own.sessions) >= ENOUGH:
            return Rate(self.own.busiest, 1, "own")
        return self._assumed("weekly", lambda s, *whose: s.weekly(*whose))

    def _assumed(self, name: str, rate: Callable[..., Rate | None]) -> Rate:
        if (value := getattr(self.assumption, name, None)) is not None:
            return Rate(value, 1, "set")
        if found := self._shown(rate):
            return found
        for row in self.above:
            if (value := getattr(row, name)) is not None:
                return Rate(value, 1, "superior", row.branch.name)
        return Rate(DEFAULTS[name], 1, "default")

    def _shown(self, rate: Callable[..., Rate | None]) -> Rate | None:
        """Return what the nearest sessions show that are enough; others are read when needed."""
        if found := rate(self.own, "own"):
            return found
        parent = self.branch.parent
        if self.of_parent and parent and (found := rate(self.of_parent, "parent", parent.name)):
            return found
        return rate(self.of_all, "campaign")


@dataclass(frozen=True)
class OtherTarget:
    """A target of another indicator than the headline; None where no session tells."""

    indicator: Indicator
    target: int
    remaining: int
    sessions: int | None


@dataclass(frozen=True)
class BranchPlan:
    """``state``: no_indicator, shared, no_target, reached, over, or open where there is a need.

    Sessions are proposed from ``first`` to ``last``, today not among them.
    """

    campaign: Campaign
    branch: Branch
    state: str
    progress: Progress | None
    first: dt.date
    last: dt.date
    rates: Rates
    need: Need | None = None
    others: Sequence[OtherTarget] = ()
    planned: Sequence[SupportSession] = ()
    hamlets: Sequence[Hamlet] = ()
    drafts: list[SessionDraft] = field(default_factory=list)
    dropped: list[SessionDraft] = field(default_factory=list)

    @property
    def days(self) -> list[dt.date]:
        return days_from(self.first, self.last)

    @property
    def new_hamlets(self) -> list[Hamlet]:
        return [hamlet for hamlet in self.hamlets if hamlet.is_new]

    @property
    def visited(self) -> list[Hamlet]:
        return [hamlet for hamlet in self.hamlets if hamlet.times]

    @property
    def drafted(self) -> int:
        """What is planned and proposed brings."""
        return self.need.brings(self.need.planned + len(self.drafts)) if self.need else 0

    @property
    def drafted_short(self) -> int:
        return max(self.need.remaining - self.drafted, 0) if self.need else 0


def days_from(first: dt.date, last: dt.date) -> list[dt.date]:
    count = max((last - first).days + 1, 0)
    return [first + dt.timedelta(days=n) for n in range(count)]


def drafts_of(campaign: Campaign, branch: Branch) -> list[SessionDraft]:
    """Return what was proposed, dropped or not, for days to come of units that are there then."""
    rows = SessionDraft.objects.filter(campaign=campaign, branch=branch, date__gte=clock.today())
    return [draft for draft in rows.select_related("unit") if draft.unit.exists_on(draft.date)]


def branch_plan(campaign: Campaign, branch: Branch) -> BranchPlan:
    """Return the plan of a branch today (a number of queries that does not grow)."""
    today = clock.today()
    indicators = indicators_of(campaign)
    headline = indicators.headline
    progress = progress_of_branch(campaign, branch, indicators).unit
    due_on = progress.due_on if progress else campaign.ends_on
    first, last = (
        max(today + dt.timedelta(days=1), campaign.starts_on),
        min(due_on, campaign.ends_on),
    )
    rates = Rates(campaign, branch, indicators)
    typed = rates.assumption.hamlets if rates.assumption else ""
    planned = _planned(campaign, branch, today, last)
    coming = drafts_of(campaign, branch)
    state = _state(progress, headline, today, last)
    need = None
    if state == "open" and progress is not None and headline is not None:
        weekly = rates.weekly
        days = days_from(first, last)
        need = Need(
            remaining=progress.remaining or 0,
            days=len(days),
            planned=len(planned),
            possible=possible_in(days, weekly.amount_of(1)),
            persons=rates.persons(headline.code),
            volunteers=rates.volunteers,
            weekly=weekly,
        )
    return BranchPlan(
        campaign=campaign,
        branch=branch,
        state=state,
        progress=progress,
        first=first,
        last=last,
        rates=rates,
        need=need,
        others=_others(progress, headline, rates, today) if state != "shared" else (),
        planned=planned,
        hamlets=hamlets_of(campaign, branch, typed, today, campaign.ends_on),
        drafts=[draft for draft in coming if draft.dropped_at is None],
        dropped=[draft for draft in coming if draft.dropped_at is not None],
    )


def _state(
    progress: Progress | None, headline: Indicator | None, today: dt.date, last: dt.date
) -> str:
    if headline is None:
        return "no_indicator"
    if progress is None:
        return "shared"
    if not progress.target:
        return "no_target"
    if not progress.remaining:
        return "reached"
    return "over" if last < today else "open"


def _planned(
    campaign: Campaign, branch: Branch, first: dt.date, last: dt.date
) -> list[SupportSession]:
    rows = SupportSession.objects.filter(
        campaign=campaign,
        branch__path__startswith=branch.path,
        state__in=(State.PLANNED, State.UNDER_WAY),
        date__range=(first, last),
    )
    return list(rows.order_by("date", "begins_at", "pk"))


def _others(
    progress: Progress | None, headline: Indicator | None, rates: Rates, day: dt.date
) -> list[OtherTarget]:
    if progress is None:
        return []
    rows = Target.objects.filter(campaign=rates.campaign, unit=progress.node.pk)
    found = []
    for row in rows.exclude(indicator=headline).select_related("indicator").order_by("indicator"):
        if not (target := row.value_on(day)):
            continue
        remaining = max(target - progress.counts.get(row.indicator.code, 0), 0)
        rate = rates.persons_of(row.indicator.code)
        sessions = rate.units_for(remaining) if rate else None
        found.append(OtherTarget(row.indicator, target, remaining, sessions))
    return found
