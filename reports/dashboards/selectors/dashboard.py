"""The dashboard of one unit: everything it says, worked out before it is drawn."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q, Subquery
from django.http import Http404

from campaign.indicator_parts import behind_wholes
from campaign.models import Baseline, Campaign, Indicator, Phase, Unit
from campaign.reporting_window import phases_of
from campaign.selectors import IndicatorSet, indicators_of
from core import clock
from reports.checks.selectors import Verified, has_outcomes, verified_of
from reports.dashboards import charts
from reports.dashboards.selectors.action_items import (
    ActionItem,
    NonReportingBranch,
    RecentDays,
    action_items,
    recent_days,
)
from reports.dashboards.selectors.days_of_units import SPARK_DAYS, days_of_units
from reports.dashboards.selectors.map import Map, draw_map
from reports.dashboards.selectors.not_reached import most_first
from reports.dashboards.selectors.progress import (
    PACE_DAYS,
    Progress,
    average,
    goals_of_row,
    pace_of,
    progress_columns,
    progress_of_row,
)
from reports.dashboards.selectors.ranking import ReportQuality, quality_below, rank_units
from reports.dashboards.selectors.volunteer_summary import VolunteerSummary, volunteer_summary_of
from reports.exports.codes import code_for, shown
from reports.exports.models import FigureCode, FigureKind
from reports.rollup.states import units_taking_over
from reports.rollup.totals import values_at_end

# Of the small charts of all indicators, which are as wide as their column.
GOAL_SIZE = (240, 40)
ON_THE_MAP = ("district", "commune")
# From so many percent of its target a unit deserves a word of encouragement.
ALMOST = 95


@dataclass(frozen=True)
class IndicatorFigure:
    indicator: Indicator
    today: int | None
    to_date: int | None


@dataclass(frozen=True)
class Goal:
    """How far the unit is by one indicator, and the last two weeks of it."""

    progress: Progress
    today: int | None
    spark: charts.Spark | None


@dataclass(frozen=True)
class LeagueRow:
    """One unit of the league table; without a rank where it cannot be measured."""

    rank: int | None
    unit: Unit
    progress: Progress
    per_resident: float | None
    quality: ReportQuality
    today: int | None
    spark: charts.Spark | None
    expected: int
    received: int


@dataclass(frozen=True)
class Dashboard:
    unit: Unit
    day: dt.date
    headline: Indicator | None
    progress: Progress
    today: int | None
    yesterday: int | None
    figures: tuple[IndicatorFigure, ...]
    points: tuple[charts.DayPoint, ...]
    trend: charts.Trend
    peaks: tuple[Phase, ...]
    rows: tuple[LeagueRow, ...]
    measure: str
    # By what the units below are ranked, and what else they may be: what has targets.
    ranked_by: Indicator | None
    choices: tuple[Indicator, ...]
    goals: tuple[Goal, ...]
    baseline: Baseline | None
    expected: int
    received: int
    recent: RecentDays
    action_items: tuple[ActionItem, ...]
    volunteer_summary: VolunteerSummary
    map: Map | None = field(default=None)
    verified: Verified | None = None
    # By which the figure to date is looked up, where it went out with the day's digest.
    code: str = ""
    # Why people were not reached, the most first.
    reasons: tuple[tuple[Indicator, int], ...] = ()
    # What the targets below come to, where that is not the target of the whole.
    parts: int | None = None
    # Others went into the unit that day: no state says what the day brought.
    took_over: bool = False

    @property
    def change(self) -> int | None:
        # More of what stands, or less, is no more or less of a day.
        if self.today is None or not self.yesterday or _is_state(self.headline):
            return None
        return round((self.today - self.yesterday) * 100 / self.yesterday)

    @property
    def drop(self) -> int:
        return -(self.change or 0)

    @property
    def figure_lines(self) -> list[tuple[IndicatorFigure, list[IndicatorFigure]]]:
        return behind_wholes(self.figures)

    @property
    def side(self) -> tuple[IndicatorFigure, ...]:
        """The two figures that stand beside the headline: the first others of the campaign."""
        return tuple(f for f in self.figures if f.indicator != self.headline)[:2]

    @property
    def has_ended(self) -> bool:
        """Whether units shown are not on today's map."""
        units = (self.unit, *(row.unit for row in self.rows))
        return any(unit.has_ended_by(clock.today()) for unit in units)

    @property
    def has_other_goals(self) -> bool:
        return any(goal.progress.indicator != self.headline for goal in self.goals)

    @property
    def has_other_targets(self) -> bool:
        targets = [one.progress for one in self.goals if one.progress.target is not None]
        return any(progress.indicator != self.headline for progress in targets)

    @property
    def missing(self) -> int:
        return max(self.expected - self.received, 0)

    @property
    def unapproved(self) -> int:
        return sum(row.quality.reports - row.quality.approved for row in self.rows)

    @property
    def silent(self) -> list[NonReportingBranch]:
        return self.recent.silent(self.unit.path)

    @property
    def last_points(self) -> tuple[charts.DayPoint, ...]:
        return self.points[: -SPARK_DAYS - 1 : -1]


