"""Whether the last start has prepared all that this one needs: then it has nothing to load.

The database bears the mark of what it was prepared from, so that other data, or none, bear no mark
that was made for these.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from devserver.servers import addresses
from devserver.servers.postgres import DATABASE

# What running and testing leave behind, and what nothing is made from.
PASSED_OVER = {".git", "var", "var-start", "tests", "bench", "docs", "__pycache__"}
# What stands in the database, without a look at what is in its tables.
STATE = """SELECT shobj_description(oid, 'pg_database'), (SELECT max(id) || '-' || count(*)
           FROM django_migrations) FROM pg_database WHERE datname = current_database()"""


def mark_of(home: Path, repository: Path) -> str:
    """Return what changes with any file of the portal, any package, and what settings are given."""
    files = sorted(map(str, _files(repository, home)))
    given = [os.environ.get(name, "") for name in ("DEBUG", "PORTAL_TODAY", "PORTAL_EMPTY")]
    return hashlib.sha256("\n".join([sys.version, *given, *files]).encode()).hexdigest()


def is_prepared(home: Path, repository: Path, mark: str) -> bool:
    made = (
        home / "static" / "staticfiles.json",
        home / "assets" / "icons",
        *_catalogues(repository),
    )
    if not all(path.exists() for path in made):
        return False
    try:
        with psycopg.connect(addresses(home).owner_url) as link:
            found = link.execute(STATE).fetchone()
    except psycopg.Error:
        return False
    return found is not None and found[0] == f"{mark} {found[1]}"


def note_prepared(home: Path, mark: str) -> None:
    with psycopg.connect(addresses(home).owner_url, autocommit=True) as link:
        (_before, migrations), *_more = link.execute(STATE).fetchall()
        link.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(DATABASE), sql.Literal(f"{mark} {migrations}")
            )
        )


def _files(folder: Path, home: Path) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as found:
        for one in found:
            # Packages are as requirements.lock says.
            if one.name in PASSED_OVER or one.name.startswith(".") or one.path == str(home):
                continue
            if one.is_dir():
                yield from _files(Path(one.path), home)
            elif not one.name.endswith(".mo"):
                seen = one.stat()
                yield one.path, seen.st_size, seen.st_mtime_ns


def _catalogues(repository: Path) -> list[Path]:
    return [path.with_suffix(".mo") for path in (repository / "locale").rglob("*.po")]
