"""The door: reports a second, the last minute of the day, and how soon a figure is seen."""

import datetime as dt
import itertools
import random
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

from bench.clients import Client, Job, Load, closed_loop, open_loop
from bench.results import Line, at_least, at_most, compare
from bench.worlds import CAMPAIGN, NATION_DAY, World
from tests.faults.load_clients import existing
from tests.portal import until

CLIENTS = 32
TAKEN = (200, 201)
ROUNDS, SECONDS = 3, 4.0
# 10,600 communes within a minute.
LAST_MINUTE = 177
BACKGROUND = 50
PROBES = 60


def _body(branch: str, unit: str, date: str, dice: random.Random) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
        "campaign": CAMPAIGN,
        "branch": branch,
        "unit": unit,
        "date": date,
        "counts": {"assisted": dice.randrange(300), "installed": dice.randrange(300)},
    }


def _post(path: str, body: dict[str, Any]) -> Job:
    return lambda client: client.ask("POST", path, body)


def reports(world: World, count: int) -> Iterator[Job]:
    """Yield corrections, of as many branches as there are: reports of one wait for each other."""
    dice = random.Random(7)
    for one in existing(world.portal, count, "bench"):
        body = _body(one.branch, one.unit, one.date.isoformat(), dice)
        yield _post("/api/v1/daily-reports/", body | {"id": one.id, "base_version": one.version})


def _bare() -> Iterator[Job]:
    dice = random.Random(time.time_ns())
    first = dt.date(2023, 4, 1)
    for number in itertools.count():
        day = (first + dt.timedelta(number % 90)).isoformat()
        body = _body(f"B{dice.getrandbits(60)}", f"U{number}", day, dice)
        del body["campaign"]
        yield _post("/reports/", body)


def submit_rate(world: World, *, quick: bool) -> Iterator[Line]:
    """32 clients send reports as fast as they are taken, and workers sum up behind them."""
    seconds, rounds = (3.0, 1) if quick else (SECONDS, ROUNDS)
    jobs, bare = reports(world, 12_000), _bare()
    ours: list[Load] = []
    beside: list[Load] = []
    for _round in range(rounds):
        ours.append(closed_loop([world.api("tinhdoan") for _ in range(CLIENTS)], jobs, seconds))
        beside.append(closed_loop([world.anchor.api() for _ in range(CLIENTS)], bare, seconds))
    wrong = sum(load.errors(*TAKEN) for load in (*ours, *beside))
    note = f"{wrong} errors" if wrong else ""
    anchor = "bare DRF create"
    yield compare(
        "submit, 32 clients: rate",
        anchor,
        "a second",
        [load.rate(*TAKEN) for load in ours],
        [load.rate(*TAKEN) for load in beside],
        at_least(0.7),
        note=note,
    )
    yield compare(
        "submit, 32 clients: p99",
        anchor,
        "ms",
        [load.p99() for load in ours],
        [load.p99() for load in beside],
        at_most(1.5),
    )
    world.settle()


def last_minute(world: World, *, quick: bool) -> Iterator[Line]:
    """Everybody in the country reports within the same minute."""
    rows = world.portal.rows(
        "SELECT b.code, u.code FROM campaign_branch b JOIN campaign_unit u ON u.id = b.home_unit_id"
        " WHERE b.code LIKE 'XD-N%' ORDER BY md5(b.code)"
    )
    dice = random.Random(7)
    seconds = 10 if quick else 60
    jobs = [
        _post("/api/v1/daily-reports/", _body(branch, unit, NATION_DAY, dice))
        for branch, unit in rows[: LAST_MINUTE * seconds]
    ]
    load = open_loop([world.api("bench") for _ in range(64)], jobs, LAST_MINUTE)
    taken = load.rate(201)
    yield compare(
        f"last minute, {LAST_MINUTE} a second: p99",
        "",
        "ms",
        [load.p99()],
        [],
        at_most(1000, "ours"),
        note=f"{load.errors(201)} errors, {taken:.0f} a second taken",
    )
    world.settle()


def freshness(world: World, *, quick: bool) -> Iterator[Line]:
    """From the moment a report is sent until its figure can be read, at 50 reports a second."""
    probes = 10 if quick else PROBES
    jobs = list(reports(world, BACKGROUND * probes))
    background = threading.Thread(
        target=open_loop, args=([world.api("tinhdoan") for _ in range(16)], jobs, BACKGROUND)
    )
    api, reader = world.api("tinhdoan"), world.api("tinhdoan")
    sent = {
        **_body("CA-36", "14173", "2023-06-01", random.Random(time.time_ns())),
        "base_version": 0,
    }
    known = world.portal.rows(
        "SELECT r.id::text, version FROM reports_dailyreport r"
        " JOIN campaign_branch b ON b.id = r.branch_id JOIN campaign_unit u ON u.id = r.unit_id"
        " WHERE (b.code, u.code, r.date) = ('CA-36', '14173', '2023-06-01')"
    )
    if known:
        sent |= {"id": known[0][0], "base_version": known[0][1]}

    def send(assisted: int) -> None:
        sent["counts"] = {"assisted": assisted, "installed": 1}
        answer = api.ask("POST", "/api/v1/daily-reports/", sent)
        sent["base_version"] = answer.json()["version"]

    send(999)
    world.settle()
    others = _assisted(reader) - 999
    background.start()
    times = []
    for number in range(1000, 1000 + probes):
        began = time.perf_counter()
        send(number)
        until(lambda number=number: _assisted(reader) == others + number, 30, 0.005)  # type: ignore[misc]
        times.append((time.perf_counter() - began) * 1000)
    is_over = not background.is_alive()
    background.join()
    times.sort()
    yield compare(
        "freshness at 50 a second: p99",
        "",
        "ms",
        [times[min(len(times) - 1, len(times) * 99 // 100)]],
        [],
        at_most(300, "ours"),
        note=f"median {times[len(times) // 2]:.0f} ms of {probes}"
        + (", the other reports had run out" if is_over else ""),
    )
    world.settle()


def _assisted(client: Client) -> int:
    """Return what the police have of that day in all."""
    found = client.get("/api/v1/totals/?branch=CA-36&from=2023-06-01&to=2023-06-01")
    return int(found.json()["results"][0]["counts"].get("assisted", 0))


MEASUREMENTS = {
    "demo": (submit_rate, freshness),
    "nation": (last_minute,),
}
