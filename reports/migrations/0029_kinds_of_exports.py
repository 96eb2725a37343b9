"""Nightly files, and files of the ranking by today's map, have records too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0028_export_records")]

    operations = [
        migrations.AlterField(
            "export",
            "kind",
            models.CharField(
                choices=[
                    ("police", "Tệp đối soát"),
                    ("nightly", "Tệp hằng đêm"),
                    ("changes", "Thay đổi từ một tệp"),
                    ("todays_map", "Xếp hạng theo bản đồ hôm nay"),
                ],
                default="police",
                max_length=10,
            ),
        ),
    ]
