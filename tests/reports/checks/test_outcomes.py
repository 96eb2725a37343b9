"""A recount is taken once, of whoever was asked, and over nothing that one has not seen."""

from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404

from accounts.models import User
from campaign.permissions import Role
from reports.checks.models import Check, CheckOutcome, CheckPlan, How
from reports.checks.selectors import results_of
from reports.checks.services.outcomes import OutcomeConflict, OutcomeInput, record_outcome
from reports.checks.services.planning import close_plan
from reports.checks.verdict import Verdict
from tests.conftest import World
from tests.factories import make_appointment
from volunteers.errors import InvalidInput, NotNow

COUNTS = {"installed": 9, "level1": 2, "level2": 0, "upgraded": 0}


def entry(check: Check, **given: Any) -> OutcomeInput:
    asked = {"id": uuid4(), "how": How.ON_THE_SPOT, "counts": COUNTS, **given}
    return OutcomeInput(check=check.pk, **asked)


def test_same_outcome_again_is_one(drawn: Check, world: World) -> None:
    sent = entry(drawn)

    first, is_new = record_outcome(actor=world.owner, entry=sent)
    again, is_new_again = record_outcome(actor=world.owner, entry=sent)

    assert (is_new, is_new_again, again) == (True, False, first)
    with pytest.raises(OutcomeConflict):
        record_outcome(actor=world.owner, entry=entry(drawn, id=sent.id, remark="khác"))
    # Another one has to know of the first, and is added beside it.
    with pytest.raises(OutcomeConflict) as refused:
        record_outcome(actor=world.owner, entry=entry(drawn))
    assert refused.value.current == first
    second, _new = record_outcome(
        actor=world.owner,
        entry=entry(drawn, base_version=1, how=How.NOT_POSSIBLE, obstacle="no_list"),
    )
    assert (second.version, second.counts) == (2, {})
    assert list(drawn.outcomes.all()) == [first, second]


def test_only_who_was_asked_sends_an_outcome(drawn: Check, world: World) -> None:
    for stranger in (world.neighbour, world.lead, world.liaison, world.partner):
        with pytest.raises(Http404):
            record_outcome(actor=stranger, entry=entry(drawn))
    with pytest.raises(PermissionDenied):
        record_outcome(actor=world.staff, entry=entry(drawn))
    # Who has come to the checked branch since checks it no more.
    make_appointment(user=world.owner, role=Role.SECRETARY, branch=drawn.branch)
    with pytest.raises(PermissionDenied):
        record_outcome(actor=User.objects.get(pk=world.owner.pk), entry=entry(drawn))
    assert not CheckOutcome.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"how": "guess"}, "how"),
        ({"counts": {**COUNTS, "activated": 3}}, "counts"),
        ({"counts": {"level1": 2}}, "counts"),
        ({"counts": {**COUNTS, "level1": -1}}, "counts"),
        ({"counts": {**COUNTS, "upgraded": 50}}, "counts"),
        ({"how": How.NOT_POSSIBLE}, "obstacle"),
        ({"remark": "số 036099001234"}, "remark"),
    ],
)
def test_outcome_that_cannot_be_is_refused(
    drawn: Check, world: World, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_outcome(actor=world.owner, entry=entry(drawn, **given))

    assert list(refused.value.errors) == [field]


def test_closed_plan_takes_no_more_but_says_so_again(
    drawn: Check, plan: CheckPlan, world: World
) -> None:
    sent = entry(drawn)
    record_outcome(actor=world.owner, entry=sent)
    close_plan(actor=world.staff, plan=plan)

    assert record_outcome(actor=world.owner, entry=sent)[1] is False
    with pytest.raises(NotNow):
        record_outcome(actor=world.owner, entry=entry(drawn, base_version=1))
    with pytest.raises(PermissionDenied):
        close_plan(actor=world.lead, plan=plan)


def test_results_are_what_recounts_say(plan: CheckPlan, world: World) -> None:
    for check in plan.checks.select_related("checker", "branch"):
        assert check.checker is not None
        is_far = check.area == "363"
        counts = {c: n for c, n in check.reported.items() if c in COUNTS}
        if not is_far:
            counts["level1"] //= 2
        record_outcome(
            actor=User.objects.get(pk=check.checker_id), entry=entry(check, counts=counts)
        )

    results = results_of(world.staff, plan, world.campaign)

    assert results.whole.estimate is not None
    near, far = sorted(results.areas, key=lambda area: area.code, reverse=True)
    assert near.estimate is not None
    assert far.estimate is not None
    assert far.estimate.factor == 1
    assert near.estimate.factor < 0.8
    assert near.verdict == Verdict.LOOK
    assert far.verdict == Verdict.GO_ON
    assert {line.branch.code for line in results.branches} == {"XD-14173", "XD-14158"}
    assert near.verified is not None
    assert near.verified[1] < near.verified[0] < near.verified[2] <= near.reported
    # A district sees its own; who has nothing to see there, nothing.
    assert [a.code for a in results_of(world.lead, plan, world.campaign).areas] == ["365"]
    assert results_of(world.neighbour, plan, world.campaign).areas == []


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_taken(drawn: Check, world: World) -> None:
    start = Barrier(2)
    answers: list[Any] = []

    def send(sent: OutcomeInput) -> None:
        try:
            start.wait()
            answers.append(record_outcome(actor=world.owner, entry=sent)[1])
        except OutcomeConflict:
            answers.append("conflict")
        finally:
            connection.close()

    for entries, expected in (
        ([entry(drawn), entry(drawn)], {True, "conflict"}),
        ([same := entry(drawn, base_version=1), same], {True, False}),
    ):
        answers.clear()
        threads = [Thread(target=send, args=(one,)) for one in entries]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(answers) == expected
    assert CheckOutcome.objects.count() == 2
