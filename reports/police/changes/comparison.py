"""Which lines of two files differ, by day and commune, from what to what."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reports.police.changes.lines import Day, Line


class ChangeKind(StrEnum):
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Cell:
    """A cell that differs; blank is no figure."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class LineChange:
    """A line that differs. A line that is in one of the files alone has all its cells here."""

    date: str
    code: str
    name: str
    kind: ChangeKind
    cells: tuple[Cell, ...]

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(cell.column for cell in self.cells)

    @property
    def figures(self) -> tuple[Cell, ...]:
        """What differs but for the moment, which follows from it."""
        return tuple(cell for cell in self.cells if cell.column != "as_of")


@dataclass
class Tally:
    """How many lines differ, by kind, and how many were compared."""

    kinds: Counter[ChangeKind] = field(default_factory=Counter)
    compared: int = 0

    @property
    def total(self) -> int:
        return self.kinds.total()

    @property
    def changed(self) -> int:
        return self.kinds[ChangeKind.CHANGED]

    @property
    def added(self) -> int:
        return self.kinds[ChangeKind.ADDED]

    @property
    def removed(self) -> int:
        return self.kinds[ChangeKind.REMOVED]


def compared(
    was: Iterable[Day], now: Iterable[Day], tally: Tally
) -> Iterator[tuple[str, list[LineChange]]]:
    """Yield the days with lines that differ; both files go by day, and one day is held of each."""
    for date, before, after in _side_by_side(was, now):
        changes = changes_of_day(date, before, after)
        tally.compared += max(len(before), len(after))
        tally.kinds.update(change.kind for change in changes)
        if changes:
            yield date, changes


def _side_by_side(
    was: Iterable[Day], now: Iterable[Day]
) -> Iterator[tuple[str, list[Line], list[Line]]]:
    first, second = iter(was), iter(now)
    one, two = next(first, None), next(second, None)
    while one or two:
        date = min(day[0] for day in (one, two) if day)
        before, after = ([*day[1]] if day and day[0] == date else [] for day in (one, two))
        yield date, before, after
        if one and one[0] == date:
            one = next(first, None)
        if two and two[0] == date:
            two = next(second, None)


def changes_of_day(date: str, before: Sequence[Line], after: Sequence[Line]) -> list[LineChange]:
    was, now = _by_key(before), _by_key(after)
    found = []
    for key in [*was, *(key for key in now if key not in was)]:
        old, new = was.get(key), now.get(key)
        cells = tuple(_cells(old or {}, new or {}))
        if cells:
            line = new or old or {}
            kind = ChangeKind.CHANGED
            if old is None or new is None:
                kind = ChangeKind.ADDED if old is None else ChangeKind.REMOVED
            found.append(
                LineChange(
                    date, line.get("commune_code") or "", line.get("commune") or "", kind, cells
                )
            )
    return found


def _by_key(lines: Iterable[Line]) -> dict[tuple[str, int], Line]:
    """Return lines by commune; one that stands twice has two keys."""
    found: dict[tuple[str, int], Line] = {}
    times = Counter[str]()
    for line in lines:
        code = line.get("commune_code") or ""
        found[code, times[code]] = line
        times[code] += 1
    return found


def _cells(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Cell]:
    for column in dict.fromkeys([*old, *new]):
        before, after = old.get(column) or "", new.get(column) or ""
        if before != after:
            yield Cell(column, before, after)
