"""Many clients that submit at once, and what the server must hold of it afterwards."""

import datetime as dt
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from threading import local
from typing import Any
from uuid import uuid4

import httpx

from tests.portal import Portal

CLIENTS = 16
CAMPAIGN = "de-an-06-2023"
PATIENCE = 2.0

# Days on which a commune's branch has not reported, and the police not in that commune; none
# of them with a session, below which a report may not go.
FREE = """
    SELECT b.code, u.code, d::date FROM campaign_branch b
    JOIN campaign_unit u ON u.level = 'commune'
     AND (u.id = b.home_unit_id AND b.reports_daily OR b.code = 'CA-36')
    CROSS JOIN generate_series('2023-04-01'::date, '2023-06-20', '1 day') d
    WHERE (b.code = 'CA-36') = %s AND b.code NOT IN ('XD-14173', 'XD-14158') AND NOT EXISTS (
        SELECT FROM reports_dailyreport r
        WHERE r.branch_id = b.id AND r.unit_id = u.id AND r.date = d)
    AND NOT EXISTS (
        SELECT FROM volunteers_supportsession s
        WHERE s.branch_id = b.id AND s.unit_id = u.id AND s.date = d)
    ORDER BY md5(b.code || u.code || d) LIMIT %s
"""
EXISTING = """
    SELECT b.code, u.code, r.date, r.id::text, r.version, r.counts
    FROM reports_dailyreport r
    JOIN campaign_branch b ON b.id = r.branch_id JOIN campaign_unit u ON u.id = r.unit_id
    WHERE r.version = 1 AND NOT EXISTS (
        SELECT FROM volunteers_supportsession s WHERE s.branch_id = r.branch_id
        AND s.unit_id = r.unit_id AND s.date = r.date)
    ORDER BY md5(r.id::text || %s) LIMIT %s
"""
STORED = """
    SELECT r.id::text, r.counts, r.version, array_agg(v.version ORDER BY v.version),
           (array_agg(v.content -> 'counts' ORDER BY v.version DESC))[1]
    FROM reports_dailyreport r JOIN reports_revision v ON v.report_id = r.id
    WHERE r.id = ANY(%s::uuid[]) GROUP BY r.id
"""


@dataclass(frozen=True)
class TimedAnswer:
    """What came back for one request, how long it took, and what was allowed to come."""

    status: int
    seconds: float
    allowed: tuple[int, ...]
    body: dict[str, Any]


@dataclass
class Report:
    """One report as its clients know it; version 0 is not sent yet."""

    branch: str
    unit: str
    date: dt.date
    id: str = field(default_factory=lambda: str(uuid4()))
    version: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def body(self, counts: dict[str, int], base_version: int) -> dict[str, Any]:
        """Return what a client sends."""
        return {
            "id": self.id,
            "campaign": CAMPAIGN,
            "branch": self.branch,
            "unit": self.unit,
            "date": self.date.isoformat(),
            "counts": counts,
            "base_version": base_version,
        }

    def send(self, client: httpx.Client, counts: dict[str, int], *allowed: int) -> TimedAnswer:
        """Send counts over the known version; what is taken in is what must be kept."""
        answer = post(client, self.body(counts, self.version), *allowed)
        if answer.status in (200, 201):
            self.version, self.counts = answer.body["version"], counts
        return answer

    def resend(self, client: httpx.Client) -> TimedAnswer:
        """Send once more what was taken in, as a phone does that got no answer."""
        return post(client, self.body(self.counts, self.version - 1), 200)


Job = Callable[[httpx.Client], list[TimedAnswer]]
Send = Callable[[Iterable[Job]], list[TimedAnswer]]


def post(client: httpx.Client, body: dict[str, Any], *allowed: int) -> TimedAnswer:
    """Send one report and take the time."""
    started = time.monotonic()
    answer = client.post("daily-reports/", json=body)
    return TimedAnswer(answer.status_code, time.monotonic() - started, allowed, answer.json())


def free(portal: Portal, count: int, *, police: bool = False) -> list[Report]:
    """Return reports that nobody has sent yet, spread over branches and days."""
    return [Report(*row) for row in portal.rows(FREE, police, count)]


def existing(portal: Portal, count: int, salt: str) -> list[Report]:
    """Return reports of the demo, spread over branches and days."""
    return [Report(*row) for row in portal.rows(EXISTING, salt, count)]


def some_counts(dice: random.Random) -> dict[str, int]:
    """Return counts that can stand; no two are alike, so that "the same" is meant."""
    level2 = dice.randrange(1, 300)
    return {
        "assisted": dice.randrange(10**5),
        "installed": dice.randrange(300),
        "level1": dice.randrange(300),
        "level2": level2,
        "upgraded": dice.randrange(level2),
    }


@contextmanager
def crowd(portal: Portal, clients: int = CLIENTS) -> Iterator[Send]:
    """Give a way to let so many clients do jobs at once, each on a connection of its own."""
    portal.token("tinhdoan")
    own = local()
    opened: list[httpx.Client] = []

    def do(job: Job) -> list[TimedAnswer]:
        if not hasattr(own, "client"):
            own.client = portal.api("tinhdoan")
            opened.append(own.client)
        return job(own.client)

    try:
        with ThreadPoolExecutor(clients) as pool:
            yield lambda jobs: [answer for answers in pool.map(do, jobs) for answer in answers]
    finally:
        for client in opened:
            client.close()


def send_all(portal: Portal, jobs: Iterable[Job], clients: int = CLIENTS) -> list[TimedAnswer]:
    """Let the clients do the jobs; return all answers."""
    with crowd(portal, clients) as send:
        return send(jobs)


def assert_answered(answers: list[TimedAnswer]) -> None:
    """Every answer is one that was allowed to come, and came in time."""
    wrong = [a for a in answers if a.status not in a.allowed]
    assert wrong == []
    slow = sorted((a.seconds for a in answers if a.seconds > PATIENCE), reverse=True)
    assert slow == [], f"while the load of the machine was {os.getloadavg()[0]:.1f}"


def assert_stored(portal: Portal, reports: Iterable[Report]) -> None:
    """What was taken in is what stands, and every version of it is on record."""
    known = {
        r.id: (r.id, r.counts, r.version, list(range(1, r.version + 1)), r.counts) for r in reports
    }
    stored = portal.rows(STORED, list(known))
    assert sorted(stored) == sorted(known.values())


def percentile(answers: list[TimedAnswer], percent: int) -> float:
    """Return the time under which ``percent`` of the answers came."""
    times = sorted(answer.seconds for answer in answers)
    return next(islice(times, len(times) * percent // 100, None))


def times(answers: list[TimedAnswer]) -> dict[str, Any]:
    """Return how many answers there were and how long they took."""
    return {
        "requests": len(answers),
        "p95_seconds": round(percentile(answers, 95), 3),
        "max_seconds": round(max(answer.seconds for answer in answers), 3),
    }
