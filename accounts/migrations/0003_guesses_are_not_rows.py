"""Wrong passwords are counted in the cache for an hour: the tables of those before go."""

from django.db import migrations

TABLES = ("accessattemptexpiration", "accessattempt", "accessfailurelog", "accesslog")


class Migration(migrations.Migration):
    dependencies = (("accounts", "0002_keys"),)

    operations = (
        *(migrations.RunSQL(f"DROP TABLE IF EXISTS axes_{name}", "") for name in TABLES),
        migrations.RunSQL("DELETE FROM django_migrations WHERE app = 'axes'", ""),
    )
