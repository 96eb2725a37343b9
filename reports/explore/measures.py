"""What a cell of a table shows of its unit, days and indicator."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaign.baselines import residents_of
from campaign.models import Branch, Campaign, Unit
from campaign.selectors import IndicatorSet
from core import clock
from core.counts import add_up
from reports.dashboards.selectors.completeness import Completeness, completeness
from reports.explore.axes import DAY, Period, children_of, span
from reports.explore.facts import Facts, facts
from reports.official.selectors import official_to_date
from reports.rollup.totals import Targets, targets_of
from reports.rollup.trees import BRANCHES, UNITS

Value = float | int | None


@dataclass(frozen=True)
class Measure:
    """``shape`` says how it is written; ``adds_up`` whether the cells of a column have a sum.

    ``blank`` says what a cell without a number means.
    """

    name: str
    label: Any
    blank: Any
    shape: str = "count"
    adds_up: bool = False
    # Of reports, and not of an indicator.
    of_reports: bool = False
    # Needs what only units have: targets, residents, the police's figures.
    of_units: bool = False
    # Up to the end of the days, and so of none that do not follow on each other.
    runs_on: bool = False


NO_REPORT = _("– là chưa có báo cáo, 0 là đã báo cáo bằng 0.")
NOBODY_EXPECTED = _("– là không đơn vị nào phải báo cáo.")
MEASURES = {
    one.name: one
    for one in (
        Measure("value", _("Số trong kỳ"), NO_REPORT, adds_up=True),
        Measure("to_date", _("Lũy kế đến cuối kỳ"), NO_REPORT, adds_up=True, runs_on=True),
        Measure(
            "target",
            _("Phần trăm chỉ tiêu"),
            _("– là chưa có báo cáo, hoặc chưa giao chỉ tiêu."),
            "percent",
            of_units=True,
            runs_on=True,
        ),
        Measure(
            "residents",
            _("Trên 100 người đủ điều kiện"),
            _("– là chưa có báo cáo, hoặc chưa biết có bao nhiêu người đủ điều kiện."),
            "rate",
            of_units=True,
            runs_on=True,
        ),
        Measure(
            "change",
            _("Tăng giảm so với kỳ trước"),
            _("– là không có kỳ trước, hoặc cả hai kỳ chưa có báo cáo."),
            "signed",
            adds_up=True,
            runs_on=True,
        ),
        Measure("share", _("Tỷ trọng"), NO_REPORT, "percent"),
        Measure("rank", _("Thứ hạng"), _("– là chưa có báo cáo, hoặc bằng 0: chưa xếp hạng.")),
        Measure("completeness", _("Tỷ lệ đã báo cáo"), NOBODY_EXPECTED, "percent", of_reports=True),
        Measure("on_time", _("Tỷ lệ đúng hạn"), NOBODY_EXPECTED, "percent", of_reports=True),
        Measure(
            "official",
            _("Công an công bố, lũy kế"),
            _("– là Công an chưa công bố."),
            of_units=True,
            runs_on=True,
        ),
    )
}
EARLIER, WHOLE, BEFORE = "earlier", "whole", "before"
# In place of a node's id: all branches of a table together, which no node stands for.
ALL = 0
Counts = dict[str, int]


class Cells:
    """Reads what all cells of a table need (ten queries at most), and then gives each.

    ``periods`` are those of the table; without them it is of the whole range.
    """

    def __init__(
        self,
        *,
        campaign: Campaign,
        indicators: IndicatorSet,
        measure: Measure,
        basis: str,
        top: Unit,
        nodes: Sequence[Unit | Branch],
        periods: Sequence[Period],
        codes: Sequence[str],
        first: dt.date,
        last: dt.date,
    ) -> None:
        self.campaign, self.indicators, self.measure = campaign, indicators, measure
        self.top, self.codes, self.periods = top, codes, periods
        self.nodes = nodes
        self.by_branch = any(isinstance(node, Branch) for node in nodes)
        self.whole = Period(WHOLE, "", span(first, last))
        number = len(self.whole.days)
        earlier = Period(EARLIER, "", span(campaign.starts_on, first - DAY))
        before = max(first - number * DAY, campaign.starts_on)
        self.before = Period(BEFORE, "", span(before, first - DAY))
        self.children = children_of(nodes) if self.by_branch else {}  # type: ignore[arg-type]
        # Periods that follow on each other from the first day run on by themselves.
        edges = [first - DAY, *(period.last for period in periods)]
        self.is_whole = all(
            period.first - DAY == edge for period, edge in zip(periods, edges, strict=False)
        )
        parts = [*periods, self.whole, earlier, self.before]
        if not self.is_whole and (measure.runs_on or indicators.states):
            parts += [self._until(period) for period in periods]
        self.facts = self._read([part for part in parts if part.days], basis)
        self._known: dict[int, dict[str, Counts]] = {}
        self._look_up(last)

    def _until(self, period: Period) -> Period:
        return Period(f"to {period.key}", "", span(self.campaign.starts_on, period.last))

    def _read(self, parts: Sequence[Period], basis: str) -> Facts:
        if self.measure.of_reports or self.measure.name == "official":
            return Facts()
        ids = [node.pk for node in self.nodes]
        if self.by_branch:
            tree, ids = BRANCHES, [*ids, *(pk for below in self.children.values() for pk in below)]
        else:
            tree, ids = UNITS, [self.top.pk, *ids]
        return facts(tree, self.campaign, self.indicators, ids, parts, self.codes, basis)

    def _look_up(self, last: dt.date) -> None:
        """Read what the measure needs besides counts."""
        units: Any = [self.top, *self.nodes]
        name = self.measure.name
        self.targets = targets_of(self.campaign, units) if name == "target" else Targets()
        self.residents = residents_of(units, last)[1] if name == "residents" else {}
        self.official: Mapping[tuple[int, str], Mapping[dt.date, int]] = {}
        self.reports: Completeness | None = None
        if name == "official":
            self.official = official_to_date(
                self.campaign, units=units, indicators=list(self.codes), last=last
            )
        elif self.measure.of_reports:
            asked = [*self.periods, self.whole]
            first = max(min(one.first for one in asked), self.campaign.starts_on)
            self.reports = completeness(
                campaign=self.campaign, node=self.top, first=first, last=last
            )

    def value(self, node: Unit | Branch | None, period: Period | None, code: str) -> Value:
        """Return what a cell shows; ``None`` stands for all nodes, and for all days."""
        key, day = period.key if period is not None else WHOLE, (period or self.whole).last
        if self.reports is not None:
            return self._of_reports(self.reports, node or self.top, period or self.whole)
        # What units alone have.
        unit = (node or self.top).pk
        if self.measure.name == "official":
            known = self.official.get((unit, code), {})
            return next((known[on] for on in sorted(known, reverse=True) if on <= day), None)
        if self.measure.name == "to_date":
            return self._to_date(node, key).get(code)
        if self.measure.name == "target":
            return _percent(
                self._to_date(node, key).get(code), self.targets.on(unit, day).get(code)
            )
        if self.measure.name == "residents":
            return _percent(self._to_date(node, key).get(code), self.residents.get(unit))
        if self.measure.name == "change":
            return self._change(node, period, code)
        return self.brought(node, key, code)

    def brought(self, node: Unit | Branch | None, key: str, code: str) -> int | None:
        """Return what came in; of a state what stands at the end (docs/counting.md C28)."""
        if code in self.indicators.states:
            return self._to_date(node, key).get(code)
        return self.indicators.complete(self._own(self._id(node), key)).get(code)

    def _id(self, node: Unit | Branch | None) -> int:
        return node.pk if node is not None else ALL if self.by_branch else self.top.pk

    def _change(self, node: Unit | Branch | None, period: Period | None, code: str) -> int | None:
        if period is None or not self.periods:
            before: str | None = BEFORE if self.before.days else None
        else:
            place = self.periods.index(period)
            before = self.periods[place - 1].key if place else None
        if before is None:
            return None
        values = (
            self.brought(node, period.key if period else WHOLE, code),
            self.brought(node, before, code),
        )
        if values == (None, None):
            return None
        return (values[0] or 0) - (values[1] or 0)

    def _own(self, pk: int, key: str) -> Counts:
        """Return what came in at a node; of a branch without what came in at those below it."""
        if pk == ALL:
            return add_up(self._own(node.pk, key) for node in self.nodes)
        counts = self.facts.of(pk, key)
        below = [self.facts.of(child, key) for child in self.children.get(pk, ())]
        if not any(below):
            return counts
        left = {code: n - sum(one.get(code, 0) for one in below) for code, n in counts.items()}
        return {code: n for code, n in left.items() if n or not any(code in one for one in below)}

    def _to_date(self, node: Unit | Branch | None, key: str) -> Counts:
        pk = self._id(node)
        if pk not in self._known:
            self._known[pk] = dict(self._to_dates(pk))
        return self._known[pk].get(key, {})

    def _to_dates(self, pk: int) -> Iterator[tuple[str, Counts]]:
        """Yield what stands at the end of each period."""
        earlier = self._own(pk, EARLIER)
        yield BEFORE, self.indicators.complete(earlier)
        yield WHOLE, self.indicators.complete(add_up((earlier, self._own(pk, WHOLE))))
        running = earlier
        for period in self.periods:
            if self.is_whole:
                running = add_up((running, self._own(pk, period.key)))
            else:
                running = self._own(pk, f"to {period.key}")
            yield period.key, self.indicators.complete(running)

    def _of_reports(
        self, reports: Completeness, node: Unit | Branch, period: Period
    ) -> float | None:
        # Nothing is missing on a day that is still ahead.
        last = min(reports.days[-1], clock.today())
        days = [day for day in period.days if reports.days[0] <= day <= last]
        cell = (
            reports.of_branch(node, days)
            if isinstance(node, Branch)
            else reports.cell(node.path, days)
        )
        return _percent(
            cell.on_time if self.measure.name == "on_time" else cell.received, cell.expected
        )


def _percent(part: int | None, whole: int | None) -> float | None:
    return part * 100 / whole if part is not None and whole else None
