"""Recomputes every total from reports and sessions by another way; names each difference."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from campaign.models import Branch
from campaign.models.base import sql_below
from campaign.takes_part import sql_takes_part
from core.heartbeat import record_heartbeat
from reports.daily.models import APPROVED_BASIS, COUNTED, IS_APPROVED
from reports.rollup.trees import TREES, Tree

logger = logging.getLogger(__name__)

RULES = {
    "is_below": sql_below("n", "above"),
    "counted": COUNTED,
    "is_approved": IS_APPROVED,
    "branch_exists": Branch.validity.sql("b", "r.date"),
    "takes_part": sql_takes_part("b", "run", "r.date"),
}

# Adds an array of counts up. Group by group, so that a million reports are never spread out at
# once; most groups are one report, and need no adding.
ADDED = """
    CASE WHEN cardinality({parts}) = 1 THEN {parts}[1] ELSE (
        SELECT jsonb_object_agg(key, value) FROM (
            SELECT key, sum(value::bigint) AS value
            FROM unnest({parts}) AS part(counts), jsonb_each_text(counts) GROUP BY key) of_key
    ) END
"""
# Whole totals are compared, and only those that differ are taken apart.
BY_KEY = """
    CROSS JOIN LATERAL (VALUES
        ('reported', reported, kept_reported), ('approved', approved, kept_approved)
    ) AS bases(basis, said, kept)
    CROSS JOIN LATERAL (
        SELECT key, a.value::bigint AS truth, b.value::bigint AS stored
        FROM jsonb_each_text(said) a FULL JOIN jsonb_each_text(kept) b USING (key)
    ) of_key
    JOIN {node} node ON node.id = node_id
    WHERE of_key.truth IS DISTINCT FROM of_key.stored
"""
UP = """
    up AS MATERIALIZED (
        SELECT n.id AS node_id, above.id AS above_id
        FROM {node} above JOIN {node} n ON {is_below}
    )
"""

# Flat, from the reports to every ancestor at once; the roll-up goes level by level. Days
# that somebody is still to make again are left out: in one snapshot all others are exact.
DAYS = """
    WITH {up}, reports AS NOT MATERIALIZED (
        SELECT campaign_id, branch_id, unit_id, date, {counted} AS counts,
               {is_approved} AS is_approved
        FROM reports_dailyreport r
    ), counted AS (
        SELECT campaign_id, {column} AS node_id, date, counts AS reported,
               CASE WHEN is_approved THEN counts END AS approved
        FROM reports WHERE counts IS NOT NULL
        UNION ALL
        SELECT campaign_id, {column}, date, s.counts, NULL
        FROM volunteers_supportsession s
        LEFT JOIN reports r USING (campaign_id, branch_id, unit_id, date)
        WHERE state = 'closed' AND r.counts IS NULL
    ), parts AS (
        SELECT campaign_id, above_id AS node_id, date,
               array_agg(reported) AS reported, array_agg(approved) AS approved
        FROM counted JOIN up USING (node_id) GROUP BY 1, 2, 3
    ), truth AS (
        SELECT campaign_id, node_id, date, {reported} AS reported, {approved} AS approved FROM parts
    ), differing AS (
        SELECT campaign_id, node_id, date, truth.reported, truth.approved,
               t.reported AS kept_reported, t.approved AS kept_approved
        FROM truth FULL JOIN {day} t USING (campaign_id, node_id, date)
        WHERE coalesce(truth.reported, '{{}}') <> coalesce(t.reported, '{{}}')
        OR coalesce(truth.approved, '{{}}') <> coalesce(t.approved, '{{}}')
    )
    SELECT node.id, node.name, campaign_id, date, basis, key, of_key.truth, of_key.stored
    FROM differing {by_key}
    AND (campaign_id, date) NOT IN (
        SELECT campaign_id, date FROM campaign_dirtyday WHERE {column} IS NOT NULL)
    ORDER BY date, node.path, key
"""

RECEIVED_ON_DAY = """
    WITH {up}, truth AS (
        SELECT r.campaign_id, above_id AS node_id, r.date,
               count(DISTINCT r.branch_id) AS received,
               count(DISTINCT r.branch_id) FILTER (
                   WHERE {is_approved}) AS received_approved,
               count(DISTINCT r.branch_id) FILTER (WHERE hosts) AS received_unscheduled,
               count(DISTINCT r.branch_id) FILTER (
                   WHERE hosts AND {is_approved}) AS received_unscheduled_approved
        FROM reports_dailyreport r
        JOIN campaign_campaign run ON run.id = r.campaign_id
        JOIN campaign_branch b ON b.id = r.branch_id
        CROSS JOIN LATERAL (
            SELECT (r.campaign_id, r.branch_id, r.date) IN (
                SELECT campaign_id, branch_id, date FROM volunteers_supportsession
                WHERE state <> 'cancelled') AS hosts) calendar
        JOIN up ON up.node_id = {expected}
        WHERE ({takes_part} OR hosts) AND {branch_exists}
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
    WITH parts AS (
        SELECT campaign_id, node_id,
               array_agg(reported) AS reported, array_agg(approved) AS approved
        FROM {day} GROUP BY 1, 2
    ), truth AS (
        SELECT campaign_id, node_id, {reported} AS reported, {approved} AS approved FROM parts
    ), differing AS (
        SELECT campaign_id, node_id, truth.reported, truth.approved,
               t.reported AS kept_reported, t.approved AS kept_approved
        FROM truth FULL JOIN {total} t USING (campaign_id, node_id)
        WHERE coalesce(truth.reported, '{{}}') <> coalesce(t.reported, '{{}}')
        OR coalesce(truth.approved, '{{}}') <> coalesce(t.approved, '{{}}')
    )
    SELECT node.id, node.name, campaign_id, NULL::date, basis, key, of_key.truth, of_key.stored
    FROM differing {by_key}
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
# What is archived cannot be held against its reports, and is proved as it comes back.
NOT_ARCHIVED = """
    SELECT * FROM (STATEMENT) AS found(node_id, name, campaign_id, date, basis, key, truth, stored)
    WHERE campaign_id NOT IN (SELECT id FROM campaign_campaign WHERE archived_at IS NOT NULL)
"""
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
        for statement in (*OF_DAYS, *TO_DATES):
            yield _within(NOT_ARCHIVED, statement), {}
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
    words = {
        **vars(tree),
        **RULES,
        "up": UP.format(node=tree.node, **RULES),
        "by_key": BY_KEY.format(node=tree.node),
        "reported": ADDED.format(parts="parts.reported"),
        "approved": ADDED.format(parts="parts.approved"),
    }
    cursor.execute(statement.format(**words), values)
    found: list[Any] = cursor.fetchall()
    return found
