"""Rolls reports and sessions up through both trees.

What a branch did in a unit on a day counts once and whole: its report, or before there is one
the sum of its closed sessions there (docs/counting.md C1). Only a report can be approved.

A **drain** takes dirty days of one depth, makes their day totals again from what belongs to
the node and the day totals of its children, moves the node's total to date by what they are more
or less than before, and leaves the parent's day dirty. All in one transaction, so that a worker
killed half-way leaves everything as it was.

A total to date is added up from all its days where it is new, where a count has gone blank (no
difference says whether another day still has one), where it would come to less than nothing, or
where the self-check has found it wrong and has left ``computed_at`` blank.

Why several workers cannot lose each other's sums: whoever writes a node's totals first
locks the node's row of totals to date, and reads only then. The second reads what the first
has committed. A child that commits after its parent was read has left the parent dirty.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from campaign.models import Branch
from campaign.takes_part import sql_takes_part
from core import clock
from core.heartbeat import record_heartbeat
from core.prepared import PreparedCursor, prepared_cursor
from reports.daily.models import APPROVED_BASIS, COUNTED, IS_APPROVED
from reports.rollup.states import CHAIN, LATER, STATES, STEPS, moved
from reports.rollup.totals import RECEIVED
from reports.rollup.trees import TREES, Tree

BATCH = 500
SPREAD_BATCH = 5000
# A worker that is stopped in the middle of a transaction must not keep its locks.
IDLE_TIMEOUT = "SET LOCAL idle_in_transaction_session_timeout = '3s'"

Day = tuple[int, int, dt.date]

# What the statements below take from those who know it.
RULES = {
    # Days of an archived campaign wait until it is back.
    "is_here": """campaign_id NOT IN (
        SELECT id FROM campaign_campaign WHERE archived_at IS NOT NULL)""",
    "counted": COUNTED,
    "is_approved": IS_APPROVED,
    "states_of_day": STATES.format(campaign="d.campaign_id"),
    "chain": CHAIN,
    "later": LATER,
    "branch_exists": Branch.validity.sql("b", "w.d"),
    "takes_part": sql_takes_part("b", "run", "w.d"),
}

TAKE = """
    WITH taken AS MATERIALIZED (
        SELECT d.id, n.depth FROM campaign_dirtyday d JOIN {node} n ON n.id = d.{column}
        WHERE d.{other_column} IS NULL AND {is_here}
        ORDER BY n.depth DESC, d.id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
    )
    DELETE FROM campaign_dirtyday d USING taken WHERE d.id = taken.id
    RETURNING d.campaign_id, d.{column}, d.date, taken.depth, d.since, EXISTS ({states_of_day})
"""

# The days that a statement is about: campaign, node, day.
WANTED = """
    SELECT c, n, d
    FROM unnest(%(campaigns)s::bigint[], %(nodes)s::bigint[], %(dates)s::date[]) AS w(c, n, d)
"""
# Each day of a child is looked up by itself: joined, the planner would go through whole months of
# all campaigns, since it cannot know in which partitions they lie.
DAYS_OF = """CROSS JOIN LATERAL (
    SELECT * FROM {day} t
    WHERE t.campaign_id = w.c AND t.node_id = {node} AND t.date = w.d OFFSET 0) t"""

INSERT_TOTALS = """
    INSERT INTO {total} (campaign_id, node_id, reported, approved, received, received_approved)
    SELECT DISTINCT c, n, '{{}}'::jsonb, '{{}}'::jsonb, 0, 0 FROM ({wanted}) w ORDER BY 1, 2
    ON CONFLICT DO NOTHING
"""
LOCK_TOTALS = """
    SELECT FROM {total} t
    WHERE (t.campaign_id, t.node_id) IN (SELECT c, n FROM ({wanted}) w)
    ORDER BY t.campaign_id, t.node_id FOR UPDATE OF t
"""

# Adds the counts of two arrays up, key by key: what is approved is among what is reported.
# Group by group, so that a million reports are never spread out at once.
ADD_UP = """
    SELECT jsonb_object_agg(key, reported) AS reported,
           jsonb_object_agg(key, approved) FILTER (WHERE approved IS NOT NULL) AS approved
    FROM (
        SELECT key, sum(value::bigint) AS reported, sum((part.approved->>key)::bigint) AS approved
        FROM unnest({parts}.reported, {parts}.approved) AS part(reported, approved),
             jsonb_each_text(part.reported)
        GROUP BY key
    ) of_key
