"""Finds the PgBouncer that the tests of pooled connections start, and installs one if need be.

``python -m devserver.pooler`` is a step of `make test`, as the browser is.
"""

import os
import shutil
import subprocess
import sys

SBIN = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")


class NoPgBouncer(RuntimeError):
    """There is no PgBouncer."""


def pgbouncer_path() -> str:
    folders = os.pathsep.join((os.environ.get("PATH", os.defpath), *SBIN))
    found = shutil.which("pgbouncer", path=folders)
    if found is None:
        raise NoPgBouncer(
            "Không tìm thấy PgBouncer cho các bài thử về kết nối dùng chung. "
            "Debian/Ubuntu: sudo apt-get install pgbouncer; macOS: brew install pgbouncer."
        )
    return found


def install() -> None:
    """Install the distribution's PgBouncer where we may; its service is not started."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    # Level 1 is the level of maintenance, in which an installed service is not started.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", "pgbouncer"]):
        subprocess.run(["apt-get", *words], env=environment, check=False)


def main() -> int:
    try:
        pgbouncer_path()
    except NoPgBouncer:
        install()
    try:
        print(pgbouncer_path())
    except NoPgBouncer as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
