"""Search leaves apostrophes out: “H'Hen” is found as “hhen”, as units and branches are."""

from django.db import migrations

SEARCHED = "UPDATE {table} SET fold = translate(fold, $$'’‘ʼ′`´$$, '') WHERE fold ~ $$['’‘ʼ′`´]$$"


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0015_changes")]

    operations = [
        migrations.RunSQL(SEARCHED.format(table=table), migrations.RunSQL.noop)
        for table in ("volunteers_team", "volunteers_volunteer")
    ]
