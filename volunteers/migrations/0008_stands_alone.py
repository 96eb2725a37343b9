"""Sessions of a series that were changed by themselves are kept when the series is changed."""

from django.db import migrations, models

# So far nothing said which those are: of sessions that still stand open, those that were changed.
MARK = """
UPDATE volunteers_supportsession SET stands_alone = true
WHERE series_id IS NOT NULL AND version > 1 AND state IN ('planned', 'under_way')"""


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0007_key_of_a_resident")]

    operations = [
        migrations.AddField(
            model_name="supportsession",
            name="stands_alone",
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
