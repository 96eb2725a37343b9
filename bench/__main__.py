"""`make bench`: what costs what, beside anchors measured in the same run.

Seconds depend on the machine and on what else it does; a ratio of two things measured in turn
does not. `ARGS=quick` takes the demo alone, with few rounds; names of subjects take those.
"""

import argparse
from collections.abc import Iterator

from bench import ground  # noqa: F401  before all that needs Django
from bench.lines import files, pages, phones, rollups, stack, submits
from bench.results import HEAD, Line, row, save, write_page
from bench.worlds import world

SUBJECTS = {
    module.__name__.rsplit(".", 1)[1]: module
    for module in (phones, pages, submits, files, stack, rollups)
}


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
    parser.add_argument("words", nargs="*", help=f"quick, {', '.join(SUBJECTS)}")
    words = parser.parse_args().words
    quick = "quick" in words
    subjects = [word for word in words if word in SUBJECTS] or list(SUBJECTS)
    if unknown := set(words) - {"quick", *SUBJECTS}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    lines: list[Line] = []
    print(HEAD, flush=True)

    def take(found: Iterator[Line]) -> None:
        for line in found:
            lines.append(line)
            print(row(vars(line)), flush=True)

    try:
        take(measure("demo", subjects, quick=quick))
        if not quick:
            take(measure("nation", subjects, quick=quick))
            if "stack" in subjects:
                take(stack.start())
    finally:
        save(lines)
        if not quick:
            write_page()


if __name__ == "__main__":
    main()
