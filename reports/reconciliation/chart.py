"""Two lines on one axis: what each source has to date."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from reports.dashboards.charts import Tick, place, round_up


@dataclass(frozen=True)
class Lines:
    width: int
    height: int
    ours: str
    theirs: str
    # The days for which something was published, as points.
    points: tuple[tuple[str, str], ...]
    days: tuple[Tick, ...]
    levels: tuple[Tick, ...]


def lines(
    days: Sequence[dt.date],
    ours: Sequence[int | None],
    theirs: Sequence[int | None],
    *,
    width: int = 720,
    height: int = 200,
) -> Lines:
    left, bottom, top = 56, height - 24, 10
    most = round_up(max([value or 0 for value in (*ours, *theirs)] + [1]))
    step = (width - left) / max(len(days), 1)

    def x(number: int) -> str:
        return place(left + step * (number + 0.5))

    def y(value: float) -> str:
        return place(bottom - (bottom - top) * value / most)

    def line(values: Sequence[int | None]) -> str:
        return " ".join(f"{x(n)},{y(v)}" for n, v in enumerate(values) if v is not None)

    every = max(1, len(days) // 6)
    return Lines(
        width,
        height,
        line(ours),
        line(theirs),
        tuple((x(n), y(v)) for n, v in enumerate(theirs) if v is not None),
        tuple(
            Tick(at=x(n), date=day)
            for n, day in enumerate(days)
            if n % every == 0 and n + every / 2 <= len(days)
        ),
        tuple(Tick(at=y(part), value=part) for part in (0, most // 2, most)),
    )