"""

REMAKE_DAYS = """
    WITH wanted AS NOT MATERIALIZED ({wanted}), part AS (
        SELECT w.c, w.n, w.d, {reported} AS reported,
               CASE WHEN {is_approved} THEN {approved} END AS approved
        FROM wanted w JOIN reports_dailyreport r
          ON r.campaign_id = w.c AND r.{column} = w.n AND r.date = w.d
        {steps}
        WHERE {counted} IS NOT NULL
        UNION ALL
        SELECT w.c, w.n, w.d, {of_session}, NULL
        FROM wanted w JOIN volunteers_supportsession s
          ON s.campaign_id = w.c AND s.{column} = w.n AND s.date = w.d AND s.state = 'closed'
        WHERE NOT EXISTS (
            SELECT FROM reports_dailyreport r
            WHERE (r.campaign_id, r.branch_id, r.unit_id, r.date)
                = (s.campaign_id, s.branch_id, s.unit_id, s.date)
            AND {counted} IS NOT NULL)
        UNION ALL
        SELECT w.c, w.n, w.d, t.reported, t.approved
        FROM wanted w JOIN {node} child ON child.parent_id = w.n
        {days_of_child}
        {moved}
    ), parts AS (
        SELECT c, n, d, array_agg(reported) AS reported, array_agg(approved) AS approved
        FROM part GROUP BY c, n, d
    ), counts AS (
        SELECT c, n, d, reported[1] AS reported, approved[1] AS approved
        FROM parts WHERE cardinality(reported) = 1
        UNION ALL
        SELECT c, n, d, added.* FROM parts CROSS JOIN LATERAL ({add_up}) added
        WHERE cardinality(parts.reported) > 1
    ), callers AS (
        SELECT w.c, w.n, w.d, b.id AS branch_id, {takes_part} AS daily, EXISTS (
                   SELECT FROM volunteers_supportsession s
                   WHERE (s.campaign_id, s.branch_id, s.date) = (w.c, b.id, w.d)
                   AND s.state <> 'cancelled') AS hosts
        FROM wanted w JOIN campaign_campaign run ON run.id = w.c
        JOIN campaign_branch b ON {expected} = w.n AND {branch_exists}
    ), heard AS (
        SELECT c, n, d, sum(received) AS received, sum(received_approved) AS received_approved,
               sum(received_unscheduled) AS received_unscheduled,
               sum(received_unscheduled_approved) AS received_unscheduled_approved
        FROM (
            SELECT callers.c, callers.n, callers.d,
                   count(DISTINCT r.branch_id) AS received,
                   count(DISTINCT r.branch_id) FILTER (
                       WHERE {is_approved}) AS received_approved,
                   count(DISTINCT r.branch_id) FILTER (WHERE hosts) AS received_unscheduled,
                   count(DISTINCT r.branch_id) FILTER (
                       WHERE hosts AND {is_approved})
                       AS received_unscheduled_approved
            FROM callers JOIN reports_dailyreport r
              ON (r.campaign_id, r.branch_id, r.date) = (callers.c, callers.branch_id, callers.d)
            WHERE daily OR hosts
            GROUP BY callers.c, callers.n, callers.d
            UNION ALL
            SELECT w.c, w.n, w.d, t.received, t.received_approved,
                   t.received_unscheduled, t.received_unscheduled_approved
            FROM wanted w JOIN {node} child ON child.parent_id = w.n
            {days_of_child}
        ) s GROUP BY c, n, d
    ), was AS (
        SELECT w.c, w.n, w.d, t.reported, t.approved, t.received, t.received_approved,
               t.reported_at, t.approved_at, t.reported_to_date_at, t.approved_to_date_at
        FROM wanted w {days_of_itself}
    ), file AS MATERIALIZED (
        SELECT i.campaign_id AS c, array_agg(part.code) AS shown,
               array_agg(part.code) FILTER (
                   WHERE i.is_headline OR 'last' IN (i.aggregation, part.aggregation)) AS to_date
        FROM campaign_indicator i CROSS JOIN LATERAL (
            SELECT i.code, i.aggregation
            UNION ALL
            SELECT source.code, source.aggregation FROM campaign_formulaterm term
            JOIN campaign_indicator source ON source.id = term.source_id
            WHERE term.indicator_id = i.id
        ) part
        WHERE (i.in_police_csv OR i.is_headline) AND i.campaign_id IN (SELECT c FROM wanted)
        GROUP BY i.campaign_id
    ), made AS (
    INSERT INTO {day}
        (campaign_id, node_id, date, reported, approved, received, received_approved,
         received_unscheduled, received_unscheduled_approved, computed_at,
         reported_at, approved_at, reported_to_date_at, approved_to_date_at)
    SELECT c, n, d, coalesce(counts.reported, '{{}}'), coalesce(counts.approved, '{{}}'),
           coalesce(heard.received, 0), coalesce(heard.received_approved, 0),
           coalesce(received_unscheduled, 0), coalesce(received_unscheduled_approved, 0), %(now)s,
           {times}
    FROM wanted LEFT JOIN counts USING (c, n, d) LEFT JOIN heard USING (c, n, d)
    LEFT JOIN was USING (c, n, d) LEFT JOIN file USING (c)
    ON CONFLICT (campaign_id, node_id, date) DO UPDATE SET
        reported = excluded.reported, approved = excluded.approved,
        received = excluded.received, received_approved = excluded.received_approved,
        received_unscheduled = excluded.received_unscheduled,
        received_unscheduled_approved = excluded.received_unscheduled_approved,
        computed_at = excluded.computed_at,
        reported_at = excluded.reported_at, approved_at = excluded.approved_at,
        reported_to_date_at = excluded.reported_to_date_at,
        approved_to_date_at = excluded.approved_to_date_at
    RETURNING campaign_id AS c, node_id AS n, date AS d, reported, approved,
              received, received_approved
    ), change AS (
        SELECT c, n, array_agg(made.reported) AS reported, array_agg(made.approved) AS approved,
               array_agg(was.reported) FILTER (WHERE was.c IS NOT NULL) AS was_reported,
               array_agg(was.approved) FILTER (WHERE was.c IS NOT NULL) AS was_approved,
               sum(made.received - coalesce(was.received, 0)) AS received,
               sum(made.received_approved - coalesce(was.received_approved, 0))
                   AS received_approved,
               coalesce(bool_or(
                   was.reported - ARRAY(SELECT jsonb_object_keys(made.reported)) <> '{{}}'
                   OR was.approved - ARRAY(SELECT jsonb_object_keys(made.approved)) <> '{{}}'
               ), false) AS has_blanks
        FROM made LEFT JOIN was USING (c, n, d) GROUP BY c, n
    ), total AS (
        SELECT c, n, moved.reported, moved.approved, until.received + change.received AS received,
               until.received_approved + change.received_approved AS received_approved,
               until.computed_at IS NULL OR has_blanks OR moved.least < 0 AS is_unsure
        FROM change JOIN {total} until ON (until.campaign_id, until.node_id) = (c, n)
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(key, reported) AS reported,
                   jsonb_object_agg(key, approved) FILTER (WHERE approved IS NOT NULL) AS approved,
                   least(min(reported), min(approved)) AS least
            FROM (
                SELECT key, sum(sign * value::bigint) AS reported,
                       sum(sign * (part.approved->>key)::bigint) AS approved
                FROM (
                    SELECT 1 AS sign, until.reported, until.approved
                    UNION ALL SELECT 1, * FROM unnest(change.reported, change.approved)
                    UNION ALL SELECT -1, * FROM unnest(was_reported, was_approved)
                ) AS part(sign, reported, approved), jsonb_each_text(part.reported)
                GROUP BY key
            ) of_key
        ) moved
    ), sure AS (
        UPDATE {total} t SET
            reported = coalesce(total.reported, '{{}}'),
            approved = coalesce(total.approved, '{{}}'),
            received = total.received,
            received_approved = total.received_approved,
            computed_at = %(now)s
        FROM total
        WHERE (t.campaign_id, t.node_id) = (c, n) AND NOT is_unsure
        AND least(total.received, total.received_approved) >= 0
        RETURNING c, n
    )
    SELECT c, n FROM total EXCEPT SELECT c, n FROM sure
