"""Reads of personal data stand in the log, those that there are first, and say what they said."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.log.triggers import log_rows

# Who is forgotten leaves the people of a read; nothing else of it ever changes.
GUARD = """
CREATE FUNCTION privacy_guard_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'people' <> to_jsonb(OLD) - 'people' OR NOT NEW.people <@ OLD.people THEN
        RAISE EXCEPTION 'Rows of privacy_personaldataread are only ever added.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""
GUARDED = """
CREATE TRIGGER change_is_guarded BEFORE UPDATE ON privacy_personaldataread
FOR EACH ROW EXECUTE FUNCTION privacy_guard_read()
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_log_without_names"), ("core", "0003_log")]

    operations = [
        migrations.AlterField(
            "personaldataread",
            "reader",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        log_rows("privacy_personaldataread", "read"),
        migrations.RunSQL(
            [GUARD, GUARDED],
            [
                "DROP TRIGGER change_is_guarded ON privacy_personaldataread",
                "DROP FUNCTION privacy_guard_read()",
            ],
        ),
    ]
