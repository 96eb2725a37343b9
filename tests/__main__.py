"""``make test``: all tests, in three runs beside one another, as three terminals would.

All three end at about the same time, or a core would stand idle. The tests that break
things and go by time run alone at the end. With arguments it is one plain run of pytest.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from typing import IO

PYTEST = [sys.executable, "-m", "pytest"]
# What starts servers of its own, as a browser's portal is.
BROWSER = ("tests/e2e", "tests/devserver", "tests/config")
# They wait for nothing that is timed, as those that are killed at a moment of a drain do.
UNTIMED = tuple(f"tests/faults/test_killed_{what}.py" for what in ("deliver", "digests"))
# About as long as all that is left.
HALF = (
    *("tests/volunteers", "tests/test_links.py", "tests/test_matrix.py"),
    *("tests/core", "tests/demo", "tests/upgrade", "tests/backups", *UNTIMED),
)
FAULTS = "tests/faults"
ALONE = (FAULTS, *(f"--ignore={path}" for path in UNTIMED))


def main() -> int:
    """Run the tests; return 0 when all of them passed."""
    if words := sys.argv[1:]:
        return subprocess.run([*PYTEST, *words], check=False).returncode
    rest = [f"--ignore={path}" for path in (*BROWSER, *HALF, FAULTS)]
    with ExitStack() as stack:
        beside = [_start(stack, paths) for paths in (HALF, BROWSER)]
        codes = [subprocess.run([*PYTEST, *rest], check=False).returncode]
        for run, output in beside:
            codes.append(run.wait())
            output.seek(0)
            sys.stdout.write(output.read())
            sys.stdout.flush()
    codes.append(subprocess.run([*PYTEST, *ALONE], check=False).returncode)
    return int(any(codes))


def _start(stack: ExitStack, paths: tuple[str, ...]) -> tuple["subprocess.Popen[str]", IO[str]]:
    """Start a run whose output waits for its turn; it ends with us, whatever happens."""
    output = stack.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115 - it is entered
    run = subprocess.Popen([*PYTEST, *paths], stdout=output, stderr=subprocess.STDOUT, text=True)
    stack.callback(run.wait)
    stack.callback(run.terminate)
    return run, output


if __name__ == "__main__":
    sys.exit(main())
