"""Who changed the settings that sums rest on, and why; nobody changes it afterwards."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION campaign_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Settings changes are only ever added.' USING ERRCODE = 'insufficient_privilege';
END $$
"""
TRIGGERS = [
    """CREATE TRIGGER settings_change_is_kept BEFORE UPDATE OR DELETE ON campaign_settingschange
       FOR EACH STATEMENT EXECUTE FUNCTION campaign_refuse_change()""",
    """CREATE TRIGGER settings_change_is_not_emptied BEFORE TRUNCATE ON campaign_settingschange
       FOR EACH STATEMENT EXECUTE FUNCTION campaign_refuse_change()""",
]
UNDO = [
    "DROP TRIGGER settings_change_is_not_emptied ON campaign_settingschange",
    "DROP TRIGGER settings_change_is_kept ON campaign_settingschange",
    "DROP FUNCTION campaign_refuse_change()",
]


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0002_field_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SettingsChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="lúc")),
                ("reason", models.TextField(verbose_name="lý do")),
                ("moves", models.JSONField(default=list, verbose_name="đã đổi")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người đổi",
                    ),
                ),
            ],
            options={
                "verbose_name": "lần đổi thiết lập",
                "verbose_name_plural": "các lần đổi thiết lập",
                "ordering": ("-changed_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="settings_change_has_a_reason",
                    )
                ],
            },
        ),
        migrations.RunSQL([REFUSE, *TRIGGERS], UNDO),
    ]
