"""Changes are noted for the pages that show them."""

import django.contrib.postgres.functions
import django.db.models.functions.comparison
from django.db import migrations, models

from core.changes import functions


class Migration(migrations.Migration):
    dependencies = [("core", "0004_remark")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("campaign_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                (
                    "value",
                    models.BigIntegerField(
                        db_default=models.Func(
                            django.db.models.functions.comparison.Cast(
                                django.contrib.postgres.functions.RandomUUID(), models.TextField()
                            ),
                            models.Value(0),
                            function="hashtextextended",
                            output_field=models.BigIntegerField(),
                        )
                    ),
                ),
            ],
            options={
                "verbose_name": "thay đổi",
                "verbose_name_plural": "các thay đổi",
                "indexes": [models.Index(fields=["campaign_id", "unit_id"], name="change_by_page")],
            },
        ),
        functions("all", "campaign", "unit"),
    ]
