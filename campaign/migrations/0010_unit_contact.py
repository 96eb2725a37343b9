from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaign", "0009_log"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="contact",
            field=models.CharField(
                blank=True, default="", max_length=200, verbose_name="liên hệ cho người dân"
            ),
        ),
    ]
