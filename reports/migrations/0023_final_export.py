"""The last file of a campaign, and the function that deletes one; web and workers own no history."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.log.triggers import log_rows
from reports.deletion.tables import deletion


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0022_point_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FinalExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("campaign_key", models.BigIntegerField(db_index=True)),
                ("slug", models.CharField(max_length=50)),
                ("name", models.CharField(max_length=200)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("rows", models.JSONField(default=dict)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True, db_default="")),
                (
                    "deleted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "bản xuất cuối",
                "verbose_name_plural": "các bản xuất cuối",
                "ordering": ("-made_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deleted_at", None), ("deleted_by", None), ("reason", "")),
                            models.Q(
                                ("deleted_at__isnull", False),
                                ("deleted_by__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="who_deletes_says_why",
                    )
                ],
            },
        ),
        deletion(),
        log_rows("reports_finalexport", "final_export"),
    ]
