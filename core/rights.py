"""What web and workers may do in the database; another role owns it and migrates.

The role reads and writes rows, and of what is kept for ever it may only add: whoever gets hold of
the portal, or finds a hole in it, cannot rewrite what was.
"""

from dataclasses import dataclass

from django.db import connection, transaction

ALL = "SELECT, INSERT, UPDATE, DELETE"
ADD = "SELECT, INSERT"
READ = "SELECT"


@dataclass(frozen=True)
class Rights:
    """What may be done in a table; ``changing`` are the columns that may be updated."""

    actions: str = ALL
    changing: tuple[str, ...] = ()


# Leaves are written by triggers, with the rights of the owner.
_narrow: dict[str, Rights] = {
    "django_migrations": Rights(READ),
    "core_leaf": Rights(READ, ("number", "salt", "content")),
    "core_tile": Rights(ADD, ("hashes",)),
    "core_signedhead": Rights(ADD),
    "core_remark": Rights(ADD),
}


def narrow_rights(table: str, rights: Rights) -> None:
    """Let the role do no more than this in the table; in all others it may do everything."""
    _narrow[table] = rights


@transaction.atomic
def grant_rights(role: str, password: str = "") -> None:
    """Give the role its rights in all tables that there are; it is made if it is missing.

    To be called by the owner after each migration, as often as one likes.
    """
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(role)
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {name} LOGIN")
        if password:
            cursor.execute(f"ALTER ROLE {name} PASSWORD %s", [password])
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}")
        cursor.execute(f"GRANT {ALL} ON ALL TABLES IN SCHEMA public TO {name}")
        for table, rights in _narrow.items():
            cursor.execute(f"REVOKE ALL ON {table} FROM {name}")
            columns = f", UPDATE ({', '.join(rights.changing)})" if rights.changing else ""
            cursor.execute(f"GRANT {rights.actions}{columns} ON {table} TO {name}")
