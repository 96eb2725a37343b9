"""Recomputes every total from reports and sessions by another way; names each difference."""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from campaign.models import Branch, Campaign
from campaign.takes_part import sql_takes_part
from core import clock
from core.heartbeat import record_heartbeat
from reports.daily.models import APPROVED_BASIS, COUNTED, IS_APPROVED
from reports.rollup.columns import FOR_MANY_ROWS, MOVED_STEP, Columns, chunks, days_of
from reports.rollup.states import moved, value_before
from reports.rollup.trees import TREES, Tree

logger = logging.getLogger(__name__)

RULES = {
    "of_days": "campaign_id = %(campaign)s AND date = ANY(%(days)s::date[])",
    "counted": COUNTED,
    "is_approved": IS_APPROVED,
    "branch_exists": Branch.validity.sql("b", "r.date"),
    "takes_part": sql_takes_part("b", "run", "r.date"),
}

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
        SELECT id AS node_id, above::bigint AS above_id
        FROM {node}, string_to_table(rtrim(path, '.'), '.') above
    )
"""

# Flat, from the reports to every ancestor at once; the roll-up goes level by level. Days
# that somebody is still to make again are left out: in one snapshot all others are exact.
# Numbers are compared as they are, and put together only where they differ.
DAYS = """
    WITH {up}, report AS MATERIALIZED (
        SELECT branch_id, unit_id, date, {counted} AS counting, {is_approved} AS is_approved
               {steps}
        FROM reports_dailyreport r WHERE {of_days}
    ), outcome AS (
        SELECT {column} AS node_id, date, is_approved {counts} {own_steps} FROM report
        UNION ALL
        SELECT s.{column}, s.date, false {counts_of_session} {no_steps}
        FROM volunteers_supportsession s
        LEFT JOIN report USING (branch_id, unit_id, date)
        WHERE {of_days} AND state = 'closed' AND counting IS NULL
        {moved}
    ), added AS (
        SELECT above_id AS node_id, date {sums}
        FROM outcome JOIN up USING (node_id) GROUP BY above_id, date
    ), expected AS (
        SELECT {expected} AS node_id, r.date, is_approved, hosts
        FROM (
            SELECT branch_id, date, bool_or(is_approved) AS is_approved
            FROM report GROUP BY branch_id, date
        ) r
        JOIN campaign_branch b ON b.id = r.branch_id
        JOIN campaign_campaign run ON run.id = %(campaign)s
        CROSS JOIN LATERAL (
            SELECT (r.branch_id, r.date) IN (
                SELECT branch_id, date FROM volunteers_supportsession
                WHERE {of_days} AND state <> 'cancelled') AS hosts) calendar
        WHERE ({takes_part} OR hosts) AND {branch_exists}
    ), arrived AS (
        SELECT above_id AS node_id, date, count(*) AS received,
               count(*) FILTER (WHERE is_approved) AS received_approved,
               count(*) FILTER (WHERE hosts) AS received_unscheduled,
               count(*) FILTER (WHERE hosts AND is_approved) AS received_unscheduled_approved
        FROM expected JOIN up USING (node_id) GROUP BY above_id, date
    ), differing AS MATERIALIZED (
        SELECT node_id, date, {reported} AS reported, {approved} AS approved,
               t.reported AS kept_reported, t.approved AS kept_approved,
               coalesce(arrived.received, 0) AS received, coalesce(t.received, 0) AS kept_received,
               {received_differs} AS received_differs
        FROM added FULL JOIN arrived USING (node_id, date)
        FULL JOIN (SELECT * FROM {day} WHERE {of_days}) t USING (node_id, date)
        WHERE ({counts_differ} OR {received_differs}) AND date NOT IN ({dirty})
    )
    SELECT node.id, node.name, %(campaign)s, date, basis, key, of_key.truth, of_key.stored
    FROM differing {by_key}
    UNION ALL
    SELECT node.id, node.name, %(campaign)s, date, 'reports', 'received', received, kept_received
    FROM differing JOIN {node} node ON node.id = node_id WHERE received_differs
    ORDER BY 4, 2, 5, 6
"""
# Of what stands, by how much a report is more or less than the one before it, on both bases.
STEP = """
    (({counted} -> {code})::bigint - coalesce({before}, 0))::double precision AS s{{n}},
    CASE WHEN {is_approved}
        THEN (({counted} -> {code})::bigint - coalesce({approved_before}, 0))::double precision
    END AS t{{n}}
