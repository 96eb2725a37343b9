import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0011_certificate_numbers"),
    ]

    operations = [
        migrations.AddField(
            model_name="helprequest",
            name="session",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="help_requests",
                to="volunteers.supportsession",
            ),
        ),
    ]
