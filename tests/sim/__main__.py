"""``make sim``: many seeds, and every planted fault, on all cores.

``python -m tests.sim 7`` plays one campaign, ``python -m tests.sim 0-99`` some. Every core takes
its share of both; what is done is told by the line. Exit status 1 where a campaign differs from
the rules, or a fault is not found.
"""

import os
import subprocess
import sys
from threading import Thread

SEEDS, FAULTS = "rules_say", "planted"
# Each test with its time, when it has ended.
PYTEST = [
    *(sys.executable, "-m", "pytest", "tests/sim", "-v", "--no-header", "--show-capture=no"),
    *("-o", "console_output_style=times", "-p", "no:cacheprovider", "-k"),
]


def main() -> int:
    """Return 0 when no campaign differs and each fault is found."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    first, _dash, last = (asked or "0-1999").partition("-")
    seeds = range(int(first), int(last or first) + 1)
    size = -(-len(seeds) // (os.cpu_count() or 1))
    parts = [seeds[start : start + size] for start in range(0, len(seeds), size)]
    runs = []
    for n, part in enumerate(parts):
        given = {"SIM_SEEDS": f"{part[0]}-{part[-1]}", "SIM_FAULTS": f"{n}/{len(parts)}"}
        runs.append(_start(SEEDS if asked else f"{SEEDS} or {FAULTS}", given))
    listeners = [Thread(target=_tell, args=(run,)) for run in runs]
    for listener in listeners:
        listener.start()
    for listener in listeners:
        listener.join()
    codes = [run.wait() for run in runs]
    return int(any(codes))


def _start(which: str, given: dict[str, str]) -> "subprocess.Popen[str]":
    env = {**os.environ, **given}
    return subprocess.Popen([*PYTEST, which], env=env, stdout=subprocess.PIPE, text=True)


def _tell(run: "subprocess.Popen[str]") -> None:
    """Pass on what a share says, in whole lines: others say something, too."""
    for line in run.stdout or ():
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
