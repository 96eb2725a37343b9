"""``make test``: all tests, half of them beside the other half, as two terminals would.

Those that break things measure how long people wait, and run alone at the end. With
arguments it is one plain run of pytest.
"""

import subprocess
import sys
import tempfile

PYTEST = [sys.executable, "-m", "pytest"]
# About as long as all that is left.
HALF = ("tests/e2e", "tests/devserver/test_servers.py")
FAULTS = "tests/faults"


def main() -> int:
    """Run the tests; return 0 when all of them passed."""
    if words := sys.argv[1:]:
        return subprocess.run([*PYTEST, *words], check=False).returncode
    with tempfile.TemporaryFile("w+") as wording:
        beside = subprocess.Popen([*PYTEST, *HALF], stdout=wording, stderr=subprocess.STDOUT)
        try:
            rest = [*PYTEST, *(f"--ignore={path}" for path in (*HALF, FAULTS))]
            codes = [subprocess.run(rest, check=False).returncode, beside.wait()]
        finally:
            beside.terminate()
            beside.wait()
            wording.seek(0)
            sys.stdout.write(wording.read())
            sys.stdout.flush()
    codes.append(subprocess.run([*PYTEST, FAULTS], check=False).returncode)
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
