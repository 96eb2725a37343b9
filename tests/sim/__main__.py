"""``make sim``: many seeds, and every planted fault, on all cores.

``python -m tests.sim 7`` plays one campaign, ``python -m tests.sim 0-99`` some.
"""

import os
import subprocess
import sys

PYTEST = [sys.executable, "-m", "pytest", "-q", "tests/sim"]
SEEDS, FAULTS = "rules_say", "planted"


def main() -> int:
    """Return 0 when no campaign differs and each fault is found."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    first, _dash, last = (asked or "0-1999").partition("-")
    seeds = range(int(first), int(last or first) + 1)
    cores = min(os.cpu_count() or 1, len(seeds))
    size = -(-len(seeds) // cores)
    parts = [seeds[start : start + size] for start in range(0, len(seeds), size)]
    runs = [_start(SEEDS, SIM_SEEDS=f"{part[0]}-{part[-1]}") for part in parts]
    codes = [run.wait() for run in runs]
    if not asked:
        codes.append(_start(FAULTS, SIM_FAULTS="all").wait())
    return int(any(codes))


def _start(which: str, **given: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([*PYTEST, "-k", which], env={**os.environ, **given})


if __name__ == "__main__":
    sys.exit(main())
