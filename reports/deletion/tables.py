"""Which rows are a campaign's own, and how the database deletes them.

A row that refers to a row of another table comes before it. The function belongs to the owner of
the database: web and workers may delete nothing of what is kept for ever, and through it no more
than an archived campaign, whole, after a file of as many rows was recorded.
"""

from django.db.migrations import RunSQL

_SESSIONS = "session_id IN (SELECT id FROM volunteers_supportsession WHERE campaign_id = {id})"
_OF_SESSION = _SESSIONS.replace("session_id", "supportsession_id")
_REPORTS = "report_id IN (SELECT id FROM reports_dailyreport WHERE campaign_id = {id})"
_INDICATORS = "indicator_id IN (SELECT id FROM campaign_indicator WHERE campaign_id = {id})"
_CHECKS = "of_id IN (SELECT id FROM reports_check WHERE campaign_id = {id})"
OWN = "campaign_id = {id}"
TABLES: tuple[tuple[str, str], ...] = (
    ("volunteers_participation", _SESSIONS),
    ("volunteers_decline", _SESSIONS),
    ("volunteers_walkin", _SESSIONS),
    ("volunteers_helprequest", OWN),
    ("volunteers_supportsession_teams", _OF_SESSION),
    ("volunteers_supportsession_partners", _OF_SESSION),
    ("volunteers_supportsession", OWN),
    ("volunteers_series", OWN),
    ("volunteers_certificate", OWN),
    ("volunteers_signatory", OWN),
    ("reports_checkoutcome", _CHECKS),
    ("reports_check", OWN),
    ("reports_checkplan", OWN),
    ("reports_revision", _REPORTS),
    ("reports_dailyreport", OWN),
    ("reports_publication", OWN),
    ("reports_figurecode", OWN),
    ("reports_export", OWN),
    ("reports_notice", OWN),
    ("reports_planassumption", OWN),
    ("reports_sessiondraft", OWN),
    ("reports_differenceremark", OWN),
    ("reports_differencetolerance", OWN),
    ("reports_higherspell", OWN),
    ("reports_followup", OWN),
    ("reports_officialfigure", OWN),
    ("reports_officialfile", OWN),
    ("reports_officialcolumn", OWN),
    ("reports_countsfile", OWN),
    ("reports_columnmeaning", OWN),
    ("reports_unitday", OWN),
    ("reports_branchday", OWN),
    ("reports_unittotal", OWN),
    ("reports_branchtotal", OWN),
    ("reports_rollupdifference", OWN),
    ("campaign_lateentrygrant", OWN),
    ("campaign_target", OWN),
    ("campaign_formulaterm", _INDICATORS),
    ("campaign_indicator", OWN),
    ("campaign_phase", OWN),
    ("campaign_dirtyday", OWN),
    ("campaign_campaign", "id = {id}"),
)
# Revisions that are gone with a campaign, of which the log says so (core.log.subjects).
GONE = """doc->'report'->>'campaign_id' IN (
    SELECT campaign_key::text FROM reports_finalexport WHERE deleted_at IS NOT NULL)"""

_DELETE = """
CREATE FUNCTION reports_delete_campaign(
    export bigint, actor bigint, moment timestamptz, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO public, pg_temp AS $$
DECLARE
    stored reports_finalexport;
    rule text[];
    part text;
    gone bigint;
BEGIN
    SELECT * INTO stored FROM reports_finalexport
        WHERE id = export AND deleted_at IS NULL FOR UPDATE;
    PERFORM FROM campaign_campaign
        WHERE id = stored.campaign_key AND slug = stored.slug AND state = 'archived' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Only an archived campaign with a final export is deleted.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE reports_finalexport SET deleted_at = moment, deleted_by_id = actor, reason = why
        WHERE id = export;
    SET CONSTRAINTS ALL IMMEDIATE;
    FOREACH rule SLICE 1 IN ARRAY ARRAY[{rules}] LOOP
        EXECUTE format('DELETE FROM %I WHERE ' || rule[2], rule[1]) USING stored.campaign_key;
        GET DIAGNOSTICS gone = ROW_COUNT;
        IF gone <> coalesce((stored.rows->>rule[1])::bigint, -1) THEN
            RAISE EXCEPTION '% has % rows, and the export %.', rule[1], gone, stored.rows->>rule[1]
                USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
    END LOOP;
    FOREACH part IN ARRAY ARRAY['reports_unitday', 'reports_branchday'] LOOP
        EXECUTE format('DROP TABLE IF EXISTS %I', part || '_' || stored.campaign_key);
    END LOOP;
    SET CONSTRAINTS ALL DEFERRED;
END $$
"""


# Revisions were never deleted; now they are with their campaign, and only after that is recorded.
_GUARD = """
CREATE FUNCTION reports_guard_revision() RETURNS trigger
LANGUAGE plpgsql SET search_path TO public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM reports_dailyreport r
        JOIN reports_finalexport e ON e.campaign_key = r.campaign_id AND e.deleted_at IS NOT NULL
        WHERE r.id = OLD.report_id)
    THEN
        RAISE EXCEPTION 'Revisions are only ever added.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$
"""
_UNCHANGED = (
    "CREATE TRIGGER revision_is_kept BEFORE {what} ON reports_revision FOR EACH STATEMENT "
    "EXECUTE FUNCTION reports_refuse_change()"
)
_GUARDED = (
    "CREATE TRIGGER deletion_is_guarded BEFORE DELETE ON reports_revision "
    "FOR EACH ROW EXECUTE FUNCTION reports_guard_revision()"
)
_FREE = "DROP TRIGGER revision_is_kept ON reports_revision"


def deletion() -> RunSQL:
    """Return the operation that makes the function, and lets revisions go by it alone."""
    return RunSQL(
        [_GUARD, _FREE, _UNCHANGED.format(what="UPDATE"), _GUARDED, _function()],
        [
            "DROP FUNCTION reports_delete_campaign(bigint, bigint, timestamptz, text)",
            "DROP TRIGGER deletion_is_guarded ON reports_revision",
            _FREE,
            _UNCHANGED.format(what="UPDATE OR DELETE"),
            "DROP FUNCTION reports_guard_revision()",
        ],
    )


def deletion_again() -> RunSQL:
    """Return the operation that makes the function anew, for a migration that adds a table."""
    return RunSQL(_function().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), RunSQL.noop)


def _function() -> str:
    rules = ",\n        ".join(
        f"['{table}', '{where.replace('{id}', '$1')}']" for table, where in TABLES
    )
    return _DELETE.format(rules=rules)
