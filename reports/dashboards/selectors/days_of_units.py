"""The days of a unit and of those below it, read at once for its dashboard."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from campaign.models import Campaign, Indicator, Unit
from campaign.selectors import IndicatorSet
from reports.rollup.archived import refuse_archived
from reports.rollup.models import UnitDay
from reports.rollup.totals import RECEIVED, RECEIVED_UNSCHEDULED

# How many days the small charts show.
SPARK_DAYS = 14


@dataclass
class DaysOfUnit:
    """The days of one unit: one indicator by day, all counts of the last ones, who was heard."""

    values: dict[dt.date, int] = field(default_factory=dict)
    counts: dict[dt.date, dict[str, int]] = field(default_factory=dict)
    received: int = 0
    received_unscheduled: int = 0
    # Of all days, by code.
    reasons: Counter[str] = field(default_factory=Counter)

    def arrived(self, *, is_reporting: bool) -> int:
        return self.received if is_reporting else self.received_unscheduled

    def counts_of(self, day: dt.date) -> dict[str, int]:
        return self.counts.get(day, {})

    def changes(self, code: str) -> dict[dt.date, int]:
        return {date: counts[code] for date, counts in self.counts.items() if code in counts}


def days_of_units(
    campaign: Campaign,
    unit: Unit,
    children: Sequence[Unit],
    indicators: IndicatorSet,
    codes: tuple[str, Indicator | None],
    basis: str,
    day: dt.date,
) -> dict[int, DaysOfUnit]:
    """Read all days of the unit and the last two weeks of its children (one query).

    The unit by the first of the ``codes``, its children by the other.
    """
    of_unit, of_children = codes[0], codes[1].code if codes[1] else ""
    refuse_archived(campaign)
    found = {node.pk: DaysOfUnit() for node in (unit, *children)}
    columns = ("node_id", "date", basis, RECEIVED[basis], RECEIVED_UNSCHEDULED[basis])
    since = day - dt.timedelta(days=SPARK_DAYS - 1)
    rows = UnitDay.objects.filter(
        Q(node=unit) | Q(node__in=children, date__gte=since), campaign=campaign, date__lte=day
    )
    for node, date, counts, received, off in rows.values_list(*columns):
        whole = indicators.complete(counts)
        if node == unit.pk:
            given = (reason.code for reason in indicators.reasons if reason.code in counts)
            found[node].reasons.update({code: counts[code] for code in given})
        code = of_unit if node == unit.pk else of_children
        if code in whole:
            found[node].values[date] = whole[code]
        if date >= since and node == unit.pk:
            found[node].counts[date] = whole
        if date == day:
            found[node].received, found[node].received_unscheduled = received, off
    return found
