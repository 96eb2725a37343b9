"""Checks by sample: plans, what they drew, what recounts found; both ends stand in the log."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import campaign.models.counts
from core.changes import note_changes
from core.log.triggers import log_rows
from reports.deletion.tables import deletion_again

PLAN = (
    *("id", "campaign_id", "number", "first_day", "last_day", "per_area", "asked", "measure"),
    *("head_size", "head_root", "seed", "strata", "frame_sha256", "made_at", "made_by_id"),
    "closed_at",
)


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0023_levels_are_called_by_kinds"),
        ("reports", "0029_kinds_of_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("first_day", models.DateField(verbose_name="từ ngày")),
                ("last_day", models.DateField(verbose_name="đến hết ngày")),
                ("per_area", models.PositiveSmallIntegerField(verbose_name="số lượt mỗi địa bàn")),
                (
                    "asked",
                    models.CharField(
                        choices=[
                            ("neighbour", "Bí thư cơ sở khác"),
                            ("lead", "Phụ trách địa bàn"),
                            ("liaison", "Cán bộ đối soát Công an"),
                        ],
                        max_length=10,
                        verbose_name="người kiểm tra",
                    ),
                ),
                ("measure", models.CharField(max_length=40)),
                ("head_size", models.BigIntegerField()),
                ("head_root", models.CharField(max_length=64)),
                ("seed", models.CharField(max_length=64)),
                ("strata", models.JSONField()),
                ("frame_sha256", models.CharField(max_length=64)),
                ("frame", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.campaign",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người lập",
                    ),
                ),
            ],
            options={
                "verbose_name": "đợt kiểm tra chọn mẫu",
                "verbose_name_plural": "các đợt kiểm tra chọn mẫu",
                "ordering": ("-number",),
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("date", models.DateField()),
                ("stratum", models.CharField(max_length=40)),
                ("probability", models.FloatField()),
                ("reported", campaign.models.counts.CountsField(default=dict)),
                ("size", models.PositiveIntegerField()),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.branch",
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
                    "checker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người kiểm tra",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaign.unit",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="reports.checkplan",
                    ),
                ),
            ],
            options={
                "verbose_name": "lượt kiểm tra",
                "verbose_name_plural": "các lượt kiểm tra",
                "ordering": ("date", "pk"),
            },
        ),
        migrations.CreateModel(
            name="CheckOutcome",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("on_the_spot", "Đến tận điểm, đếm trên danh sách giấy"),
                            ("telephone", "Gọi điện, nghe đọc lại danh sách"),
                            ("not_possible", "Không kiểm tra được"),
                        ],
                        max_length=12,
                    ),
                ),
                ("counts", campaign.models.counts.CountsField(default=dict)),
                (
                    "obstacle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_list", "Không còn danh sách giấy"),
                            ("nobody", "Không gặp được người giữ danh sách"),
                            ("refused", "Đơn vị không cho xem"),
                            ("other", "Lý do khác"),
                        ],
                        max_length=8,
                    ),
                ),
                ("remark", models.TextField(blank=True, max_length=2000, verbose_name="Ghi chú")),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người kiểm tra",
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="reports.check",
                    ),
                ),
            ],
            options={
                "verbose_name": "kết quả kiểm tra",
                "verbose_name_plural": "các kết quả kiểm tra",
                "ordering": ("of", "version"),
                "constraints": [
                    models.UniqueConstraint(fields=("of", "version"), name="outcome_identity"),
                    models.CheckConstraint(
                        condition=campaign.models.counts.AreCounts(
                            models.F("counts"), most=1000000
                        ),
                        name="outcome_holds_counts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counts", {}),
                                ("how", "not_possible"),
                                models.Q(("obstacle", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("how", "not_possible"), _negated=True), ("obstacle", "")
                            ),
                            _connector="OR",
                        ),
                        name="outcome_counts_or_says_why_not",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="checkplan",
            constraint=models.UniqueConstraint(
                fields=("campaign", "number"), name="check_plan_identity"
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.UniqueConstraint(
                fields=("plan", "branch", "unit", "date"), name="checked_once_a_plan"
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=campaign.models.counts.AreCounts(models.F("reported"), most=1000000),
                name="check_holds_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=models.Q(("probability__gt", 0), ("probability__lte", 1)),
                name="check_is_drawn_by_chance",
            ),
        ),
        log_rows("reports_checkplan", "check_plan", *PLAN),
        log_rows("reports_checkoutcome", "check_outcome"),
        note_changes("campaign", "reports_checkplan", "reports_check"),
        deletion_again(),
    ]