"""

# When a day last became another in the police's file: the old moment, where it did not.
MOVES = """CASE WHEN {also} counts.{basis} IS DISTINCT FROM was.{basis} AND EXISTS (
               SELECT FROM unnest(file.{codes}) code
               WHERE (counts.{basis} -> code) IS DISTINCT FROM (was.{basis} -> code))
           THEN %(now)s ELSE was.{column} END"""
TIMES = ",\n           ".join(
    MOVES.format(basis=basis, column=f"{basis}{ending}", codes=codes, also=also)
    for ending, codes in (("_at", "shown"), ("_to_date_at", "to_date"))
    for basis, received in RECEIVED.items()
    for also in [
        f"coalesce(heard.{received}, 0) <> coalesce(was.{received}, 0) OR"
        if codes == "shown"
        else ""
    ]
)

# What stood until a day in what ended then, and where it went: of campaigns with such days alone.
_MOVED = """
        UNION ALL
        SELECT w.c, w.n, w.d, jsonb_build_object(m.code, m.reported),
               CASE WHEN m.approved IS NOT NULL THEN jsonb_build_object(m.code, m.approved) END
        FROM wanted w JOIN ({moved}) m ON (m.c, m.{{column}}, m.date) = (w.c, w.n, w.d)
"""
MOVED = _MOVED.format(
    moved=moved(
        """c.id IN (SELECT ended_on.c FROM wanted ended_on WHERE ended_on.d IN (
            SELECT closed_on FROM campaign_branch WHERE closed_on IS NOT NULL
            UNION ALL SELECT valid_to FROM campaign_unit WHERE valid_to IS NOT NULL))""",
        "ARRAY(SELECT d FROM wanted)",
    )
)
# What one report and one session bring; statements are not planned for what no campaign has.
WHOLE = {
    "reported": COUNTED,
    "approved": COUNTED,
    "of_session": "s.counts",
    "steps": "",
    "moved": "",
}
BY_STEPS = {
    "reported": f"(({COUNTED}) - states.codes || step.reported)",
    "approved": f"(({COUNTED}) - states.codes || step.approved)",
    "of_session": f"s.counts - ARRAY({STATES.format(campaign='w.c')})",
    "steps": STEPS,
    "moved": MOVED,
}

ADD_UP_DAYS = """
    WITH wanted AS (
        SELECT c, n FROM unnest(%(campaigns)s::bigint[], %(nodes)s::bigint[]) AS w(c, n)
    ), days AS (
        SELECT c, n, array_agg(reported) AS reported, array_agg(approved) AS approved,
               sum(received) AS received, sum(received_approved) AS received_approved
        FROM wanted JOIN {day} t ON t.campaign_id = c AND t.node_id = n
        WHERE t.campaign_id = ANY(%(some)s::bigint[]) GROUP BY c, n
    )
    UPDATE {total} t SET
        reported = coalesce(added.reported, '{{}}'),
        approved = coalesce(added.approved, '{{}}'),
        received = days.received,
        received_approved = days.received_approved,
        computed_at = %(now)s
    FROM days CROSS JOIN LATERAL ({add_up}) added
    WHERE t.campaign_id = days.c AND t.node_id = days.n
