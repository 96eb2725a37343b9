"""A day may bring less than nothing: of what stands there may be less than before."""

from django.db import migrations, models

from campaign.models.counts import AreCounts

MOST = 10**12
TABLES = (("branchday", "branch_day"), ("unitday", "unit_day"))
BASES = ("reported", "approved")


class Migration(migrations.Migration):
    dependencies = [("campaign", "0018_aggregation"), ("reports", "0020_leaves_at_once")]

    operations = [
        *(
            migrations.RemoveConstraint(model, f"{name}_{basis}")
            for model, name in TABLES
            for basis in BASES
        ),
        *(
            migrations.AddConstraint(
                model,
                models.CheckConstraint(
                    condition=AreCounts(models.F(basis), least=-MOST, most=MOST),
                    name=f"{name}_{basis}",
                ),
            )
            for model, name in TABLES
            for basis in BASES
        ),
    ]
