from django.db import migrations, models

import campaign.models.branches


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0018_aggregation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="branch",
            name="kind",
            field=models.CharField(
                choices=campaign.models.branches.branch_kinds, max_length=20, verbose_name="loại"
            ),
        ),
    ]
