"""A campaign has a state: what was there is published, or archived where its days lie in a file."""

from typing import Any

from django.db import migrations, models

CHOICES = [
    ("draft", "Bản soạn"),
    ("running", "Đã công bố"),
    ("closed", "Đã đóng"),
    ("archived", "Đã lưu trữ"),
]


def field(default: str) -> Any:
    return models.CharField(
        choices=CHOICES, default=default, editable=False, max_length=10, verbose_name="tình trạng"
    )


def carry(apps: Any, _editor: Any) -> None:
    campaigns = apps.get_model("campaign", "Campaign").objects
    campaigns.exclude(archived_at=None).update(state="archived")


class Migration(migrations.Migration):
    dependencies = [("campaign", "0013_archived_at")]

    operations = [
        migrations.AddField("campaign", "state", field("running")),
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.AlterField("campaign", "state", field("draft")),
    ]
