"""What the portal is called is data: one row, noted for every page."""

from django.db import migrations, models

from core.changes import note_changes


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Portal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="sửa lần cuối")),
                ("name", models.CharField(max_length=40, verbose_name="tên cổng")),
                (
                    "contact",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="liên hệ khi cần giúp"
                    ),
                ),
                ("emblem", models.BinaryField(blank=True, default=b"", verbose_name="biểu trưng")),
                (
                    "emblem_mark",
                    models.CharField(blank=True, default="", editable=False, max_length=12),
                ),
            ],
            options={
                "verbose_name": "cổng",
                "verbose_name_plural": "cổng",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_portal")
                ],
            },
        ),
        note_changes("all", "core_portal"),
    ]
