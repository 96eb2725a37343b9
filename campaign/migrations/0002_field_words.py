"""Models take the words of the glossary; Django renames their tables, no row is touched."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaign", "0001_second_edition")]

    operations = [
        migrations.RenameModel("Grant", "LateEntryGrant"),
        migrations.RenameModel("Term", "FormulaTerm"),
        migrations.RenameModel("Outline", "Boundary"),
        migrations.AlterField(
            "boundary",
            "unit",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="boundary",
                to="campaign.unit",
            ),
        ),
    ]
