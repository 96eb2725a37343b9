"""`make bench`: what costs what, beside anchors measured in the same run.

Seconds depend on the machine and on what else it does; a ratio of two things measured in turn
does not. `ARGS=quick` takes the demo alone, with few rounds; names of subjects or of one world
take those.
"""

import argparse
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bench import ground  # noqa: F401  before all that needs Django
from bench.lines import files, pages, phones, rollups, sources, stack, submits
from bench.results import HEAD, Line, row, save, write_page
from bench.worlds import world

SUBJECTS = {
    module.__name__.rsplit(".", 1)[1]: module
    for module in (stack, phones, pages, submits, files, rollups, sources)
}

WORLDS = ("demo", "nation")


class Run:
    """One run of the bench: what fails takes nothing of the others with it."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.begun = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
        self.failed: list[str] = []
        self.seconds: dict[str, float] = defaultdict(float)

    def measure(self, name: str, subjects: list[str]) -> None:
        """Take the lines of the subjects that are measured in a world."""
        wanted = [(s, one) for s in subjects for one in SUBJECTS[s].MEASUREMENTS.get(name, ())]
        if not wanted:
            return
        with self._step(name, "start and end of the world"), world(name) as ground_of_it:
            for subject, one in wanted:
                with self._step(name, subject):
                    self.take(one(ground_of_it, quick=self.quick))

    def start(self) -> None:
        with self._step("", "make run"):
            self.take(stack.start())

    def take(self, found: Iterator[Line]) -> None:
        for line in found:
            if self.quick:
                line = replace(line, note=", ".join(filter(None, ("quick", line.note))))
            # At once: a run that is broken off leaves what it has measured.
            save([line], run=self.begun)
            print(row({**vars(line), "run": self.begun}), flush=True)

    @contextmanager
    def _step(self, name: str, subject: str) -> Iterator[None]:
        label, began = f"{name} {subject}".strip(), time.perf_counter()
        within = sum(self.seconds.values())
        try:
            yield
        except Exception:
            self.failed.append(label)
            traceback.print_exc()
        within = sum(self.seconds.values()) - within
        self.seconds[label] += time.perf_counter() - began - within


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("words", nargs="*", help=f"quick, {', '.join((*WORLDS, *SUBJECTS))}")
    words = parser.parse_args().words
    quick = "quick" in words
    worlds = [word for word in words if word in WORLDS] or list(WORLDS)
    subjects = [word for word in words if word in SUBJECTS] or list(SUBJECTS)
    if unknown := set(words) - {"quick", *WORLDS, *SUBJECTS}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    print(HEAD, flush=True)
    run = Run(quick=quick)
    try:
        for name in ("demo",) if quick else worlds:
            run.measure(name, subjects)
        if not quick and "stack" in subjects:
            run.start()
    finally:
        # Also where the run was broken off: lines that it did not come to stay with their run.
        if not quick:
            write_page()
        for label, seconds in run.seconds.items():
            print(f"{label}: {seconds:.0f} s")
    if run.failed:
        print(f"Failed, the rest was measured: {', '.join(run.failed)}.", file=sys.stderr)
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
