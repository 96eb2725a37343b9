"""``make mutants``: plants faults in the core, subject by subject, and tells which were seen."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.mutants.subjects import SUBJECTS

SAMPLE, SEED = 60, 6
PYTEST = [sys.executable, "-m", "pytest", "-p", "tests.mutants.plugin", "-p", "no:cacheprovider"]


def main() -> int:
    """Try what is asked for; return 0 where 95 of 100 were seen."""
    asked = os.environ.get("MODULES", "").replace(",", " ").split() or list(SUBJECTS)
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in asked:
        together[SUBJECTS[name].tests].append(name)
    unseen = tried = 0
    for tests, names in together.items():
        for found in run(tests, names):
            missed = len(found["unseen"])
            unseen, tried = unseen + missed, tried + found["tried"]
            seen = f"{found['tried'] - missed} of {found['tried']} seen ({found['of']} in all)"
            sys.stdout.writelines(
                [f"{found['name']}: {seen}\n", *(f"    {line}\n" for line in found["unseen"])]
            )
            sys.stdout.flush()
    sys.stdout.write(f"{tried - unseen} of {tried} seen\n")
    return int(unseen > 0.05 * tried)


def run(tests: tuple[str, ...], names: list[str]) -> list[dict[str, Any]]:
    """Try subjects that have their tests in common."""
    with tempfile.NamedTemporaryFile() as result:
        asked = {
            "subjects": {name: SUBJECTS[name].paths for name in names},
            "sample": int(os.environ.get("SAMPLE") or SAMPLE),
            "seed": int(os.environ.get("SEED") or SEED),
            # What an earlier run has said: those alone that it names are tried.
            "again": Path(os.environ["AGAIN"]).read_text() if os.environ.get("AGAIN") else "",
            "result": result.name,
        }
        subprocess.run(
            [*PYTEST, "-q", "-s", *tests],
            env={**os.environ, "MUTANTS": json.dumps(asked)},
            stdout=sys.stderr,
            check=True,
        )
        found: list[dict[str, Any]] = json.loads(Path(result.name).read_text())
    return found


if __name__ == "__main__":
    sys.exit(main())
