"""The chain of revisions ends; revisions, whole reports and receipts stand in the log.

What was chained comes first, in its order; each leaf keeps the place and the hash that the row had,
so that a head of the chain that was noted down can still be looked up.
"""

from importlib import import_module

from django.db import migrations

from core.log.triggers import log_rows

_history = import_module("reports.migrations.0002_history")
CHAIN = _history.CHAIN.replace("NEW.door", "NEW.source")

EXPORT = (
    *("id", "actor_id", "campaign_id", "first_day", "last_day", "basis", "as_of"),
    *("started_at", "rows", "sha256", "figures"),
)
# Of the report as it stands with its last revision all columns that the revision has not; of one
# that was corrected since, whose report it was.
LEAF = """
CREATE FUNCTION reports_revision_leaf(v reports_revision) RETURNS jsonb
LANGUAGE sql STABLE SET timezone TO 'UTC' AS $$
    SELECT to_jsonb(v) || jsonb_build_object('report', CASE WHEN r.version = v.version
        THEN to_jsonb(r) - ARRAY(SELECT jsonb_object_keys(v.content))
        ELSE jsonb_build_object('id', r.id, 'campaign_id', r.campaign_id,
            'branch_id', r.branch_id, 'unit_id', r.unit_id, 'date', r.date) END)
    FROM reports_dailyreport r WHERE r.id = v.report_id
$$
"""
OLD = """
SELECT core_add_leaf('revision', id::text, content) FROM (
    SELECT id, reports_revision_leaf(v) AS content FROM reports_revision v ORDER BY seq OFFSET 0
) rows
"""
LOG = """
CREATE FUNCTION reports_log_revision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO public, pg_temp AS $$
BEGIN
    PERFORM core_add_leaf('revision', NEW.id::text, reports_revision_leaf(NEW));
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER row_is_logged AFTER INSERT ON reports_revision
    FOR EACH ROW EXECUTE FUNCTION reports_log_revision()
"""
# What was said and what was taken names the last revision by its id.
BY_ID = """
UPDATE {table} SET figures = jsonb_set(figures, '{{seq}}', to_jsonb(coalesce(
    (SELECT max(id) FROM reports_revision WHERE seq <= (figures->>'seq')::bigint), 0)))
WHERE figures ? 'seq'
"""
CHAINED = (
    *("DROP TRIGGER revision_moves_head ON reports_revision",),
    *("DROP TRIGGER revision_is_chained ON reports_revision",),
    *("DROP FUNCTION reports_keep_head()", "DROP FUNCTION reports_chain_revision()"),
)
NOTHING = migrations.RunSQL.noop


class Migration(migrations.Migration):
    dependencies = [("reports", "0009_keys"), ("core", "0003_log")]

    operations = [
        migrations.RunSQL(
            [BY_ID.format(table=table) for table in ("reports_publication", "reports_export")],
            NOTHING,
        ),
        migrations.RunSQL([LEAF, OLD], ["DROP FUNCTION reports_revision_leaf(reports_revision)"]),
        migrations.RunSQL(list(CHAINED), [CHAIN, _history.HEAD, *_history.TRIGGERS[:2]]),
        migrations.RemoveField("revision", "seq"),
        migrations.RemoveField("revision", "hash"),
        migrations.DeleteModel("HistoryHead"),
        migrations.RunSQL(
            [LOG, TRIGGER],
            [
                "DROP TRIGGER row_is_logged ON reports_revision",
                "DROP FUNCTION reports_log_revision()",
            ],
        ),
        log_rows("reports_export", "export", *EXPORT),
    ]