"""

PARENTS = """
    INSERT INTO campaign_dirtyday (campaign_id, {column}, date, since)
    SELECT DISTINCT w.c, node.parent_id, w.d, %(since)s::timestamptz
    FROM unnest(%(campaigns)s::bigint[], %(nodes)s::bigint[], %(dates)s::date[]) AS w(c, n, d)
    JOIN {node} node ON node.id = w.n WHERE node.parent_id IS NOT NULL
"""

# What has changed makes three nodes dirty: where it took place, the home of the branch, which
# counts who is expected and received, and the branch.
SPREAD = """
    WITH RECURSIVE chosen AS MATERIALIZED (
        SELECT id FROM campaign_dirtyday WHERE branch_id IS NOT NULL AND unit_id IS NOT NULL
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), taken AS (
        DELETE FROM campaign_dirtyday d USING chosen WHERE d.id = chosen.id
        RETURNING d.campaign_id, d.branch_id, d.unit_id, d.date, d.since
    ), {chain}, changed AS (SELECT * FROM taken UNION ALL {later})
    INSERT INTO campaign_dirtyday (campaign_id, branch_id, unit_id, date, since)
    SELECT campaign_id, node.branch_id, node.unit_id, date, min(since)
    FROM changed JOIN campaign_branch b ON b.id = changed.branch_id
    CROSS JOIN LATERAL (VALUES
        (NULL, changed.unit_id), (NULL, b.home_unit_id), (b.id, NULL)
    ) AS node(branch_id, unit_id)
    GROUP BY 1, 2, 3, 4
