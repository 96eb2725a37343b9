"""Baselines hold from a day on; what is there has held since the beginning."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaign", "0006_names_hold_from_a_day")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="past",
            field=models.JSONField(default=list, editable=False),
        )
        for name in ("baseline", "baselinefigure")
    ]
