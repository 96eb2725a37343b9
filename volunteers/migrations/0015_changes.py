"""Changes of what pages show are noted."""

from django.db import migrations

from core.changes import note_changes


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0014_waiting_list"), ("core", "0005_changes")]

    operations = [
        note_changes(
            "all",
            "volunteers_membership",
            "volunteers_supportsession_partners",
            "volunteers_supportsession_teams",
            "volunteers_team",
            "volunteers_volunteer",
            "volunteers_volunteerlink",
        ),
        note_changes(
            "campaign",
            "volunteers_certificate",
            "volunteers_helprequest",
            "volunteers_series",
            "volunteers_signatory",
            "volunteers_supportsession",
        ),
    ]
