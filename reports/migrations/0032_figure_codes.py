"""Figures that go out have short codes; each is a leaf of the log."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from core.log.triggers import log_rows
from reports.deletion.tables import deletion_again

before = import_module("reports.migrations.0025_forget_publications")
# A code goes with the digest in which nothing was counted.
FORGET = before.FORGET.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
CODES = before.FORGET[before.FORGET.index("    DELETE FROM") : before.FORGET.rindex("$$")]
FORGET = FORGET.replace(
    CODES, CODES.replace("reports_publication", "reports_figurecode").rstrip() + ";\n" + CODES
)


class Migration(migrations.Migration):
    dependencies = [("reports", "0031_reconciliation")]

    operations = [
        migrations.CreateModel(
            name="FigureCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=10, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("digest", "Báo cáo nhanh"), ("file", "Tệp đối soát")],
                        max_length=6,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.unit",
                    ),
                ),
                (
                    "export",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="code",
                        to="reports.export",
                    ),
                ),
                ("day", models.DateField()),
                ("basis", models.CharField(max_length=10)),
                ("indicator", models.CharField(max_length=40)),
                ("value", models.BigIntegerField()),
                ("as_of", models.DateTimeField()),
                ("revision", models.BigIntegerField()),
                ("head", models.CharField(blank=True, default="", max_length=80)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "mã tra số",
                "verbose_name_plural": "mã tra số",
                "ordering": ("-pk",),
            },
        ),
        log_rows("reports_figurecode", "figure"),
        deletion_again(),
        migrations.RunSQL(
            FORGET, before.FORGET.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        ),
    ]
