"""Codes of branches are used again, units are those of each day, boundaries are changed."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from campaign.services.predecessors import rebuild_of


def note_predecessors(apps: Any, _editor: Any) -> None:
    whole = apps.get_model("campaign", "Succession").objects.filter(kind="whole")
    went_to = dict(whole.values_list("old_id", "new_id"))
    rebuild_of(apps.get_model("campaign", "Unit"), went_to)


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0019_branch_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BoundaryChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="sửa lần cuối")),
                ("source", models.CharField(max_length=200, verbose_name="danh sách mới")),
                ("holds_from", models.DateField(verbose_name="có hiệu lực từ")),
                ("rows", models.JSONField(default=list)),
                ("successors", models.JSONField(default=dict)),
                ("confirmed", models.JSONField(default=list)),
                ("carried", models.JSONField(default=list)),
                ("report", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "đang chuẩn bị"),
                            ("applied", "đã thực hiện"),
                            ("taken_back", "đã lấy lại"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("applied_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "lần đổi địa giới",
                "verbose_name_plural": "các lần đổi địa giới",
                "ordering": ("-pk",),
            },
        ),
        migrations.RemoveField(
            model_name="campaign",
            name="structure_date",
        ),
        migrations.AddField(
            model_name="branch",
            name="predecessor_paths",
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AddField(
            model_name="branch",
            name="successor",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="campaign.branch",
            ),
        ),
        migrations.AddField(
            model_name="unit",
            name="predecessor_paths",
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AlterField(
            model_name="branch",
            name="code",
            field=models.CharField(db_index=True, max_length=20, verbose_name="mã"),
        ),
        migrations.AddConstraint(
            model_name="branch",
            constraint=models.UniqueConstraint(
                fields=("code", "opened_on"), name="branch_identity", nulls_distinct=False
            ),
        ),
        migrations.AddField(
            model_name="boundarychange",
            name="applied_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="boundarychange",
            name="begun_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(note_predecessors, migrations.RunPython.noop),
    ]
