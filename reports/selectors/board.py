"""The dashboard of one unit: everything it says, worked out before it is drawn."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from campaign import clock
from campaign.models import Campaign, Indicator, Phase, Target, Unit
from campaign.selectors import IndicatorSet, indicators_of
from reports import charts
from reports.models import UnitDay
from reports.selectors.attention import Attention, RecentDays, Silent, attention, recent_days
from reports.selectors.expected import expected_reports
from reports.selectors.forces import Forces, forces_of
from reports.selectors.map import Map, draw_map
from reports.selectors.progress import PACE_DAYS, Progress, average, pace_of, time_gone
from reports.selectors.totals import RECEIVED, RECEIVED_OFF, Sums, as_of, sums_to_date
from reports.trees import UNITS

SPARK_DAYS = 14
# From so many percent of its target a unit deserves a word of encouragement.
ALMOST = 95


@dataclass(frozen=True)
class Figure:
    """One indicator's line."""

    indicator: Indicator
    today: int | None
    to_date: int | None


@dataclass(frozen=True)
class Row:
    """One unit of the league table."""

    rank: int
    unit: Unit
    progress: Progress
    today: int | None
    spark: charts.Spark | None
    expected: int
    received: int


@dataclass(frozen=True)
class Board:
    """One unit's dashboard."""

    campaign: Campaign
    unit: Unit
    crumbs: tuple[Unit, ...]
    basis: str
    day: dt.date
    as_of: dt.datetime
    headline: Indicator | None
    progress: Progress
    today: int | None
    yesterday: int | None
    figures: tuple[Figure, ...]
    points: tuple[charts.DayPoint, ...]
    trend: charts.Trend
    peaks: tuple[Phase, ...]
    rows: tuple[Row, ...]
    expected: int
    received: int
    recent: RecentDays
    attention: tuple[Attention, ...]
    forces: Forces
    map: Map | None = field(default=None)

    @property
    def change(self) -> int | None:
        """Percent by which today lies over or under yesterday."""
        if self.today is None or not self.yesterday:
            return None
        return round((self.today - self.yesterday) * 100 / self.yesterday)

    @property
    def drop(self) -> int:
        """By how much it lies under, for a sentence that says so."""
        return -(self.change or 0)

    @property
    def side(self) -> tuple[Figure, ...]:
        """The two figures that stand beside the headline: the first others of the campaign."""
        return tuple(f for f in self.figures if f.indicator != self.headline)[:2]

    @property
    def missing(self) -> int:
        """How many reports are still missing today."""
        return max(self.expected - self.received, 0)

    @property
    def silent(self) -> list[Silent]:
        """Who has not reported today."""
        return self.recent.silent(self.unit.path)

    @property
    def last_points(self) -> tuple[charts.DayPoint, ...]:
        """The last two weeks, the newest first."""
        return self.points[: -SPARK_DAYS - 1 : -1]


def build_board(*, campaign: Campaign, unit: Unit, visible: Sequence[Unit], basis: str) -> Board:
    """Return the dashboard of ``unit``; ``visible`` are its ancestors that the user may see.

    Costs a constant number of queries, whatever the number of reports.
    """
    day = min(clock.today(), campaign.ends_on)
    indicators = indicators_of(campaign)
    headline = indicators.headline
    phases = list(campaign.phases.all())
    children = list(unit.children.on(campaign.structure_date).order_by("sort_key"))
    places = list(
        Unit.objects.within(unit)
        .on(campaign.structure_date)
        .filter(level__in=("district", "commune"))
        .select_related("outline")
        .order_by("sort_key")
    )
    everyone = [unit, *{u.pk: u for u in [*children, *places] if u.pk != unit.pk}.values()]
    to_date = sums_to_date(UNITS, campaign, everyone, day, basis)
    targets = _targets(campaign, headline, everyone)
    code = headline.code if headline else ""

    def progress_of(node: Unit, pace: float | None = None) -> Progress:
        target = targets.get(node.pk)
        due_on = target.due_on if target else campaign.ends_on
        counts = indicators.complete(to_date.get(node.pk, Sums()).counts)
        return Progress(
            to_date=counts.get(code),
            target=target.value if target else None,
            due_on=due_on,
            time_gone=time_gone(campaign.starts_on, due_on, day),
            days_left=max((due_on - day).days, 0),
            pace=pace,
        )

    days = _days(campaign, unit, children, indicators, code, basis, day)
    own = days[unit.pk]
    points = _points(campaign, own.values, phases, day)
    recent = recent_days(campaign, unit, indicators, code, basis, day, phases)
    expected = expected_reports(campaign, day, day, within=unit, phases=phases)
    # On a day that is none for reports, those are heard who host a session.
    heard = {pk: of.heard(is_reporting=day in expected.days) for pk, of in days.items()}
    rows = _ranked(
        [
            Row(
                rank=0,
                unit=child,
                progress=progress_of(child),
                today=days[child.pk].values.get(day),
                spark=charts.spark(_last_days(days[child.pk].values, day)),
                expected=expected.count(child.path),
                received=heard[child.pk],
            )
            for child in children
        ]
    )
    today = own.counts_of(day)
    total = indicators.complete(to_date.get(unit.pk, Sums()).counts)
    return Board(
        campaign=campaign,
        unit=unit,
        crumbs=tuple(visible),
        basis=basis,
        day=day,
        as_of=as_of(campaign),
        headline=headline,
        progress=progress_of(unit, pace_of(own.values, day)),
        today=today.get(code),
        yesterday=own.values.get(day - dt.timedelta(days=1)),
        figures=tuple(Figure(i, today.get(i.code), total.get(i.code)) for i in indicators.all),
        points=points,
        trend=charts.trend(points),
        peaks=tuple(p for p in phases if p.is_peak),
        rows=rows,
        expected=expected.count(unit.path),
        received=heard[unit.pk],
        recent=recent,
        attention=attention(unit, _slowest(rows), recent, _almost(places, progress_of)),
        forces=forces_of(campaign, unit, children, phases),
        map=draw_map(
            [u for u in places if hasattr(u, "outline")], lambda u: progress_of(u).percent
        ),
    )


