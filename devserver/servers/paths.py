"""Where the servers of one home keep their data, logs and sockets."""

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# A socket's address is at most about 104 bytes long, and a clone may lie deep. Sockets
# therefore live in /tmp, not in TMPDIR: every terminal must come to the same address.
SOCKET_ROOT = Path("/tmp")  # noqa: S108 - the folders below are checked to be ours alone
LOG_LIMIT_BYTES = 5_000_000


class EngineError(RuntimeError):
    """A server could not be started or stopped; the message is meant for a person."""


@dataclass(frozen=True)
class Addresses:
    """The URLs that settings need: postgres://…?host=FOLDER and unix:///PATH.

    The portal signs in to the database as a role that owns nothing; ``owner_url`` migrates.
    """

    owner_url: str
    database_url: str
    broker_url: str


@dataclass(frozen=True)
class Layout:
    """The paths of one home; making one touches nothing on disk."""

    home: Path
    digest: str
    postgres_sockets: Path
    valkey_sockets: Path

    @classmethod
    def of(cls, home: Path) -> "Layout":
        """Return the layout of `home`, the same for every process of one user."""
        home = home.resolve()
        digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        # Two folders: started by root, PostgreSQL runs as another user than Valkey.
        sockets = SOCKET_ROOT / f"tienphong06-{os.geteuid()}-{digest}"
        return cls(home, digest, sockets.with_name(f"{sockets.name}-pg"), sockets)

    @property
    def addresses(self) -> Addresses:
        return Addresses(
            owner_url=f"postgres://postgres:@/portal?host={self.postgres_sockets}",
            database_url=f"postgres://portal_web:@/portal?host={self.postgres_sockets}",
            broker_url=f"unix://{self.valkey_sockets / 'valkey.sock'}",
        )

    @property
    def logs(self) -> Path:
        return self.home / "log"


@contextmanager
def locked(layout: Layout) -> Iterator[None]:
    """Hold the home's lock, so that two terminals never start the same server twice."""
    layout.logs.mkdir(parents=True, exist_ok=True)
    with (layout.home / "engines.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def own_folder(path: Path, uid: int, gid: int) -> None:
    """Make `path` a folder that only `uid` can enter, or refuse what lies there.

    /tmp is open to all: a folder, or a link, that another user put there first would give
    that user our sockets.
    """
    try:
        path.mkdir(mode=0o700)
        os.chown(path, uid, gid)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
            raise EngineError(
                f"Thư mục {path} không thuộc về người chạy (uid {uid}). "
                "Hãy xóa hoặc đổi tên thư mục đó rồi chạy lại."
            ) from None
    path.chmod(0o700)


def roll(log: Path) -> Path:
    """Keep a log from growing without end: set a long one aside, dropping the one before."""
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    return log


def last_lines(log: Path, count: int = 12) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
