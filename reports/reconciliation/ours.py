"""What the portal counted, by unit and day, as ``series`` takes it."""

import datetime as dt
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from django.db import connection

from campaign.models import Campaign
from campaign.selectors import IndicatorSet
from reports.reconciliation.patterns import MOST_SHIFTED
from reports.reconciliation.series import Overlap
from reports.rollup.archived import refuse_archived
from reports.rollup.totals import BASES, RECEIVED, RECEIVED_UNSCHEDULED
from reports.rollup.trees import UNITS

# As many days before the first as a shift may ask for, and one more.
EARLIER = MOST_SHIFTED + 1
# A row for each node: its days as numbers, which of them have a report by basis, and each count.
BY_NODE = """
    SELECT node_id, array_agg(date - %(start)s ORDER BY date){columns}
    FROM {table}
    WHERE campaign_id = %(campaign)s AND node_id = ANY(%(nodes)s)
    AND date BETWEEN %(start)s AND %(last)s
    GROUP BY node_id
"""
COUNT = ", array_agg(({basis}->>'{code}')::bigint ORDER BY date)"
RECEIVED_ANY = ", array_agg({received} + {off} > 0 OR {basis} <> '{{}}' ORDER BY date)"


@dataclass(frozen=True)
class OurDays:
    """What came in at one node on one basis: to date by indicator, and the days with a report."""

    to_date: Mapping[str, Sequence[int]] = field(default_factory=dict)
    reported: frozenset[int] = frozenset()
    # Of the days before the first, the nearest one first.
    earlier: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def since(self, day: int) -> "OurDays":
        """Return what came in from a day on, which is the first then."""
        if not day:
            return self
        bases = {code: of[day - 1] for code, of in self.to_date.items()}
        return OurDays(
            {code: [one - bases[code] for one in of[day:]] for code, of in self.to_date.items()},
            frozenset(one - day for one in self.reported if one >= day),
            {
                code: [one - bases[code] for one in (*of[max(day - EARLIER, 0) : day][::-1],)]
                for code, of in self.to_date.items()
            },
        )


def our_days(
    campaign: Campaign,
    indicators: IndicatorSet,
    nodes: Collection[int],
    codes: Iterable[str],
    last: dt.date,
) -> dict[str, dict[int, OurDays]]:
    """Return by basis and node's id what came in to date, on each day to the last (one query).

    ``codes`` may be derived. A node without any report is missing.
    """
    refuse_archived(campaign)
    wanted = list(codes)
    raw = sorted(_sources(indicators, wanted))
    number = (last - campaign.starts_on).days + 1
    columns = "".join(
        RECEIVED_ANY.format(received=RECEIVED[basis], off=RECEIVED_UNSCHEDULED[basis], basis=basis)
        + "".join(COUNT.format(basis=basis, code=code) for code in raw)
        for basis in BASES
    )
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "nodes": list(nodes),
        "start": campaign.starts_on,
        "last": last,
    }
    with connection.cursor() as cursor:
        # Codes of indicators are of letters, digits and underscores (campaign.models.campaigns).
        cursor.execute(BY_NODE.format(columns=columns, table=UNITS.day), values)
        rows = cursor.fetchall()
    found: dict[str, dict[int, OurDays]] = {basis: {} for basis in BASES}
    size = len(raw) + 1
    for node, days, *of_bases in rows:
        for begin, basis in zip(range(0, 2 * size, size), BASES, strict=True):
            received, *counts = of_bases[begin : begin + size]
            reported = frozenset(day for day, is_one in zip(days, received, strict=True) if is_one)
            if not reported:
                continue
            by_code = {
                code: _to_date(days, of, number)
                for code, of in zip(raw, counts, strict=True)
                if any(one is not None for one in of)
            }
            found[basis][node] = OurDays(_with_derived(indicators, wanted, by_code), reported)
    return found


def _sources(indicators: IndicatorSet, codes: Iterable[str]) -> set[str]:
    return {source for code in codes for source in indicators.terms.get(code, {code: 1})}


def _to_date(days: Sequence[int], counts: Sequence[int | None], number: int) -> "array[int]":
    brought = [0] * number
    for day, count in zip(days, counts, strict=True):
        brought[day] = count or 0
    return array("q", accumulate(brought))


def _with_derived(
    indicators: IndicatorSet, codes: Iterable[str], raw: Mapping[str, "array[int]"]
) -> dict[str, "array[int]"]:
    found = dict(raw)
    for code in codes:
        terms = indicators.terms.get(code)
        parts = [(raw[of], factor) for of, factor in (terms or {}).items() if of in raw]
        if parts:
            found[code] = _weighted(parts)
    return found


def _weighted(parts: Iterable[tuple[Sequence[int], int]]) -> "array[int]":
    weights = [factor for _figures, factor in parts]
    columns = zip(*(figures for figures, _factor in parts), strict=True)
    return array(
        "q", (sum(w * one for w, one in zip(weights, day, strict=True)) for day in columns)
    )


def summed(parts: Sequence[tuple[OurDays, int]]) -> OurDays:
    """Return what came in at several nodes, each added or taken off."""
    codes = {code for days, _weight in parts for code in days.to_date}
    to_date = {
        code: _weighted([(d.to_date[code], w) for d, w in parts if code in d.to_date])
        for code in codes
    }
    added = [days.reported for days, weight in parts if weight > 0]
    return OurDays(to_date, frozenset().union(*added))


def overlaps_of(indicators: IndicatorSet) -> tuple[Overlap, ...]:
    """Return of which indicators one person may be in two, as the campaign's formulas say it."""
    found = []
    for total, terms in indicators.terms.items():
        added = [code for code, factor in terms.items() if factor == 1]
        off = [code for code, factor in terms.items() if factor == -1]
        if len(added) == 2 and len(off) <= 1 and len(terms) == 2 + len(off):
            found.append(Overlap(added[0], added[1], off[0] if off else "", total))
    return tuple(found)
