from django.db import migrations, models

import volunteers.sessions.models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0021_days_may_lose"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sessiondraft",
            name="place_kind",
            field=models.CharField(choices=volunteers.sessions.models.point_kinds, max_length=20),
        ),
    ]
