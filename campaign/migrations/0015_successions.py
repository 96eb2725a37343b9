"""What became of units that have ended."""

import django.db.models.deletion
from django.db import migrations, models

from core.changes import note_changes


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0014_campaign_state"),
    ]

    operations = [
        migrations.CreateModel(
            name="Succession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="sửa lần cuối")),
                ("since", models.DateField(verbose_name="từ ngày")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("whole", "toàn bộ"),
                            ("part", "một phần"),
                            ("unknown", "chưa rõ"),
                        ],
                        max_length=10,
                        verbose_name="phần",
                    ),
                ),
                (
                    "source",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="căn cứ"),
                ),
                (
                    "new",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="predecessors",
                        to="campaign.unit",
                        verbose_name="địa bàn mới",
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="successions",
                        to="campaign.unit",
                        verbose_name="địa bàn cũ",
                    ),
                ),
            ],
            options={
                "verbose_name": "địa bàn kế tiếp",
                "verbose_name_plural": "địa bàn kế tiếp",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("old", "new"), name="succession_identity", nulls_distinct=False
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "part"), _negated=True),
                        fields=("old",),
                        name="succession_is_whole_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "unknown"), ("new", None)),
                            models.Q(
                                ("new__isnull", False), models.Q(("kind", "unknown"), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="succession_unknown_has_no_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("old", models.F("new")), _negated=True),
                        name="succession_moves",
                    ),
                ],
            },
        ),
        note_changes("all", "campaign_succession"),
    ]
