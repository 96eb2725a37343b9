"""The same table as coloured cells, bars, small lines or a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.dashboards.charts import Spark, place, spark
from reports.dashboards.selectors.map import MARGIN, Map, Shape
from reports.explore.axes import Entry
from reports.explore.measures import Value
from reports.explore.table import Row, Table

STEPS = 6
LINE = (240, 48)


@dataclass(frozen=True)
class Scale:
    """Bounds of the colours: sixths of what there is, so that each colour is about as frequent."""

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
            spark([_whole(value) for value in row.cells], LINE),
        )
        for row in rows
    ]


def _whole(value: Value) -> int | None:
    return None if value is None else round(max(value, 0) * 10)


def draw_map(table: Table) -> tuple[Map, Scale] | None:
    """Draw the units of the rows, coloured by their totals; None where there is no boundary."""
    rows = [row for row in table.rows if _boundary(row.entry) is not None]
    if len(rows) < 2:
        return None
    colours = scale([table.measured(row) for row in rows])
    shapes, boxes = [], []
    for row in rows:
        boundary, value = _boundary(row.entry), table.measured(row)
        boxes.append((boundary.west, boundary.north, boundary.east, boundary.south))
        unit: Any = row.entry.node
        shapes.append(Shape(unit, boundary.path, value, colours.step(value)))
    west, north = min(box[0] for box in boxes) - MARGIN, min(box[1] for box in boxes) - MARGIN
    east, south = max(box[2] for box in boxes) + MARGIN, max(box[3] for box in boxes) + MARGIN
    box = " ".join(map(str, (west, north, east - west, south - north)))
    return Map(box, tuple(shapes), ()), colours


def _boundary(entry: Entry) -> Any:
    return getattr(entry.node, "boundary", None)
