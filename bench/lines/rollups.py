"""Summing up: everything anew, looking for differences, and one correction."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from bench.results import ROOT, Line, at_least, at_most, compare
from bench.worlds import World

# The totals of both trees by SQL that knows the indicators: three levels of each, typed columns in
# place of counts in JSON until the end. It leaves out sessions, returned reports and who is
# expected.
CODES = ("assisted", "installed", "level1", "level2", "upgraded", "portal_login", "participations")
SUMS = ", ".join(f"sum({code}) AS {code}" for code in CODES)
APPROVED = ", ".join(f"sum(ok_{code}) AS ok_{code}" for code in CODES)
ALL = f"{SUMS}, {APPROVED}, sum(n) AS n"
OBJECT = ", ".join(f"'{code}', {code}" for code in CODES)
OK_OBJECT = ", ".join(f"'{code}', ok_{code}" for code in CODES)
VALUES = ", ".join(f"(counts ->> '{code}')::bigint AS {code}" for code in CODES)
OK_VALUES = ", ".join(
    f"CASE WHEN status IN ('approved', 'locked') THEN (counts ->> '{code}')::bigint END"
    f" AS ok_{code}"
    for code in CODES
)
BY_HAND = """
    CREATE TEMP TABLE leaf AS
        SELECT campaign_id, {column} AS node, date, {values}, {ok_values}, 1 AS n
        FROM reports_dailyreport;
    CREATE TEMP TABLE made AS SELECT campaign_id, node, date, {all} FROM leaf GROUP BY 1, 2, 3;
    ANALYZE made;
    INSERT INTO made SELECT campaign_id, parent_id, date, {all}
        FROM made JOIN {node} x ON x.id = node WHERE parent_id IS NOT NULL
        AND depth = 3 GROUP BY 1, 2, 3;
    INSERT INTO made SELECT campaign_id, parent_id, date, {all}
        FROM made JOIN {node} x ON x.id = node WHERE parent_id IS NOT NULL
        AND depth = 2 GROUP BY 1, 2, 3;
    CREATE TEMP TABLE day AS SELECT campaign_id, node, date,
        jsonb_strip_nulls(jsonb_build_object({object})) AS reported,
        jsonb_strip_nulls(jsonb_build_object({ok_object})) AS approved, n
        FROM (SELECT campaign_id, node, date, {all} FROM made GROUP BY 1, 2, 3) x;
    CREATE UNIQUE INDEX ON day (campaign_id, node, date);
    CREATE TEMP TABLE total AS SELECT campaign_id, node,
        jsonb_strip_nulls(jsonb_build_object({object})) AS reported, n
        FROM (SELECT campaign_id, node, {all} FROM made GROUP BY 1, 2) x;
    DROP TABLE leaf, made, day, total;
"""


def by_hand(world: World) -> float:
    """Return the seconds that it takes; nothing of the portal's is touched."""
    began = time.perf_counter()
    with psycopg.connect(world.portal.layout.addresses.owner_url) as link:
        for node, column in (("campaign_unit", "unit_id"), ("campaign_branch", "branch_id")):
            statement = BY_HAND.format(
                node=node,
                column=column,
                values=VALUES,
                ok_values=OK_VALUES,
                all=ALL,
                object=OBJECT,
                ok_object=OK_OBJECT,
            )
            link.execute(statement.encode())
    return time.perf_counter() - began


def by_polars(world: World) -> float:
    """Return the seconds that it takes, with all that has to be loaded."""
    began = time.perf_counter()
    address = world.portal.layout.addresses.owner_url
    words = [sys.executable, "-m", "bench.by_polars", address, *CODES]
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def peak_memory(world: World, work: Callable[[], float]) -> tuple[float, float]:
    """Return what ``work`` returns, and how many MB of its own the largest backend came to."""
    over, most = threading.Event(), [0.0]

    def watch() -> None:
        while not over.wait(0.5):
            for pid, line in world.processes().items():
                if line.startswith("postgres:"):
                    most[0] = max(most[0], _own_mb(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        taken = work()
    finally:
        over.set()
        watcher.join()
    return taken, most[0]


def _own_mb(pid: int) -> float:
    try:
        rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(row.split()[1]) for row in rows if row.startswith("RssAnon")) / 1024


def rebuild_and_verify(world: World, *, quick: bool) -> Iterator[Line]:
    """Every total of the country made anew, and every total looked at."""
    hand, polars = by_hand(world), by_polars(world)

    def command(*words: str) -> Callable[[], float]:
        def work() -> float:
            began = time.perf_counter()
            world.portal.manage(*words)
            return time.perf_counter() - began

        return work

    rebuilt, memory = peak_memory(world, command("rollup", "--rebuild"))
    anchor = "SQL by hand"
    yield compare("rebuild of the country", anchor, "s", [rebuilt], [hand], at_most(1.3))
    yield compare(
        "rebuild of the country, beside polars", "polars", "s", [rebuilt], [polars], at_most(1)
    )
    yield compare(
        "rebuild of the country: memory of the database",
        "",
        "MB",
        [memory],
        [],
        at_most(300, "ours"),
    )
    verified, memory = peak_memory(world, command("rollup", "--verify"))
    yield compare("verify of the country", anchor, "s", [verified], [hand], at_most(1.3))
    yield compare(
        "verify of the country: memory of the database",
        "",
        "MB",
        [memory],
        [],
        at_most(300, "ours"),
    )
    one = _one_correction(world)
    yield compare(
        "corrections in the time of a rebuild",
        "",
        "corrections",
        [rebuilt / one],
        [],
        at_least(10_000, "ours"),
        note=f"one takes {one * 1000:.1f} ms",
    )


def _one_correction(world: World) -> float:
    """Return the seconds in which a dirty day is summed up to the top, in the database."""
    statement = (
        "INSERT INTO campaign_dirtyday (campaign_id, branch_id, unit_id, date, since)"
        " SELECT campaign_id, branch_id, unit_id, date, now() FROM reports_dailyreport"
        " WHERE date = '2023-06-10' AND branch_id IN ("
        "     SELECT id FROM campaign_branch WHERE code LIKE 'XD-N%') LIMIT 1"
    )
    world.portal.control("stop", "worker", "second")
    try:
        times = []
        for _round in range(5):
            world.portal.rows(statement)
            began = time.perf_counter()
            world.portal.manage("rollup")
            times.append(time.perf_counter() - began)
            began = time.perf_counter()
            world.portal.manage("rollup")
            times[-1] -= time.perf_counter() - began
    finally:
        world.portal.control("start", "worker", "second")
    return max(sorted(times)[2], 0.001)


MEASUREMENTS = {"nation": (rebuild_and_verify,)}
