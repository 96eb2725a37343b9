"""Changes of what pages show are noted."""

from django.db import migrations

from core.changes import note_changes


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_reads_in_the_log"), ("core", "0005_changes")]

    operations = [
        note_changes(
            "all",
            "privacy_subjectrequest",
        ),
    ]
