"""What residents are told becomes the campaign's own; campaigns there are keep what was shown."""

import datetime as dt
from typing import Any

from django.db import migrations, models

LEAD = "Xem điểm hỗ trợ cài VNeID gần nhà, hoặc nhờ Đoàn thanh niên đến tận nhà. Không mất tiền."
HINT = "Mang theo căn cước công dân và điện thoại. Tài khoản mức 2 do Công an cấp."


def keep_what_was_shown(apps: Any, _editor: Any) -> None:
    apps.get_model("campaign", "Campaign").objects.update(public_lead=LEAD, public_hint=HINT)


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0011_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="public_lead",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Câu đầu trang của người dân. Để trống thì cổng viết một câu chung.",
                max_length=200,
                verbose_name="lời mời người dân",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="public_hint",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Đến điểm hỗ trợ cần mang gì, biết gì. Hiện dưới danh sách điểm.",
                max_length=200,
                verbose_name="dặn người dân",
            ),
        ),
        migrations.AlterField(
            model_name="campaign",
            name="digest_at",
            field=models.TimeField(
                default=dt.time(19, 0),
                help_text="Giờ gửi báo cáo nhanh cho người phụ trách các cấp.",
                verbose_name="giờ ra báo cáo nhanh",
            ),
        ),
        migrations.RunPython(keep_what_was_shown, migrations.RunPython.noop),
    ]
