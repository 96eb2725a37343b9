"""What a database says, in numbers that two databases can be compared by.

Read with SQL and by the names of the tables: a backup is of the database, whatever its code.
"""

from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

# Uploads are gone within the hour, and a backup would keep them for weeks.
LEFT_OUT = ("core_pendingupload",)

TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
# How many rows, and a sum over all of them that any other letter in any of them would change.
ROWS = """
    SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text
    FROM {} t
"""
FIGURES = """
    SELECT c.slug, count.key, sum(count.value::bigint)::bigint
    FROM reports_dailyreport r JOIN campaign_campaign c ON c.id = r.campaign_id
    CROSS JOIN jsonb_each_text(r.counts) count
    GROUP BY 1, 2 ORDER BY 1, 2
"""
HEAD = "SELECT note FROM core_signedhead ORDER BY size DESC LIMIT 1"
ROLES = """
    SELECT DISTINCT rolname FROM pg_class
    CROSS JOIN LATERAL aclexplode(relacl) JOIN pg_roles ON pg_roles.oid = grantee
    WHERE relnamespace = 'public'::regnamespace ORDER BY rolname
"""
MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"

Facts = dict[str, Any]
Link = psycopg.Connection[tuple[Any, ...]]


def tables_of(link: Link) -> list[str]:
    return [name for (name,) in link.execute(TABLES)]


def facts_of(link: Link) -> Facts:
    """Return rows and sum of each table, the reports' figures, the head of the history."""
    link.execute("SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1")
    tables = [name for name in tables_of(link) if name not in LEFT_OUT]
    return {
        "tables": {name: _rows(link, name) for name in tables},
        "figures": _figures(link),
        "head": history_head(link),
        "migrations": [list(row) for row in link.execute(MIGRATIONS)],
    }


def roles_of(link: Link) -> list[str]:
    """Return the roles that have rights on our tables."""
    return [name for (name,) in link.execute(ROLES)]


def history_head(link: Link) -> str:
    """Return the last signed head of the log; nothing where none was signed yet."""
    return "".join(link.execute(HEAD).fetchone() or ())


def _rows(link: Link, table: str) -> list[Any]:
    return list(link.execute(SQL(ROWS).format(Identifier(table))).fetchone() or ())


def _figures(link: Link) -> dict[str, dict[str, int]]:
    figures: dict[str, dict[str, int]] = {}
    for slug, code, total in link.execute(FIGURES):
        figures.setdefault(slug, {})[code] = total
    return figures


def differences(given: Facts, found: Facts) -> list[str]:
    """Return in words where two databases are not the same."""
    tables = sorted(given["tables"].keys() | found["tables"].keys())
    wrong = [
        f"{name}: {given['tables'].get(name)} ≠ {found['tables'].get(name)}"
        for name in tables
        if given["tables"].get(name) != found["tables"].get(name)
    ]
    return wrong + [
        f"{name}: {given[name]} ≠ {found[name]}"
        for name in ("figures", "head", "migrations")
        if given[name] != found[name]
    ]
