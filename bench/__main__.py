"""`make bench`: what costs what, beside anchors measured in the same run.

Seconds depend on the machine and on what else it does; a ratio of two things measured in turn
does not. `ARGS=quick` takes the demo alone, with few rounds; names of subjects or of one world
take those.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace

from bench import ground  # noqa: F401  before all that needs Django
from bench.lines import files, pages, phones, rollups, stack, submits
from bench.results import HEAD, Line, row, save, write_page
from bench.worlds import world

SUBJECTS = {
    module.__name__.rsplit(".", 1)[1]: module
    for module in (stack, phones, pages, submits, files, rollups)
}

WORLDS = ("demo", "nation")


def measure(name: str, subjects: list[str], *, quick: bool) -> Iterator[Line]:
    """Yield the lines of the subjects that are measured in a world."""
    wanted = [one for s in subjects for one in SUBJECTS[s].MEASUREMENTS.get(name, ())]
    if not wanted:
        return
    with world(name) as ground_of_it:
        for one in wanted:
            yield from one(ground_of_it, quick=quick)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("words", nargs="*", help=f"quick, {', '.join((*WORLDS, *SUBJECTS))}")
    words = parser.parse_args().words
    quick = "quick" in words
    worlds = [word for word in words if word in WORLDS] or list(WORLDS)
    subjects = [word for word in words if word in SUBJECTS] or list(SUBJECTS)
    if unknown := set(words) - {"quick", *WORLDS, *SUBJECTS}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    print(HEAD, flush=True)

    def take(found: Iterator[Line]) -> None:
        for line in found:
            if quick:
                line = replace(line, note=", ".join(filter(None, ("quick", line.note))))
            # At once: a run that is broken off leaves what it has measured.
            save([line])
            print(row(vars(line)), flush=True)

    try:
        for name in ("demo",) if quick else worlds:
            take(measure(name, subjects, quick=quick))
        if not quick and "stack" in subjects:
            take(stack.start())
    finally:
        # A run of some subjects knows nothing of the others' lines, which stand on the page.
        if not quick and subjects == list(SUBJECTS):
            write_page()


if __name__ == "__main__":
    main()
