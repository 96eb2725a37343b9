"""Recomputes every total from reports and sessions by another way; names each difference."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from campaign.models import Branch
from campaign.models.dated import sql_on
from core.heartbeat import record_heartbeat
from reports.daily.models import APPROVED_BASIS, COUNTED, IS_APPROVED
from reports.rollup.trees import TREES, Tree

logger = logging.getLogger(__name__)

RULES = {
    "counted": COUNTED,
    "is_approved": IS_APPROVED,
    "branch_exists": Branch.validity.sql("b", "r.date"),
    "reports_daily": sql_on("b", "reports_daily", "r.date", "boolean"),
}

# Flat, from the reports to every ancestor at once; the roll-up goes level by level. Days
# that somebody is still to make again are left out: in one snapshot all others are exact.
DAYS = """
    WITH reports AS NOT MATERIALIZED (
        SELECT campaign_id, branch_id, unit_id, date, {counted} AS counts,
               {is_approved} AS is_approved
        FROM reports_dailyreport r
    ), counted AS (
        SELECT campaign_id, {column} AS node_id, date, 'reported' AS basis, key,
               value::bigint AS value
        FROM reports, jsonb_each_text(counts)
        UNION ALL
        SELECT campaign_id, {column}, date, 'approved', key, value::bigint
        FROM reports, jsonb_each_text(counts) WHERE is_approved
        UNION ALL
        SELECT campaign_id, {column}, date, 'reported', key, value::bigint
        FROM volunteers_supportsession s
        LEFT JOIN reports r USING (campaign_id, branch_id, unit_id, date)
        CROSS JOIN jsonb_each_text(s.counts)
        WHERE state = 'closed' AND r.counts IS NULL
    ), truth AS (
        SELECT c.campaign_id, above.id AS node_id, c.date, basis, key, sum(value) AS value
        FROM counted c
        JOIN {node} n ON n.id = c.node_id
        JOIN {node} above ON n.path LIKE above.path || '%%'
        GROUP BY 1, 2, 3, 4, 5
    ), kept AS (
        SELECT t.campaign_id, t.node_id, t.date, basis, key, value::bigint AS value
        FROM {day} t
        CROSS JOIN (VALUES ('reported'), ('approved')) AS bases(basis)
        CROSS JOIN jsonb_each_text(CASE basis WHEN 'reported' THEN reported ELSE approved END)
    )
    SELECT node.id, node.name, campaign_id, date, basis, key, truth.value, kept.value
    FROM truth FULL JOIN kept USING (campaign_id, node_id, date, basis, key)
    JOIN {node} node ON node.id = node_id
    WHERE truth.value IS DISTINCT FROM kept.value
    AND (campaign_id, date) NOT IN (
        SELECT campaign_id, date FROM campaign_dirtyday WHERE {column} IS NOT NULL)
    ORDER BY date, node.path, key
"""

RECEIVED_ON_DAY = """
    WITH truth AS (
        SELECT r.campaign_id, above.id AS node_id, r.date,
               count(DISTINCT r.branch_id) AS received,
               count(DISTINCT r.branch_id) FILTER (
                   WHERE {is_approved}) AS received_approved,
               count(DISTINCT r.branch_id) FILTER (WHERE hosts) AS received_unscheduled,
               count(DISTINCT r.branch_id) FILTER (
                   WHERE hosts AND {is_approved}) AS received_unscheduled_approved
        FROM reports_dailyreport r
        JOIN campaign_branch b ON b.id = r.branch_id
        CROSS JOIN LATERAL (
            SELECT (r.campaign_id, r.branch_id, r.date) IN (
                SELECT campaign_id, branch_id, date FROM volunteers_supportsession
                WHERE state <> 'cancelled') AS hosts) calendar
        JOIN {node} n ON n.id = {expected}
        JOIN {node} above ON n.path LIKE above.path || '%%'
        WHERE ({reports_daily} OR hosts) AND {branch_exists}
        GROUP BY 1, 2, 3
    )
    SELECT node.id, node.name, campaign_id, date, 'reports', 'received',
           coalesce(truth.received, 0), coalesce(t.received, 0)
    FROM truth FULL JOIN {day} t USING (campaign_id, node_id, date)
    JOIN {node} node ON node.id = node_id
    WHERE (coalesce(truth.received, 0), coalesce(truth.received_approved, 0),
           coalesce(truth.received_unscheduled, 0),
           coalesce(truth.received_unscheduled_approved, 0))
       <> (coalesce(t.received, 0), coalesce(t.received_approved, 0),
           coalesce(t.received_unscheduled, 0), coalesce(t.received_unscheduled_approved, 0))
    AND (campaign_id, date) NOT IN (
        SELECT campaign_id, date FROM campaign_dirtyday WHERE {column} IS NOT NULL)
    ORDER BY date, node.path
