"""Reports that come in or are decided are noted, for what reads them before they are added up."""

from django.db import migrations

from core.changes import functions, note_changes


class Migration(migrations.Migration):
    dependencies = [("reports", "0016_changes")]

    operations = [functions("report"), note_changes("report", "reports_dailyreport")]
