"""Keeps many made-up reports at once, each with its first revision."""

from collections.abc import Sequence

from django.db import connection

from reports.daily.models import DailyReport, Source
from reports.daily.texts import TEXT_NAMES

BATCH = 3000
# As ``submit_report`` records a revision, by nobody. The database makes them out of the
# reports it has: in Python the JSON alone would take as long as all the reports.
REVISIONS = """
    INSERT INTO reports_revision (report_id, version, actor_id, source, at, reason, content)
    SELECT id, version, NULL, %(source)s, received_at, return_reason, jsonb_build_object(
        'counts', counts, 'no_activity', no_activity, 'explanation', explanation,
        {texts}, 'unusual', unusual, 'status', status)
    FROM reports_dailyreport WHERE id = ANY(%(ids)s) ORDER BY date, id
"""


def bulk_insert(reports: Sequence[DailyReport]) -> int:
    """Insert the reports and their revisions; return how many reports.

    Also lets the planner know of them, so that a roll-up in the same transaction does not
    plan for an empty table.
    """
    DailyReport.objects.bulk_create(reports, batch_size=BATCH)
    with connection.cursor() as cursor:
        texts = ", ".join(f"'{name}', {name}" for name in TEXT_NAMES)
        cursor.execute(
            REVISIONS.format(texts=texts),
            {"source": Source.SEED, "ids": [report.pk for report in reports]},
        )
        cursor.execute("ANALYZE reports_dailyreport, campaign_branch, campaign_unit")
    return len(reports)