"""

TO_DATE = """
    WITH truth AS (
        SELECT t.campaign_id, t.node_id, basis, key, sum(value::bigint) AS value
        FROM {day} t
        CROSS JOIN (VALUES ('reported'), ('approved')) AS bases(basis)
        CROSS JOIN jsonb_each_text(CASE basis WHEN 'reported' THEN reported ELSE approved END)
        GROUP BY 1, 2, 3, 4
    ), kept AS (
        SELECT t.campaign_id, t.node_id, basis, key, value::bigint AS value
        FROM {total} t
        CROSS JOIN (VALUES ('reported'), ('approved')) AS bases(basis)
        CROSS JOIN jsonb_each_text(CASE basis WHEN 'reported' THEN reported ELSE approved END)
    )
    SELECT node.id, node.name, campaign_id, NULL::date, basis, key, truth.value, kept.value
    FROM truth FULL JOIN kept USING (campaign_id, node_id, basis, key)
    JOIN {node} node ON node.id = node_id
    WHERE truth.value IS DISTINCT FROM kept.value
    ORDER BY node.path, key
"""

RECEIVED_TO_DATE = """
    SELECT node.id, node.name, t.campaign_id, NULL::date, 'reports', 'received',
           coalesce(days.received, 0), t.received
    FROM {total} t JOIN {node} node ON node.id = t.node_id
    LEFT JOIN (
        SELECT campaign_id, node_id, sum(received) AS received,
               sum(received_approved) AS received_approved
        FROM {day} GROUP BY 1, 2
    ) days USING (campaign_id, node_id)
    WHERE (t.received, t.received_approved)
       <> (coalesce(days.received, 0), coalesce(days.received_approved, 0))
    ORDER BY node.path
"""


# Sums go up by ``path`` here and by ``parent_id`` in the roll-up: a node that was moved behind the
# services' back is under one by the first and under another by the second.
PARENTS = """
    SELECT node.id, node.name, NULL::bigint, NULL::date, 'tree', 'parent', node.parent_id,
           (SELECT split_part(node.path, '.', greatest(node.depth - 1, 1)::int)::bigint
            WHERE node.path LIKE '%%.%%.')
    FROM {node} node LEFT JOIN {node} above ON above.id = node.parent_id
    WHERE (node.path, node.depth)
       <> (coalesce(above.path, '') || node.id || '.', coalesce(above.depth, 0) + 1)
    ORDER BY node.path
"""

OF_DAYS, TO_DATES = (DAYS, RECEIVED_ON_DAY), (TO_DATE, RECEIVED_TO_DATE)
# The database takes equalities into the statement, where it then reads a day and no more.
ONE_CAMPAIGN = """
    SELECT * FROM (STATEMENT) AS found(node_id, name, campaign_id, date, basis, key, truth, stored)
    WHERE campaign_id = %(campaign)s
"""
ONE_DAY = ONE_CAMPAIGN + "AND date = %(day)s"


@dataclass(frozen=True)
class Part:
    """Some days of a campaign, and its totals to date."""

    campaign_id: int
    days: tuple[dt.date, ...]


@dataclass(frozen=True)
class Difference:
    """A total that is not what the reports say; no day is to date.

    Without a campaign it is the parent that is not the one by which sums go up.
    """

    tree: Tree
    node_id: int
    name: str
    campaign_id: int | None
    date: dt.date | None
    basis: str
    key: str
    truth: int | None
    stored: int | None

    def __str__(self) -> str:
        if self.campaign_id is None:
            return f"{self.name}: cấp trên {self.truth}, cộng vào {self.stored}"
        when = f"{self.date:%d/%m/%Y}" if self.date else "lũy kế"
        what = f"{self.name} {when} [{self.campaign_id}] {self.basis} {self.key}"
        return f"{what}: báo cáo {self.truth}, tổng hợp {self.stored}"


def verify() -> list[str]:
    """Return one line for each total that differs from the reports; empty when all is well."""
    differences = [str(difference) for difference in find_differences()]
    record_heartbeat("verify", f"{len(differences)} khác" if differences else "khớp")
    if differences:
        logger.error("Totals differ from reports: %s", "; ".join(differences[:20]))
    return differences


def find_differences(parts: Sequence[Part] | None = None) -> list[Difference]:
    """Return what differs, in all campaigns or in some parts, as it was at one moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return [
            Difference(tree, *row)
            for tree in TREES
            for statement, values in _questions(parts)
            for row in _rows(cursor, tree, statement, values)
        ]


def _questions(parts: Sequence[Part] | None) -> Iterator[tuple[str, dict[str, Any]]]:
    yield PARENTS, {}
    if parts is None:
        yield from ((statement, {}) for statement in (*OF_DAYS, *TO_DATES))
        return
    for part in parts:
        for day in part.days:
            for statement in OF_DAYS:
                yield _within(ONE_DAY, statement), {"campaign": part.campaign_id, "day": day}
        for statement in TO_DATES:
            yield _within(ONE_CAMPAIGN, statement), {"campaign": part.campaign_id}


def _within(part: str, statement: str) -> str:
    return part.replace("STATEMENT", statement)


def _rows(cursor: Any, tree: Tree, statement: str, values: dict[str, Any]) -> list[Any]:
    values = {**values, "approved": list(APPROVED_BASIS)}
    cursor.execute(statement.format(**vars(tree), **RULES), values)
    found: list[Any] = cursor.fetchall()
    return found
