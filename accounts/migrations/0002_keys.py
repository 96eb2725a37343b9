"""Sessions whose owner is known, and tokens with a name and an end.

Who is signed in stays so: the sessions are carried over. A token that works goes on working for
90 days from the upgrade; there was no end to it before.
"""

import datetime as dt
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.core import signing
from django.db import migrations, models
from django.utils import timezone

# The salt and the serializer of Django's own store, whose successor bears the same name.
SALT = "django.contrib.sessions.SessionStore"
OLD_TOKENS = dt.timedelta(days=90)


def carry_over(apps: Any, schema_editor: Any) -> None:
    old, new = apps.get_model("sessions", "Session"), apps.get_model("accounts", "Session")
    people = set(apps.get_model("accounts", "User").objects.values_list("pk", flat=True))
    now = timezone.now()
    rows = []
    for row in old.objects.filter(expire_date__gt=now).iterator():
        user = _user_of(row.session_data)
        if user in people:
            rows.append(
                new(
                    session_key=row.session_key,
                    session_data=row.session_data,
                    expire_date=row.expire_date,
                    user_id=user,
                    created_at=now,
                    used_at=now,
                )
            )
    new.objects.bulk_create(rows, batch_size=1000)
    old.objects.all().delete()


def _user_of(data: str) -> int:
    try:
        values = signing.loads(data, salt=SALT, serializer=signing.JSONSerializer)
        return int(values.get("_auth_user_id", 0))
    except (signing.BadSignature, ValueError, TypeError):
        return 0


def give_tokens_an_end(apps: Any, schema_editor: Any) -> None:
    tokens = apps.get_model("accounts", "ApiToken").objects
    tokens.update(expires_at=timezone.now() + OLD_TOKENS)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_second_edition"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="session key",
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("device", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "máy đang đăng nhập",
                "verbose_name_plural": "máy đang đăng nhập",
            },
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.AddField(
            "apitoken", "name", models.CharField(blank=True, default="", max_length=60)
        ),
        migrations.AddField("apitoken", "used_at", models.DateTimeField(null=True)),
        migrations.AddField("apitoken", "expires_at", models.DateTimeField(null=True)),
        migrations.RunPython(give_tokens_an_end, migrations.RunPython.noop),
        migrations.AlterField("apitoken", "expires_at", models.DateTimeField()),
        migrations.AlterField("apitoken", "name", models.CharField(blank=True, max_length=60)),
    ]
