"""What the police published, by unit, indicator and day. It stands beside our figures: no sum
anywhere holds both.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from campaign.models import Campaign, Succession, SuccessionKind, Unit
from campaign.todays_map import TodaysMap
from core import clock
from reports.official.models import FigureKind, MapOfUnits, OfficialFigure

# Values by day, on the days for which something was published, in their order.
Days = dict[dt.date, int]
# By the unit's id and the indicator's code.
Series = dict[tuple[int, str], Days]

DAY = dt.timedelta(days=1)


def official_to_date(
    campaign: Campaign,
    *,
    units: Collection[Unit],
    indicators: Collection[str],
    last: dt.date,
    of_today: bool = False,
    known_at: dt.datetime | None = None,
) -> Series:
    """Return what was published as of each day until ``last``: how much there was by then.

    ``indicators`` are codes. A day for which nothing was published is not in the answer: missing
    is not zero. A figure to date stands as it is; a figure of a day is added to what stood the
    time before, be it to date or the sum of days. Nothing is added across levels: a district's
    figure is what was published for the district.

    ``of_today`` adds to each of ``units`` what went whole into it, on days for which all that ever
    had figures of those have one; ``known_at`` is as it was known at a moment. Two queries, one
    of units more with ``of_today``.
    """
    stored = _stored(campaign, units, indicators, last, of_today, known_at)
    return _mapped(stored, _to_date, units, of_today)


def official_days(
    campaign: Campaign,
    *,
    units: Collection[Unit],
    indicators: Collection[str],
    last: dt.date,
    of_today: bool = False,
    known_at: dt.datetime | None = None,
) -> Series:
    """Return what was published for each single day until ``last``; arguments as above.

    It is the figure of the day, or the difference of two figures to date of which the one is of
    the day before; that may be below zero, where the police put an earlier figure right.
    """
    stored = _stored(campaign, units, indicators, last, of_today, known_at)
    return _mapped(stored, _of_days, units, of_today)


@dataclass
class _Stored:
    """Figures by kind, and of which units and days they were published by today's map."""

    kinds: dict[tuple[int, str], dict[str, Days]]
    of_now: set[tuple[int, dt.date]]


def _stored(
    campaign: Campaign,
    units: Iterable[Unit],
    indicators: Collection[str],
    last: dt.date,
    of_today: bool,
    known_at: dt.datetime | None,
) -> _Stored:
    rows = OfficialFigure.objects.current(known_at).filter(campaign=campaign, day__lte=last)
    if not of_today:
        rows = rows.filter(unit__in=[unit.pk for unit in units])
    rows = rows.filter(indicator__code__in=indicators).order_by("day")
    found = _Stored(defaultdict(lambda: defaultdict(dict)), set())
    columns = ("unit_id", "indicator__code", "kind", "day", "value", "file__map")
    for unit, code, kind, day, value, of in rows.values_list(*columns):
        found.kinds[unit, code][kind][day] = value
        if of == MapOfUnits.NOW:
            found.of_now.add((unit, day))
    return found


def _to_date(kinds: Mapping[str, Days]) -> Days:
    to_date, daily = kinds.get(FigureKind.TO_DATE, {}), kinds.get(FigureKind.DAILY, {})
    found, value = {}, 0
    for day in sorted(to_date.keys() | daily.keys()):
        value = to_date[day] if day in to_date else value + daily[day]
        found[day] = value
    return found


def _of_days(kinds: Mapping[str, Days]) -> Days:
    to_date, daily = kinds.get(FigureKind.TO_DATE, {}), kinds.get(FigureKind.DAILY, {})
    found = {
        day: value - to_date[day - DAY] for day, value in to_date.items() if day - DAY in to_date
    }
    return dict(sorted((found | daily).items()))


def _mapped(
    stored: _Stored,
    read: Callable[[Mapping[str, Days]], Days],
    units: Collection[Unit],
    of_today: bool,
) -> Series:
    series = {key: days for key, kinds in stored.kinds.items() if (days := read(kinds))}
    if not of_today:
        return series
    heir, grown = heirs({unit for unit, _code in series})
    parts: dict[tuple[int, str], list[Days]] = defaultdict(list)
    for (unit, code), days in series.items():
        if (after := heir.get(unit)) is not None:
            parts[after, code].append(days)
    wanted = {unit.pk for unit in units}
    found: Series = {}
    for unit, code in {key for key in (*series, *parts) if key[0] in wanted}:
        own, since = series.get((unit, code), {}), grown.get(unit)
        if since is not None:
            # Of before it grew, unless its figures were published as it is today.
            part = {d: v for d, v in own.items() if d < since and (unit, d) not in stored.of_now}
            parts[unit, code] += [part] if part else []
            own = {day: value for day, value in own.items() if day not in part}
        days = dict(sorted((_sum(parts.get((unit, code), [])) | own).items()))
        if days:
            found[unit, code] = days
    return found


def _sum(parts: list[Days]) -> Days:
    if not parts:
        return {}
    common = set.intersection(*(set(days) for days in parts))
    return {day: sum(days[day] for days in parts) for day in common}


def heirs(
    units: Collection[int], day: dt.date | None = None
) -> tuple[dict[int, int], dict[int, dt.date]]:
    """Return into which unit of a day (today) each that has ended went whole, by ids.

    Only of the same level: what a commune had is no part of a district's published figure. The
    second are the days from which those heirs hold more than before that were there already.
    """
    day = day or clock.today()
    whole = Succession.objects.filter(kind=SuccessionKind.WHOLE, since__lte=day)
    rows = list(whole.exclude(new=None).values_list("old_id", "new_id", "since"))
    if not rows:
        return {}, {}
    of = TodaysMap(
        day, Unit.objects.in_bulk(), {old: new for old, new, _since in rows}, frozenset()
    )
    heir = {}
    for pk in units:
        unit = of.units[pk]
        target = of.target(unit)
        if target is not None and target != unit and target.level == unit.level:
            heir[pk] = target.pk
    grown: dict[int, dt.date] = {}
    for _old, new, since in rows:
        if of.units[new].valid_from < since:
            grown[new] = min(since, grown.get(new, since))
    return heir, grown
