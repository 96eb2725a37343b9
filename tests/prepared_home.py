"""The home of a portal with the demo in it: prepared once, and copied for runs that follow."""

import datetime as dt
import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from devserver import prepared
from tests.plugin import TEST_ROOT

REPOSITORY = Path(__file__).resolve().parent.parent
STORED = TEST_ROOT / "prepared"
MARK = "mark"


class PreparedHome:
    """A home that is stopped; it is stored for portals of the same files, settings and day.

    The demo's clock shows the real time of day: what was prepared yesterday would partly lie in
    the future.
    """

    def __init__(self, home: Path) -> None:
        today = dt.datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
        self.home, self.mark = home, f"{prepared.mark_of(home, REPOSITORY)} {today}"

    def take(self) -> bool:
        """Copy what is stored, if it was prepared from the same."""
        with _alone():
            mark = STORED / MARK
            if not mark.exists() or mark.read_text() != self.mark:
                return False
            shutil.rmtree(self.home, ignore_errors=True)
            _copy(STORED, self.home)
        return True

    def store(self) -> None:
        """Store what has just been prepared, in place of what is stored."""
        if not (self.home / "postgres").exists():
            return  # started by root in a folder that is closed to others, it lies elsewhere
        with _alone():
            shutil.rmtree(STORED, ignore_errors=True)
            _copy(self.home, STORED)
            # Only what is whole bears a mark.
            (STORED / MARK).write_text(self.mark)


def _copy(source: Path, target: Path) -> None:
    # The database belongs to another user where root runs the tests.
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


@contextmanager
def _alone() -> Iterator[None]:
    with STORED.with_suffix(".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
