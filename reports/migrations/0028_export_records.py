"""A file's record says what it holds, by which map, and what else was asked for.

Of files before that the map is known where there is one map only. Their leaves stay as they are;
later ones say these columns too.
"""

from django.db import migrations, models

from core.log.triggers import log_rows

COLUMNS = (
    *("id", "actor_id", "campaign_id", "first_day", "last_day", "basis", "as_of", "started_at"),
    *("rows", "sha256", "figures"),
)
ADDED = ("kind", "map", "filter")
MAP = """
    UPDATE reports_export SET map = 'then' WHERE NOT EXISTS (SELECT FROM campaign_succession)
"""


def trigger(*columns: str) -> str:
    """Return what has a leaf written when one of these columns changes; no leaf for rows of now."""
    return log_rows("reports_export", "export", *columns).sql[1]


GONE = "DROP TRIGGER row_is_logged ON reports_export"


class Migration(migrations.Migration):
    dependencies = [("reports", "0027_official_figures")]

    operations = [
        migrations.AddField(
            "export",
            "kind",
            models.CharField(
                choices=[("police", "Tệp đối soát"), ("changes", "Thay đổi từ một tệp")],
                default="police",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "export",
            "map",
            models.CharField(
                blank=True,
                choices=[("then", "Như khi đó"), ("now", "Theo bản đồ hôm nay")],
                default="",
                max_length=4,
            ),
        ),
        migrations.AddField("export", "filter", models.JSONField(default=dict)),
        migrations.RunSQL(MAP, migrations.RunSQL.noop),
        migrations.RunSQL(
            [GONE, trigger(*COLUMNS, *ADDED)],
            [GONE, trigger(*COLUMNS)],
        ),
    ]
