"""Who takes part is the campaign's; blank, all branches that report daily, as it was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaign", "0015_successions")]

    operations = [
        migrations.AddField(
            "campaign",
            "takes_part",
            models.JSONField(default=dict, editable=False, verbose_name="ai tham gia"),
        ),
    ]
