"""What kinds of things are called is data; a province without words of its own has no rows."""

from django.db import migrations, models

from core.changes import note_changes


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_portal"),
    ]

    operations = [
        migrations.CreateModel(
            name="KindWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="sửa lần cuối")),
                ("of", models.CharField(editable=False, max_length=20, verbose_name="là loại của")),
                ("code", models.CharField(editable=False, max_length=20, verbose_name="mã")),
                ("name", models.CharField(max_length=60, verbose_name="tên")),
                (
                    "name_en",
                    models.CharField(
                        blank=True, default="", max_length=60, verbose_name="tên tiếng Anh"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự")),
                (
                    "is_offered",
                    models.BooleanField(default=True, verbose_name="có trong danh sách chọn"),
                ),
            ],
            options={
                "verbose_name": "loại",
                "verbose_name_plural": "các loại",
                "constraints": [
                    models.UniqueConstraint(fields=("of", "code"), name="kind_identity")
                ],
            },
        ),
        note_changes("all", "core_kindword"),
    ]
