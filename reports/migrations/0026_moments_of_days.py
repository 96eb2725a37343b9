"""A day's totals say when they last became another, on each basis.

What was made before is as old as its totals: nobody knows more.
"""

from django.db import migrations, models

MODELS = ("unitday", "branchday")
COLUMNS = ("reported_at", "approved_at", "reported_to_date_at", "approved_to_date_at")
FILL = """
    UPDATE reports_{} SET
        reported_at = CASE WHEN reported <> '{{}}' OR received > 0 THEN computed_at END,
        approved_at = CASE WHEN approved <> '{{}}' OR received_approved > 0 THEN computed_at END,
        reported_to_date_at = CASE WHEN reported <> '{{}}' THEN computed_at END,
        approved_to_date_at = CASE WHEN approved <> '{{}}' THEN computed_at END
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0025_forget_publications")]

    operations = [
        *(
            migrations.AddField(model, column, models.DateTimeField(null=True))
            for model in MODELS
            for column in COLUMNS
        ),
        *(migrations.RunSQL(FILL.format(model), migrations.RunSQL.noop) for model in MODELS),
    ]
