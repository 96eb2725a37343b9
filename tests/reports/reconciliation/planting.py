"""Units with known differences between two sources, drawn at random."""

import random
from collections.abc import Callable
from itertools import accumulate

from reports.reconciliation.series import Overlap, UnitSeries

LEVELS = Overlap("level1", "level2", "upgraded", "activated")
CODES = ("level1", "level2")
Days = dict[str, list[int]]


def our_days(rng: random.Random, days: int, blanks: float = 0.1) -> tuple[Days, frozenset[int]]:
    """Draw what a commune reports each day, and on which days it does."""
    size = rng.uniform(8, 45)
    found: Days = {"level1": [], "level2": [], "upgraded": []}
    reported = set()
    for day in range(days):
        if rng.random() < blanks:
            for figures in found.values():
                figures.append(0)
            continue
        reported.add(day)
        most = size * (1.8 if day % 7 == 6 else 1) * rng.uniform(0.5, 1.5)
        first = round(most * rng.uniform(0.4, 0.7))
        second = round(most * rng.uniform(0.2, 0.5))
        found["level1"].append(first)
        found["level2"].append(second)
        found["upgraded"].append(round(second * rng.uniform(0.3, 0.7)))
    return found, frozenset(reported)


def to_date(days: Days) -> Days:
    return {code: list(accumulate(figures)) for code, figures in days.items()}


def later(figures: list[int], shift: int) -> list[int]:
    """Return figures of days, moved by so many days."""
    if shift >= 0:
        return [0] * shift + figures[: len(figures) - shift]
    return figures[-shift:] + [0] * -shift


def plant(kind: str, ours: Days, rng: random.Random) -> Days:
    """Return their days of a unit whose difference is of a kind."""
    theirs = {code: list(ours[code]) for code in CODES}
    number = len(theirs["level1"])
    if kind == "shifted":
        shift = rng.choice((1, 2, 3, -1, -2, -3))
        return {code: later(figures, shift) for code, figures in theirs.items()}
    if kind == "swapped":
        return {"level1": theirs["level2"], "level2": theirs["level1"]}
    if kind == "upgraded":
        code, sign = rng.choice(CODES), rng.choice((1, -1))
        return theirs | {
            code: [a + sign * b for a, b in zip(theirs[code], ours["upgraded"], strict=True)]
        }
    if kind in ("ours_higher", "theirs_higher"):
        sign = 1 if kind == "theirs_higher" else -1
        how = rng.choice(("share", "since", "once"))
        since = rng.randrange(number // 2) if how == "since" else 0
        part = rng.uniform(0.05, 0.3) * number / (number - since)
        once = rng.randrange(number)
        for code, figures in theirs.items():
            if how == "once":
                figures[once] += sign * round(0.15 * sum(figures))
            else:
                drawn = [rng.uniform(0.5, 1.5) * part for _ in figures]
                for day in range(since, number):
                    figures[day] += round(sign * drawn[day] * ours[code][day])
    if kind == "within":
        for figures in theirs.values():
            figures[rng.randrange(number)] += round(rng.uniform(-0.018, 0.018) * sum(figures))
    return theirs


def published(theirs: Days, every: int = 1, until: int | None = None) -> dict[str, dict[int, int]]:
    """Return their figures to date on every so manieth day, up to the last of the days."""
    number = len(theirs["level1"]) if until is None else until
    days = range(every - 1, number, every)
    return {
        code: {day: whole[day] for day in days} for code, whole in to_date(theirs).items() if days
    }


def series(ours: Days, reported: frozenset[int], theirs: dict[str, dict[int, int]]) -> UnitSeries:
    known = to_date(ours)
    known["activated"] = [
        a + b - c
        for a, b, c in zip(known["level1"], known["level2"], known["upgraded"], strict=True)
    ]
    return UnitSeries(known, theirs, reported)


def planted(
    kind: str,
    rng: random.Random,
    *,
    days: int = 81,
    every: int = 1,
    noise: Callable[[int], int] = lambda value: value,
) -> UnitSeries:
    ours, reported = our_days(rng, days)
    if kind == "not_reported" and rng.random() < 0.5:
        return UnitSeries({}, published({code: ours[code] for code in CODES}, every), frozenset())
    if kind == "not_reported":
        return _silent_since(ours, reported, rng, every)
    if kind == "not_published":
        return series(ours, reported, {})
    theirs = plant(kind, ours, rng)
    until = days - rng.randrange(3 * every, 5 * every) if kind == "stopped" else None
    theirs = {code: [noise(value) for value in figures] for code, figures in theirs.items()}
    return series(ours, reported, published(theirs, every, until))


def _silent_since(
    ours: Days, reported: frozenset[int], rng: random.Random, every: int
) -> UnitSeries:
    """We stop to report; they go on."""
    theirs = {code: list(ours[code]) for code in CODES}
    number = len(theirs["level1"])
    since = number - rng.randrange(3 * every, 5 * every)
    ours = {code: figures[:since] + [0] * (number - since) for code, figures in ours.items()}
    return series(ours, frozenset(d for d in reported if d < since), published(theirs, every))
