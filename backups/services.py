"""Making a backup, proving it, and bringing one back."""

import datetime as dt
import json
import logging
import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from backups.facts import LEFT_OUT, Facts, Link, differences, facts_of, roles_of, tables_of
from backups.programs import connect, database, environment, portal_in, program
from backups.sealed_file import DamagedFileError, SealedWriter, read_sealed
from core import clock
from core.heartbeat import record_heartbeat

logger = logging.getLogger(__name__)

SUFFIX = ".backup"
# A request that was under way when the backup began may not be in it.
UNDER_WAY = dt.timedelta(minutes=2)
SIZE = 4  # bytes that say how long the head of a file is
# More rows than any table gets between a backup and its restoring.
NUMBERS_LEFT_OUT = 1_000_000


class BackupError(Exception):
    """Says to a technician what was not done, and why."""


@dataclass(frozen=True)
class Head:
    """What a backup says of itself: its moment, the facts, and the keys of the portal."""

    made_at: dt.datetime
    facts: Facts
    keys: dict[str, str]
    roles: list[str]


def backup_key() -> str:
    if len(settings.BACKUP_KEY) < 32:
        raise BackupError("Chưa có BACKUP_KEY (ít nhất 32 ký tự): openssl rand -base64 32")
    return str(settings.BACKUP_KEY)


def back_up(folder: Path | None = None, *, is_proved: bool = True) -> Path:
    """Write a file with the whole database and the portal's keys, and prove that it comes back."""
    with alone():
        path = make_backup(folder or settings.BACKUP_DIR)
        if is_proved:
            prove_backup(path)
    return path


def make_backup(folder: Path) -> Path:
    """Write one file with the whole database, its facts and the portal's keys; return its path."""
    key = backup_key()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _frozen() as (link, snapshot):
        for left in folder.glob(f"*{SUFFIX}.part"):  # of one that was killed
            left.unlink()
        now = timezone.now()
        path = folder / f"tienphong06-{now:%Y%m%dT%H%M%S}Z{SUFFIX}"
        head = {
            "made_at": clock.now().isoformat(),
            "facts": facts_of(link),
            "roles": roles_of(link),
            "keys": {name: getattr(settings, name) for name in settings.SAVED_KEYS},
        }
        with SealedWriter(path, key) as writer:
            text = json.dumps(head).encode()
            writer.write(len(text).to_bytes(SIZE, "big") + text)
            _dump(snapshot, writer)
            digest = writer.close()
    logger.info("backup %s, SHA-256 %s", path.name, digest)
    return path


def _dump(snapshot: str, writer: SealedWriter) -> None:
    words = [
        *("--format=custom", "--no-owner", f"--snapshot={snapshot}"),
        *(f"--exclude-table-data={name}" for name in LEFT_OUT),
    ]
    with subprocess.Popen(
        [program("pg_dump"), *words, database()],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as dump:
        while data := os.read(dump.stdout.fileno(), 1 << 20):  # type: ignore[union-attr]
            writer.write(data)
        message = dump.stderr.read().decode() if dump.stderr else ""
    if dump.returncode:
        raise BackupError(f"pg_dump: {message.strip()}")


def read_head(path: Path) -> Head:
    """Read a file to its end; raise ``BackupError`` where a single bit of it is not right."""
    head, pieces = _opened(path)
    for _piece in pieces:
        pass
    return head


def _opened(path: Path) -> tuple[Head, Iterator[bytes]]:
    """Return the head and, piece by piece, the dump behind it."""
    pieces = _pieces(path)
    known = b""
    for piece in pieces:
        known += piece
        end = SIZE + int.from_bytes(known[:SIZE], "big")
        if len(known) >= end:
            break
    else:
        raise BackupError(DAMAGED.format(path))
    message = json.loads(known[SIZE:end])

    def rest() -> Iterator[bytes]:
        yield known[end:]
        yield from pieces

    made_at = dt.datetime.fromisoformat(message["made_at"])
    return Head(made_at, message["facts"], message["keys"], message["roles"]), rest()


DAMAGED = (
    "{} bị hỏng, bị cắt, bị sửa, hoặc BACKUP_KEY không phải khóa của tệp này. Chưa đụng vào gì."
)


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        yield from read_sealed(path, backup_key())
    except (DamagedFileError, FileNotFoundError) as error:
        raise BackupError(DAMAGED.format(path)) from error


def prove_backup(path: Path) -> Head:
    """Restore a file into a database of its own, compare it with what it says, and drop it."""
    head = read_head(path)
    with connect("postgres", autocommit=True) as server:
        name = _restored(server, path, head)
        server.execute(SQL("DROP DATABASE {}").format(Identifier(name)))
    record_heartbeat("backup", path.name)
    return head


def restore_backup(path: Path, *, replace: bool = False) -> tuple[Head, str]:
    """Put the database of a file in the place of the portal's; return the head, and the name
    under which a database that was not empty stays.

    Nothing is touched before the file was read to its end, restored beside and compared.
    """
    head, name = read_head(path), database()
    _refuse_newer(head)
    with alone(), connect("postgres", autocommit=True) as server:
        is_there, is_empty = _found(server, name)
        if not is_empty and not replace:
            raise BackupError(
                f"Cơ sở dữ liệu {name} không trống. Muốn thay: thêm --replace "
                "(dữ liệu đang có được giữ lại dưới tên khác)."
            )
        fresh = _restored(server, path, head)
        try:
            mark_restored(fresh, since=head.made_at)
            _bring_up(fresh, head)
        except BaseException:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(fresh)))
            raise
        connection.close()
        aside = _swapped(server, name, fresh, is_there=is_there, is_empty=is_empty)
    return head, aside


