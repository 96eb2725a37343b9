from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0020_boundaries"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="asks_difficulties",
            field=models.CharField(
                choices=[
                    ("no", "không hỏi"),
                    ("asked", "có hỏi, không bắt buộc"),
                    ("required", "bắt buộc"),
                ],
                default="asked",
                max_length=8,
                verbose_name="khó khăn",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="asks_evidence_url",
            field=models.CharField(
                choices=[
                    ("no", "không hỏi"),
                    ("asked", "có hỏi, không bắt buộc"),
                    ("required", "bắt buộc"),
                ],
                default="asked",
                help_text="Bắt buộc thì báo cáo phải gửi từ trang báo cáo: tin Zalo, Excel, phiếu giấy chỉ có số. Ngày không phát sinh không cần mục nào.",
                max_length=8,
                verbose_name="đường link ảnh, bài đăng",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="asks_proposals",
            field=models.CharField(
                choices=[
                    ("no", "không hỏi"),
                    ("asked", "có hỏi, không bắt buộc"),
                    ("required", "bắt buộc"),
                ],
                default="asked",
                max_length=8,
                verbose_name="đề xuất",
            ),
        ),
    ]
