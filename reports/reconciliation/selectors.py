"""Ours and theirs, by unit: read, set side by side, and never summed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language

from accounts.models import User
from campaign.models import Appointment, Campaign, Level, Unit
from campaign.permissions import Permission, roles_with
from campaign.querysets import below
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet, find_unit, indicators_of
from campaign.todays_map import MapLine, map_of
from core import clock
from core.page_cache import cached
from reports.official.models import FigureKind, OfficialFigure
from reports.official.selectors import official_to_date
from reports.reconciliation.classes import DifferenceClass, Finding, Rules, classify
from reports.reconciliation.lines import Latest, Line, Reconciliation, grouped
from reports.reconciliation.models import EXPLAINS, DifferenceRemark, DifferenceTolerance
from reports.reconciliation.ours import OurDays, our_days, overlaps_of, summed
from reports.reconciliation.series import Tolerance, UnitSeries, rhythm_of
from reports.rollup.selectors import tag_with_reports
from reports.rollup.totals import BASES

LEVELS = Level.values


@dataclass(frozen=True)
class Question:
    """Which units, days and basis are compared; ``first`` is the campaign's first day or later."""

    campaign: Campaign
    top: Unit
    level: str
    first: dt.date
    last: dt.date
    basis: str = "reported"
    of_today: bool = False


def tolerance_of(campaign: Campaign) -> Tolerance:
    row = DifferenceTolerance.objects.filter(campaign=campaign).last()
    return Tolerance(Fraction(row.percent), row.accounts) if row else Tolerance()


def top_asked(user: Any, campaign: Campaign, code: str, last: dt.date, *, of_today: bool) -> Unit:
    """Return the unit asked for, by default the highest over which one may reconcile; or 404."""
    if code:
        found = map_of(user, clock.today()).find(code) if of_today else None
        return found or find_unit(user, campaign, code, last)
    tops = scope_of(user).unit_paths_with(Permission.EXPORT)
    units = Unit.objects.filter(below(tops)).during(campaign.starts_on, campaign.shown_day)
    if of_today:
        units = units.on(clock.today())
    return units.order_by("depth", "pk").or_404()


def stands_today(user: Any) -> bool:
    """Whether a unit over which one may reconcile is on today's map."""
    tops = scope_of(user).unit_paths_with(Permission.EXPORT)
    return Unit.objects.filter(below(tops)).on(clock.today()).exists()


def reconciliation(user: Any, asked: Question) -> Reconciliation:
    """Return the comparison with what was last said of each difference.

    Made once for all who ask the same, as far as it shows no person.
    """
    tolerance = tolerance_of(asked.campaign)
    words = (asked.campaign.pk, asked.top.pk, asked.level, asked.first, asked.last, asked.basis)
    found = cached(
        ("reconciliation", *words, asked.of_today, tolerance, _seen(user, asked), get_language()),
        (tag_with_reports(asked.campaign, asked.top.pk), clock.today()),
        lambda: compare(user, asked, tolerance),
    )
    return found.with_remarks(latest_of(asked.campaign))


def _seen(user: Any, asked: Question) -> list[str]:
    """Return what the map of today depends on besides: which units one sees."""
    return sorted(scope_of(user).unit_paths) if asked.of_today else []


def latest_of(campaign: Campaign) -> dict[int, Latest]:
    rows = DifferenceRemark.objects.filter(campaign=campaign).order_by("unit_id", "-number")
    columns = ("unit_id", "number", "state", "covers")
    return {
        unit: Latest(number, state, covers, state in EXPLAINS)
        for unit, number, state, covers in rows.distinct("unit_id").values_list(*columns)
    }


