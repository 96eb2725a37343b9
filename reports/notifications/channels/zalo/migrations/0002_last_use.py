from typing import Any

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def say_when_chats_were_used(apps: Any, schema_editor: Any) -> None:
    """Chats that are linked were used: by the last notice that is kept, else when they began."""
    sent = apps.get_model("reports", "Notice").objects.filter(
        user=OuterRef("user"), channel="zalo", sent=True
    )
    last = Subquery(sent.order_by("-closed_at").values("closed_at")[:1])
    chats = apps.get_model("zalo", "ZaloLink").objects.exclude(chat_id="")
    chats.update(used_at=Coalesce(last, F("created_at")))


class Migration(migrations.Migration):
    dependencies = [
        ("zalo", "0001_second_edition"),
        ("reports", "0001_second_edition"),
    ]

    operations = [
        migrations.AddField(
            model_name="zalolink",
            name="used_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(say_when_chats_were_used, migrations.RunPython.noop),
    ]
