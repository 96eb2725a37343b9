"""How far a unit or a branch is by the headline indicator, and how fast it goes."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from campaign.models import Branch, BranchKind, Campaign, Indicator, Target, Unit
from campaign.pace import pace_level
from campaign.selectors import IndicatorSet
from core import clock
from reports.rollup.models import BranchTotal, UnitTotal
from reports.rollup.totals import Counts, Sums, sum_days
from reports.rollup.trees import UNITS

PACE_DAYS = 7
# What is read of a target: what it is, and what it was before.
TARGET = ("value", "due_on", "past")


@dataclass(frozen=True)
class Progress:
    """How far a node is, read against the time gone. Percentages are 0 to 100 and more.

    ``indicator`` is the headline, None for a campaign without indicators. ``pace`` is the daily
    mean of the last whole week, where it was asked for. ``counts`` are of all indicators to
    date, derived ones too.
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
    others. What all branches bring in a unit is never shown as one's own.
    """

    own: Progress
    unit: Progress | None

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
    columns = progress_columns(campaign, indicators, basis).values()
    rows = Unit.objects.filter(pk__in=[u.pk for u in units]).values_list("pk", *columns)
    read = {pk: values for pk, *values in rows}
    past: Mapping[int, Sums] | None = None
    if day < min(clock.today(), campaign.ends_on):
        past = sum_days(UNITS, campaign, units, campaign.starts_on, day, basis)
    found = {}
    for unit in units:
        total, target = read[unit.pk]
        if past is not None:
            total = past.get(unit.pk, Sums()).counts
        found[unit.pk] = _progress(campaign, unit, indicators, total, day, target)
    return found


def progress_columns(
    campaign: Campaign, indicators: IndicatorSet, basis: str = "reported", unit: str = "pk"
) -> dict[str, Subquery]:
    """Return what a queryset of units is annotated with for ``progress_of_row``.

    Or of what belongs to a unit, that ``unit`` leads to.
    """
    target = Target.objects.filter(
        campaign=campaign, indicator=indicators.headline, unit=OuterRef(unit)
    )
    return {
        "total": _total(UnitTotal, campaign, unit, basis),
        "target": Subquery(target.values(row=JSONObject(**{n: n for n in TARGET}))[:1]),
    }


def progress_of_row(
    campaign: Campaign, unit: Any, day: dt.date, indicators: IndicatorSet
) -> Progress:
    """Return the progress of a unit that was read with ``progress_columns``."""
    return _progress(campaign, unit, indicators, unit.total, day, unit.target)


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
        *progress_columns(campaign, indicators, basis, unit="home_unit").values(),
        Exists(at_home),
        Exists(at_home.filter(kind=OuterRef("kind"))),
    )
    by_id = {branch.pk: branch for branch in branches}
    found = {}
    for pk, own, of_unit, target, has_others, has_peers in rows:
        branch = by_id[pk]
        is_shared = has_peers if branch.kind == BranchKind.YOUTH_UNION else has_others
        found[pk] = BranchProgress(
            own=_progress(campaign, branch, indicators, own, today),
            unit=None
            if is_shared
            else _progress(campaign, branch.home_unit, indicators, of_unit, today, target),
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
    target: dict[str, Any] | None = None,
) -> Progress:
    """``target`` is the row that was read; what of it holds on ``day`` is what counts."""
    value, due_on = None, campaign.ends_on
    if target is not None:
        of_day = Target(**target | {"due_on": dt.date.fromisoformat(target["due_on"])}).on(day)
        if of_day.value is not None:
            value, due_on = of_day.value, of_day.due_on
    headline, counts = indicators.headline, indicators.complete(total or {})
    return Progress(
        node=node,
        indicator=headline,
        to_date=counts.get(headline.code) if headline else None,
        target=value,
        due_on=due_on,
        time_gone=_time_gone(campaign.starts_on, due_on, day),
        days_left=max((due_on - day).days, 0),
        counts=counts,
    )


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