def compare(user: Any, asked: Question, tolerance: Tolerance) -> Reconciliation:
    """Compare what a user sees; of whom None is, the portal itself, all there is."""
    indicators = indicators_of(asked.campaign)
    lines, published_level, theirs = _published(user, asked, indicators)
    codes = _codes(indicators, theirs)
    published, start = _days(asked, published_level)
    days = [(day - start).days for day in published if day >= start]
    ends = max(days, default=None)
    overlaps = overlaps_of(indicators)
    sources = {code for one in overlaps for code in (*one.pair, one.both, one.total) if code}
    nodes = {pk for line in lines for pk in line.weights}
    ours = our_days(
        asked.campaign, indicators, nodes, {*codes, *sources} & {*_all(indicators)}, asked.last
    )
    rules = Rules(tolerance, overlaps, rhythm_of(days))
    offset = (start - asked.campaign.starts_on).days
    first = max((asked.first - start).days, 0)
    last = ends if ends is not None else (asked.last - start).days
    found, all_series = [], []
    for line in lines:
        of = {basis: _own(by_node, line).since(offset) for basis, by_node in ours.items()}
        series = _series(of[asked.basis], line.unit, codes, theirs, start)
        finding = classify(series, codes, first=first, last=last, rules=rules)
        all_series.append(series)
        found.append(_line(line.unit, finding, of, codes, first, last, start))
    if published_level != asked.level:
        found = _grouped(user, asked, found, codes)
    return Reconciliation(
        campaign=asked.campaign,
        level=asked.level,
        published_level=published_level,
        first=max(asked.first, start),
        last=asked.last,
        day=start + dt.timedelta(days=ends) if ends is not None else None,
        basis=asked.basis,
        tolerance=tolerance,
        indicators=tuple(i for i in indicators.all if i.code in codes),
        lines=tuple(found),
        sizes=tuple(
            (start + dt.timedelta(days=day), _size_on(all_series, codes, day))
            for day in range(max(days[0], first), last + 1)
        )
        if days
        else (),
    )


def _all(indicators: IndicatorSet) -> list[str]:
    return [indicator.code for indicator in indicators.all]


def _codes(indicators: IndicatorSet, theirs: Mapping[tuple[int, str], Any]) -> list[str]:
    """Return what is compared: what was published of anybody; of nothing, the headline."""
    published = {code for _unit, code in theirs}
    found = [code for code in _all(indicators) if code in published]
    return found or ([indicators.headline.code] if indicators.headline else [])


def _days(asked: Question, level: str) -> tuple[list[dt.date], dt.date]:
    """Return the days of which anything was published in the province, and the first compared.

    That is the campaign's first day; where figures of single days begin later, and none is to date
    before, it is the first of those: what we had before is in none of theirs.
    """
    start = asked.campaign.starts_on
    figures = OfficialFigure.objects.current().filter(
        below(frozenset(_province_of(asked.top).paths), "unit__path"),
        campaign=asked.campaign,
        unit__level=level,
        day__range=(start, asked.last),
    )
    rows = set(figures.order_by().values_list("day", "kind").distinct())
    days = sorted({day for day, _kind in rows})
    if days and (days[0], FigureKind.TO_DATE) not in rows:
        start = days[0]
    return days, start


def _province_of(unit: Unit) -> Unit:
    top = int(unit.path.partition(".")[0])
    return unit if unit.pk == top else Unit.objects.get(pk=top)


def _published(
    user: Any, asked: Question, indicators: IndicatorSet
) -> tuple[list[MapLine], str, dict[tuple[int, str], dict[dt.date, int]]]:
    """Return the units of the level, or of the next one below of which anything was published."""
    shown: list[MapLine] = []
    for level in LEVELS[LEVELS.index(asked.level) :]:
        lines = _units(user, asked, level)
        shown = shown or lines
        theirs = official_to_date(
            asked.campaign,
            units=[line.unit for line in lines if line.unit is not None],
            indicators=_all(indicators),
            last=asked.last,
            of_today=asked.of_today,
        )
        if theirs:
            return lines, level, theirs
    return shown, asked.level, {}


def _units(user: Any, asked: Question, level: str) -> list[MapLine]:
    if asked.of_today:
        of = map_of(user, clock.today())
        return of.lines(asked.top, of.within(asked.top, level), level)
    seen = Unit.objects.all() if user is None else Unit.objects.visible_to(user)
    units = seen.during(asked.first, asked.last).belonging_to(asked.top)
    rows = units.filter(level=level).order_by("code", "valid_from")
    return [MapLine(unit.on(asked.last), {unit.pk: 1}) for unit in rows]


def _own(by_node: Mapping[int, OurDays], line: MapLine) -> OurDays:
    parts = [(by_node[pk], weight) for pk, weight in line.weights.items() if pk in by_node]
    if len(parts) == 1 and parts[0][1] == 1:
        return parts[0][0]
    return summed(parts)


