"""Reports are approved or returned: by whom, when, and what follows."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Campaign, LateEntryGrant
from campaign.reporting_window import WindowClosed
from core import clock
from reports.daily.models import DailyReport, Revision, Source, Status
from reports.daily.services.locking import lock_closed
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.review import ReviewConflict, review_reports
from reports.notifications.channels.web_push.models import PushSubscription
from reports.notifications.models import Notice
from reports.rollup.models import BranchTotal, UnitTotal
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_appointment
from tests.reports.reporting import report, set_status

Api = Callable[[User], APIClient]


def decide(actor: User, *stored: DailyReport, decision: str = "approve", reason: str = "") -> Any:
    """Decide about reports as they stand in memory."""
    seen = {one.pk: one.version for one in stored}
    return review_reports(actor=actor, seen=seen, decision=decision, reason=reason)


def test_approval_moves_the_approved_basis_alone_and_a_return_takes_both_away(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    received = stored.received_at
    drain()
    assert UnitTotal.objects.get(node=world.province).approved == {}
    [done] = decide(world.lead, stored)
    drain()
    total = UnitTotal.objects.get(node=world.province)
    branch = BranchTotal.objects.get(node=world.branch)
    assert (done.status, done.version, done.received_at) == (Status.APPROVED, 2, received)
    assert (total.reported, total.approved, total.received_approved) == (
        {"level1": 5},
        {"level1": 5},
        1,
    )
    assert branch.approved == {"level1": 5}
    decide(world.lead, done, decision="return", reason="Xem lại mức 1")
    drain()
    total.refresh_from_db()
    assert (total.reported, total.approved) == ({}, {})


def test_every_decision_is_kept_with_who_and_why(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    [stored] = decide(world.lead, stored)
    decide(world.staff, stored, decision="return", reason="Xem lại")
    revisions = [
        (r.version, r.actor, r.source, r.reason, r.content["status"])
        for r in Revision.objects.order_by("version")
    ]
    assert revisions == [
        (1, world.owner, Source.API, "", "submitted"),
        (2, world.lead, Source.REVIEW, "", "approved"),
        (3, world.staff, Source.REVIEW, "Xem lại", "returned"),
    ]


def test_returned_report_is_corrected_and_approved_again(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    [stored] = decide(world.lead, stored, decision="return", reason="Thừa một chữ số")
    assert stored.return_reason == "Thừa một chữ số"
    mended = report(
        world.owner, "XD-14173", {"level1": 4}, report_id=stored.pk, base_version=stored.version
    )
    assert (mended.status, mended.return_reason) == (Status.SUBMITTED, "")
    assert decide(world.lead, mended)[0].status == Status.APPROVED


def test_who_stands_by_returned_counts_sends_them_again(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    [stored] = decide(world.lead, stored, decision="return", reason="Nhiều quá?")
    # A lost answer of the first sending is not a word about the return.
    again = report(world.owner, "XD-14173", {"level1": 5}, report_id=stored.pk)
    assert again.status == Status.RETURNED
    insisted = report(world.owner, "XD-14173", {"level1": 5}, report_id=stored.pk, base_version=2)
    assert (insisted.status, insisted.version) == (Status.SUBMITTED, 3)


def test_order_of_refusals(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    far = report(world.other_lead, "XD-14050", {"level1": 1})
    for stranger in (world.neighbour, world.other_lead, world.stranger):
        with pytest.raises(Http404):
            decide(stranger, stored, decision="return")
    with pytest.raises(Http404):
        decide(world.lead, stored, far)
    for reader in (world.owner, world.liaison, world.partner, world.leader):
        with pytest.raises(PermissionDenied):
            decide(reader, stored, decision="return")
    stored.version = 7
    with pytest.raises(InvalidReport) as refused:
        decide(world.lead, stored, decision="return", reason="  ")
    assert refused.value.errors.keys() == {"reason"}
    with pytest.raises(ReviewConflict):
        decide(world.lead, stored)
    assert Revision.objects.count() == 2


def test_one_conflict_keeps_all_others_from_being_decided(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    other = report(world.neighbour, "XD-14158", {"level1": 6})
    report(world.owner, "XD-14173", {"level1": 9}, report_id=stored.pk, base_version=1)
    with pytest.raises(ReviewConflict) as refused:
        decide(world.lead, other, stored)
    [conflict] = refused.value.conflicts
    assert conflict.report.counts == {"level1": 9}
    assert conflict.last is not None
    assert conflict.last.actor == world.owner
    assert set(DailyReport.objects.values_list("status", flat=True)) == {Status.SUBMITTED}


def test_decision_sent_again_is_done_already(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    decide(world.lead, stored)
    [again] = decide(world.lead, stored)
    assert (again.version, Revision.objects.count()) == (2, 2)
    # As it stands now, anybody may approve it: there is nothing to do.
    assert decide(world.staff, again)[0].version == 2
    # Somebody else's approval of the version before is told of.
    with pytest.raises(ReviewConflict):
        decide(world.staff, stored)
    # So is another decision than one's own.
    with pytest.raises(ReviewConflict):
        decide(world.lead, stored, decision="return", reason="Xem lại")


@pytest.mark.parametrize(
    ("before", "sent", "is_done"),
    [
        # What became of the report since its first version, and what the lead's page, which has
        # seen that one, sends now: decision and words.
        ("approve", "approve", True),
        ("approve, lock", "approve", True),
        ("return Sai", "return Sai", True),
        # What is sent now was never kept.
        ("approve", "approve Tốt", False),
        ("approve, lock", "approve Tốt", False),
        ("return Sai", "return Khác", False),
        ("return Sai", "approve Sai", False),
        ("approve, lock", "return Sai", False),
        # The lead's last word was about other counts.
        ("approve, correct, approve", "approve", False),
        ("return Sai, correct, return Sai", "return Sai", False),
    ],
)
def test_decision_is_done_already_where_one_has_made_it_oneself(
    world: World, before: str, sent: str, is_done: bool
) -> None:
    day = TODAY - dt.timedelta(days=2)
    stored = report(world.owner, "XD-14173", {"level1": 5}, date=day)
    for step in before.split(", "):
        stored.refresh_from_db()
        if step == "correct":
            given: dict[str, Any] = {"report_id": stored.pk, "base_version": stored.version}
            report(world.owner, "XD-14173", {"level1": 4}, date=day, **given)
        elif step == "lock":
            Campaign.objects.update(editable_days=0)
            assert lock_closed() == 1
        else:
            decision, _space, reason = step.partition(" ")
            decide(world.lead, stored, decision=decision, reason=reason)
    revisions = Revision.objects.count()
    stored.version = 1
    decision, _space, reason = sent.partition(" ")
    try:
        decide(world.lead, stored, decision=decision, reason=reason)
    except ReviewConflict:
        assert not is_done
    else:
        assert is_done
    assert Revision.objects.count() == revisions


def test_decision_that_stands_as_it_was_seen_is_made_again_for_another_reason_only(
    world: World,
) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    for actor, decision, reason, version in (
        (world.lead, "return", "Sai", 2),
        (world.staff, "return", "Sai", 2),
        (world.staff, "return", "Khác", 3),
        (world.lead, "approve", "", 4),
        (world.staff, "approve", "Tốt", 4),
    ):
        [stored] = decide(actor, stored, decision=decision, reason=reason)
        words = reason if decision == "return" else ""
        assert (stored.version, stored.return_reason) == (version, words)


def test_five_hundred_are_decided_at_once_and_no_more(world: World) -> None:
    rows = DailyReport.objects.bulk_create(
        DailyReport(
            campaign=world.campaign, branch=world.branch, unit=world.commune, counts={},
            date=TODAY - dt.timedelta(days=n), received_at=clock.now(), lateness="late",
        )
        for n in range(501)
    )  # fmt: skip
    both = {"decision", "reports"}
    for some, named in ((rows[:500], {"decision"}), (rows, both), ([], both)):
        with pytest.raises(InvalidReport) as refused:
            decide(world.lead, *some, decision="")
        assert refused.value.errors.keys() == named


def test_return_of_a_closed_day_opens_it_for_the_branch(world: World) -> None:
    day = TODAY - dt.timedelta(days=5)
    stored = report(world.owner, "XD-14173", {"level1": 5}, date=day)
    world.campaign.editable_days = 1
    world.campaign.save()
    with pytest.raises(WindowClosed):
        report(
            world.owner, "XD-14173", {"level1": 4}, date=day, report_id=stored.pk, base_version=1
        )
    decide(world.lead, stored, decision="return", reason="Xem lại")
    grant = LateEntryGrant.objects.get()
    assert (grant.branch, grant.date, grant.reason, grant.grantor) == (
        world.branch,
        day,
        "Xem lại",
        world.lead,
    )
    mended = report(
        world.owner, "XD-14173", {"level1": 4}, date=day, report_id=stored.pk, base_version=2
    )
    assert mended.status == Status.SUBMITTED


def test_return_of_two_places_opens_their_day_once(world: World) -> None:
    day = TODAY - dt.timedelta(days=5)
    both = [
        report(world.officer, "CA-36", {"level1": 5}, date=day, unit=code)
        for code in ("14173", "14158")
    ]
    Campaign.objects.update(editable_days=1)
    decide(world.staff, *both, decision="return", reason="Xem lại")
    assert LateEntryGrant.objects.get().branch == world.police


def test_locked_report_is_left_alone_without_a_grant(world: World, api: Api) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    set_status(stored, Status.LOCKED)
    body = {
        "reports": [str(stored.pk)],
        "decision": "return",
        "reason": "Xem lại",
        "base_versions": [1],
    }
    answer = api(world.lead).post("/api/v1/reviews/", body, format="json")
    assert answer.status_code == 409
    assert answer.json()["current"][0]["status"] == "locked"
    assert "đã khóa" in answer.json()["detail"]
    grant = {
        "campaign": world.campaign.slug,
        "branch": "XD-14173",
        "date": str(TODAY),
        "reason": "Sửa số",
    }
    assert api(world.lead).post("/api/v1/grants/", grant, format="json").status_code == 201
    answer = api(world.lead).post("/api/v1/reviews/", body, format="json")
    assert answer.json() == {
        "results": [{"id": str(stored.pk), "version": 2, "status": "returned", "reason": "Xem lại"}]
    }


def test_secretary_is_told_of_a_return_once(world: World) -> None:
    # Not the one who was, and not who has another post there.
    gone = make_appointment(branch=world.branch, ends_on=TODAY - dt.timedelta(days=1)).user
    for number, user in enumerate((world.owner, gone, world.leader, world.neighbour)):
        PushSubscription.objects.create(
            user=user,
            endpoint=f"https://push.example/{number}",
            p256dh="x",
            auth="y",
            created_at=dt.datetime(2023, 6, 1, tzinfo=dt.UTC),
        )
    stored = report(world.owner, "XD-14173", {"level1": 5})
    for _time in range(2):
        decide(world.lead, stored, decision="return", reason="Xem lại")
    notice = Notice.objects.get(kind="returned")
    assert (notice.user, notice.about) == (world.owner, f"{stored.pk}:2")


def test_api_conflict_says_who_did_what(world: World, api: Api) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 5})
    body = {
        "reports": [str(stored.pk)],
        "decision": "approve",
        "base_versions": {str(stored.pk): 1},
    }
    assert api(world.staff).post("/api/v1/reviews/", body, format="json").status_code == 200
    answer = api(world.lead).post("/api/v1/reviews/", body, format="json")
    [current] = answer.json()["current"]
    assert answer.status_code == 409
    assert "người khác" in answer.json()["detail"]
    assert (current["by"], current["status"], current["version"], current["counts"]) == (
        str(world.staff),
        "approved",
        2,
        {"level1": 5},
    )


ID = "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10"
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"reports": [], "base_versions": []}, "reports"),
    "no list": ({"reports": ID}, "reports"),
    "no id": ({"reports": ["x"]}, "reports"),
    "a number as id": ({"reports": [5]}, "reports"),
    "twice": ({"reports": [ID, ID], "base_versions": [1, 1]}, "reports"),
    "too many": ({"reports": [ID] * 501, "base_versions": [1] * 501}, "reports"),
    "too few versions": ({"base_versions": []}, "base_versions"),
    "version as text": ({"base_versions": ["1"]}, "base_versions"),
    "version true": ({"base_versions": [True]}, "base_versions"),
    "version null": ({"base_versions": None}, "base_versions"),
    "version huge": ({"base_versions": [2**40]}, "base_versions"),
    "version of another": ({"base_versions": {"x": 1}}, "base_versions"),
    "decision": ({"decision": "delete"}, "decision"),
    "reason": ({"reason": "x" * 2001}, "reason"),
    "citizen id": ({"reason": "036123456789"}, "reason"),
    "unknown": ({"force": True}, "force"),
}


@pytest.mark.parametrize("case", WRONG)
def test_api_names_the_field_that_is_wrong(world: World, api: Api, case: str) -> None:
    changed, field = WRONG[case]
    body = {"reports": [ID], "decision": "approve", "base_versions": [1], **changed}
    answer = api(world.lead).post("/api/v1/reviews/", body, format="json")
    assert (answer.status_code, field in answer.json()) == (400, True)


@pytest.mark.parametrize("body", [[], "x", None, 7])
def test_api_takes_objects_only(world: World, api: Api, body: Any) -> None:
    for address in ("reviews", "grants"):
        answer = api(world.lead).post(f"/api/v1/{address}/", body, format="json")
        assert answer.status_code == 400
