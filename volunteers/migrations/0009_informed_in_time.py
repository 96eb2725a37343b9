"""When a session was moved, to which hours people said yes, who knows, and who does not come."""

import django.db.models.deletion
from django.db import migrations, models

# Whoever had said yes to a day is taken to have meant its hours; a day that is another one since
# is asked about as before.
HOURS = """
    UPDATE volunteers_participation p
    SET agreed_begins_at = s.begins_at, agreed_ends_at = s.ends_at
    FROM volunteers_supportsession s WHERE s.id = p.session_id AND p.agreed_date IS NOT NULL
"""
MOVED = """
    UPDATE volunteers_supportsession s SET moved_at = s.updated_at
    WHERE s.state IN ('planned', 'under_way') AND EXISTS (
        SELECT FROM volunteers_participation p WHERE p.session_id = s.id
        AND p.agreed_date <> s.date AND p.checked_in_at IS NULL)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0008_stands_alone"),
    ]

    operations = [
        migrations.AddField(
            model_name="participation",
            name="agreed_begins_at",
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name="participation",
            name="agreed_ends_at",
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name="participation",
            name="informed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="supportsession",
            name="moved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL((HOURS, MOVED), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Decline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="declines",
                        to="volunteers.supportsession",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declines",
                        to="volunteers.volunteer",
                    ),
                ),
            ],
            options={
                "verbose_name": "lời báo không đi được",
                "verbose_name_plural": "lời báo không đi được",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("session", "volunteer"), name="decline_identity"
                    )
                ],
            },
        ),
    ]
