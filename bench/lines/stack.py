"""What the whole of it weighs, and how soon it runs."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from bench.clients import open_loop
from bench.lines.submits import BACKGROUND, reports
from bench.results import ROOT, Line, at_most, compare
from bench.worlds import World

SETTLED = 10


def memory(world: World, *, quick: bool) -> Iterator[Line]:
    """Engines, web, workers and beat together, each shared page counted once."""
    time.sleep(1 if quick else SETTLED)
    yield compare("memory, idle", "", "MB", [_mb(world)], [], at_most(500, "ours"))
    seconds = 3 if quick else 15
    jobs = list(reports(world, BACKGROUND * seconds))
    clients = [world.api("tinhdoan") for _ in range(16)]
    load = threading.Thread(target=open_loop, args=(clients, jobs, BACKGROUND))
    load.start()
    most = 0.0
    while load.is_alive():
        most = max(most, _mb(world))
        load.join(1)
    yield compare("memory, 50 submits a second", "", "MB", [most], [], at_most(650, "ours"))
    world.settle()


def _mb(world: World) -> float:
    found = 0
    for pid in world.processes():
        with suppress(OSError):
            rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            found += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return found / 1024


def start() -> Iterator[Line]:
    """`make run` in a clone without data, packages there already, and once more."""
    with TemporaryDirectory() as folder:
        # PostgreSQL, which never runs as root, has to pass through it.
        Path(folder).chmod(0o755)
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        first = _until_it_answers(clone)
        again = _until_it_answers(clone)
        shutil.rmtree(clone)
    yield compare(
        "make run from nothing, packages there", "", "s", [first], [], at_most(20, "ours")
    )
    yield compare("make run again", "", "s", [again], [], at_most(4, "ours"))


def _until_it_answers(clone: Path) -> float:
    # What the bench itself has been given is not the clone's.
    own = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "DEBUG"}
    given = {
        name: value
        for name, value in os.environ.items()
        if name not in own and not name.startswith("PORTAL_")
    }
    port = "18990"
    began = time.perf_counter()
    runner = subprocess.Popen(
        [sys.executable, "-m", "devserver"],
        cwd=clone,
        env={**given, "PORT": port, "PORTAL_VAR": str(clone / "var")},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while runner.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return time.perf_counter() - began
            except (URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError("make run has ended.")
    finally:
        runner.send_signal(signal.SIGINT)
        runner.wait(60)


MEASUREMENTS = {"demo": (memory,)}
