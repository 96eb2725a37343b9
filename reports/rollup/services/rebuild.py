"""Makes every total again from the reports, and writes those that are others.

A drain makes some days of some nodes, each of the stored days of its children. Here nothing that
is stored is believed: a week at a time, what branches did is taken into typed columns, added up
level by level in either tree, and held against what is stored. So memory does not grow with the
campaign, and where all is right nothing is written.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from campaign.models import Branch, Campaign
from campaign.takes_part import sql_takes_part
from core import clock
from reports.daily.models import APPROVED_BASIS, COUNTED, IS_APPROVED
from reports.rollup.columns import BASES, FOR_MANY_ROWS, MOVED_STEP, Columns, chunks, days_of, each
from reports.rollup.services.partitions import add_partitions
from reports.rollup.services.rollup import spread_batch
from reports.rollup.settings_moves import hold
from reports.rollup.states import has_before, moved, value_in_pair
from reports.rollup.trees import TREES, Tree

RULES = {
    "counted": COUNTED,
    "is_approved": IS_APPROVED,
    "branch_exists": Branch.validity.sql("b", "o.date"),
    "takes_part": sql_takes_part("b", "run", "o.date"),
    "of_campaign": "campaign_id = %(campaign)s",
    "of_days": "campaign_id = %(campaign)s AND date = ANY(%(days)s::date[])",
}

# Before anything is read, even which codes there are: what comes in later leaves its day dirty. The
# days that a drain has taken, which waits for this to end, stay its own.
CLEAR = """
    DELETE FROM campaign_dirtyday WHERE id IN (
        SELECT id FROM campaign_dirtyday
        WHERE campaign_id = %(campaign)s AND (branch_id IS NULL OR unit_id IS NULL)
        FOR UPDATE SKIP LOCKED)
"""
# What a branch did in a unit on a day (docs/counting.md C1); a report of which nothing counts is
# there too, since it was heard.
OUTCOMES = """
    CREATE TEMPORARY TABLE outcome ON COMMIT DROP AS
    WITH report AS MATERIALIZED (
        SELECT branch_id, unit_id, date, {counted} AS counts, {is_approved} AS is_approved
        FROM reports_dailyreport r WHERE {of_days}
    )
    SELECT branch_id, unit_id, date, true AS is_report, is_approved {counts} {steps}
    FROM report {with_steps}
    UNION ALL
    SELECT branch_id, unit_id, date, false, false {counts} {no_steps}
    FROM volunteers_supportsession s
    WHERE {of_days} AND state = 'closed' AND NOT EXISTS (
        SELECT FROM report r
        WHERE (r.branch_id, r.unit_id, r.date) = (s.branch_id, s.unit_id, s.date)
        AND r.counts IS NOT NULL)
    {moved}
"""
# By how much each report is more or less than what stood before, on both bases (C28): of all days
# at once, since the one before may be of any week.
STEPS = (
    """CREATE TEMPORARY TABLE step ON COMMIT DROP AS
    SELECT branch_id, unit_id, date {changes} FROM (
        SELECT campaign_id, branch_id, unit_id, date, {is_approved} AS is_approved {values},
               {has_before} AS has_before
        FROM (SELECT r.*, {counted} AS counting FROM reports_dailyreport r WHERE {of_campaign}) r
    ) r""",
    "ANALYZE step",
)
CHANGE = f"""
    v{{n}} - coalesce(CASE WHEN has_before THEN {
    value_in_pair("%(code_{n})s", "campaign_id", "branch_id, unit_id", "date", is_approved=False)
}
        ELSE lag(v{{n}}) OVER (
            PARTITION BY branch_id, unit_id, v{{n}} IS NULL ORDER BY date) END, 0) AS r{{n}},
    CASE WHEN is_approved THEN v{{n}} - coalesce(CASE WHEN has_before THEN {
    value_in_pair("%(code_{n})s", "campaign_id", "branch_id, unit_id", "date", is_approved=True)
}
        ELSE lag(v{{n}}) OVER (
            PARTITION BY branch_id, unit_id, v{{n}} IS NULL, is_approved ORDER BY date) END, 0)
    END AS a{{n}}
"""
# What stood in what has ended, and where it went.
_MOVED = """
    UNION ALL
    SELECT branch_id, unit_id, date, false, false {{no_counts_of_added}} {{moved_steps}}
    FROM ({moved}) m
