"""A real PgBouncer with the settings that we ship, in front of the tests' own server."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from configparser import RawConfigParser
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from devserver.pooler import pgbouncer_path
from tests.portal import REPOSITORY, until

SHIPPED = REPOSITORY / "config" / "pgbouncer.ini"
# So few that those who work at once take turns, and each transaction in turn has another one:
# what one leaves on its connection, somebody else finds there, and never it itself.
SERVER_CONNECTIONS = 3


@contextmanager
def pooler(folder: Path, database: str, server: str, role: str) -> Iterator[str]:
    """Give the folder of the socket at which the pooler answers to ``role`` in the block.

    Its databases bear the names of those in the shipped file, and all lead to ``database`` of the
    server whose socket's folder is given.
    """
    given = RawConfigParser()
    given.read(SHIPPED)
    for name, words in given["databases"].items():
        _host, _name, limits = words.split(" ", 2)
        given["databases"][name] = f"host={server} dbname={database} {limits}"
    users = folder / "users"
    users.write_text(f'"{role}" ""\n')
    given["pgbouncer"].update(
        {
            "listen_addr": "",
            "unix_socket_dir": str(folder),
            "auth_type": "trust",
            "auth_file": str(users),
            "default_pool_size": str(SERVER_CONNECTIONS),
            "min_pool_size": str(SERVER_CONNECTIONS),
            "server_round_robin": "1",
        }
    )
    path = folder / "pgbouncer.ini"
    with path.open("w") as file:
        given.write(file)
    owner = os.geteuid()
    if owner == 0:
        # It does not run as root, and the server's socket is open to the server's user alone.
        owner = Path(server).stat().st_uid
        os.chown(folder, owner, pwd.getpwuid(owner).pw_gid)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [pgbouncer_path(), str(path)], stdout=log, stderr=log, user=owner
        )
    try:
        until(lambda: _answers(folder, role) or process.poll() is not None, 10)
        assert process.poll() is None, (folder / "log").read_text()
        yield str(folder)
    finally:
        process.terminate()
        process.wait()


def _answers(folder: Path, role: str) -> bool:
    try:
        psycopg.connect(host=str(folder), port=6432, user=role, dbname="portal").close()
    except psycopg.OperationalError:
        return False
    return True


def through(folder: str, role: str, database: str = "portal") -> dict[str, Any]:
    """Return the variables of a portal that goes through the pooler."""
    url = f"postgres://{role}:@/{database}?host={folder}&port=6432"
    return {"DATABASE_URL": url, "DATABASE_POOLED": "1"}
