"""The address with which a resident takes a request back is no longer the one that staff see.

Of requests that there are, the old address shows where they stand and takes nothing back.
"""

import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def give_keys(apps: Any, schema_editor: Any) -> None:
    requests = apps.get_model("volunteers", "HelpRequest").objects
    rows = list(requests.only("pk"))
    for row in rows:
        row.key = uuid.uuid4()
    requests.bulk_update(rows, ["key"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0006_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "helprequest", "key", models.UUIDField(null=True, default=None, editable=False)
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            "helprequest",
            "key",
            models.UUIDField(unique=True, default=uuid.uuid4, editable=False),
        ),
        migrations.AddField(
            "helprequest",
            "assigned_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
