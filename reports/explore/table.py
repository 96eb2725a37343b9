"""A table of one measure: rows, columns, totals that agree, in the order asked for."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.models import Campaign, Indicator, Unit
from campaign.selectors import IndicatorSet, indicators_of
from core.vietnamese import fold
from reports.explore.axes import (
    BRANCH,
    INDICATOR,
    TIMES,
    Entry,
    branches_within,
    family,
    periods,
    units_of_level,
)
from reports.explore.measures import WHOLE, Cells, Measure, Value

# A country's communes by week, or a province's by day: more is a file's and not a table's.
MOST_CELLS = 60_000


@dataclass(frozen=True)
class Question:
    """What is asked; ``columns`` is blank where there is one column alone.

    ``names``, ``at_least`` and ``at_most`` leave out rows; ``sort`` is ``name``, ``total`` or the
    key of a column, with a minus before it the largest first.
    """

    campaign: Campaign
    top: Unit
    rows: str
    columns: str
    measure: Measure
    indicator: Indicator | None
    basis: str
    first: dt.date
    last: dt.date
    than: dt.date | None = None
    names: str = ""
    at_least: float | None = None
    at_most: float | None = None
    sort: str = ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.names) or self.at_least is not None or self.at_most is not None


@dataclass(frozen=True)
class Row:
    entry: Entry
    cells: tuple[Value, ...]
    total: Value = None


def measured(row: Row, *, has_total: bool) -> Value:
    """Return what a row is filtered, drawn and put in order by."""
    return row.total if has_total else row.cells[-1] if row.cells else None


@dataclass(frozen=True)
class Table:
    """``total`` is of everything, whatever rows are left out; ``rest`` is what no row has.

    ``shown`` adds up the rows that a filter leaves; ``has_total`` says whether rows have one too.
    """

    question: Question
    columns: tuple[Entry, ...]
    rows: tuple[Row, ...]
    total: Row | None
    rest: Row | None
    shown: Row | None
    has_total: bool
    of: int

    @property
    def has_values(self) -> bool:
        return any(value is not None for row in self.rows for value in row.cells)

    def measured(self, row: Row) -> Value:
        return measured(row, has_total=self.has_total)


def explore(user: Any, asked: Question) -> Table:
    """Return the table; raise ``ValidationError`` where it would be too large.

    The number of queries depends on the measure, not on rows, columns or days.
    """
    indicators = indicators_of(asked.campaign)
    rows, columns = (
        _entries(user, asked, axis, indicators) for axis in (asked.rows, asked.columns)
    )
    columns = columns if asked.columns else [Entry("value", str(asked.measure.label))]
    if len(rows) * len(columns) > MOST_CELLS:
        text = _("Bảng có %(n)d ô, nhiều hơn %(most)d. Chọn ít ngày hơn, hoặc cấp cao hơn.")
        raise ValidationError(text % {"n": len(rows) * len(columns), "most": MOST_CELLS})
    entries = [*rows, *columns]
    shown: list[Any] = [entry.indicator for entry in entries if entry.indicator is not None]
    shown = shown or ([asked.indicator] if asked.indicator is not None else [])
    cells = Cells(
        campaign=asked.campaign,
        indicators=indicators,
        measure=asked.measure,
        basis=asked.basis,
        top=asked.top,
        nodes=[entry.node for entry in entries if entry.node is not None],
        periods=[entry.period for entry in entries if entry.period is not None],
        codes=[one.code for one in shown],
        first=asked.first,
        last=asked.last,
    )
    return _Maker(asked, cells, rows, columns).table()


def _entries(user: Any, asked: Question, axis: str, indicators: IndicatorSet) -> list[Entry]:
    if axis == INDICATOR:
        return [Entry(one.code, one.short_name, indicator=one) for one in indicators.all]
    if axis in TIMES:
        found = periods(axis, asked.campaign, asked.first, asked.last, asked.than)
        return [Entry(one.key, one.label, period=one) for one in found]
    if axis == BRANCH:
        branches = branches_within(user, asked.top, asked.first, asked.last)
        return [Entry(one.code, one.name, node=one) for one in branches]
    if not axis:
        return []
    units = units_of_level(user, asked.top, axis, asked.first, asked.last)
    return [Entry(one.code, str(one), node=one) for one in units]


class _Maker:
    def __init__(
        self, asked: Question, cells: Cells, rows: Sequence[Entry], columns: Sequence[Entry]
    ) -> None:
        self.asked, self.cells, self.rows, self.columns = asked, cells, rows, columns
        self.measure = asked.measure
        self.code = asked.indicator.code if asked.indicator is not None else ""
        # Beside time and units there is one for all of them; indicators have none, nor have two
        # periods that are held against each other.
        self.has_total = family(asked.columns) in ("time", "node") and asked.columns != "two"

    def table(self) -> Table:
        rows = [self._row(entry) for entry in self.rows]
        total = self._total()
        if self.measure.name == "share":
            rows, total = self._shares(rows, total)
        elif self.measure.name == "rank":
            rows, total = self._ranks(rows), None
        left = self._in_order([row for row in rows if self._is_asked(row)])
        adds_up = (
            self.measure.adds_up and not self._has_states and family(self.asked.rows) != "indicator"
        )
        return Table(
            question=self.asked,
            columns=tuple(self.columns),
            rows=tuple(left),
            total=total,
            rest=self._rest(rows, total) if adds_up and total is not None else None,
            shown=self._sum(left, _("Cộng các dòng đang xem"))
            if adds_up and self.asked.is_filtered
            else None,
            has_total=self.has_total,
            of=len(rows),
        )

    @property
    def _has_states(self) -> bool:
        """Whether what stands at the end of days is shown, which no sum over days gives."""
        codes = {self.code, *(e.indicator.code for e in self.columns if e.indicator)}
        return family(self.asked.rows) == "time" and bool(codes & self.cells.indicators.states)

    def _row(self, entry: Entry) -> Row:
        cells = tuple(self._value(entry, column) for column in self.columns)
        return Row(entry, cells, self._value(entry, None) if self.has_total else None)

    def _value(self, row: Entry | None, column: Entry | None) -> Value:
        sides = [side for side in (row, column) if side is not None]
        node = next((side.node for side in sides if side.node is not None), None)
        period = next((side.period for side in sides if side.period is not None), None)
        indicator = next((side.indicator for side in sides if side.indicator is not None), None)
        code = indicator.code if indicator is not None else self.code
        if self.measure.name in ("share", "rank"):
            return self.cells.brought(node, period.key if period is not None else WHOLE, code)
        return self.cells.value(node, period, code)

    def _total(self) -> Row | None:
        """Return the line of all; indicators have none."""
        kind = family(self.asked.rows)
        if kind == "indicator":
            return None
        name = str(self.asked.top) if kind == "node" else _("Cả kỳ")
        return self._row(Entry("", _("Cộng") if self.asked.rows == BRANCH else name))

    def _sum(self, rows: Sequence[Row], name: str) -> Row:
        cells = tuple(_added(row.cells[n] for row in rows) for n in range(len(self.columns)))
        return Row(Entry("", name), cells, _added(row.total for row in rows))

    def _rest(self, rows: Sequence[Row], total: Row) -> Row | None:
        """Return what the rows leave of the total, such as what a district's own branch did."""
        if family(self.asked.rows) != "node":
            return None
        summed = self._sum(rows, "")
        cells = tuple((a or 0) - (b or 0) for a, b in zip(total.cells, summed.cells, strict=True))
        rest = (total.total or 0) - (summed.total or 0)
        if not any(cells) and not rest:
            return None
        return Row(
            Entry("", _("Không thuộc dòng nào ở trên")), cells, rest if self.has_total else None
        )

    def _shares(self, rows: Sequence[Row], total: Row | None) -> tuple[list[Row], Row | None]:
        """Return percents of the line of all, column by column."""
        wholes = total or self._sum(rows, "")

        def of(row: Row) -> Row:
            cells = tuple(_share(a, b) for a, b in zip(row.cells, wholes.cells, strict=True))
            return replace(row, cells=cells, total=_share(row.total, wholes.total))

        return [of(row) for row in rows], of(total) if total is not None else None

    def _ranks(self, rows: Sequence[Row]) -> list[Row]:
        """Return ranks, equals sharing one; at nought there is none (docs/counting.md C27)."""
        ranks = [_ranked([row.cells[n] for row in rows]) for n in range(len(self.columns))]
        of_all = _ranked([row.total for row in rows])
        return [
            replace(row, cells=tuple(of[n] for of in ranks), total=of_all[n])
            for n, row in enumerate(rows)
        ]

    def _is_asked(self, row: Row) -> bool:
        names = [fold(name.strip()) for name in self.asked.names.split(",") if name.strip()]
        if names and not any(name in fold(f"{row.entry.label} {row.entry.key}") for name in names):
            return False
        least, most, value = (
            self.asked.at_least,
            self.asked.at_most,
            measured(row, has_total=self.has_total),
        )
        if least is None and most is None:
            return True
        if value is None:
            return False
        return (least is None or value >= least) and (most is None or value <= most)

    def _in_order(self, rows: list[Row]) -> list[Row]:
        """Put rows in the order asked for; what is blank comes last, equals stay as they were."""
        key, is_most_first = self.asked.sort.removeprefix("-"), self.asked.sort.startswith("-")
        if key in ("", "name"):
            return rows[::-1] if is_most_first else rows
        numbers = {column.key: n for n, column in enumerate(self.columns)}
        of: Callable[[Row], Value] = partial(measured, has_total=self.has_total)
        if key in numbers:
            of = lambda row: row.cells[numbers[key]]  # noqa: E731
        elif key != "total":
            # A column of the table before, which this one has not.
            return rows
        sign = -1 if is_most_first else 1
        return sorted(rows, key=lambda row: (of(row) is None, sign * (of(row) or 0)))


def _added(values: Any) -> Value:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _share(part: Value, whole: Value) -> Value:
    return None if part is None or not whole else part * 100 / whole


def _ranked(values: Sequence[Value]) -> list[Value]:
    above = sorted((value for value in values if value), reverse=True)
    return [above.index(value) + 1 if value else None for value in values]