"""


def drain() -> int:
    """Make all dirty days again, bottom-up, until none is left; return how many were taken.

    Days that another worker has taken are left to that worker.
    """
    taken = 0
    while spread_batch():
        pass
    for tree in TREES:
        while batch := drain_batch(tree):
            taken += batch
    record_heartbeat("drain")
    return taken


@transaction.atomic
def spread_batch(limit: int = SPREAD_BATCH) -> int:
    """Put rows for the nodes of both trees in place of up to ``limit`` days that have changed.

    Returns how many were added.
    """
    with prepared_cursor() as cursor:
        cursor.execute(IDLE_TIMEOUT)
        asked = {"limit": limit, "approved": list(APPROVED_BASIS), "today": clock.today()}
        cursor.execute(SPREAD.format(**RULES), asked)
        return int(cursor.rowcount)


@transaction.atomic
def drain_batch(tree: Tree, limit: int = BATCH) -> int:
    """Make up to ``limit`` dirty days again, the deepest first; return how many were taken."""
    with prepared_cursor() as cursor:
        cursor.execute(IDLE_TIMEOUT)
        cursor.execute(TAKE.format(**vars(tree), **RULES), {"limit": limit})
        rows = cursor.fetchall()
        if not rows:
            return 0
        now = clock.now()
        # "As of" speaks of reports, so a parent has been dirty for as long as its child.
        since = min(row[4] for row in rows)
        for days in by_depth([row[:4] for row in rows]):
            recompute(cursor, tree, days, now, has_states=any(row[5] for row in rows))
            cursor.execute(PARENTS.format(**vars(tree)), {**_arrays(days), "since": since})
    return len(rows)


def by_depth(rows: Sequence[tuple[int, int, dt.date, int]]) -> Iterator[list[Day]]:
    """Yield the days of each depth, from the bottom up, each day once and in order.

    One order for all workers: they lock the same rows in the same sequence.
    """
    for depth in sorted({row[3] for row in rows}, reverse=True):
        yield sorted({row[:3] for row in rows if row[3] == depth})


def recompute(
    cursor: PreparedCursor, tree: Tree, days: Sequence[Day], now: dt.datetime, *, has_states: bool
) -> None:
    """Make days again; ``has_states`` says that a campaign among them may have states."""
    parts = BY_STEPS if has_states else WHOLE
    values = {
        **_arrays(days), "now": now, "approved": list(APPROVED_BASIS), "today": clock.today(),
    }  # fmt: skip
    for statement in (INSERT_TOTALS, LOCK_TOTALS, REMAKE_DAYS):
        cursor.execute(_about(tree, statement, parts), values)
    if unsure := sorted(cursor.fetchall()):
        campaigns, nodes = map(list, zip(*unsure, strict=True))
        values |= {"campaigns": campaigns, "nodes": nodes, "some": sorted({*campaigns})}
        cursor.execute(_about(tree, ADD_UP_DAYS, parts), values)


def _about(tree: Tree, statement: str, parts: Mapping[str, str]) -> str:
    words = {
        **parts,
        "moved": parts["moved"].format(**vars(tree)),
        "wanted": WANTED,
        "times": TIMES,
        "add_up": ADD_UP.format(parts="parts" if statement is REMAKE_DAYS else "days"),
        "days_of_child": DAYS_OF.format(day=tree.day, node="child.id"),
        "days_of_itself": DAYS_OF.format(day=tree.day, node="w.n"),
    }
    return statement.format(**vars(tree), **RULES, **words)


def _arrays(days: Sequence[Day]) -> dict[str, Any]:
    return {
        "campaigns": [c for c, _n, _d in days],
        "nodes": [n for _c, n, _d in days],
        "dates": [d for _c, _n, d in days],
    }
