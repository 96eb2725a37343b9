from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0018_days_have_partitions")]

    operations = [
        migrations.AddIndex(
            model_name="unitday",
            index=models.Index(fields=["campaign", "date"], name="unit_day_by_date"),
        ),
    ]
