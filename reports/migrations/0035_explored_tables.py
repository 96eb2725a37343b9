"""Tables of one's own making have records too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0034_more_files_are_recorded")]

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
                    ("reconcile", "Đối soát từng đơn vị"),
                    ("checks", "Kết quả kiểm tra chọn mẫu"),
                    ("frame", "Khung chọn mẫu"),
                    ("explore", "Bảng tự chọn"),
                ],
                default="police",
                max_length=10,
            ),
        ),
    ]
