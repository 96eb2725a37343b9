"""Targets hold from a day on; what is there holds from the campaign's first day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaign", "0003_settings_change")]

    operations = [
        migrations.AddField(
            model_name="settingschange",
            name="since",
            field=models.DateField(null=True, verbose_name="có hiệu lực từ"),
        ),
        migrations.AddField(
            model_name="target",
            name="past",
            field=models.JSONField(default=list, editable=False),
        ),
    ]
