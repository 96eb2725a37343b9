"""The leaves of revisions are written by one statement for all rows that a statement adds."""

from importlib import import_module

from django.db import migrations

before = import_module("reports.migrations.0010_log")

# What ``reports_revision_leaf`` and ``core_add_leaf`` make of one row, of all that were added.
LOG = """
CREATE FUNCTION reports_log_revisions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO public, pg_temp SET timezone TO 'UTC' AS $$
BEGIN
    INSERT INTO core_leaf (subject, key, content, salt, entry)
    SELECT 'revision', key, words, salt, sha256(uuid_send(salt)
        || convert_to('revision' || E'\\n' || key || E'\\n' || words, 'UTF8'))
    FROM (
        SELECT v.id::text AS key, gen_random_uuid() AS salt,
            (to_jsonb(v) || jsonb_build_object('report', CASE WHEN r.version = v.version
                THEN to_jsonb(r) - ARRAY(SELECT jsonb_object_keys(v.content))
                ELSE jsonb_build_object('id', r.id, 'campaign_id', r.campaign_id,
                    'branch_id', r.branch_id, 'unit_id', r.unit_id, 'date', r.date) END)
            )::text AS words
        FROM added v JOIN reports_dailyreport r ON r.id = v.report_id
        OFFSET 0
    ) rows;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER row_is_logged AFTER INSERT ON reports_revision
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION reports_log_revisions()
"""
GONE = "DROP TRIGGER row_is_logged ON reports_revision"


class Migration(migrations.Migration):
    dependencies = [("reports", "0019_units_by_date")]

    operations = [
        migrations.RunSQL(
            [GONE, "DROP FUNCTION reports_log_revision()", LOG, TRIGGER],
            [GONE, "DROP FUNCTION reports_log_revisions()", before.LOG, before.TRIGGER],
        ),
    ]
