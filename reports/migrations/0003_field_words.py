"""Columns take the words of the code: ``door`` of a revision becomes ``source``.

The hashes are made of values, not of names: those of older rows stay true, and the trigger is
told the new name in the same transaction.
"""

from importlib import import_module

from django.db import migrations, models

_history = import_module("reports.migrations.0002_history")
BEFORE = _history.CHAIN.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
AFTER = BEFORE.replace("NEW.door", "NEW.source")


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_history")]

    operations = [
        migrations.AlterField(
            "revision",
            "source",
            models.CharField(
                choices=[
                    ("page", "Trang báo cáo"),
                    ("queue", "Gửi từ điện thoại khi có mạng"),
                    ("paste", "Dán tin Zalo"),
                    ("review", "Duyệt"),
                    ("api", "API"),
                    ("seed", "Số liệu minh họa"),
                ],
                max_length=8,
            ),
        ),
        migrations.RunSQL([AFTER], [BEFORE]),
        migrations.AlterModelOptions(
            "historyhead",
            {
                "verbose_name": "điểm cuối của lịch sử",
                "verbose_name_plural": "điểm cuối của lịch sử",
            },
        ),
        *(
            migrations.RenameField(model, f"received_off{basis}", f"received_unscheduled{basis}")
            for model in ("unitday", "branchday")
            for basis in ("", "_approved")
        ),
    ]
