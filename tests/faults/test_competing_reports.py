"""The same report many times over, and two reports that cannot both stand."""

import random
from collections import Counter, defaultdict
from typing import Any

import httpx
import pytest

from tests.faults.load_clients import (
    Job,
    Report,
    TimedAnswer,
    assert_answered,
    assert_stored,
    crowd,
    existing,
    free,
    post,
    send_all,
    some_counts,
    times,
)
from tests.portal import Portal

pytestmark = pytest.mark.slow

SETTLE_SECONDS = 30
REPORTS, RESENDS, ROUNDS = 25, 20, 50


def sending(body: dict[str, Any], *allowed: int) -> Job:
    """Return the job of sending just this."""
    return lambda client: [post(client, body, *allowed)]


def test_twenty_posts_of_one_report_make_one_report(
    portal: Portal, record: dict[str, dict[str, Any]]
) -> None:
    dice, reports = random.Random(9), free(portal, REPORTS)
    bodies = {report.id: report.body(some_counts(dice), 0) for report in reports}
    jobs = [sending(body, 200, 201) for body in bodies.values() for _ in range(RESENDS)]
    answers = send_all(portal, jobs, clients=RESENDS)
    record["resends"] = times(answers)
    assert_answered(answers)
    receipts: dict[str, list[TimedAnswer]] = defaultdict(list)
    for answer in answers:
        receipts[answer.body["id"]].append(answer)
    for report in reports:
        same = receipts[report.id]
        assert Counter(answer.status for answer in same) == {201: 1, 200: RESENDS - 1}
        assert all(answer.body == same[0].body for answer in same)
        report.version, report.counts = 1, bodies[report.id]["counts"]
    portal.wait_settled(SETTLE_SECONDS)
    assert_stored(portal, reports)


def test_of_two_corrections_at_once_one_wins_and_the_other_hears_of_it(portal: Portal) -> None:
    dice, report = random.Random(10), existing(portal, 1, "duel")[0]
    with crowd(portal, 2) as send:
        for _ in range(ROUNDS):
            bodies = [report.body(some_counts(dice), report.version) for _ in range(2)]
            answers = send(sending(body, 200, 409) for body in bodies)
            assert_answered(answers)
            (won,) = [answer for answer in answers if answer.status == 200]
            (lost,) = [answer for answer in answers if answer.status == 409]
            counts = [answer.body["counts"] for answer in (won,)] + [lost.body["yours"]["counts"]]
            assert sorted(map(str, counts)) == sorted(str(body["counts"]) for body in bodies)
            assert lost.body["current"] == won.body
            report.version, report.counts = won.body["version"], won.body["counts"]
    assert report.version == 1 + ROUNDS
    assert_stored(portal, [report])


def test_one_id_for_two_branches_at_once_is_taken_from_one_of_them(portal: Portal) -> None:
    dice = random.Random(12)
    several = free(portal, 20)
    pairs = [
        (a, b) for a, b in zip(several[::2], several[1::2], strict=True) if a.branch != b.branch
    ]
    assert len(pairs) >= 8
    for one, other in pairs:
        other.id = one.id
        answers = send_all(portal, [first(one, dice), first(other, dice)], clients=2)
        assert_answered(answers)
        assert sorted(answer.status for answer in answers) == [201, 400]
        (refused,) = [answer for answer in answers if answer.status == 400]
        assert list(refused.body) == ["id"]
        assert_stored(portal, [max(one, other, key=lambda report: report.version)])


def first(report: Report, dice: random.Random) -> Job:
    """Send a first version, unless another branch's report bears its id."""
    counts = some_counts(dice)

    def job(client: httpx.Client) -> list[TimedAnswer]:
        return [report.send(client, counts, 201, 400)]

    return job
