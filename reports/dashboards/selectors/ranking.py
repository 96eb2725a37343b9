"""The one ranking of units: by percent of target, or by eligible residents reached.

Equals share a rank. A unit that cannot be measured has none, nor has one that is at nought: it
is not last, and where all are nobody is first (docs/counting.md C27). Beside each stand the
reports of the day that came late or are not approved yet.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Count, Q

from campaign.baselines import residents_of
from campaign.models import Baseline, Campaign, Unit
from campaign.models.base import path_above
from campaign.selectors import IndicatorSet
from reports.daily.models import APPROVED_BASIS, DailyReport, Lateness
from reports.dashboards.selectors.progress import Progress, progress_by_unit

# By what units are ranked.
MEASURES = ("target", "residents")
# So many are named at an end of a ranking, and more only where they share its last place.
ENDS, MOST_AT_AN_END = 3, 5
REACHED = 100


@dataclass(frozen=True)
class ReportQuality:
    """The reports of one day in a unit: how many there are, came late, are approved or returned.

    ``offline_late`` were written down in time and came late for lack of network; they are
    not ``late``.
    """

    reports: int = 0
    late: int = 0
    offline_late: int = 0
    approved: int = 0
    returned: int = 0

    def __add__(self, other: "ReportQuality") -> "ReportQuality":
        return ReportQuality(
            self.reports + other.reports,
            self.late + other.late,
            self.offline_late + other.offline_late,
            self.approved + other.approved,
            self.returned + other.returned,
        )


@dataclass(frozen=True)
class RankedUnit:
    """One unit of a ranking; ``rank`` is None for one at nought or without a measure.

    ``residents`` are the eligible ones of the ranking's baseline, None where it has none.
    """

    unit: Unit
    progress: Progress
    rank: int | None = None
    residents: int | None = None
    quality: ReportQuality = field(default=ReportQuality())

    @property
    def per_resident(self) -> float | None:
        if not self.residents:
            return None
        return (self.progress.to_date or 0) * 100 / self.residents

    def value(self, measure: str) -> float | None:
        return self.per_resident if measure == "residents" else self.progress.percent


@dataclass(frozen=True)
class Ranking:
    """Units in their order: ranked ones, then those at nought, then those without a measure.

    ``baseline`` names the residents; None where no baseline knows the units.
    """

    measure: str
    units: tuple[RankedUnit, ...]
    baseline: Baseline | None

    @property
    def ranked(self) -> tuple[RankedUnit, ...]:
        return tuple(s for s in self.units if s.rank is not None)

    @property
    def unranked(self) -> tuple[RankedUnit, ...]:
        return tuple(s for s in self.units if s.rank is None)

    @property
    def is_measured(self) -> bool:
        return any(s.value(self.measure) is not None for s in self.units)

    @property
    def first(self) -> tuple[RankedUnit, ...]:
        return _whole_ranks(self.ranked)

    @property
    def last(self) -> tuple[RankedUnit, ...]:
        """Who needs more hands; nobody who reached the target, and nobody who leads."""
        behind = [s for s in self.ranked[len(self.first) :] if s.rank != 1]
        found = _whole_ranks(behind[::-1])[::-1]
        if self.measure != "target":
            return found
        return tuple(s for s in found if (s.progress.percent or 0) < REACHED)

    def by(self, measure: str) -> "Ranking":
        """Return the same units ranked by the other measure, without asking anew."""
        return Ranking(measure, _in_order(self.units, measure), self.baseline)

    def of(self, unit: Unit) -> RankedUnit | None:
        return next((s for s in self.units if s.unit.pk == unit.pk), None)


def ranking(
    *,
    campaign: Campaign,
    units: Sequence[Unit],
    day: dt.date,
    indicators: IndicatorSet,
    basis: str = "reported",
    measure: str = "target",
) -> Ranking:
    """Return how units stand at the end of ``day`` by the headline indicator (four queries)."""
    progress = progress_by_unit(campaign, units, day, indicators, basis)
    return rank_units(campaign, units, day, lambda unit: progress[unit.pk], measure)


def rank_units(
    campaign: Campaign,
    units: Sequence[Unit],
    day: dt.date,
    progress_of: Callable[[Unit], Progress],
    measure: str = "target",
    quality: Mapping[int, ReportQuality] | None = None,
) -> Ranking:
    """Rank units whose progress is known already (two queries, one with ``quality``)."""
    baseline, residents = residents_of(units, day)
    quality = quality_of(campaign, units, day) if quality is None else quality
    ranked = [
        RankedUnit(
            unit=unit,
            progress=progress_of(unit),
            residents=residents.get(unit.pk),
            quality=quality.get(unit.pk, ReportQuality()),
        )
        for unit in units
    ]
    return Ranking(measure, _in_order(ranked, measure), baseline)


def _whole_ranks(units: Sequence[RankedUnit]) -> tuple[RankedUnit, ...]:
    """Return the units of the first places: of those that share one all, or none if too many."""
    found: tuple[RankedUnit, ...] = ()
    for _rank, equals in groupby(units, key=lambda s: s.rank):
        place = tuple(equals)
        if len(found) >= ENDS or len(found) + len(place) > MOST_AT_AN_END:
            break
        found += place
    return found


def _in_order(ranked: Sequence[RankedUnit], measure: str) -> tuple[RankedUnit, ...]:
    """Order by value, then name; give out the ranks, one for equals."""
    values = {s.unit.pk: s.value(measure) for s in ranked}
    known = sorted(v for v in values.values() if v is not None)
    ranks = {
        pk: 1 + sum(other > value for other in known) if value else None
        for pk, value in values.items()
    }
    ordered = sorted(
        ranked,
        key=lambda s: (
            ranks[s.unit.pk] or len(ranked) + 1,
            values[s.unit.pk] is None,
            s.unit.sort_key,
        ),
    )
    return tuple(
        RankedUnit(s.unit, s.progress, ranks[s.unit.pk], s.residents, s.quality) for s in ordered
    )


def quality_of(campaign: Campaign, units: Sequence[Unit], day: dt.date) -> dict[int, ReportQuality]:
    """Return the quality of the reports of units, with all below them, by unit id (one query)."""
    rows = (
        DailyReport.objects.filter(
            campaign=campaign, date=day, unit__path__startswith=path_above(units)
        )
        .order_by()
        .values_list("unit__path")
        .annotate(
            reports=Count("pk"),
            late=Count("pk", filter=Q(lateness=Lateness.LATE)),
            offline_late=Count("pk", filter=Q(lateness=Lateness.OFFLINE_LATE)),
            approved=Count("pk", filter=Q(status__in=APPROVED_BASIS)),
        )
    )
    return quality_below(units, {path: ReportQuality(*counts) for path, *counts in rows})


def quality_below(
    units: Sequence[Unit], at: Mapping[str, ReportQuality]
) -> dict[int, ReportQuality]:
    paths = {unit.path: unit.pk for unit in units}
    found: dict[int, ReportQuality] = {}
    for path, at_path in at.items():
        ids = path.split(".")[:-1]
        above = ("".join(f"{pk}." for pk in ids[:depth]) for depth in range(1, len(ids) + 1))
        for pk in (paths[path] for path in above if path in paths):
            found[pk] = found.get(pk, ReportQuality()) + at_path
    return found
