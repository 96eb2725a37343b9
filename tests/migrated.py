"""The migrated database of a test home: made once, and copied for every run that follows.

Ninety migrations take as long as a hundred tests, and begin every run of a single file.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Literal

NAME = "migrated"
REPOSITORY = Path(__file__).resolve().parent.parent
IMPORTED = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)
COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"


def mark() -> str:
    """Return what changes with any migration, with what migrations import, and any package."""
    found = hashlib.sha256()
    for path in sorted(_sources()):
        found.update(f"{path} {path.stat().st_size}\n".encode() + path.read_bytes())
    return found.hexdigest()


def is_there(server: str) -> bool:
    """Whether the server has a database that was migrated by the migrations of today."""
    with psycopg.connect(server) as link:
        return link.execute(COMMENT, [NAME]).fetchone() == (mark(),)


def store(server: str, database: str) -> None:
    """Copy a database that has just been migrated; nobody may be connected to it."""
    name, source = Identifier(NAME), Identifier(database)
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(SQL("DROP DATABASE IF EXISTS {}").format(name))
        link.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(name, source))
        link.execute(SQL("COMMENT ON DATABASE {} IS {}").format(name, Literal(mark())))


def _sources() -> Iterator[Path]:
    """Yield the migrations, and whatever of ours they import."""
    waiting = [REPOSITORY / "requirements.lock", *REPOSITORY.glob("[!.]*/migrations/*.py")]
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        yield path
        for name in IMPORTED.findall(path.read_text()):
            module = REPOSITORY.joinpath(*name.split("."))
            waiting += [module.with_suffix(".py"), module / "__init__.py"]
