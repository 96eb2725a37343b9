"""Chains the revisions, and lets nobody change them from the application."""

from django.db import migrations

# One formula for the trigger;
# ``reports.services.history`` makes the hashes again in Python.
HASH = """encode(sha256(convert_to(coalesce({before}, '') || '|' || concat_ws('|',
    {row}.seq, {row}.report_id, {row}.version, coalesce({row}.actor_id::text, '-'), {row}.door,
    floor(extract(epoch FROM {row}.at) * 1000000)::bigint, {row}.content::text, {row}.reason),
    'UTF8')), 'hex')"""

# The lock is held until the commit: the next writer finds this row, or none of it. The
# query after it is a new one, and sees what the lock was waiting for.
CHAIN = f"""
CREATE FUNCTION reports_chain_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('reports_revision'));
    SELECT seq, hash INTO last FROM reports_revision ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last.seq, 0) + 1;
    NEW.hash := {HASH.format(before="last.hash", row="NEW")};
    RETURN NEW;
END $$
"""  # noqa: S608 - our own text
HEAD = """
CREATE FUNCTION reports_keep_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_historyhead (id, seq, hash)
    SELECT 1, seq, hash FROM reports_revision ORDER BY seq DESC LIMIT 1
    ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
    RETURN NULL;
END $$
"""
REFUSE = """
CREATE FUNCTION reports_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Revisions are only ever added.' USING ERRCODE = 'insufficient_privilege';
END $$
"""
TRIGGERS = [
    """CREATE TRIGGER revision_is_chained BEFORE INSERT ON reports_revision
       FOR EACH ROW EXECUTE FUNCTION reports_chain_revision()""",
    """CREATE TRIGGER revision_moves_head AFTER INSERT ON reports_revision
       FOR EACH STATEMENT EXECUTE FUNCTION reports_keep_head()""",
    """CREATE TRIGGER revision_is_kept BEFORE UPDATE OR DELETE ON reports_revision
       FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change()""",
    """CREATE TRIGGER revision_is_not_emptied BEFORE TRUNCATE ON reports_revision
       FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse_change()""",
]
UNDO = [
    "DROP TRIGGER revision_is_not_emptied ON reports_revision",
    "DROP TRIGGER revision_is_kept ON reports_revision",
    "DROP TRIGGER revision_moves_head ON reports_revision",
    "DROP TRIGGER revision_is_chained ON reports_revision",
    "DROP FUNCTION reports_refuse_change()",
    "DROP FUNCTION reports_keep_head()",
    "DROP FUNCTION reports_chain_revision()",
]


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_second_edition")]

    operations = [
        migrations.RunSQL([CHAIN, HEAD, REFUSE, *TRIGGERS], UNDO),
    ]
