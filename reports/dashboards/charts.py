"""Geometry of the drawings; templates turn it into SVG.

Every coordinate is text with a decimal point: a template would write a number the
Vietnamese way, with a comma.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


def place(value: float) -> str:
    return f"{value:.1f}"


@dataclass(frozen=True)
class DayPoint:
    """What the trend shows of one day; ``value`` is None where nothing came in."""

    date: dt.date
    value: int | None
    average: float | None
    is_peak: bool = False
    is_today: bool = False


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    point: DayPoint


@dataclass(frozen=True)
class Tick:
    """A label on an axis and the line it stands at."""

    at: str
    value: int | None = None
    date: dt.date | None = None


@dataclass(frozen=True)
class Trend:
    """Bars of a day each and the line of their weekly average; of a state one line alone."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    line: str
    days: tuple[Tick, ...]
    levels: tuple[Tick, ...]


def trend(
    points: Sequence[DayPoint], *, is_state: bool = False, width: int = 720, height: int = 200
) -> Trend:
    left, bottom, top = 46, height - 24, 10
    most = round_up(max([p.value or 0 for p in points] + [1]))
    step = (width - left) / max(len(points), 1)

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / most

    bars = tuple(
        Bar(
            x=place(left + step * n + step * 0.1),
            y=place(y(p.value)),
            width=place(step * 0.8),
            height=place(max(bottom - y(p.value), 0.5)),
            point=p,
        )
        for n, p in enumerate(points)
        if p.value is not None and not is_state
    )
    values = (p.value if is_state else p.average for p in points)
    line = " ".join(
        f"{place(left + step * (n + 0.5))},{place(y(value))}"
        for n, value in enumerate(values)
        if value is not None
    )
    every = max(1, len(points) // 6)
    days = tuple(
        Tick(at=place(left + step * (n + 0.5)), date=p.date)
        for n, p in enumerate(points)
        if n % every == 0 and n + every / 2 <= len(points)
    )
    levels = tuple(Tick(at=place(y(part)), value=part) for part in (0, most // 2, most))
    return Trend(width, height, bars, line, days, levels)


def round_up(value: int) -> int:
    """Return the next round number of which the half is round too, for an axis."""
    size = int(10 ** max(len(str(value)) - 1, 0))
    return next(size * n for n in (1, 2, 3, 4, 5, 6, 8, 10) if size * n >= value)


SPARK_SIZE = (84, 24)


@dataclass(frozen=True)
class Spark:
    """A small line with its last point."""

    line: str
    x: str
    y: str


def spark(values: Sequence[int | None], size: tuple[int, int] = SPARK_SIZE) -> Spark | None:
    """Lay out a small line; None where there are fewer than two points."""
    width, height = size
    known = [(n, v) for n, v in enumerate(values) if v is not None]
    if len(known) < 2:
        return None
    most = max(v for _n, v in known) or 1
    step = (width - 6) / max(len(values) - 1, 1)
    points = [(2 + step * n, height - 3 - (height - 6) * v / most) for n, v in known]
    line = " ".join(f"{place(x)},{place(y)}" for x, y in points)
    return Spark(line, place(points[-1][0]), place(points[-1][1]))


# Bounds of the map's colours, in percent of target.
BANDS = (50, 60, 70, 80, 90)


def band(percent: float | None) -> int | None:
    """Return the number of the colour of a percentage, 0 the palest; None without one."""
    return None if percent is None else sum(percent >= bound for bound in BANDS)
