"""Telling processes apart, so that only our own are ever signalled."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def command_line(pid: int) -> list[str]:
    """Return the arguments a live process was started with; empty if there is none.

    A zombie has no arguments, and so counts as gone.
    """
    try:
        if (PROC / "self").exists():
            words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
            return [os.fsdecode(word) for word in words if word]
    except OSError:
        return []
    shown = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.split()


def works_in(pid: int, folder: Path) -> bool:
    """Tell whether the process's working folder is `folder`; False where nobody can say."""
    try:
        return (PROC / str(pid) / "cwd").resolve(strict=True) == folder.resolve()
    except OSError:
        return False


def with_argument(argument: str) -> list[int]:
    """Return the processes, but not us, whose command line holds exactly this word.

    The word has no spaces: a server that renames itself joins its arguments with them.
    """
    others = (pid for pid in _all_pids() if pid != os.getpid())
    return [pid for pid in others if argument in " ".join(command_line(pid)).split()]


def end(pids: list[int], *, patience: float) -> None:
    """Ask processes to end (SIGTERM), and make those that have not after `patience` seconds."""
    for sig, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        for pid in pids:
            send(pid, sig)
        pids = wait_gone(pids, seconds)


def send(pid: int, sig: int) -> None:
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        return


def wait_gone(pids: list[int], seconds: float) -> list[int]:
    """Wait until the processes are gone, at most `seconds`; return those that are not."""
    deadline = time.monotonic() + seconds
    while pids := [pid for pid in pids if command_line(pid)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return pids


def _all_pids() -> Iterator[int]:
    if (PROC / "self").exists():
        yield from (int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal())
        return
    shown = subprocess.run(["ps", "-axo", "pid="], capture_output=True, text=True, check=True)
    yield from (int(word) for word in shown.stdout.split())