def build_dashboard(
    *, campaign: Campaign, unit: Unit, basis: str, measure: str = "target", indicator: str = ""
) -> Dashboard:
    """Return the dashboard of ``unit``.

    ``measure`` and ``indicator``, a code, are by what the units below are ranked and the map is
    drawn: by default the headline. Raises ``Http404`` for an indicator that the campaign lacks.
    Costs a constant number of queries, whatever the number of reports.
    """
    day = min(clock.today(), campaign.ends_on)
    indicators = indicators_of(campaign)
    ranked_by = chosen_indicator(indicators, indicator)
    units = _units(campaign, unit, basis, day)
    progress = {u.pk: progress_of_row(campaign, u, day, indicators) for u in units}
    of_chosen = progress
    if ranked_by != indicators.headline:
        of_chosen = {u.pk: progress_of_row(campaign, u, day, indicators, ranked_by) for u in units}
    is_checked = any(u.has_outcomes for u in units)  # type: ignore[attr-defined]
    children = [u for u in units if u.parent_id == unit.pk]
    locations = [u for u in units if u.level in ON_THE_MAP and u.exists_on(campaign.shown_day)]
    code = indicators.headline.code if indicators.headline else ""
    days = days_of_units(campaign, unit, children, indicators, (code, ranked_by), basis, day)
    own = days[unit.pk]
    peaks = tuple(p for p in phases_of(campaign) if p.is_peak)
    points = _points(campaign, own.values, progress[unit.pk], peaks, day)
    recent = recent_days(campaign, unit, day)
    expected = recent.expected
    # On a day that is none for reports, those are heard who host a session.
    arrived = {pk: of.arrived(is_reporting=day in expected.days) for pk, of in days.items()}
    quality = quality_below(children, recent.quality)
    league = rank_units(campaign, children, day, lambda u: of_chosen[u.pk], measure, quality)
    came_over = units_taking_over(units, indicators, day)
    rows = tuple(
        LeagueRow(
            rank=place.rank,
            unit=place.unit,
            progress=place.progress,
            per_resident=place.per_resident,
            quality=place.quality,
            today=None
            if place.unit.pk in came_over and _is_state(ranked_by)
            else days[place.unit.pk].values.get(day),
            spark=_spark(days[place.unit.pk].values, of_chosen[place.unit.pk], day),
            expected=expected.count(place.unit.path, (day,)),
            received=arrived[place.unit.pk],
        )
        for place in league.units
    )
    today = own.counts_of(day)
    if unit.pk in came_over:
        today = indicators.without_states(today)
    total = progress[unit.pk].counts
    known = code_for("digest", campaign.pk, unit.pk, day, code, progress[unit.pk].to_date)
    return Dashboard(
        unit=unit,
        day=day,
        headline=indicators.headline,
        progress=replace(progress[unit.pk], pace=pace_of(own.values, day)),
        today=today.get(code),
        yesterday=own.values.get(day - dt.timedelta(days=1)),
        figures=tuple(
            IndicatorFigure(i, today.get(i.code), total.get(i.code)) for i in indicators.all
        ),
        points=points,
        trend=charts.trend(points, is_state=_is_state(indicators.headline)),
        peaks=peaks,
        rows=rows,
        measure=measure,
        ranked_by=ranked_by,
        choices=_choices(indicators, units),
        goals=tuple(
            Goal(
                goal,
                today.get(goal.indicator.code),
                _spark(own.changes(goal.indicator.code), goal, day, GOAL_SIZE),
            )
            for row in units
            if row.pk == unit.pk
            for goal in goals_of_row(campaign, row, day, indicators)
            if goal.indicator is not None
        ),
        baseline=league.baseline,
        expected=expected.count(unit.path, (day,)),
        received=arrived[unit.pk],
        recent=recent,
        action_items=action_items(
            unit, _slowest(children, progress), recent, _almost(locations, progress)
        ),
        volunteer_summary=volunteer_summary_of(campaign, unit, children, peaks),
        reasons=most_first(indicators.reasons, own.reasons),
        parts=_parts(progress[unit.pk].target, (progress[u.pk].target for u in children)),
        took_over=unit.pk in came_over,
        code=shown(known) if basis == "reported" and known == units[0].published else "",  # type: ignore[attr-defined]
        verified=verified_of(campaign, unit, indicators) if is_checked else None,
        map=draw_map(
            [u for u in locations if hasattr(u, "boundary")], lambda u: of_chosen[u.pk].percent
        ),
    )


