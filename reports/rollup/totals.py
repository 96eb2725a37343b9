"""Totals of units and branches over days."""

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from campaign.models import Branch, Campaign, DirtyDay, Target, Unit
from campaign.models.base import path_above
from campaign.selectors import IndicatorSet
from core import clock
from core.replica import known_until
from reports.rollup.archived import refuse_archived
from reports.rollup.expected import Expected, expected_reports
from reports.rollup.trees import UNITS, Tree

Counts = dict[str, int]
BASES = ("reported", "approved")
RECEIVED = {"reported": "received", "approved": "received_approved"}
RECEIVED_UNSCHEDULED = {
    "reported": "received_unscheduled",
    "approved": "received_unscheduled_approved",
}

SUM_DAYS = """
    WITH days AS (
        SELECT node_id, {basis} AS counts,
               CASE WHEN date = ANY(%(expected)s::date[]) THEN {received} ELSE {off} END AS received
        FROM {day}
        WHERE campaign_id = %(campaign)s AND node_id = ANY(%(nodes)s)
        AND date BETWEEN %(first)s AND %(last)s
    ), heard AS (
        SELECT node_id, sum(received) AS received FROM days GROUP BY node_id
    ), sums AS (
        SELECT node_id, jsonb_object_agg(key, value) AS counts FROM (
            SELECT node_id, key, sum(value::bigint) AS value
            FROM days, jsonb_each_text(counts) GROUP BY node_id, key) of_key
        GROUP BY node_id
    )
    SELECT node_id, received, coalesce(sums.counts, '{{}}')
    FROM heard LEFT JOIN sums USING (node_id)
"""


@dataclass(frozen=True)
class NodeTotals:
    """The totals of one node over a range, or of one day of it; the node as it was at its end.

    ``counts`` and ``counts_to_date`` hold the derived indicators too; blank is missing.
    """

    node: Unit | Branch
    date: dt.date | None
    counts: Counts
    counts_to_date: Counts
    target: Counts
    expected: int
    received: int


@dataclass(frozen=True)
class Sums:
    """What came in at a node over some days: counts, and how many expected reports."""

    counts: Counts = field(default_factory=dict)
    received: int = 0


def as_of(campaign: Campaign) -> dt.datetime:
    now = known_until()
    return min(DirtyDay.objects.filter(campaign=campaign).oldest() or now, now)


def last_made(campaign: Campaign) -> dt.datetime:
    """Return a moment up to which all is in the totals, and the same one while nothing changes."""
    made = UNITS.totals._default_manager.filter(campaign=campaign).aggregate(at=Max("computed_at"))
    moment = as_of(campaign)
    return timezone.localtime(min(made["at"] or moment, moment))


def sum_days(
    tree: Tree,
    campaign: Campaign,
    nodes: Sequence[Unit | Branch],
    first: dt.date,
    last: dt.date,
    basis: str,
    expected: Collection[dt.date] = (),
) -> dict[int, Sums]:
    """Return the sums over a range by node id (one query, in the database).

    Who counts as heard depends on whether a day is one of the ``expected`` reporting days.
    Raises ``ArchivedError`` where the days are not here.
    """
    refuse_archived(campaign)
    statement = SUM_DAYS.format(
        basis=basis, received=RECEIVED[basis], off=RECEIVED_UNSCHEDULED[basis], day=tree.day
    )
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "nodes": [node.pk for node in nodes],
        "first": first,
        "last": last,
        "expected": list(expected),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    # Out of raw SQL the driver hands JSONB over as text.
    return {node: Sums(json.loads(counts), int(received)) for node, received, counts in rows}


def values_at_end(
    changes: Mapping[dt.date, int], now: int | None, days: Sequence[dt.date]
) -> dict[dt.date, int]:
    """Return what stood at the end of each of some days in a row, of a state (C28).

    ``changes`` are what the days brought of it, ``now`` is what stands at the end of the last.
    """
    found: dict[dt.date, int] = {}
    value = now
    for day in reversed(days):
        if value is None:
            break
        found[day] = value
        value -= changes.get(day, 0)
        if not value and not any(date < day for date in changes):
            # Nothing was said before.
            break
    return found