""".format(
    counted=COUNTED,
    is_approved=IS_APPROVED,
    code="%(code_{n})s",
    before=value_before("%(code_{n})s", is_approved=False),
    approved_before=value_before("%(code_{n})s", is_approved=True),
)
# What stood in what has ended, and where it went.
_MOVED = """UNION ALL
        SELECT m.{{column}}, m.date, false {{no_counts}} {{moved_steps}}
        FROM ({moved}) m"""
MOVED = _MOVED.format(moved=moved("c.id = %(campaign)s", "%(days)s::date[]"))
RECEIVED_DIFFERS = " OR ".join(
    f"coalesce(arrived.{name}, 0) <> coalesce(t.{name}, 0)"
    for name in (
        "received",
        "received_approved",
        "received_unscheduled",
        "received_unscheduled_approved",
    )
)

TO_DATE = """
    WITH days AS (
        SELECT node_id {reported_of_day} {approved_of_day} FROM {day}
        WHERE campaign_id = %(campaign)s
    ), added AS (
        SELECT node_id {sums_to_date} FROM days GROUP BY node_id
    ), differing AS (
        SELECT node_id, {reported} AS reported, {approved} AS approved,
               t.reported AS kept_reported, t.approved AS kept_approved
        FROM added FULL JOIN (SELECT * FROM {total} WHERE campaign_id = %(campaign)s) t
        USING (node_id)
        WHERE {counts_differ}
    )
    SELECT node.id, node.name, %(campaign)s, NULL::date, basis, key, of_key.truth, of_key.stored
    FROM differing {by_key}
    ORDER BY node.path, key
"""

RECEIVED_TO_DATE = """
    SELECT node.id, node.name, t.campaign_id, NULL::date, 'reports', 'received',
           coalesce(days.received, 0), t.received
    FROM {total} t JOIN {node} node ON node.id = t.node_id
    LEFT JOIN (
        SELECT node_id, sum(received) AS received, sum(received_approved) AS received_approved
        FROM {day} WHERE campaign_id = %(campaign)s GROUP BY 1
    ) days USING (node_id)
    WHERE t.campaign_id = %(campaign)s AND (t.received, t.received_approved)
       <> (coalesce(days.received, 0), coalesce(days.received_approved, 0))
    ORDER BY node.path
"""
DIRTY = """SELECT date FROM campaign_dirtyday
        WHERE campaign_id = %(campaign)s AND {column} IS NOT NULL"""


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

TO_DATES = (TO_DATE, RECEIVED_TO_DATE)


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
    """Return what differs, in all campaigns or in some parts, as it was at one moment.

    What is archived cannot be held against its reports, and is proved as it comes back.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for statement in FOR_MANY_ROWS:
            cursor.execute(statement)
        looked_at = _everything() if parts is None else parts
        found = [d for tree in TREES for d in _ask(PARENTS, tree, {}, {})]
        return [*found, *(d for part in looked_at for d in _differences_of(part))]


def _everything() -> list[Part]:
    campaigns = Campaign.objects.with_days().order_by("pk").values_list("pk", flat=True)
    return [Part(campaign, tuple(days_of(campaign))) for campaign in campaigns]


def _differences_of(part: Part) -> Iterator[Difference]:
    columns = Columns(part.campaign_id)
    values: dict[str, Any] = {
        **columns.values,
        "campaign": part.campaign_id,
        "approved": list(APPROVED_BASIS),
        "today": clock.today(),
    }
    words = {
        "counts": columns.out_of("counting", "r", columns.added),
        "counts_of_session": columns.out_of("s.counts", "r", columns.added),
        "steps": columns.each(STEP, columns.states),
        "own_steps": columns.each("s{n} AS r{n}, t{n} AS a{n}", columns.states),
        "no_steps": columns.each("NULL::double precision, NULL::double precision", columns.states),
        "no_counts": columns.each("NULL::double precision", columns.added),
        "moved_steps": columns.each(MOVED_STEP, columns.states),
        "sums": columns.each(
            "sum(r{n}) AS r{n}, sum(r{n}) FILTER (WHERE is_approved) AS a{n}", columns.added
        )
        + columns.each("sum(r{n}) AS r{n}, sum(a{n}) AS a{n}", columns.states),
        "reported_of_day": columns.out_of("reported", "r"),
        "approved_of_day": columns.out_of("approved", "a"),
        "sums_to_date": columns.each("sum(r{n}) AS r{n}, sum(a{n}) AS a{n}"),
        "reported": columns.packed("r"),
        "approved": columns.packed("a"),
        "counts_differ": columns.differ("t"),
        "received_differs": f"({RECEIVED_DIFFERS})",
    }
    for tree in TREES:
        for days in chunks(part.days):
            yield from _ask(DAYS, tree, words, {**values, "days": days})
        for statement in TO_DATES:
            yield from _ask(statement, tree, words, values)


def _ask(
    statement: str, tree: Tree, words: dict[str, str], values: dict[str, Any]
) -> Iterator[Difference]:
    words = {
        **vars(tree),
        **RULES,
        **words,
        "moved": MOVED.format(**vars(tree), **words) if words.get("moved_steps") else "",
        "up": UP.format(node=tree.node),
        "by_key": BY_KEY.format(node=tree.node),
        "dirty": DIRTY.format(column=tree.column),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**words), values)
        for row in cursor.fetchall():
            yield Difference(tree, *row)