def chosen_indicator(indicators: IndicatorSet, code: str) -> Indicator | None:
    if not code:
        return indicators.headline
    found = next((i for i in indicators.all if i.code == code), None)
    if found is None:
        raise Http404
    return found


def _choices(indicators: IndicatorSet, units: Sequence[Any]) -> tuple[Indicator, ...]:
    given = {row["code"] for unit in units for row in unit.goals}
    return tuple(i for i in indicators.all if i.code in given)


def _parts(whole: int | None, parts: Iterable[int | None]) -> int | None:
    below = sum(part or 0 for part in parts)
    return below if whole and below and below != whole else None


def _units(campaign: Campaign, unit: Unit, basis: str, day: dt.date) -> list[Unit]:
    codes = FigureCode.objects.filter(campaign=campaign, unit=unit, day=day, kind=FigureKind.DIGEST)
    shown = Q(parent=unit) | Q(level__in=ON_THE_MAP, path__startswith=unit.path)
    found = Unit.objects.filter(
        Q(pk=unit.pk) | shown & Unit.validity.during(campaign.starts_on, campaign.shown_day)
    ).annotate(
        **progress_columns(campaign, basis),
        has_outcomes=has_outcomes(campaign),
        published=Subquery(codes.order_by("-pk").values("code")[:1]),
    )
    return list(found.select_related("boundary").order_by("sort_key"))


def _is_state(indicator: Indicator | None) -> bool:
    return indicator is not None and indicator.is_state


def _spark(
    values: dict[dt.date, int],
    progress: Progress,
    day: dt.date,
    size: tuple[int, int] = charts.SPARK_SIZE,
) -> charts.Spark | None:
    """Draw what the last two weeks brought, or of a state what stood in them."""
    days = [day - dt.timedelta(days=n) for n in range(SPARK_DAYS - 1, -1, -1)]
    if _is_state(progress.indicator):
        values = values_at_end(values, progress.to_date, days)
    return charts.spark([values.get(date) for date in days], size)


def _points(
    campaign: Campaign,
    values: dict[dt.date, int],
    progress: Progress,
    peaks: Sequence[Phase],
    day: dt.date,
) -> tuple[charts.DayPoint, ...]:
    length = (day - campaign.starts_on).days + 1
    is_state = _is_state(progress.indicator)
    if is_state:
        days = [campaign.starts_on + dt.timedelta(days=n) for n in range(max(length, 0))]
        values = values_at_end(values, progress.to_date, days)
    return tuple(
        charts.DayPoint(
            date=date,
            value=values.get(date),
            average=average(values, date)
            if number >= PACE_DAYS - 1 and date < day and not is_state
            else None,
            is_peak=any(p.starts_on <= date <= p.ends_on for p in peaks),
            is_today=date == day,
        )
        for number in range(max(length, 0))
        for date in [campaign.starts_on + dt.timedelta(days=number)]
    )


def _slowest(units: Sequence[Unit], progress: Mapping[int, Progress]) -> tuple[Unit, float] | None:
    """Return who is furthest behind the time gone, with the percentage; nobody if several."""
    started = [(own.percent, u) for u in units for own in [progress[u.pk]] if own.percent]
    least = min((percent for percent, _unit in started), default=None)
    last = [u for percent, u in started if percent == least]
    # What would read as 0% is no place either.
    if not round(least or 0) or len(last) > 1 or progress[last[0].pk].pace_level != "low":
        return None
    return last[0], least or 0


def _almost(locations: Sequence[Unit], progress: Mapping[int, Progress]) -> list[tuple[Unit, int]]:
    near = ((u, progress[u.pk]) for u in locations if (progress[u.pk].percent or 0) >= ALMOST)
    return [(unit, own.remaining) for unit, own in near if own.remaining]