def _refuse_newer(head: Head) -> None:
    known = set(MigrationLoader(None).disk_migrations)
    ours = {app for app, _name in known}
    newer = [
        f"{app}.{name}"
        for app, name in head.facts["migrations"]
        if app in ours and (app, name) not in known
    ]
    if newer:
        raise BackupError(f"Bản sao lưu do ấn bản mới hơn tạo ra ({newer[0]}…). Cập nhật mã trước.")


def missing_steps(head: Head) -> list[str]:
    """Return the migrations since the release that made a backup; none if it was this one."""
    done = {(app, name) for app, name in head.facts["migrations"]}
    return [
        f"{app}.{name}" for app, name in sorted(MigrationLoader(None).disk_migrations.keys() - done)
    ]


def _bring_up(name: str, head: Head) -> None:
    """Let the database of an older release become one of this release."""
    if not missing_steps(head):
        return
    with portal_in(name):
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except Exception as error:
            raise BackupError(f"migrate: {error} Dữ liệu đang có còn nguyên.") from error


def _found(server: Link, name: str) -> tuple[bool, bool]:
    """Return whether there is a database of this name, and whether nothing is in it."""
    if not server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount:
        return False, True
    with connect(name) as link:
        return True, not tables_of(link)


def _restored(server: Link, path: Path, head: Head) -> str:
    """Restore a file into a new database that is then as the file says; return its name."""
    name = f"{database()}_restored"
    server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
    server.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
    try:
        known = [role for (role,) in server.execute("SELECT rolname FROM pg_roles")]
        # Rights are given again by who makes the roles, where these are not there.
        _load(name, path, rights=set(head.roles) <= set(known))
        with connect(name) as link:
            wrong = differences(head.facts, json.loads(json.dumps(facts_of(link))))
            link.rollback()
            link.execute("ANALYZE")
        if wrong:
            raise BackupError(f"{path}: khác với bảng kê: {'; '.join(wrong[:5])}")
    except BaseException:
        server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
        raise
    return name


def _load(name: str, path: Path, *, rights: bool) -> None:
    words = ["--exit-on-error", "--no-owner", f"--dbname={name}"]
    words += [] if rights else ["--no-privileges"]
    with subprocess.Popen(
        [program("pg_restore"), *words],
        env=environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as load:
        _head, pieces = _opened(path)
        with suppress(BrokenPipeError):  # it says itself why it stopped
            for piece in pieces:
                load.stdin.write(piece)  # type: ignore[union-attr]
        _nothing, message = load.communicate()
    if load.returncode:
        raise BackupError(f"pg_restore: {message.decode().strip()}")


def mark_restored(name: str, *, since: dt.datetime) -> None:
    """Note down in a database that what came after a moment is lost: phones send it again.

    A number that was given since is not given again: what a phone or an old link knows by it would
    be somebody else's.
    """
    row = {
        "name": "restored",
        "at": clock.now().isoformat(),
        "message": (since - UNDER_WAY).isoformat(),
        "is_fine": True,
    }
    with connect(name) as link:
        link.execute("DELETE FROM core_heartbeat WHERE name = 'restored'")
        # Whatever columns the table had when the backup was made.
        link.execute(
            "INSERT INTO core_heartbeat SELECT * FROM "
            "jsonb_populate_record(NULL::core_heartbeat, %s::jsonb)",
            [json.dumps(row)],
        )
        link.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, "
            "coalesce(last_value, 0) + %s) FROM pg_sequences WHERE schemaname = 'public'",
            [NUMBERS_LEFT_OUT],
        )


def _swapped(server: Link, name: str, fresh: str, *, is_there: bool, is_empty: bool) -> str:
    """Give the fresh database the name of the portal's; return that of the one it replaces."""
    aside = ""
    if is_there and is_empty:
        server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
    elif is_there:
        aside = f"{name}_before_{timezone.now():%Y%m%dT%H%M%S}"
        # Nobody comes back in between.
        barred = SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        server.execute(barred.format(Identifier(name), SQL("false")))
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        rename = SQL("ALTER DATABASE {} RENAME TO {}")
        server.execute(rename.format(Identifier(name), Identifier(aside)))
        server.execute(barred.format(Identifier(aside), SQL("true")))
    server.execute(
        SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(fresh), Identifier(name))
    )
    return aside


@contextmanager
def alone() -> Iterator[None]:
    """Let one work on backups at a time: a message may be delivered twice, and a hand be at it."""
    with connect("postgres", autocommit=True) as server:
        name = [f"backup of {database()}"]
        lock = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        free = server.execute(lock, name).fetchone()
        if not (free and free[0]):
            raise BackupError("Một bản sao lưu khác đang được làm.")
        yield
        # The server notices a closed connection a moment later, and somebody may ask just then.
        server.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


@contextmanager
def _frozen() -> Iterator[tuple[Link, str]]:
    """Give a moment of the database that both we and pg_dump see."""
    with connect(database()) as link:
        link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row: Any = link.execute("SELECT pg_export_snapshot()").fetchone()
        yield link, row[0]


def nightly() -> str:
    """Make a backup, prove it, copy it off the host, let old ones go; return what was done."""
    if not settings.BACKUP_KEY:
        return "off"
    path = back_up()
    _copy_away(path)
    files = sorted(settings.BACKUP_DIR.glob(f"*{SUFFIX}"))
    for old in files[: -settings.BACKUP_KEEP]:
        old.unlink()
    return path.name


def _copy_away(path: Path) -> None:
    if settings.BACKUP_HOOK:
        subprocess.run([*shlex.split(settings.BACKUP_HOOK), str(path)], check=True, timeout=3600)
        record_heartbeat("backup_copied", path.name)