def sums_to_date(
    tree: Tree, campaign: Campaign, nodes: Sequence[Unit | Branch], last: dt.date, basis: str
) -> dict[int, Sums]:
    """Return the sums from the beginning to ``last``: from one row a node where that will do."""
    if last < min(clock.today(), campaign.ends_on):
        return sum_days(tree, campaign, nodes, campaign.starts_on, last, basis)
    rows = tree.totals._default_manager.filter(campaign=campaign, node__in=nodes)
    return {
        node: Sums(counts, received)
        for node, counts, received in rows.values_list("node_id", basis, RECEIVED[basis])
    }


@dataclass(frozen=True)
class Targets:
    """The targets of some units; each day has its own."""

    by_unit: Mapping[int, Sequence[Target]] = field(default_factory=dict)

    def on(self, unit: int, day: dt.date) -> Counts:
        """Return what a unit is to reach as of ``day``, by the indicator's code."""
        values = ((t.indicator.code, t.value_on(day)) for t in self.by_unit.get(unit, ()))
        # Before the day from which one was given there is none.
        return {code: value for code, value in values if value is not None}


def targets_of(campaign: Campaign, units: Sequence[Unit]) -> Targets:
    found: dict[int, list[Target]] = {}
    rows = Target.objects.filter(campaign=campaign, unit__in=units).select_related("indicator")
    for target in rows.order_by("indicator__order", "indicator__code"):
        found.setdefault(target.unit_id, []).append(target)
    return Targets(found)


def totals(
    *,
    tree: Tree,
    campaign: Campaign,
    indicators: IndicatorSet,
    nodes: Sequence[Unit | Branch],
    first: dt.date,
    last: dt.date,
    basis: str,
    by_day: bool = False,
) -> Iterator[NodeTotals]:
    """Yield the totals of the nodes in their order, with ``by_day`` of each day in turn."""
    expected = expected_reports(campaign, first, last, tree=tree, within=path_above(nodes))
    targets = targets_of(campaign, nodes) if tree is UNITS else Targets()  # type: ignore[arg-type]
    if by_day:
        yield from _by_day(tree, campaign, indicators, nodes, first, last, basis, expected, targets)
        return
    over = sum_days(tree, campaign, nodes, first, last, basis, expected.days)
    to_date = sums_to_date(tree, campaign, nodes, last, basis)
    for node in nodes:
        sums = over.get(node.pk, Sums())
        yield NodeTotals(
            node=node.on(last),
            date=None,
            counts=indicators.complete(sums.counts),
            counts_to_date=indicators.complete(to_date.get(node.pk, Sums()).counts),
            target=targets.on(node.pk, last),
            expected=expected.count(node.path),
            received=sums.received,
        )


def _by_day(
    tree: Tree,
    campaign: Campaign,
    indicators: IndicatorSet,
    nodes: Sequence[Unit | Branch],
    first: dt.date,
    last: dt.date,
    basis: str,
    expected: Expected,
    targets: Targets,
) -> Iterator[NodeTotals]:
    before = first - dt.timedelta(days=1)
    sums = sum_days(tree, campaign, nodes, campaign.starts_on, before, basis)
    running = {node: dict(s.counts) for node, s in sums.items()}
    rows = (
        tree.days._default_manager.filter(
            campaign=campaign, node__in=nodes, date__range=(first, last)
        )
        .order_by("date")
        .values_list("date", "node_id", basis, RECEIVED[basis], RECEIVED_UNSCHEDULED[basis])
    )
    # A day is held at a time, however long the range.
    days = groupby(rows.iterator(), key=itemgetter(0))
    ahead = next(days, None)
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        is_expected = day in expected.days
        stored: dict[int, Sums] = {}
        if ahead is not None and ahead[0] == day:
            stored = {
                node: Sums(counts, arrived if is_expected else off)
                for _day, node, counts, arrived, off in ahead[1]
            }
            ahead = next(days, None)
        for node in nodes:
            of_day = stored.get(node.pk, Sums())
            total = running.setdefault(node.pk, {})
            for code, value in of_day.counts.items():
                total[code] = total.get(code, 0) + value
            yield NodeTotals(
                node=node.on(day),
                date=day,
                counts=indicators.complete(of_day.counts),
                counts_to_date=indicators.complete(total),
                target=targets.on(node.pk, day),
                expected=expected.count(node.path, (day,)),
                received=of_day.received,
            )