def _series(
    own: OurDays,
    unit: Unit | None,
    codes: Sequence[str],
    theirs: Mapping[tuple[int, str], Mapping[dt.date, int]],
    start: dt.date,
) -> UnitSeries:
    pk = unit.pk if unit is not None else 0
    published = {
        code: {(day - start).days: value for day, value in days.items() if day >= start}
        for code in codes
        if (days := theirs.get((pk, code)))
    }
    theirs_of = {code: of for code, of in published.items() if of}
    return UnitSeries(own.to_date, theirs_of, own.reported, own.earlier)


def _line(
    unit: Unit | None,
    finding: Finding,
    of: Mapping[str, OurDays],
    codes: Sequence[str],
    first: int,
    last: int,
    start: dt.date,
) -> Line:
    """Return a line with both of ours as they were on the day up to which theirs are known."""
    day = finding.day if finding.day is not None else last
    if finding.kind == DifferenceClass.STOPPED:
        day = last
    reported, approved = (_brought(of[basis], codes, first, day) for basis in BASES)
    since = finding.higher_since
    return Line(
        unit,
        finding,
        reported,
        approved,
        finding.size,
        finding.explained,
        day=None if finding.day is None else start + dt.timedelta(days=finding.day),
        higher_since=None if since is None else start + dt.timedelta(days=since),
    )


def _brought(own: OurDays, codes: Sequence[str], first: int, day: int) -> dict[str, int]:
    series = UnitSeries(own.to_date, {}, own.reported, own.earlier)
    if not any(first <= one <= day for one in own.reported):
        return {}
    return {
        code: series.own(code, day) - series.own(code, first - 1)
        for code in codes
        if code in own.to_date
    }


def _grouped(user: Any, asked: Question, lines: Sequence[Line], codes: Sequence[str]) -> list[Line]:
    """Return a line for each unit of the level, of the lines below it."""
    above = [line.unit for line in _units(user, asked, asked.level)]
    parts: dict[str, list[Line]] = defaultdict(list)
    unknown = []
    for line in lines:
        path = line.unit.path if line.unit is not None else ""
        holder = next((unit.path for unit in above if unit and path.startswith(unit.path)), None)
        if holder is None:
            unknown.append(line)
        else:
            parts[holder].append(line)
    found = [grouped(unit, parts[unit.path], codes) for unit in above if unit is not None]
    return found + ([grouped(None, unknown, codes)] if unknown else [])


def _size_on(all_series: Sequence[UnitSeries], codes: Sequence[str], day: int) -> int:
    """Return how far the two are from each other on a day, of units published by then."""
    total = 0
    for series in all_series:
        for code in codes:
            known = series.last_published(code, day)
            if known is not None:
                total += abs(series.own(code, known) - series.theirs[code][known])
    return total


@dataclass(frozen=True)
class UnitDays:
    """Both sources of one unit on each day, of one indicator; None where a side has nothing."""

    days: tuple[dt.date, ...]
    ours: tuple[int | None, ...]
    theirs: tuple[int | None, ...]


def unit_days(asked: Question, indicators: IndicatorSet, code: str, start: dt.date) -> UnitDays:
    """Return both sources of the unit asked for, from ``start`` to date (three queries)."""
    campaign, unit = asked.campaign, asked.top
    own = our_days(campaign, indicators, [unit.pk], [code], asked.last)[asked.basis]
    offset = (start - campaign.starts_on).days
    series = own.get(unit.pk, OurDays()).since(offset).to_date.get(code, ())
    theirs = official_to_date(campaign, units=[unit], indicators=[code], last=asked.last)
    published = theirs.get((unit.pk, code), {})
    number = (asked.last - start).days + 1
    days = tuple(start + dt.timedelta(days=day) for day in range(number))
    return UnitDays(
        days,
        tuple(series[day] if series else None for day in range(number)),
        tuple(published.get(day) for day in days),
    )


def people_of(unit: Unit) -> list[User]:
    """Return who may reconcile the unit, and so may be asked to look at its difference."""
    today = clock.today()
    appointed = Appointment.objects.on(today).filter(role__in=roles_with(Permission.EXPORT))
    rows = appointed.select_related("user", "unit", "branch__home_unit").order_by("pk")
    found: dict[int, User] = {}
    for row in rows:
        home = row.unit or (row.branch.home_unit if row.branch else None)
        if home is not None and unit.path.startswith(home.paths) and row.user.may_sign_in:
            found.setdefault(row.user.pk, row.user)
    return list(found.values())
