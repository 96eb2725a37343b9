"""Finds the PgBouncer that the tests of pooled connections start, and installs one if need be.

``python -m devserver.pooler`` is a step of `make test`, as the browser is.
"""

import os
import shutil
import sys

from devserver import packages

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


def main() -> int:
    try:
        pgbouncer_path()
    except NoPgBouncer:
        packages.install("pgbouncer")
    try:
        print(pgbouncer_path())
    except NoPgBouncer as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
