"""Chains the revisions, and lets nobody change them from the application."""

from django.db import migrations, models

# One formula, written out for the trigger and for the rows that are there already;
# ``reports.services.history`` makes the hashes again in Python.
HASH = """encode(sha256(convert_to(coalesce({before}, '') || '|' || concat_ws('|',
    {row}.seq, {row}.report_id, {row}.version, coalesce({row}.actor_id::text, '-'), {row}.door,
    floor(extract(epoch FROM {row}.at) * 1000000)::bigint, {row}.content::text, {row}.reason),
    'UTF8')), 'hex')"""

CHAIN_OLD = f"""
DO $$
DECLARE
    one reports_revision;
    before text := '';
    place bigint := 0;
BEGIN
    FOR one IN SELECT * FROM reports_revision ORDER BY id LOOP
        place := place + 1;
        one.seq := place;
        before := {HASH.format(before="before", row="one")};
        UPDATE reports_revision SET seq = place, hash = before WHERE id = one.id;
    END LOOP;
    IF place > 0 THEN
        INSERT INTO reports_historyhead (id, seq, hash) VALUES (1, place, before);
    END IF;
END $$
"""  # noqa: S608 - our own text
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
    dependencies = [("reports", "0003_reporting_day")]

    operations = [
        migrations.CreateModel(
            name="HistoryHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunSQL([CHAIN_OLD], migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="revision",
            name="seq",
            field=models.BigIntegerField(db_default=0, editable=False, unique=True),
        ),
        migrations.RunSQL([CHAIN, HEAD, REFUSE, *TRIGGERS], UNDO),
    ]
