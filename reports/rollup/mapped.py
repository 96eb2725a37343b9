"""Totals by the map of another day: sums of the units that went into each."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from campaign.models import Campaign, Unit
from campaign.selectors import IndicatorSet
from campaign.todays_map import MapLine, TodaysMap
from reports.rollup.totals import Counts, NodeTotals, totals
from reports.rollup.trees import UNITS


@dataclass
class MappedTotals:
    """The totals of one line of a map over a range, or of one day of it."""

    line: MapLine
    date: dt.date | None
    counts: Counts = field(default_factory=dict)
    counts_to_date: Counts = field(default_factory=dict)
    target: Counts = field(default_factory=dict)
    expected: int = 0
    received: int = 0

    def add(self, part: NodeTotals, weight: int) -> None:
        for sums, values in (
            (self.counts, part.counts),
            (self.counts_to_date, part.counts_to_date),
        ):
            for code, value in values.items():
                sums[code] = sums.get(code, 0) + weight * value
        self.expected += weight * part.expected
        self.received += weight * part.received

    def set_target(self, own: Counts, parts: Sequence[Counts], *, is_whole: bool) -> None:
        """Take the unit's own target where it was set for the whole; else add up."""
        summed: Counts = {}
        for part in parts if is_whole else [own, *parts]:
            for code, value in part.items():
                summed[code] = summed.get(code, 0) + value
        self.target = summed | own if is_whole else summed


def totals_on_map(
    *,
    of: TodaysMap,
    top: Unit,
    level: str,
    campaign: Campaign,
    indicators: IndicatorSet,
    first: dt.date,
    last: dt.date,
    basis: str,
    by_day: bool = False,
) -> Iterator[MappedTotals]:
    """Yield the totals of the units of ``level`` within ``top``, and of what leads to none.

    Day totals are sums of day totals: nothing is counted twice, and nothing is left out.
    """
    lines = of.lines(top, of.within(top, level), level)
    wanted = {pk for line in lines for pk in line.weights}
    wanted |= {line.unit.pk for line in lines if line.unit is not None}
    found = totals(
        tree=UNITS,
        campaign=campaign,
        indicators=indicators,
        nodes=[of.units[pk] for pk in sorted(wanted)],
        first=first,
        last=last,
        basis=basis,
        by_day=by_day,
    )
    for date, parts in groupby(found, key=lambda part: part.date):
        by_pk = {part.node.pk: part for part in parts}
        for line in lines:
            mapped = MappedTotals(line, date)
            for pk, weight in line.weights.items():
                mapped.add(by_pk[pk], weight)
            own = by_pk[line.unit.pk].target if line.unit is not None else {}
            # What a unit of the campaign's map was to reach was set before others joined it.
            is_whole = line.unit is None or not line.unit.exists_on(campaign.starts_on)
            given = [by_pk[unit.pk].target for unit in line.sources]
            mapped.set_target(own, given, is_whole=is_whole)
            yield mapped
