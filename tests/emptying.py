"""Empties the database.

It asks for no model, so that a plugin can name it before settings are read.
"""

from django.db import connection

# What the portal itself needs in order to start: its migrations, and the names of its models.
NOT_EMPTIED = ("django_migrations", "django_content_type", "auth_permission")
# Most tables are empty, and TRUNCATE makes each of them anew. No trigger is asked: what is kept
# of old refuses everybody else.
EMPTY_TABLES = """
DO $$
DECLARE name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables
        WHERE schemaname = current_schema AND tablename NOT IN {left}
    LOOP EXECUTE 'DELETE FROM ' || name;
    END LOOP;
END $$
"""


def empty_tables() -> None:
    """Take away what a test has left behind in the database."""
    with connection.cursor() as cursor:
        cursor.execute(EMPTY_TABLES.format(left=NOT_EMPTIED))
