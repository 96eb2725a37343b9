"""The embedded PostgreSQL: core PostgreSQL only, so that any other can stand in for it."""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from devserver.servers import processes
from devserver.servers.owner import SYSTEM_ROOT, PostgresInstall, open_system_root, place, reachable
from devserver.servers.paths import EngineError, Layout, last_lines, own_folder, roll

DATABASE = "portal"
PORT = "5432"
READY_SECONDS = 60
STOP_SECONDS = 30
ADOPT_SECONDS = 5.0
# After a SIGKILL of the server its last sessions hold the shared memory a little longer.
RETRY_SECONDS = 30.0

# For a small machine, and safe: fsync and full page writes stay on.
SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_line_prefix": "%m[%p]",
    "log_checkpoints": "off",
    # A statement that fails bears the names and numbers it was to write: none in the log.
    "log_min_error_statement": "panic",
}


def start(layout: Layout) -> None:
    """Start PostgreSQL, or adopt the one that runs, and see that the database is there."""
    where = place(layout)
    own_folder(layout.postgres_sockets, where.uid, where.gid)
    if _pid(where) and _answers(layout, ADOPT_SECONDS):
        return
    if _pid(where):
        # It runs but does not answer: stuck, or its socket was swept away.
        stop(layout)
    where = reachable(where, layout)
    if not (where.data / "PG_VERSION").exists():
        _initialise(where, layout)
    _clear_leftovers(where, layout)
    _launch(where, layout)


def stop(layout: Layout) -> bool:
    """Stop PostgreSQL, rolling back what is under way; tell whether it ran."""
    pid = _pid(place(layout)) if _has_data(layout) else 0
    if not pid:
        return False
    for sig, patience in (
        (signal.SIGINT, STOP_SECONDS),
        # Immediate: the next start recovers from the write-ahead log.
        (signal.SIGQUIT, 10.0),
        (signal.SIGKILL, 5.0),
    ):
        processes.send(pid, sig)
        processes.send(pid, signal.SIGCONT)
        if not processes.wait_gone([pid], patience):
            return True
    raise EngineError(f"Không dừng được PostgreSQL (tiến trình {pid}).")


def remove(layout: Layout) -> None:
    shutil.rmtree(layout.home / "postgres", ignore_errors=True)
    shutil.rmtree(SYSTEM_ROOT / layout.digest, ignore_errors=True)
    shutil.rmtree(layout.postgres_sockets, ignore_errors=True)


def _has_data(layout: Layout) -> bool:
    homes = (layout.home / "postgres", SYSTEM_ROOT / layout.digest / "postgres")
    return any(data.exists() for data in homes)


def _initialise(where: PostgresInstall, layout: Layout) -> None:
    """Make the data folder under another name first: a broken-off attempt is no folder."""
    new = where.data.with_name("postgres.new")
    shutil.rmtree(new, ignore_errors=True)
    if not where.data.is_relative_to(layout.home):
        open_system_root(layout)
        print(
            f"   PostgreSQL chạy bằng người dùng nobody, không vào được {layout.home}: "
            f"dữ liệu nằm ở {where.data}",
            file=sys.stderr,
            flush=True,
        )
    own_folder(new, where.uid, where.gid)
    log = layout.logs / "initdb.log"
    with log.open("w") as output:
        failed = where.run("initdb", *_initdb_words(new), output=output)
    if failed:
        raise EngineError(f"PostgreSQL không tạo được thư mục dữ liệu:\n{last_lines(log)}")
    new.rename(where.data)


def _initdb_words(data: Path) -> list[str]:
    # Who can enter the socket's folder is let in as postgres: that is its owner alone.
    # The built-in locale sorts alike on every system; Vietnamese order is the portal's.
    return [
        *("--pgdata", str(data), "--username", "postgres", "--auth", "trust"),
        *("--encoding", "UTF8", "--locale", "C"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
    ]


def _clear_leftovers(where: PostgresInstall, layout: Layout) -> None:
    """Drop the pid and lock files of a server that is gone.

    PostgreSQL sees to that itself, unless the old pid now belongs to another process of
    the same user: then it would refuse to start for ever.
    """
    (where.data / "postmaster.pid").unlink(missing_ok=True)
    for leftover in layout.postgres_sockets.glob(".s.PGSQL.*"):
        leftover.unlink()


def _launch(where: PostgresInstall, layout: Layout) -> None:
    log = roll(layout.logs / "postgres.log")
    deadline = time.monotonic() + RETRY_SECONDS
    while _pg_ctl_start(where, layout, log):
        blocked = "pre-existing shared memory block" in last_lines(log)
        if not blocked or time.monotonic() > deadline:
            raise EngineError(f"PostgreSQL không khởi động được. Nhật ký {log}:\n{last_lines(log)}")
        time.sleep(0.5)
    if not _answers(layout, READY_SECONDS):
        raise EngineError(f"PostgreSQL không trả lời. Nhật ký {log}:\n{last_lines(log)}")


def _pg_ctl_start(where: PostgresInstall, layout: Layout, log: Path) -> int:
    options = {
        **SETTINGS,
        "listen_addresses": "''",
        "port": PORT,
        "unix_socket_directories": str(layout.postgres_sockets),
        "unix_socket_permissions": "0700",
    }
    words = " ".join(f"-c {name}={value}" for name, value in options.items())
    with log.open("a") as output:
        return where.run(
            "pg_ctl",
            *("start", "--silent", "--wait", "--timeout", str(READY_SECONDS)),
            *("--pgdata", str(where.data), "--options", words),
            output=output,
        )


def _answers(layout: Layout, seconds: float) -> bool:
    """Tell whether a session can be opened, and make our database if it is missing.

    Only a real session shows that a server answers: its socket is there before it does.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            _see_to_database(layout)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def _see_to_database(layout: Layout) -> None:
    sockets = str(layout.postgres_sockets)
    with psycopg.connect(
        host=sockets, port=PORT, user="postgres", dbname="postgres", connect_timeout=5
    ) as link:
        link.autocommit = True
        known = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            link.execute(SQL("CREATE DATABASE {}").format(Identifier(DATABASE)))


def _pid(where: PostgresInstall) -> int:
    """Return the pid of the server that runs on these data; 0 if none does.

    The pid file alone proves nothing: after a power cut its number may be anybody's.
    """
    try:
        pid = int((where.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0
    words = processes.command_line(pid)
    named = bool(words) and Path(words[0]).name == "postgres"
    ours = str(where.data) in " ".join(words) or processes.works_in(pid, where.data)
    return pid if named and ours and pid != os.getpid() else 0
