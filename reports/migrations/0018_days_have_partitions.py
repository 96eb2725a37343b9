"""Day totals lie in partitions, by campaign and month (decision 23)."""

import django.db.models.deletion
from django.db import migrations, models

from reports.rollup.partitions import divide, functions

KEY = ("campaign_id", "node_id", "date")


def of_key(to: str, related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name=related_name,
        to=to,
    )


def by_key(model: str, identity: str, node: str) -> list[migrations.operations.base.Operation]:
    return [
        migrations.RemoveConstraint(model, identity),
        migrations.RemoveField(model, "id"),
        migrations.AddField(
            model,
            "pk",
            models.CompositePrimaryKey(
                *KEY, blank=True, editable=False, primary_key=True, serialize=False
            ),
        ),
        migrations.AlterField(model, "campaign", of_key("campaign.campaign", "+")),
        migrations.AlterField(model, "node", of_key(node, "days")),
    ]


class Migration(migrations.Migration):
    dependencies = [("campaign", "0013_archived_at"), ("reports", "0017_report_changes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [divide("reports_unitday", "unit_day_identity")],
            by_key("unitday", "unit_day_identity", "campaign.unit"),
        ),
        migrations.SeparateDatabaseAndState(
            [divide("reports_branchday", "branch_day_identity")],
            by_key("branchday", "branch_day_identity", "campaign.branch"),
        ),
        functions(),
    ]
