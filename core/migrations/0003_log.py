"""The log: leaves, the tree and signed heads; nobody changes them afterwards."""

import django.db.models.functions.datetime
from django.db import migrations, models

from core.log.triggers import functions, keep


class Migration(migrations.Migration):
    dependencies = [("core", "0002_pending_upload")]

    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=40)),
                ("content", models.TextField(null=True)),
                ("salt", models.UUIDField(null=True)),
                ("entry", models.BinaryField()),
                ("number", models.BigIntegerField(null=True, unique=True)),
                (
                    "written_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "dòng sổ ghi",
                "verbose_name_plural": "các dòng sổ ghi",
                "indexes": [
                    models.Index(fields=["subject", "key"], name="leaf_by_row"),
                    models.Index(
                        condition=models.Q(("number", None)),
                        fields=["id"],
                        name="leaf_without_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "verbose_name": "mảnh cây băm",
                "verbose_name_plural": "các mảnh cây băm",
                "constraints": [
                    models.UniqueConstraint(fields=("level", "index"), name="tile_identity")
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedHead",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("signed_at", models.DateTimeField(db_index=True)),
                ("note", models.TextField()),
            ],
            options={
                "verbose_name": "đầu sổ đã ký",
                "verbose_name_plural": "các đầu sổ đã ký",
                "ordering": ("-size",),
            },
        ),
        migrations.AddField("heartbeat", "is_fine", models.BooleanField(default=True)),
        functions(),
        keep("core_leaf", guard="core_guard_leaf"),
        keep("core_tile", guard="core_guard_tile"),
        keep("core_signedhead"),
    ]
