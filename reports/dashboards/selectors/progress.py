"""How far a unit or a branch is by the headline or another indicator, and how fast it goes."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from campaign.models import Branch, BranchKind, Campaign, Indicator, Target, Unit
from campaign.models.dated import values_on
from campaign.pace import pace_level
from campaign.selectors import IndicatorSet
from core import clock
from reports.rollup.models import BranchTotal, UnitTotal
from reports.rollup.totals import Counts, Sums, sum_days
from reports.rollup.trees import UNITS

PACE_DAYS = 7
# What is read of each target: of which indicator, what it is, and what it was before.
TARGET = JSONObject(code="indicator__code", value="value", due_on="due_on", past="past")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Progress:
    """How far a node is, read against the time gone. Percentages are 0 to 100 and more.

    ``indicator`` is the headline where no other was asked for, None for a campaign without any.
    ``pace`` is the daily mean of the last whole week, where it was asked for. ``counts`` are of
    all indicators to date, derived ones too.
    """

    node: Unit | Branch
    indicator: Indicator | None
    to_date: int | None
    target: int | None
    due_on: dt.date
    time_gone: float
    days_left: int
    pace: float | None = None
    counts: Counts = field(default_factory=dict, repr=False)

    @property
    def label(self) -> str:
        """What is counted and whose it is: no figure stands without its owner."""
        return f"{self.indicator.name} · {self.node.name}" if self.indicator else self.node.name

    @property
    def percent(self) -> float | None:
        """Percent of the target, None without one."""
        if not self.target:
            return None
        return (self.to_date or 0) * 100 / self.target

    @property
    def remaining(self) -> int | None:
        return None if self.target is None else max(self.target - (self.to_date or 0), 0)

    @property
    def needed_per_day(self) -> int | None:
        """What each day from tomorrow to the due date must bring; all at once on the last."""
        if self.remaining is None:
            return None
        return math.ceil(self.remaining / max(self.days_left, 1))

    @property
    def reached_on(self) -> dt.date | None:
        """When the target is reached at the pace of the last week; None if never."""
        if not self.remaining or not self.pace:
            return None
        days = math.ceil(self.remaining / self.pace)
        return clock.today() + dt.timedelta(days=days) if days < 3650 else None

    @property
    def days_late(self) -> int | None:
        """How many days after the due date that is; negative if before."""
        if self.reached_on is None:
            return None
        return (self.reached_on - self.due_on).days

    @property
    def pace_level(self) -> str:
        """``ok``, ``mid`` or ``low`` against the time gone; ``""`` without a target."""
        return pace_level(self.percent, self.time_gone)


@dataclass(frozen=True)
class BranchProgress:
    """What a branch and those below it brought, and how far its home unit is.

    ``own`` has no target, since targets are given to units. ``unit`` is there only where the
    branch answers for the unit: it alone is at home there, or it is the Youth Union's among
    others. What all branches bring in a unit is never shown as one's own. ``goals`` are the
    unit's, of every indicator that has a target.
    """

    own: Progress
    unit: Progress | None
    goals: tuple[Progress, ...] = ()

    @property
    def other_goals(self) -> tuple[Progress, ...]:
        return tuple(goal for goal in self.goals if goal.indicator != self.own.indicator)

    @property
    def main(self) -> Progress:
        return self.unit or self.own


def progress_by_unit(
    campaign: Campaign,
    units: Sequence[Unit],
    day: dt.date,
    indicators: IndicatorSet,
    basis: str = "reported",
) -> dict[int, Progress]:
    """Return the progress of units at the end of ``day`` by id (one query, two for a past day)."""
    return {
        unit.pk: _progress(campaign, unit, indicators, total, day, targets)
        for unit, total, targets in _read(campaign, units, day, basis)
    }


def goals_of_unit(
    campaign: Campaign,
    unit: Unit,
    day: dt.date,
    indicators: IndicatorSet,
    basis: str = "reported",
) -> tuple[Progress, tuple[Progress, ...]]:
    """Return the progress of one unit, and that by every indicator that has a target."""
    ((_unit, total, targets),) = _read(campaign, [unit], day, basis)
    return (
        _progress(campaign, unit, indicators, total, day, targets),
        _goals(campaign, unit, indicators, total, day, targets),
    )


def _read(
    campaign: Campaign, units: Sequence[Unit], day: dt.date, basis: str
) -> Iterator[tuple[Unit, Counts, Sequence[Row]]]:
    columns = progress_columns(campaign, basis).values()
    rows = Unit.objects.filter(pk__in=[u.pk for u in units]).values_list("pk", *columns)
    read = {pk: values for pk, *values in rows}
    past: Mapping[int, Sums] | None = None
    if day < min(clock.today(), campaign.ends_on):
        past = sum_days(UNITS, campaign, units, campaign.starts_on, day, basis)
    for unit in units:
        total, targets = read[unit.pk]
        if past is not None:
            total = past.get(unit.pk, Sums()).counts
        yield unit, total, targets


def progress_columns(
    campaign: Campaign, basis: str = "reported", unit: str = "pk"
) -> dict[str, Subquery]:
    """Return what a queryset of units is annotated with for ``progress_of_row``.

    Or of what belongs to a unit, that ``unit`` leads to.
    """
    goals = Target.objects.filter(campaign=campaign, unit=OuterRef(unit)).order_by()
    return {
        "total": _total(UnitTotal, campaign, unit, basis),
        "goals": ArraySubquery(goals.values(row=TARGET)),
    }


def progress_of_row(
    campaign: Campaign,
    unit: Any,
    day: dt.date,
    indicators: IndicatorSet,
    indicator: Indicator | None = None,
) -> Progress:
    """Return the progress of a unit that was read with ``progress_columns``."""
    return _progress(campaign, unit, indicators, unit.total, day, unit.goals, indicator)


def goals_of_row(
    campaign: Campaign, unit: Any, day: dt.date, indicators: IndicatorSet
) -> tuple[Progress, ...]:
    """Return how far a unit is by every indicator; by the headline only if it has a target."""
    found = _by_indicator(campaign, unit, indicators, unit.total, day, unit.goals)
    return tuple(one for one in found if one.target or one.indicator != indicators.headline)


def progress_by_branch(
    campaign: Campaign,
    branches: Sequence[Branch],
    indicators: IndicatorSet,
    basis: str = "reported",
) -> dict[int, BranchProgress]:
    """Return how far branches and the units they answer for are today, by id (one query)."""
    today = clock.today()
    at_home = (
        Branch.objects.on(today)
        .filter(home_unit=OuterRef("home_unit"))
        .exclude(pk=OuterRef("pk"))
        .order_by()
    )
    rows = Branch.objects.filter(pk__in=[b.pk for b in branches]).values_list(
        "pk",
        _total(BranchTotal, campaign, "pk", basis),
        *progress_columns(campaign, basis, unit="home_unit").values(),
        Exists(at_home),
        Exists(at_home.filter(kind=OuterRef("kind"))),
    )
    by_id = {branch.pk: branch for branch in branches}
    found = {}
    for pk, own, of_unit, targets, has_others, has_peers in rows:
        branch = by_id[pk]
        is_shared = has_peers if branch.kind == BranchKind.YOUTH_UNION else has_others
        of_home = (campaign, branch.home_unit, indicators, of_unit, today, targets)
        found[pk] = BranchProgress(
            own=_progress(campaign, branch, indicators, own, today),
            unit=None if is_shared else _progress(*of_home),
            goals=() if is_shared else _goals(*of_home),
        )
    return found


def progress_of_branch(
    campaign: Campaign, branch: Branch, indicators: IndicatorSet, basis: str = "reported"
) -> BranchProgress:
    """Return how far one branch is (one query)."""
    return progress_by_branch(campaign, [branch], indicators, basis)[branch.pk]


def _total(model: Any, campaign: Campaign, node: str, basis: str) -> Subquery:
    rows = model.objects.filter(campaign=campaign, node=OuterRef(node))
    return Subquery(rows.values(basis)[:1])


def _progress(
    campaign: Campaign,
    node: Unit | Branch,
    indicators: IndicatorSet,
    total: Counts | None,
    day: dt.date,
    targets: Sequence[Row] = (),
    indicator: Indicator | None = None,
) -> Progress:
    """``targets`` are the rows that were read; what of them holds on ``day`` is what counts."""
    shown = indicator or indicators.headline
    value, due_on = None, campaign.ends_on
    for row in targets:
        if shown is not None and row["code"] == shown.code:
            of_day = {"value": row["value"], **values_on(Target, row["past"], day)}
            if of_day["value"] is not None:
                value = of_day["value"]
                due_on = of_day.get("due_on") or dt.date.fromisoformat(row["due_on"])
    counts = indicators.complete(total or {})
    return Progress(
        node=node,
        indicator=shown,
        to_date=counts.get(shown.code) if shown else None,
        target=value,
        due_on=due_on,
        time_gone=_time_gone(campaign.starts_on, due_on, day),
        days_left=max((due_on - day).days, 0),
        counts=counts,
    )


def _goals(
    campaign: Campaign,
    node: Unit | Branch,
    indicators: IndicatorSet,
    total: Counts | None,
    day: dt.date,
    targets: Sequence[Row],
) -> tuple[Progress, ...]:
    found = _by_indicator(campaign, node, indicators, total, day, targets)
    return tuple(goal for goal in found if goal.target)


def _by_indicator(
    campaign: Campaign,
    node: Unit | Branch,
    indicators: IndicatorSet,
    total: Counts | None,
    day: dt.date,
    targets: Sequence[Row],
) -> Iterator[Progress]:
    for indicator in indicators.all:
        yield _progress(campaign, node, indicators, total, day, targets, indicator)


def _time_gone(first: dt.date, last: dt.date, day: dt.date) -> float:
    """Return how much of the time is gone, today included, in percent."""
    whole = max((last - first).days + 1, 1)
    return min(max((day - first).days + 1, 0) * 100 / whole, 100)


def average(values: Mapping[dt.date, int], last: dt.date) -> float | None:
    """Return the mean of the week that ends on ``last``; a day without a report is a nought."""
    week = [values.get(last - dt.timedelta(days=n)) for n in range(PACE_DAYS)]
    known = [v for v in week if v is not None]
    return sum(known) / PACE_DAYS if known else None


def pace_of(values: Mapping[dt.date, int], day: dt.date) -> float | None:
    """Return the daily mean of the last whole week, without the day that still runs."""
    return average(values, day - dt.timedelta(days=1))
