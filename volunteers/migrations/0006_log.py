"""What comes of a session stands in the log, that of those that there are first."""

from django.db import migrations

from core.log.triggers import log_rows

OUTCOME = (
    *("id", "campaign_id", "branch_id", "unit_id", "date", "state", "counts", "headcount"),
    *("participations", "closed_at", "closed_by_id"),
)


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0005_keys"), ("core", "0003_log")]

    operations = [log_rows("volunteers_supportsession", "session", *OUTCOME)]