"""
MOVED = _MOVED.format(moved=moved("c.id = %(campaign)s", "%(days)s::date[]"))
WITH_STEPS = "LEFT JOIN step USING (branch_id, unit_id, date)"
# Whether a branch was heard on a day: once, however many units it reported for (C11 to C13).
ARRIVALS = """
    CREATE TEMPORARY TABLE arrival ON COMMIT DROP AS
    SELECT b.id, b.home_unit_id, o.date,
           is_report AND is_expected AS received,
           is_approved AND is_expected AS received_approved,
           is_report AND is_expected AND hosts AS received_unscheduled,
           is_approved AND is_expected AND hosts AS received_unscheduled_approved
    FROM (
        SELECT branch_id, date, bool_or(is_report) AS is_report,
               bool_or(is_approved) AS is_approved
        FROM outcome GROUP BY branch_id, date
    ) o
    JOIN campaign_branch b ON b.id = o.branch_id
    JOIN campaign_campaign run ON run.id = %(campaign)s
    CROSS JOIN LATERAL (
        SELECT (o.branch_id, o.date) IN (
            SELECT branch_id, date FROM volunteers_supportsession
            WHERE {of_days} AND state <> 'cancelled') AS hosts) calendar
    CROSS JOIN LATERAL (
        SELECT ({takes_part} OR hosts) AND {branch_exists} AS is_expected) rules
"""
# Of each node what is its own, in the days of one tree.
OWN = """
    CREATE TEMPORARY TABLE part ON COMMIT DROP AS
    SELECT 0 AS step, node_id, date {sum_of_counts} {sum_of_received}
    FROM (
        SELECT {column} AS node_id, date {own_counts} {nobody} FROM outcome
        UNION ALL
        SELECT {expected}, date {no_counts} {arrived} FROM arrival b
    ) own GROUP BY node_id, date
"""
# What the children of each node have come to, a level at a time.
UP = """
    INSERT INTO part
    SELECT step + 1, node.parent_id, date {sum_of_counts} {sum_of_received}
    FROM part JOIN {node} node ON node.id = node_id
    WHERE step = %(step)s AND node.parent_id IS NOT NULL
    GROUP BY step, node.parent_id, date
"""
DAYS = """(
    SELECT node_id {reported_of_day} {approved_of_day}, received, received_approved
    FROM {day} WHERE {of_campaign}) days
"""
# Numbers are compared as they are, and put together only where they differ.
DIFFERING = """
    CREATE TEMPORARY TABLE differing ON COMMIT DROP AS
    SELECT {identity}, made.is_made, {packed_reported} AS reported,
           {packed_approved} AS approved {received} {times}
    FROM (
        SELECT {identity}, true AS is_made {sum_of_counts} {sum_of_received}
        FROM {parts} GROUP BY {identity}
    ) made
    FULL JOIN (SELECT * FROM {stored} WHERE {those}) t USING ({identity})
    WHERE {counts_differ} OR is_made IS NULL
    OR ({received_stored}) IS DISTINCT FROM ({received_made})
