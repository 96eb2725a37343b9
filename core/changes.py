"""Which pages a committed change may have changed: what the database notes by itself.

A trigger of each table that pages show adds a row to ``core_change`` in the transaction that
writes there, whichever way it writes: a random number, for one campaign or all of them, for one
unit and those above it or all of them. The tag of a page is the sum of the numbers of its campaign
and unit, bit by bit. Rows are only added, so nobody waits for anybody; and because the order of
a sum does not matter, ``fold`` puts one row in the place of many without changing any tag. A
number that was rolled back, or lost with an older backup, never comes again.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.migrations import RunSQL

# Whose pages show the rows of a table, by kind: campaign and unit, and zero for all of them.
KINDS = {
    "all": "SELECT 0, 0 WHERE EXISTS (SELECT FROM {rows} r)",
    "campaign": "SELECT DISTINCT coalesce(campaign_id, 0), 0 FROM {rows} r",
    # Totals of a unit stand on its own pages and on those of the units above.
    "unit": """SELECT DISTINCT campaign_id, above.id::bigint
        FROM {rows} r JOIN campaign_unit u ON u.id = r.node_id
        CROSS JOIN string_to_table(rtrim(u.path, '.'), '.') AS above(id)""",
    # What reads reports before they are added up asks for the same units below zero: a dashboard,
    # which shows the totals, is not made again for each report that comes in.
    "report": """SELECT DISTINCT campaign_id, -above.id::bigint
        FROM {rows} r JOIN campaign_branch b ON b.id = r.branch_id
        JOIN campaign_unit u ON u.id IN (r.unit_id, b.home_unit_id)
        CROSS JOIN string_to_table(rtrim(u.path, '.'), '.') AS above(id)""",
}
NOTE = """
CREATE FUNCTION core_note_{kind}() RETURNS trigger
LANGUAGE plpgsql SET search_path TO public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO core_change (campaign_id, unit_id) {of_both};
    ELSIF TG_OP = 'TRUNCATE' THEN
        INSERT INTO core_change (campaign_id, unit_id) VALUES (0, 0);
    ELSE
        INSERT INTO core_change (campaign_id, unit_id) {of_one};
    END IF;
    RETURN NULL;
END $$
"""
BOTH = "(SELECT * FROM changed UNION ALL SELECT * FROM was)"
TRIGGERS = {
    "insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed",
    "update": "AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed OLD TABLE AS was",
    "delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed",
    "truncate": "AFTER TRUNCATE ON {table}",
}
# Of a campaign and an array of the units that a page is about, in raw SQL.
TAG = """(SELECT coalesce(bit_xor(value), 0) FROM core_change
    WHERE campaign_id IN (0, {campaign}) AND unit_id = ANY (0::bigint || {units}))"""
FOLD = """
    WITH taken AS (
        SELECT id FROM core_change c
        WHERE EXISTS (
            SELECT FROM core_change other
            WHERE (other.campaign_id, other.unit_id) = (c.campaign_id, c.unit_id)
            AND other.id <> c.id)
        ORDER BY id FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM core_change c USING taken WHERE c.id = taken.id
        RETURNING c.campaign_id, c.unit_id, c.value
    )
    INSERT INTO core_change (campaign_id, unit_id, value)
    SELECT campaign_id, unit_id, bit_xor(value) FROM gone GROUP BY campaign_id, unit_id
"""


def tag_of_settings(campaign: str) -> str:
    """Return SQL for the tag of what belongs to a campaign or to all, and not to a unit."""
    return TAG.format(campaign=campaign, units="ARRAY[0::bigint]")


def _run(made: Sequence[str], undone: Sequence[str]) -> RunSQL:
    return RunSQL(tuple(made), tuple(undone))


def functions(*kinds: str) -> RunSQL:
    """Return the operation that makes the functions which note changes of these kinds."""
    made = [
        NOTE.format(
            kind=kind,
            of_one=KINDS[kind].format(rows="changed"),
            of_both=KINDS[kind].format(rows=BOTH),
        )
        for kind in kinds
    ]
    return _run(made, [f"DROP FUNCTION core_note_{kind}()" for kind in kinds])


def note_changes(kind: str, *tables: str) -> RunSQL:
    """Return the operation that has changes of tables noted; ``kind`` is one of ``KINDS``."""
    made, undone = [], []
    for table in tables:
        for name, when in TRIGGERS.items():
            made.append(
                f"CREATE TRIGGER {name}_is_noted {when.format(table=table)} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION core_note_{kind}()"
            )
            undone.append(f"DROP TRIGGER {name}_is_noted ON {table}")
    return _run(made, undone)


def fold() -> int:
    """Put one row in place of those for one campaign and unit; return how many stand for many."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
        return int(cursor.rowcount)
