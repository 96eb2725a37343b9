"""A campaign says since when its day totals lie in an archive."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaign", "0012_public_texts")]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="archived_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="lưu trữ lúc"),
        ),
    ]
