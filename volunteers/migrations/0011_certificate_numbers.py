"""Certificates bear a number of their campaign, who signs them, and who had them made."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Those that there are are counted in the order in which they were made.
NUMBER = """
    UPDATE volunteers_certificate c SET number = counted.number FROM (
        SELECT id, row_number() OVER (PARTITION BY campaign_id ORDER BY issued_on, id) AS number
        FROM volunteers_certificate
    ) counted WHERE counted.id = c.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0009_log"),
        ("volunteers", "0010_walk_ins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Signatory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="chức vụ")),
                ("full_name", models.CharField(max_length=80, verbose_name="họ và tên")),
            ],
            options={
                "verbose_name": "người ký giấy chứng nhận",
                "verbose_name_plural": "người ký giấy chứng nhận",
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="issued_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="number",
            field=models.PositiveIntegerField(default=1, verbose_name="số"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="certificate",
            name="signatory_name",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="certificate",
            name="signatory_title",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.RunSQL(NUMBER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                fields=("campaign", "number"), name="certificate_number"
            ),
        ),
        migrations.AddField(
            model_name="signatory",
            name="campaign",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="signatory",
                to="campaign.campaign",
            ),
        ),
    ]
