"""What the police published: its figures, the files they came in, leaves of the log.

The hash is of what was written with a file and what that superseded, in one order whatever the
database's language: no figure changes unseen.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.changes import note_changes
from core.log.triggers import log_rows
from reports.deletion.tables import deletion_again

HASH = """
CREATE FUNCTION reports_official_hash(of bigint) RETURNS text
LANGUAGE sql STABLE SET search_path TO public, pg_temp AS $$
    SELECT encode(sha256(convert_to(
        coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), ''), 'UTF8')), 'hex')
    FROM (
        SELECT concat_ws(' ', 'wrote', unit_id, to_char(day, 'YYYY-MM-DD'), kind, indicator_id, value)
        FROM reports_officialfigure WHERE file_id = of
        UNION ALL
        SELECT concat_ws(' ', 'superseded', file_id, unit_id, to_char(day, 'YYYY-MM-DD'), kind,
            indicator_id)
        FROM reports_officialfigure WHERE superseded_by_id = of
    ) lines(line)
$$
"""
# All but the file itself, whose hash is among them.
LOGGED = (
    *("id", "campaign_id", "actor_id", "received_at", "source", "name", "sha256"),
    *("figures_sha256", "written_sha256", "kind", "level", "map", "first_day", "last_day"),
    *("rows", "figures", "new", "replaced"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0023_levels_are_called_by_kinds"),
        ("reports", "0026_moments_of_days"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficialFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "source",
                    models.CharField(
                        choices=[("file", "tệp"), ("typed", "gõ tay"), ("api", "API")], max_length=5
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("figures_sha256", models.CharField(max_length=64)),
                ("written_sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("daily", "trong ngày"),
                            ("to_date", "lũy kế"),
                            ("both", "trong ngày và lũy kế"),
                        ],
                        max_length=7,
                    ),
                ),
                ("level", models.CharField(max_length=10)),
                (
                    "map",
                    models.CharField(
                        choices=[("then", "Như khi đó"), ("now", "Theo bản đồ hôm nay")],
                        default="then",
                        max_length=4,
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("rows", models.PositiveIntegerField()),
                ("figures", models.PositiveIntegerField()),
                ("new", models.PositiveIntegerField()),
                ("replaced", models.PositiveIntegerField()),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "verbose_name": "tệp số liệu Công an",
                "verbose_name_plural": "các tệp số liệu Công an",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="OfficialFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("daily", "trong ngày"), ("to_date", "lũy kế")], max_length=7
                    ),
                ),
                ("value", models.PositiveIntegerField()),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.indicator",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.unit",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="written",
                        to="reports.officialfile",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded",
                        to="reports.officialfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "số liệu Công an",
                "verbose_name_plural": "số liệu Công an",
            },
        ),
        migrations.CreateModel(
            name="OfficialColumn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("header", models.CharField(max_length=100)),
                ("meaning", models.CharField(max_length=60)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="campaign.campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "nghĩa của cột trong tệp Công an",
                "verbose_name_plural": "nghĩa của cột trong tệp Công an",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "header"), name="one_meaning_an_official_header"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="officialfile",
            index=models.Index(fields=["campaign", "sha256"], name="official_file_by_content"),
        ),
        migrations.AddConstraint(
            model_name="officialfigure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_by", None)),
                fields=("campaign", "unit", "day", "kind", "indicator"),
                name="one_official_figure_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["daily", "to_date"])),
                name="official_figure_has_a_kind",
            ),
        ),
        migrations.RunSQL(HASH, "DROP FUNCTION reports_official_hash(bigint)"),
        log_rows("reports_officialfile", "official_file", *LOGGED),
        note_changes("campaign", "reports_officialfile"),
        deletion_again(),
    ]
