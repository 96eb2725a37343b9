"""A real streaming replica of the tests' own server, which can be made to lag and to go away."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from devserver.servers import Layout
from devserver.servers.owner import place, reachable
from tests.plugin import HOME
from tests.portal import until

PORT = "5432"


class Replica:
    """Follows the server of the test home; ``folder`` is where its socket lies."""

    def __init__(self, home: Path, *, primary: str, database: str) -> None:
        layout = Layout.of(HOME)
        self._install = reachable(place(layout), layout)
        self._log, self._primary, self._database = home / "log", primary, database
        self.folder = Path(tempfile.mkdtemp(prefix="replica-", dir="/tmp"))
        os.chown(self.folder, self._install.uid, self._install.gid)
        self.data = self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgres://postgres:@/{self._database}?host={self.folder}"

    def make(self) -> None:
        words = ("--pgdata", str(self.data), "--host", self._primary, "--username", "postgres")
        rest = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        self._run("pg_basebackup", *words, *rest)

    def start(self) -> None:
        options = f"-c listen_addresses='' -c port={PORT} -c unix_socket_directories={self.folder}"
        # It keeps no more of the primary's settings than it needs.
        options += " -c shared_buffers=32MB -c max_connections=100 -c fsync=off"
        words = ("--silent", "--wait", "--pgdata", str(self.data), "--options", options)
        self._run("pg_ctl", "start", *words)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--silent", "--mode", "immediate", "--pgdata", str(self.data))

    def pause(self) -> None:
        """Stop replaying what comes in, until ``catch_up``."""
        self.ask("SELECT pg_wal_replay_pause()")
        until(lambda: self.ask("SELECT pg_get_wal_replay_pause_state()") == "paused", 10)

    def catch_up(self) -> None:
        """Go on, and have all that the primary has by now."""
        self.ask("SELECT pg_wal_replay_resume()")
        position = self.ask_primary("SELECT pg_current_wal_insert_lsn()::text")
        has_it = f"SELECT pg_last_wal_replay_lsn() >= '{position}'"
        until(lambda: self.ask(has_it), 20)

    def ask(self, statement: str) -> Any:
        return _answer(str(self.folder), statement)

    def ask_primary(self, statement: str) -> Any:
        return _answer(self._primary, statement)

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *words: str) -> None:
        with self._log.open("a") as output:
            failed = self._install.run(program, *words, output=output)
        assert not failed, self._log.read_text()


def _answer(host: str, statement: str) -> Any:
    conninfo = make_conninfo(host=host, user="postgres", dbname="postgres")
    with psycopg.connect(conninfo, autocommit=True) as link:
        row: Any = link.execute(statement.encode()).fetchone()
        return row[0]
