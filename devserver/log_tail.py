"""Shows the programs' logs in the terminal as they grow, each line with its program's name."""

import os
import re
from pathlib import Path
from typing import IO

from devserver.console import say

# The sweep runs every few seconds: in the terminal it would bury all else. The file has it.
# What is discarded waited too long for the worker to start.
ROUTINE = re.compile(r": INFO/\w+(-\d+)?\] (Task \S+ (received|succeeded)|Discarding revoked task)")


class Tail:
    """The new lines of one log, which may be rotated meanwhile."""

    def __init__(self, name: str, path: Path) -> None:
        """Begin at the end of what is there: older lines were of another run."""
        self.name = name
        self.path = path
        self.file: IO[str] | None = None
        self.unfinished = ""
        if path.exists():
            self.file = self._open()
            self.file.seek(0, 2)

    def show(self) -> None:
        if self.file is None and self.path.exists():
            self.file = self._open()
        if self.file is None:
            return
        *lines, self.unfinished = (self.unfinished + self.file.read()).split("\n")
        for line in lines:
            if not ROUTINE.search(line):
                say(f"{self.name:>10} | {line}")
        if not self.path.exists() or not same_file(self.path, self.file):
            self.close()

    def close(self) -> None:
        """Let go of the file; a further call of show() opens the one that took its place."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def _open(self) -> IO[str]:
        return self.path.open(errors="replace")


def same_file(path: Path, handle: IO[str]) -> bool:
    """Tell whether the open file is still the one that bears the name."""
    return os.path.samestat(path.stat(), os.fstat(handle.fileno()))
