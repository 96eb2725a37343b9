"""Keeps many made-up reports at once, each with its revisions."""

from collections.abc import Sequence

from django.db import connection

from campaign.models import Campaign
from reports.daily.models import DailyReport, Source
from reports.daily.texts import TEXT_NAMES

BATCH = 3000
# As ``submit_report`` records a revision, by nobody. The database makes them out of the
# reports it has: in Python the JSON alone would take as long as all the reports. Who was sent
# back had sent a first version without a note.
REVISIONS = """
    INSERT INTO reports_revision (report_id, version, actor_id, source, at, reason, content)
    SELECT id, n, NULL, CASE WHEN n = 3 THEN 'review' ELSE %(source)s END,
        received_at + (n - 1) * interval '1 minute',
        CASE WHEN n = version THEN return_reason ELSE '' END,
        jsonb_build_object(
            'counts', counts, 'no_activity', no_activity, 'explanation', explanation, {texts},
            'unusual', unusual, 'covered_sessions', covered_sessions,
            'status', CASE WHEN n = version THEN status ELSE 'submitted' END)
        || CASE WHEN n < version - 1 THEN jsonb_build_object('note', '') ELSE '{{}}' END
    FROM reports_dailyreport, generate_series(1, version) AS n
    WHERE campaign_id = %(campaign)s
    AND NOT EXISTS (SELECT FROM reports_revision v WHERE v.report_id = reports_dailyreport.id)
    ORDER BY date, id, n
"""
COVER = """
    UPDATE reports_dailyreport r SET covered_sessions = s.outcome
    FROM (
        SELECT campaign_id, branch_id, unit_id, date, jsonb_object_agg(id::text, counts) AS outcome
        FROM volunteers_supportsession WHERE campaign_id = %(campaign)s AND state = 'closed'
        GROUP BY 1, 2, 3, 4
    ) s
    WHERE (s.campaign_id, s.branch_id, s.unit_id, s.date)
        = (r.campaign_id, r.branch_id, r.unit_id, r.date)
"""


def insert_reports(reports: Sequence[DailyReport]) -> int:
    """Insert the reports, still without revisions; return how many.

    Also lets the planner know of them, so that a roll-up in the same transaction does not
    plan for an empty table.
    """
    DailyReport.objects.bulk_create(reports, batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reports_dailyreport, campaign_branch, campaign_unit")
    return len(reports)


def record_history(campaign: Campaign) -> None:
    """Let new reports cover the sessions of their days, and give them their revisions."""
    texts = ", ".join(f"'{name}', {name}" for name in TEXT_NAMES)
    with connection.cursor() as cursor:
        cursor.execute(COVER, {"campaign": campaign.pk})
        cursor.execute(
            REVISIONS.format(texts=texts), {"campaign": campaign.pk, "source": Source.SEED}
        )
