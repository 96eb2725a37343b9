from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0011_counts_file_waits_as_all"),
    ]

    operations = [
        migrations.AlterField(
            model_name="revision",
            name="source",
            field=models.CharField(
                choices=[
                    ("page", "Trang báo cáo"),
                    ("queue", "Gửi từ điện thoại khi có mạng"),
                    ("paste", "Dán tin Zalo"),
                    ("file", "Tệp Excel"),
                    ("paper", "Phiếu giấy"),
                    ("review", "Duyệt"),
                    ("session", "Đối chiếu buổi hỗ trợ"),
                    ("api", "API"),
                    ("seed", "Số liệu minh họa"),
                ],
                max_length=8,
            ),
        ),
    ]
