from django.db import migrations, models

import volunteers.help_requests.models
import volunteers.sessions.models
import volunteers.teams.models


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0016_search_without_apostrophes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="helprequest",
            name="reason",
            field=models.CharField(
                choices=volunteers.help_requests.models.help_reasons,
                max_length=10,
                verbose_name="lý do",
            ),
        ),
        migrations.AlterField(
            model_name="supportsession",
            name="place_kind",
            field=models.CharField(
                choices=volunteers.sessions.models.point_kinds,
                max_length=20,
                verbose_name="loại điểm",
            ),
        ),
        migrations.AlterField(
            model_name="team",
            name="kind",
            field=models.CharField(
                choices=volunteers.teams.models.team_kinds,
                default="community",
                max_length=20,
                verbose_name="loại tổ",
            ),
        ),
    ]
