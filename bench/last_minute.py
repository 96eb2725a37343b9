"""`python -m bench.last_minute`: how many processors the country's last minute takes.

What a report costs each kind of process is measured in seconds of a processor, which depend less
than rates on what else the machine does. A minute is then played with them: reports come at random,
each waits for a web process, then for the database; what it costs differs at random
(exponentially). Workers come behind, and nobody waits for them.
"""

import heapq
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bench import ground  # noqa: F401  before all that needs Django
from bench.clients import Client, Job, Load, open_loop
from bench.lines.submits import TAKEN, reports
from bench.worlds import World, work_done, world

T = TypeVar("T")
# Communes of 2025 and of 2023, all within the minute.
COUNTRIES = {"3,321 communes": 3_321, "10,600 communes": 10_600}
MINUTE, PATIENCE = 60.0, 1.0
# Few enough that they do not wait for each other.
MEASURED, PER_SECOND, IDLE = 400, 8, 20.0
# Above this share a queue grows with every small thing that goes wrong.
FULL = 0.8
COUNTED = ("web", "database", "workers")


def measure(running: World) -> dict[str, float]:
    """Return what one report costs each kind of process, without what runs anyhow."""
    running.portal.control("stop", "second")
    clients = [running.api("tinhdoan") for _ in range(4)]
    jobs = list(reports(running, 2 * MEASURED))
    # Each process has its connection, and knows its statements.
    open_loop(clients, jobs[:MEASURED], PER_SECOND)
    running.settle()
    idle, _taken = _spent(running, lambda: time.sleep(IDLE))
    began = time.perf_counter()
    busy, load = _spent(running, lambda: _sent(running, clients, jobs[MEASURED:]))
    share = (time.perf_counter() - began) / IDLE
    taken = len(load.answers) - load.errors(*TAKEN)
    return {kind: (busy[kind] - share * idle[kind]) / taken for kind in COUNTED}


def _sent(running: World, clients: Sequence[Client], jobs: Sequence[Job]) -> Load:
    load = open_loop(clients, jobs, PER_SECOND)
    running.settle()
    return load


def _spent(running: World, work: Callable[[], T]) -> tuple[dict[str, float], T]:
    before = work_done(running)
    done = work()
    after = work_done(running)
    return {kind: after[kind] - before[kind] for kind in COUNTED}, done


@dataclass(frozen=True)
class Played:
    """What became of a minute: seconds under which 99 of 100 were answered, and the last one."""

    p99: float
    last: float


def play(count: int, cost: dict[str, float], web: int, database: int, seed: int = 6) -> Played:
    """Let ``count`` reports come within the minute to so many processors of each kind."""
    dice = random.Random(seed)
    free, ready = [0.0] * web, [0.0] * database
    times = []
    for due in sorted(dice.uniform(0, MINUTE) for _ in range(count)):
        begun = max(due, heapq.heappop(free)) + dice.expovariate(1 / cost["web"])
        ended = max(begun, heapq.heappop(ready)) + dice.expovariate(1 / cost["database"])
        heapq.heappush(free, begun)
        heapq.heappush(ready, ended)
        times.append(ended - due)
    times.sort()
    return Played(times[len(times) * 99 // 100], times[-1])


def needed(count: int, cost: dict[str, float]) -> tuple[int, int, Played]:
    """Return the fewest web and database processors that are enough, and what comes of it."""
    web = _fewest(count, cost["web"])
    database = _fewest(count, cost["database"])
    while (found := play(count, cost, web, database)).p99 > PATIENCE:
        is_web = cost["web"] / web > cost["database"] / database
        web, database = web + is_web, database + (not is_web)
    return web, database, found


def _fewest(count: int, seconds: float) -> int:
    return max(1, -int(-count * seconds // (MINUTE * FULL)))


def main() -> None:
    with world("demo") as running:
        cost = measure(running)
    for kind, seconds in cost.items():
        print(f"{kind}: {seconds * 1000:.1f} ms of a processor a report")
    whole = sum(cost.values())
    print(f"together {whole * 1000:.1f} ms: {FULL * 2 / whole:.0f} a second on 2 processors")
    for name, count in COUNTRIES.items():
        here = play(count, cost, 1, 1)
        print(f"{name}, {count / MINUTE:.0f} a second; web 1 and database 1: ", end="")
        print(f"99 of 100 within {here.p99:.1f} s, the last {here.last:.1f} s")
        web, database, found = needed(count, cost)
        workers = _fewest(count, cost["workers"])
        print(f"  needed: web {web}, database {database}, workers {workers} processors: ", end="")
        print(f"99 of 100 within {found.p99 * 1000:.0f} ms")


if __name__ == "__main__":
    main()
