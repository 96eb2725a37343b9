"""Reports know the sessions that they cover, and what counts of them while they are returned.

Of older rows: a report covers the closed sessions of its day where it is not lower than their sum,
and so was what counted; else those closed before it came in, and the rest is asked about. Days
whose totals change by that are made again.
"""

from typing import Any

from django.db import migrations, models

import campaign.models.counts

COVER = """
    WITH closed AS (
        SELECT r.id, r.counts, r.received_at, s.id AS session_id, s.counts AS outcome, s.closed_at
        FROM reports_dailyreport r JOIN volunteers_supportsession s
          ON (s.campaign_id, s.branch_id, s.unit_id, s.date)
           = (r.campaign_id, r.branch_id, r.unit_id, r.date)
        WHERE s.state = 'closed'
    ), sums AS (
        SELECT id, key, sum(value::bigint) AS value
        FROM closed, jsonb_each_text(outcome) GROUP BY id, key
    ), lower AS (
        SELECT DISTINCT sums.id FROM sums JOIN reports_dailyreport r USING (id)
        WHERE coalesce((r.counts ->> key)::bigint, 0) < value
    ), covered AS (
        SELECT id, jsonb_object_agg(session_id::text, outcome) AS sessions FROM closed
        WHERE id NOT IN (SELECT id FROM lower) OR closed_at <= received_at
        GROUP BY id
    )
    UPDATE reports_dailyreport r SET covered_sessions = covered.sessions
    FROM covered WHERE covered.id = r.id
"""
# Sums of sessions in reports that are lower; what a branch reported while it did not exist.
MARK = """
    INSERT INTO campaign_dirtyday (campaign_id, branch_id, unit_id, date, since)
    SELECT DISTINCT r.campaign_id, r.branch_id, r.unit_id, r.date, now()
    FROM reports_dailyreport r JOIN campaign_branch b ON b.id = r.branch_id
    LEFT JOIN volunteers_supportsession s
      ON (s.campaign_id, s.branch_id, s.unit_id, s.date)
       = (r.campaign_id, r.branch_id, r.unit_id, r.date) AND s.state = 'closed'
    WHERE r.status = 'returned' OR r.date < b.opened_on OR r.date >= b.closed_on
    OR (s.id IS NOT NULL AND NOT r.covered_sessions ? s.id::text)
"""


def fall_back(apps: Any, schema_editor: Any) -> None:
    """Let returned reports fall back on the last version before it that was not returned."""
    reports = apps.get_model("reports", "DailyReport").objects.filter(status="returned")
    revisions = apps.get_model("reports", "Revision").objects
    for report in reports:
        fallback = present = None
        was_returned = False
        for content in (
            revisions.filter(report_id=report.pk)
            .order_by("version")
            .values_list("content", flat=True)
        ):
            status = content["status"]
            if status == "returned":
                was_returned = True
                continue
            if status == "submitted" and not was_returned:
                fallback = present
            was_returned = False
            present = content["counts"], status in ("approved", "locked")
        if fallback:
            report.fallback_counts, report.fallback_approved = fallback
            report.save(update_fields=["fallback_counts", "fallback_approved"])


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0002_field_words"),
        ("volunteers", "0001_second_edition"),
        ("reports", "0003_field_words"),
    ]

    operations = [
        migrations.AddField("dailyreport", "covered_sessions", models.JSONField(default=dict)),
        migrations.AddField("dailyreport", "fallback_approved", models.BooleanField(default=False)),
        migrations.AddField(
            "dailyreport",
            "fallback_counts",
            campaign.models.counts.CountsField(default=None, null=True),
        ),
        migrations.AlterField(
            "revision",
            "source",
            models.CharField(
                choices=[
                    ("page", "Trang báo cáo"),
                    ("queue", "Gửi từ điện thoại khi có mạng"),
                    ("paste", "Dán tin Zalo"),
                    ("review", "Duyệt"),
                    ("session", "Đối chiếu buổi hỗ trợ"),
                    ("api", "API"),
                    ("seed", "Số liệu minh họa"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunSQL(COVER, migrations.RunSQL.noop),
        migrations.RunPython(fall_back, migrations.RunPython.noop),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
        # Deferred keys of the rows above are checked before their table is altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "dailyreport",
            models.CheckConstraint(
                condition=campaign.models.counts.AreCounts(
                    models.F("fallback_counts"), most=1000000
                ),
                name="report_falls_back_on_counts",
            ),
        ),
        migrations.AddConstraint(
            "dailyreport",
            models.CheckConstraint(
                condition=models.Q(status="returned")
                | models.Q(fallback_approved=False, fallback_counts__isnull=True),
                name="only_a_returned_report_falls_back",
            ),
        ),
    ]
