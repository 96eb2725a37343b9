"""What the person at the terminal sees: short lines in Vietnamese, with the time so far."""

import sys
import time


class Failure(Exception):
    """The portal cannot start; the message says what to do and needs no traceback."""


def say(line: str) -> None:
    """Print one line at once; a terminal that is gone (SIGHUP) is no reason to stop."""
    try:
        # In one piece: another process may speak at the same time.
        print(f"{line}\n", end="", flush=True)
    except (OSError, ValueError):
        # Python would complain once more about the unwritten line when it ends.
        sys.stdout = None


class Clock:
    """Prints each step with the seconds since the start, across processes."""

    def __init__(self, started: float | None = None) -> None:
        """Count from `started` (time.time()), or from now."""
        self.started = time.time() if started is None else started

    def step(self, what: str) -> None:
        say(f"[{time.time() - self.started:6.1f} s] {what}".replace(".", ",", 1))
