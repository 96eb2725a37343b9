"""What figures would do: new, another than what stands, the same; their sums; numbers that fall."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from campaign.models import Campaign, Level, Unit
from campaign.selectors import IndicatorSet
from core.importing.steps import MOST_SHOWN
from reports.official.models import FigureKind, OfficialFigure

MOST_FALLS = 20
# Unit, day, kind, code of the indicator.
Key = tuple[int, dt.date, str, str]


@dataclass(frozen=True)
class SumLine:
    """The sum of one indicator on one level: to date on the last day, daily of all days."""

    indicator: str
    kind: str
    level: str
    first_day: dt.date
    last_day: dt.date
    units: int
    before: int | None
    after: int


@dataclass(frozen=True)
class Change:
    unit: Unit
    day: dt.date
    indicator: str
    kind: str
    before: int | None
    after: int


@dataclass(frozen=True)
class Fall:
    """A figure to date that is lower than that of a day before."""

    unit: Unit
    indicator: str
    before: dt.date
    day: dt.date
    had: int
    has: int


@dataclass
class Preview:
    new: int = 0
    changed: int = 0
    same: int = 0
    sums: list[SumLine] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    falls: list[Fall] = field(default_factory=list)
    fall_count: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.changed)

    @property
    def more(self) -> int:
        return self.new + self.changed - len(self.changes)

    @property
    def more_falls(self) -> int:
        return self.fall_count - len(self.falls)


def preview_of(
    campaign: Campaign,
    figures: Mapping[Key, int],
    units: Mapping[int, Unit],
    indicators: IndicatorSet,
) -> Preview:
    """Compare figures with what stands (one query)."""
    present = present_figures(campaign, units)
    names = {one.code: one.short_name for one in indicators.all}
    found = Preview()
    changes: list[Change] = []
    news: list[Change] = []
    for key, value in figures.items():
        before = present.get(key)
        if before == value:
            found.same += 1
            continue
        shown = news if before is None else changes
        if len(shown) < MOST_SHOWN:
            unit, day, kind, code = key
            label = str(FigureKind(kind).label)
            shown.append(Change(units[unit], day, names[code], label, before, value))
        found.new += before is None
        found.changed += before is not None
    found.changes = (changes + news)[:MOST_SHOWN]
    found.sums = _sums(figures, present, units, indicators)
    _find_falls(found, figures, present, units, names)
    return found


def present_figures(campaign: Campaign, units: Collection[int]) -> dict[Key, int]:
    rows = OfficialFigure.objects.current().filter(campaign=campaign, unit__in=list(units))
    columns = ("unit_id", "day", "kind", "indicator__code", "value")
    return {(u, day, kind, code): v for u, day, kind, code, v in rows.values_list(*columns)}


def _sums(
    figures: Mapping[Key, int],
    present: Mapping[Key, int],
    units: Mapping[int, Unit],
    indicators: IndicatorSet,
) -> list[SumLine]:
    groups: dict[tuple[str, str, str], dict[dt.date, list[Key]]] = defaultdict(dict)
    for key in figures:
        unit, day, kind, code = key
        groups[code, kind, units[unit].level].setdefault(day, []).append(key)
    order = {one.code: (number, one.name) for number, one in enumerate(indicators.all)}
    ranks = {level: rank for rank, level in enumerate(Level.values)}
    found = []
    for (code, kind, level), days in sorted(
        groups.items(), key=lambda item: (order[item[0][0]][0], item[0][1], ranks[item[0][2]])
    ):
        last = max(days)
        first = last if kind == FigureKind.TO_DATE else min(days)
        keys = [key for day, of in days.items() if first <= day <= last for key in of]
        had = [present[key] for key in keys if key in present]
        found.append(
            SumLine(
                indicator=order[code][1],
                kind=str(FigureKind(kind).label),
                level=str(Level(level).label),
                first_day=first,
                last_day=last,
                units=len({key[0] for key in keys}),
                before=sum(had) if had else None,
                after=sum(figures[key] for key in keys),
            )
        )
    return found


def _find_falls(
    found: Preview,
    figures: Mapping[Key, int],
    present: Mapping[Key, int],
    units: Mapping[int, Unit],
    names: Mapping[str, str],
) -> None:
    series: dict[tuple[int, str], dict[dt.date, int]] = defaultdict(dict)
    for (unit, day, kind, code), value in {**present, **figures}.items():
        if kind == FigureKind.TO_DATE:
            series[unit, code][day] = value
    for (unit, code), days in series.items():
        for before, day in pairwise(sorted(days)):
            is_ours = any((unit, d, FigureKind.TO_DATE, code) in figures for d in (before, day))
            if is_ours and days[day] < days[before]:
                found.fall_count += 1
                if len(found.falls) < MOST_FALLS:
                    found.falls.append(
                        Fall(units[unit], names[code], before, day, days[before], days[day])
                    )


def as_numbers(preview: Preview) -> dict[str, Any]:
    """Return what a preview comes to, as the API says it."""
    return {
        "new": preview.new,
        "replaced": preview.changed,
        "unchanged": preview.same,
        "falling": preview.fall_count,
    }