@dataclass
class _Days:
    """The days of one unit: the headline by day, all counts of the last, who was heard."""

    values: dict[dt.date, int] = field(default_factory=dict)
    counts: dict[dt.date, dict[str, int]] = field(default_factory=dict)
    received: int = 0
    received_off: int = 0

    def heard(self, *, is_reporting: bool) -> int:
        return self.received if is_reporting else self.received_off

    def counts_of(self, day: dt.date) -> dict[str, int]:
        return self.counts.get(day, {})


def _days(
    campaign: Campaign,
    unit: Unit,
    children: Sequence[Unit],
    indicators: IndicatorSet,
    code: str,
    basis: str,
    day: dt.date,
) -> dict[int, _Days]:
    """Read all days of the unit and the last two weeks of its children (two queries)."""
    found = {node.pk: _Days() for node in (unit, *children)}
    columns = ("node_id", "date", basis, RECEIVED[basis], RECEIVED_OFF[basis])
    rows = UnitDay.objects.filter(campaign=campaign, date__lte=day)
    since = day - dt.timedelta(days=SPARK_DAYS - 1)
    for node, date, counts, received, off in [
        *rows.filter(node=unit).values_list(*columns),
        *rows.filter(node__in=children, date__gte=since).values_list(*columns),
    ]:
        whole = indicators.complete(counts)
        if code in whole:
            found[node].values[date] = whole[code]
        if date == day:
            found[node].counts[date] = whole
            found[node].received, found[node].received_off = received, off
    return found


def _targets(
    campaign: Campaign, headline: Indicator | None, units: Sequence[Unit]
) -> dict[int, Target]:
    if headline is None:
        return {}
    found = Target.objects.filter(campaign=campaign, indicator=headline, unit__in=units)
    return {target.unit_id: target for target in found}


def _last_days(values: dict[dt.date, int], day: dt.date) -> list[int | None]:
    return [values.get(day - dt.timedelta(days=n)) for n in range(SPARK_DAYS - 1, -1, -1)]


def _points(
    campaign: Campaign, values: dict[dt.date, int], phases: Sequence[Phase], day: dt.date
) -> tuple[charts.DayPoint, ...]:
    length = (day - campaign.starts_on).days + 1
    return tuple(
        charts.DayPoint(
            date=date,
            value=values.get(date),
            average=average(values, date) if number >= PACE_DAYS - 1 and date < day else None,
            is_peak=any(p.is_peak and p.starts_on <= date <= p.ends_on for p in phases),
            is_today=date == day,
        )
        for number in range(max(length, 0))
        for date in [campaign.starts_on + dt.timedelta(days=number)]
    )


def _ranked(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Order by percent of target; equals share a rank."""
    ordered = sorted(rows, key=lambda r: (-(r.progress.percent or 0), r.unit.sort_key))
    ranks: list[Row] = []
    for place, row in enumerate(ordered, start=1):
        same = ranks and ranks[-1].progress.percent == row.progress.percent
        ranks.append(replace(row, rank=ranks[-1].rank if same else place))
    return tuple(ranks)


def _slowest(rows: Sequence[Row]) -> tuple[Unit, float] | None:
    """Return the last of the league where it lags behind the time gone."""
    last = rows[-1] if rows else None
    if last is None or last.progress.standing != "low":
        return None
    return last.unit, last.progress.percent or 0


def _almost(
    places: Sequence[Unit], progress_of: Callable[[Unit], Progress]
) -> list[tuple[Unit, int]]:
    """Return the units that lack little to their target, with what is left."""
    standings = [(place, progress_of(place)) for place in places]
    return [
        (place, progress.remaining)
        for place, progress in standings
        if progress.remaining and (progress.percent or 0) >= ALMOST
    ]
