"""What the police published beside what was reported: of the same units, indicators and days."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from campaign.models import Campaign, Unit
from campaign.querysets import below
from campaign.selectors import IndicatorSet
from reports.checks.models import CheckPlan
from reports.official.selectors import official_to_date
from reports.rollup.models import UnitDay

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Published:
    """``theirs`` and ``ours`` of the ``units`` of ``of`` for which there are figures of theirs."""

    theirs: int
    ours: int
    units: int
    of: int

    @property
    def share(self) -> float:
        return self.theirs / self.ours

    @property
    def percent(self) -> float:
        return 100 * self.share


# Of one unit and indicator: after which day, until which, and how many in between.
Span = tuple[dt.date, dt.date, int]


def published_in(
    campaign: Campaign, plan: CheckPlan, areas: Collection[Unit], indicators: IndicatorSet
) -> dict[int, Published]:
    """Return by the area's id what the police published for days of the plan (four queries).

    They publish what there is to date, and not on each day: what counts is how much more there was
    on the last day of the plan with a figure than on the first, and what we had reported in
    between. A figure of the area itself goes before those of its communes.
    """
    terms = indicators.terms.get(plan.measure, {plan.measure: 1})
    codes = [code for code, factor in terms.items() if factor > 0]
    communes = Unit.objects.on(plan.last_day).communes()
    within = list(communes.filter(below(frozenset(area.path for area in areas))))
    series = official_to_date(
        campaign, units=[*areas, *within], indicators=codes, last=plan.last_day
    )
    spans = {key: span for key, days in series.items() if (span := _span(days, plan))}
    known = {unit for unit, _code in spans}
    ours = _ours(campaign, known, plan)
    found = {}
    for area in areas:
        parts = [area] if area.pk in known else [u for u in within if u.path.startswith(area.path)]
        one = _published(parts, codes, spans, ours)
        if one is not None:
            found[area.pk] = one
    return found


def _span(days: Mapping[dt.date, int], plan: CheckPlan) -> Span | None:
    inside = [day for day in days if plan.first_day - DAY <= day <= plan.last_day]
    if len(inside) < 2:
        return None
    first, last = min(inside), max(inside)
    return first, last, days[last] - days[first]


def _ours(
    campaign: Campaign, units: Collection[int], plan: CheckPlan
) -> dict[int, list[tuple[dt.date, dict[str, int]]]]:
    rows = UnitDay.objects.filter(
        campaign=campaign, node__in=units, date__range=(plan.first_day, plan.last_day)
    )
    found: dict[int, list[tuple[dt.date, dict[str, int]]]] = defaultdict(list)
    for unit, date, counts in rows.values_list("node_id", "date", "reported"):
        found[unit].append((date, counts))
    return found


def _published(
    parts: Sequence[Unit],
    codes: Sequence[str],
    spans: Mapping[tuple[int, str], Span],
    ours: Mapping[int, Sequence[tuple[dt.date, dict[str, int]]]],
) -> Published | None:
    theirs = own = 0
    units = set()
    for unit in parts:
        for code in codes:
            if (span := spans.get((unit.pk, code))) is None:
                continue
            first, last, value = span
            units.add(unit.pk)
            theirs += value
            days = ours.get(unit.pk, ())
            own += sum(counts.get(code, 0) for date, counts in days if first < date <= last)
    if not units or own <= 0 or theirs < 0:
        return None
    return Published(theirs, own, len(units), len(parts))
