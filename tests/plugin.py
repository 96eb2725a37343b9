"""Gives the tests engines of their own; loaded with `-p`, before settings are read.

Two runs at once (two terminals, an editor) each take a home of their own, since Django
would otherwise drop one run's test database for the other.
"""

import fcntl
import gc
import os
import sys
from pathlib import Path
from typing import IO

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from devserver import servers

TEST_ROOT = Path(__file__).resolve().parent.parent / "var"
MOST_RUNS = 16
LOCKS: list[IO[str]] = []
# A server of the tester's own, in place of the embedded one.
GIVEN_DATABASE = os.environ.get("PORTAL_TEST_DATABASE_URL")


def free_home(root: Path = TEST_ROOT) -> Path:
    """Return the first test home that no other run holds, and hold it until we end."""
    for number in range(1, MOST_RUNS + 1):
        home = root / ("test" if number == 1 else f"test-{number}")
        home.mkdir(parents=True, exist_ok=True)
        handle = (home / "run.lock").open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            continue
        LOCKS.append(handle)
        return home
    raise pytest.UsageError(f"{MOST_RUNS} test runs are under way at once: something hangs.")


def set_environment() -> Path:
    """Set what config.settings reads, whatever the terminal's own environment says."""
    home = free_home()
    os.environ["PORTAL_VAR"] = str(home)
    os.environ.setdefault("DEBUG", "1")
    os.environ.pop("PORTAL_TODAY", None)
    # Else every program that a test starts would compile the whole portal anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    addresses = servers.addresses(home)
    os.environ["DATABASE_URL"] = GIVEN_DATABASE or addresses.owner_url
    os.environ["REDIS_URL"] = addresses.broker_url
    return home


HOME = set_environment()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start what is not given: the embedded PostgreSQL unless another is named, and Valkey."""
    if session.config.option.collectonly:
        return
    servers.start(HOME, postgres=not GIVEN_DATABASE)
    if not GIVEN_DATABASE:
        _need_not_last()


def _need_not_last() -> None:
    """Let no commit wait for the disk: what a broken-off run leaves behind is made anew."""
    with psycopg.connect(servers.addresses(HOME).owner_url, autocommit=True) as link:
        for name in ("fsync", "synchronous_commit"):
            link.execute(SQL("ALTER SYSTEM SET {} = off").format(Identifier(name)))
        link.execute("SELECT pg_reload_conf()")


def pytest_collection_finish() -> None:
    """Let what was imported and collected stand aside: it lives to the end, and is much."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure() -> None:
    """Stop the engines after everything else, the test database's removal included."""
    servers.stop(HOME)
