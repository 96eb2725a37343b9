"""What the admin's log called people is which row it was; a name in it had no end."""

import json
from typing import Any

from django.db import migrations

PEOPLE = (
    ("accounts", "user", "tài khoản"),
    ("campaign", "appointment", "phân công"),
    ("volunteers", "membership", "thành viên tổ"),
    ("volunteers", "volunteer", "tình nguyện viên"),
)


def forget_names(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("admin", "LogEntry").objects
    types = apps.get_model("contenttypes", "ContentType").objects
    for app, model, called in PEOPLE:
        kind = types.filter(app_label=app, model=model).first()
        if kind is None:
            continue
        # An import or export tells of many rows and names none: it has no row of its own.
        for entry in entries.filter(content_type_id=kind.pk).exclude(object_id=None).iterator():
            entry.object_repr = f"{called} {entry.object_id}"
            entry.save(update_fields=["object_repr"])
    # Rows beside the one that was changed, such as the members of a team.
    for entry in entries.filter(change_message__contains='"object"').iterator():
        try:
            message = json.loads(entry.change_message)
        except ValueError:
            continue
        for part in (part for one in message for part in one.values()):
            if "object" in part:
                part["object"] = "…"
        entry.change_message = json.dumps(message)
        entry.save(update_fields=["change_message"])


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_personal_data"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(forget_names, migrations.RunPython.noop)]
