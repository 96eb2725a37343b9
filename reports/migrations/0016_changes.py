"""Changes of what pages show are noted."""

from django.db import migrations

from core.changes import note_changes


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0015_phones"),
        ("core", "0005_changes"),
        ("campaign", "0011_changes"),
    ]

    operations = [
        note_changes(
            "campaign",
            "reports_export",
            "reports_rollupdifference",
        ),
        note_changes(
            "unit",
            "reports_unittotal",
        ),
    ]
