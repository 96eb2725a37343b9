"""Changes of what pages show are noted."""

from django.db import migrations

from core.changes import note_changes


class Migration(migrations.Migration):
    dependencies = [("campaign", "0010_unit_contact"), ("core", "0005_changes")]

    operations = [
        note_changes(
            "all",
            "campaign_appointment",
            "campaign_baseline",
            "campaign_baselinefigure",
            "campaign_boundary",
            "campaign_branch",
            "campaign_campaign",
            "campaign_formulaterm",
            "campaign_unit",
        ),
        note_changes(
            "campaign",
            "campaign_indicator",
            "campaign_lateentrygrant",
            "campaign_phase",
            "campaign_target",
        ),
    ]
