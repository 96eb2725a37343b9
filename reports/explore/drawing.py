"""The same table as coloured cells, bars, small lines or a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.dashboards.charts import Spark, place, spark
from reports.dashboards.selectors.map import Map, Shape, box_round
from reports.explore.measures import Value
from reports.explore.table import Row, Table

STEPS = 6
LINE = (240, 48)


@dataclass(frozen=True)
class Scale:
    """Bounds of the colours: each has about a sixth of the different values that there are."""

    bounds: tuple[float, ...]

    def step(self, value: Value) -> int | None:
        return None if value is None else sum(value >= bound for bound in self.bounds)

    @property
    def legend(self) -> list[tuple[int, float | None]]:
        """The colours, each with the least value that has it."""
        return list(enumerate((None, *self.bounds)))


def scale(values: Sequence[Value]) -> Scale:
    known = sorted({value for value in values if value is not None})
    if len(known) <= STEPS:
        return Scale(tuple(known[1:]))
    return Scale(tuple(known[len(known) * n // STEPS] for n in range(1, STEPS)))


@dataclass(frozen=True)
class DrawnCell:
    value: Value
    step: int | None


@dataclass(frozen=True)
class DrawnRow:
    """A row with the colours of its cells, a bar of its total (percent of the longest), a line."""

    row: Row
    cells: tuple[DrawnCell, ...]
    measured: Value
    bar: str
    is_below: bool
    line: Spark | None


def drawn(table: Table, rows: Sequence[Row]) -> list[DrawnRow]:
    """Draw some rows of a table on the scale of all of them."""
    colours = scale([value for row in table.rows for value in row.cells])
    longest = max((abs(table.measured(row) or 0) for row in table.rows), default=0)
    return [
        DrawnRow(
            row,
            tuple(DrawnCell(value, colours.step(value)) for value in row.cells),
            measured := table.measured(row),
            place(abs(measured or 0) * 100 / longest) if longest else "0",
            (measured or 0) < 0,
            _line(row),
        )
        for row in rows
    ]


def _line(row: Row) -> Spark | None:
    """Draw a row's cells from nought, or from the lowest where something went down, in tenths."""
    low = min((value for value in row.cells if value is not None), default=0)
    cells = [None if v is None else round((v - min(low, 0)) * 10) for v in row.cells]
    return spark(cells, LINE)


def draw_map(table: Table) -> tuple[Map, Scale] | None:
    """Draw the units of the rows, coloured by their totals; None where there is no boundary."""
    rows: list[tuple[Any, Value]] = [
        (row.entry.node, table.measured(row))
        for row in table.rows
        if hasattr(row.entry.node, "boundary")
    ]
    if len(rows) < 2:
        return None
    colours = scale([value for _unit, value in rows])
    shapes = (Shape(u, u.boundary.path, value, colours.step(value)) for u, value in rows)
    return Map(box_round([unit.boundary for unit, _value in rows]), tuple(shapes), ()), colours
