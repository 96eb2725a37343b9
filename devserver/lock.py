"""One runner for each home, known by a lock that ends with its holder, however that ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from devserver.console import Failure


@contextmanager
def only_runner(home: Path, port: int) -> Iterator[None]:
    """Hold the lock for the block, or refuse: another runner is at work."""
    with (home / "run.lock").open("a+") as handle:
        if not _taken(handle):
            _, other_port = _holder(handle)
            raise Failure(
                f"Cổng thông tin đang chạy rồi: http://127.0.0.1:{other_port} "
                "Dừng bằng Ctrl-C ở cửa sổ đó, hoặc: make stop"
            )
        handle.truncate(0)
        handle.write(f"{os.getpid()} {port}\n")
        handle.flush()
        yield


def running(home: Path) -> int:
    """Return the pid of the runner at work for this home; 0 if none is."""
    path = home / "run.lock"
    if not path.exists():
        return 0
    with path.open("r") as handle:
        # What the file says is believed only while somebody holds the lock.
        return 0 if _taken(handle) else _holder(handle)[0]


def wait_released(home: Path, seconds: float) -> bool:
    """Wait until no runner is at work; False if one still is after `seconds`."""
    deadline = time.monotonic() + seconds
    while running(home):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _taken(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: IO[str]) -> tuple[int, int]:
    handle.seek(0)
    pid, port = handle.read().split()
    return int(pid), int(port)
