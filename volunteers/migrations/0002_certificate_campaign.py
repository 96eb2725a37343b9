from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_campaigns(apps: Any, schema_editor: Any) -> None:
    """Write down what each paper said when it was drawn: the last campaign that had begun."""
    campaigns = apps.get_model("campaign", "Campaign").objects
    begun = campaigns.filter(starts_on__lte=OuterRef("issued_on")).order_by("-starts_on", "slug")
    certificates = apps.get_model("volunteers", "Certificate").objects
    certificates.update(campaign=Subquery(begun.values("pk")[:1]))
    # Whose campaign was moved to a later day afterwards.
    certificates.filter(campaign=None).update(campaign=campaigns.order_by("starts_on").first())


class Migration(migrations.Migration):
    # Rows and their constraint cannot be changed in one transaction.
    atomic = False

    dependencies = [
        ("campaign", "0001_second_edition"),
        ("volunteers", "0001_second_edition"),
    ]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="campaign",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaign.campaign",
            ),
        ),
        migrations.RunPython(name_campaigns, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="certificate",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaign.campaign",
            ),
        ),
    ]