"""
WRITE = (
    """DELETE FROM {stored} WHERE {those} AND ({identity}) IN (
        SELECT {identity} FROM differing)""",
    """INSERT INTO {stored} (campaign_id, {identity}, {figures}, computed_at {time_columns})
    SELECT %(campaign)s, {identity}, {figures}, %(now)s {time_columns}
    FROM differing WHERE is_made""",
)

# A moment of a row that is no other on a basis stays what it was; else nobody knows it but now.
TIME = """CASE WHEN {packed} = coalesce(t.{basis}, '{{}}') AND {received}
    THEN t.{column} ELSE %(now)s::timestamptz END AS {column}"""

RECEIVED = ("received", "received_approved")
RECEIVED_OF_DAY = (*RECEIVED, "received_unscheduled", "received_unscheduled_approved")


def rebuild() -> int:
    """Make all totals again; return how many there are of days.

    Drains under way end first, and others wait; pages read on and reports come in.
    """
    add_partitions()
    while spread_batch():
        pass
    campaigns = Campaign.objects.with_days().order_by("pk").values_list("pk", flat=True)
    return sum(_rebuild(campaign) for campaign in list(campaigns))


@transaction.atomic
def _rebuild(campaign: int) -> int:
    hold()
    if not Campaign.objects.with_days().filter(pk=campaign).exists():
        return 0  # archived meanwhile
    with connection.cursor() as cursor:
        for statement in (*FOR_MANY_ROWS, CLEAR):
            cursor.execute(statement, {"campaign": campaign})
    making = _Making(campaign)
    for days in chunks(days_of(campaign)):
        making.make_days(days)
    for tree in TREES:
        making.make_to_date(tree)
    making.end()
    return sum(tree.days._default_manager.filter(campaign=campaign).count() for tree in TREES)


class _Making:
    """The statements for one campaign, with its codes in them."""

    def __init__(self, campaign: int) -> None:
        columns = Columns(campaign)
        self.values: dict[str, Any] = {
            **columns.values,
            "campaign": campaign,
            "approved": list(APPROVED_BASIS),
            "now": clock.now(),
            "today": clock.today(),
        }
        self.words = {
            **RULES,
            "counts": columns.out_of("counts", "r", columns.added),
            "has_before": has_before("r.branch_id", "r.unit_id"),
            "values": columns.out_of("counting", "v", columns.states),
            "changes": columns.each(CHANGE, columns.states),
            "steps": columns.each("step.r{n}, step.a{n}", columns.states),
            "with_steps": WITH_STEPS if columns.states else "",
            "no_steps": columns.each(
                "NULL::double precision, NULL::double precision", columns.states
            ),
            "reported_of_day": columns.out_of("reported", "r"),
            "approved_of_day": columns.out_of("approved", "a"),
            "own_counts": columns.each(
                "r{n}, CASE WHEN is_approved THEN r{n} END AS a{n}", columns.added
            )
            + columns.each("r{n}, a{n}", columns.states),
            "no_counts": columns.each("NULL, NULL"),
            "nobody": each(RECEIVED_OF_DAY, "0::double precision AS {}"),
            "arrived": each(RECEIVED_OF_DAY, "{}::int::double precision"),
            "sum_of_counts": columns.each(
                "sum(r{n}) AS r{n}, sum(a{n}) AS a{n}", [*columns.added, *columns.states]
            ),
            "packed_reported": columns.packed("r"),
            "packed_approved": columns.packed("a"),
            "counts_differ": columns.differ("t"),
        }
        self.words["moved"] = ""
        if columns.states:
            self.words["moved"] = MOVED.format(
                no_counts_of_added=columns.each("NULL::double precision", columns.added),
                moved_steps=columns.each(MOVED_STEP, columns.states),
            )
            for statement in STEPS:
                self._run(statement)

    def make_days(self, days: list[dt.date]) -> None:
        self.values["days"] = days
        for statement in (OUTCOMES, ARRIVALS):
            self._run(statement)
        of_parts = {"sum_of_received": each(RECEIVED_OF_DAY, "sum({0}) AS {0}")}
        for tree in TREES:
            words = {**vars(tree), **of_parts}
            self._run(OWN, words)
            for step in range(self._depth(tree)):
                self.values["step"] = step
                self._run(UP, words)
            stored = (tree.day, "node_id, date", RECEIVED_OF_DAY, RULES["of_days"])
            self._write("part", *stored, self._times())
            self._run("DROP TABLE part")
        self._run("DROP TABLE outcome, arrival")

    def end(self) -> None:
        self._run("DROP TABLE IF EXISTS step")

    def make_to_date(self, tree: Tree) -> None:
        """Make the totals to date of the days, which are right by now."""
        parts = DAYS.format(**vars(tree), **self.words)
        self._write(parts, tree.total, "node_id", RECEIVED, RULES["of_campaign"])

    def _run(self, statement: str, words: Mapping[str, Any] = {}) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(**self.words, **words), self.values)
            return int(cursor.rowcount)

    def _times(self) -> dict[str, str]:
        """Return how each moment of a day is found, by its column."""
        same = "coalesce(made.{0}, 0) = coalesce(t.{0}, 0)"
        return {
            column: TIME.format(
                basis=basis, column=column, packed=self.words[f"packed_{basis}"], received=condition
            )
            for basis, received in zip(BASES, RECEIVED, strict=True)
            for column, condition in (
                (f"{basis}_at", same.format(received)),
                (f"{basis}_to_date_at", "true"),
            )
        }

    def _depth(self, tree: Tree) -> int:
        return int(tree.nodes._default_manager.aggregate(most=Max("depth"))["most"] or 0)

    def _write(
        self,
        parts: str,
        stored: str,
        identity: str,
        received: Sequence[str],
        those: str,
        times: Mapping[str, str] = {},
    ) -> None:
        """Write what parts come to where something else is stored; ``times`` are of days."""
        words = {
            "parts": parts,
            "stored": stored,
            "those": those,
            "identity": identity,
            "figures": ", ".join(("reported", "approved", *received)),
            "sum_of_received": each(received, "sum({0}) AS {0}"),
            "received": each(received, "made.{0}"),
            "received_made": ", ".join(f"made.{name}" for name in received),
            "received_stored": ", ".join(f"t.{name}" for name in received),
            "times": "".join(f", {value}" for value in times.values()),
            "time_columns": each(times, "{}"),
        }
        if self._run(DIFFERING, words):
            for statement in WRITE:
                self._run(statement, words)
        self._run("DROP TABLE differing")
