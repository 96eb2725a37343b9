"""Whatever happens to broker and workers: no report is lost, no sum is wrong, nobody waits."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from statistics import quantiles
from typing import Any

import httpx
import psycopg
import pytest

from tests.faults.chaos import chaos, frozen
from tests.faults.load_clients import (
    CLIENTS,
    Job,
    Report,
    TimedAnswer,
    assert_answered,
    assert_stored,
    existing,
    free,
    post,
    send_all,
    some_counts,
    times,
)
from tests.portal import Portal, difference_statements, until

pytestmark = pytest.mark.slow

FRESH_SECONDS = 3
SETTLE_SECONDS = 30
# Celery waits longer and longer between two attempts to connect, half a minute at most.
RECONNECT_SECONDS = 40
FIRST = "(SELECT min(ctid) FROM {})"


def life(report: Report, dice: random.Random) -> Job:
    """Send a new report, send it again for lack of an answer, correct it."""
    first, second = some_counts(dice), some_counts(dice)

    def job(client: httpx.Client) -> list[TimedAnswer]:
        created = report.send(client, first, 201)
        return [created, report.resend(client), report.send(client, second, 200)]

    return job


def correction(report: Report, dice: random.Random) -> Job:
    """Correct a standing report."""
    counts = some_counts(dice)
    return lambda client: [report.send(client, counts, 200)]


def device(report: Report, dice: random.Random) -> Job:
    """Correct a standing report on one of two devices: one of them comes too late."""
    body, counts = report.body(some_counts(dice), report.version), report.counts

    def job(client: httpx.Client) -> list[TimedAnswer]:
        answer = post(client, body, 200, 409)
        if answer.status == 200:
            assert report.counts == counts, "both devices were told that theirs stands"
            report.version, report.counts = answer.body["version"], body["counts"]
        return [answer]

    return job


def work(portal: Portal, dice: random.Random, size: int) -> tuple[list[Report], list[Job]]:
    """Return ten times ``size`` requests: new, sent again, corrected, competing."""
    police = size // 4
    new = free(portal, 2 * size - police) + free(portal, police, police=True)
    old = existing(portal, 3 * size, "work")
    corrected, disputed = old[: 2 * size], old[2 * size :]
    jobs = [life(report, dice) for report in new] + [correction(r, dice) for r in corrected]
    dice.shuffle(jobs)
    # Two devices at the same moment: their jobs lie side by side.
    for report in disputed:
        place = dice.randrange(len(jobs))
        jobs[place:place] = [device(report, dice), device(report, dice)]
    return new + old, jobs


class Shown:
    """A dashboard that stays open and asks by itself whether it is still what stands."""

    def __init__(self, visitor: httpx.Client) -> None:
        self.visitor = visitor
        self.tag = ""
        self.to_date = self.again()

    def again(self) -> int:
        """Return the headline, asked for anew unless nothing has changed."""
        asked = {"HX-Request": "true", "If-None-Match": self.tag}
        answer = self.visitor.get("/c/de-an-06-2023/dashboard/", headers=asked)
        assert answer.status_code in (200, 304)
        if answer.status_code == 200:
            self.tag = answer.headers["ETag"]
            shown = answer.text.split('id="to-date">', 1)[1].split("<", 1)[0]
            self.to_date = int("".join(letter for letter in shown if letter.isdigit()))
        return self.to_date


def test_comparison_sees_a_wrong_total(portal: Portal) -> None:
    until(lambda: portal.dirty() == 0, SETTLE_SECONDS)
    # In a transaction that ends in nothing: the portal looks for such faults too, and heals them.
    with psycopg.connect(portal.layout.addresses.owner_url) as link:
        for table in ("reports_unitday", "reports_branchtotal"):
            wrong = f"UPDATE {table} SET received = received + 1 WHERE ctid = {FIRST.format(table)}"
            link.execute(wrong.encode())
        found = [link.execute(statement.encode()) for statement in difference_statements()]
        seen = {(tree, kind) for rows in found for tree, kind, *_row in rows}
        link.rollback()
    assert {("campaign_unit", "surplus"), ("campaign_branch", "surplus")} <= seen
    assert portal.differences() == []


def test_report_is_on_the_dashboard_within_seconds(
    portal: Portal, record: dict[str, dict[str, Any]]
) -> None:
    reports, dice, waited = free(portal, 10), random.Random(1), []
    with closing(portal.visitor("tinhdoan")) as visitor, portal.api("tinhdoan") as client:
        shown = Shown(visitor)
        for report in reports:
            counts = some_counts(dice)
            expected = shown.to_date + counts["level1"] + counts["level2"] - counts["upgraded"]
            assert report.send(client, counts, 201).status == 201
            sent = time.monotonic()
            until(lambda: shown.again() == expected, 2 * FRESH_SECONDS)  # noqa: B023
            waited.append(time.monotonic() - sent)
    record["fresh"] = {
        "p95_seconds": round(quantiles(waited, n=20)[-1], 3),
        "max_seconds": round(max(waited), 3),
    }
    assert max(waited) < FRESH_SECONDS


def test_thousand_submissions_survive_killed_workers_and_a_broken_broker(
    portal: Portal, record: dict[str, dict[str, Any]]
) -> None:
    reports, jobs = work(portal, random.Random(2), 100)
    alive = len(portal.workers())
    with chaos(portal, 3) as done:
        answers = send_all(portal, jobs)
    record["chaos"] = {**times(answers), **done}
    assert len(answers) == 1000
    assert done.keys() == {"kill", "freeze", "flush"}
    assert_answered(answers)
    disputes = [a.status for a in answers if a.allowed == (200, 409)]
    assert Counter(disputes) == {200: 100, 409: 100}

    over = time.monotonic()
    portal.wait_settled(SETTLE_SECONDS)
    record["chaos"]["settled_seconds"] = round(time.monotonic() - over, 1)
    assert "khớp" in portal.manage("rollup", "--verify")
    # Nobody is left that is deaf, missing or an orphan.
    until(lambda: len(portal.workers()) == alive, SETTLE_SECONDS)
    ping = ("-m", "celery", "-A", "config", "inspect", "ping", "--timeout", "3")
    until(lambda: "2 nodes online" in portal.run(*ping), SETTLE_SECONDS)
    assert_stored(portal, reports)


def test_frozen_broker_costs_no_request_time(
    portal: Portal, record: dict[str, dict[str, Any]]
) -> None:
    reports, jobs = work(portal, random.Random(4), 8)
    with frozen(portal):
        answers = send_all(portal, jobs)
    record["frozen"] = times(answers)
    assert_answered(answers)
    portal.wait_settled(SETTLE_SECONDS)
    assert_stored(portal, reports)


def test_reports_sent_without_a_broker_are_added_up_once_it_is_back(
    portal: Portal, record: dict[str, dict[str, Any]]
) -> None:
    reports, jobs = work(portal, random.Random(5), 8)
    portal.stop_valkey()
    try:
        answers = send_all(portal, jobs)
        waiting = portal.dirty()
    finally:
        portal.start_engines()
    record["no_broker"] = times(answers)
    assert waiting > 0
    assert_answered(answers)
    portal.wait_settled(RECONNECT_SECONDS)
    assert_stored(portal, reports)


def test_reports_sent_without_a_worker_are_added_up_once_it_is_back(
    portal: Portal, record: dict[str, dict[str, Any]]
) -> None:
    reports, jobs = work(portal, random.Random(6), 8)
    portal.control("stop", "worker", "second")
    try:
        answers = send_all(portal, jobs)
        waiting = portal.dirty()
    finally:
        portal.control("start", "worker", "second")
    record["no_worker"] = times(answers)
    assert waiting > 0
    assert_answered(answers)
    portal.wait_settled(SETTLE_SECONDS)
    assert_stored(portal, reports)


def test_restarted_database_costs_no_request(portal: Portal) -> None:
    with closing(portal.visitor("tinhdoan")) as visitor, ThreadPoolExecutor(CLIENTS) as crowd:
        # So many at once that every thread of the server holds a connection.
        before = list(crowd.map(visitor.get, ["/c/de-an-06-2023/units/"] * 4 * CLIENTS))
        portal.stop_postgres()
        portal.start_engines()
        after = list(crowd.map(visitor.get, ["/c/de-an-06-2023/units/"] * 4 * CLIENTS))
    assert {answer.status_code for answer in before} == {200}
    assert {answer.status_code for answer in after} == {200}
    report = free(portal, 1)
    assert_answered(send_all(portal, [life(report[0], random.Random(7))]))
    portal.wait_settled(SETTLE_SECONDS)


def test_rebuilding_beside_working_workers_loses_nothing(portal: Portal) -> None:
    reports, jobs = work(portal, random.Random(8), 16)
    with ThreadPoolExecutor(1) as pool:
        rebuilt = pool.submit(portal.manage, "rollup", "--rebuild")
        answers = send_all(portal, jobs, clients=2)
        assert "Đã cộng lại" in rebuilt.result()
    assert_answered(answers)
    portal.wait_settled(SETTLE_SECONDS)
    assert_stored(portal, reports)
