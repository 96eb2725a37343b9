"""Sums of nodes over periods, in one statement however many there are."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from campaign.models import Campaign
from campaign.selectors import IndicatorSet
from reports.explore.axes import Period
from reports.rollup.archived import refuse_archived
from reports.rollup.trees import Tree

# Which day belongs to which period; a day may belong to several.
SUMS = """
    WITH span AS (SELECT * FROM unnest(%(dates)s::date[], %(parts)s::text[]) AS s (date, part))
    SELECT node_id, part{columns}
    FROM {day} JOIN span USING (date)
    WHERE campaign_id = %(campaign)s AND node_id = ANY(%(nodes)s)
    AND date BETWEEN %(first)s AND %(last)s
    GROUP BY node_id, part
"""
SUM = ", sum(({basis}->>'{code}')::bigint)"
Counts = dict[str, int]


@dataclass(frozen=True)
class Facts:
    """What came in by node and period's key, without derived indicators; blank is missing."""

    sums: Mapping[tuple[int, str], Counts] = field(default_factory=dict)

    def of(self, node: int, period: str) -> Counts:
        return self.sums.get((node, period), {})


def facts(
    tree: Tree,
    campaign: Campaign,
    indicators: IndicatorSet,
    nodes: Collection[int],
    periods: Sequence[Period],
    codes: Collection[str],
    basis: str,
) -> Facts:
    """Return the sums of some indicators; raise ``ArchivedError`` where the days are not here."""
    refuse_archived(campaign)
    raw = sorted({source for code in codes for source in indicators.terms.get(code, {code: 1})})
    dates: list[dt.date] = [day for period in periods for day in period.days]
    if not raw or not dates:
        return Facts()
    # Codes of indicators are of letters, digits and underscores (campaign.models.campaigns).
    columns = "".join(SUM.format(basis=basis, code=code) for code in raw)
    values: dict[str, Any] = {
        "dates": dates,
        "parts": [period.key for period in periods for _day in period.days],
        "campaign": campaign.pk,
        "nodes": list(nodes),
        "first": min(dates),
        "last": max(dates),
    }
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(columns=columns, day=tree.day), values)
        rows = cursor.fetchall()
    return Facts(
        {
            (node, part): {
                code: int(value)
                for code, value in zip(raw, found, strict=True)
                if value is not None
            }
            for node, part, *found in rows
        }
    )
