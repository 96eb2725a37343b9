"""What a report is once it has been taken in or corrected, to the last field."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from campaign.services.enqueue_rollup import enqueue_rollup
from core import clock
from reports.daily.models import DailyReport, Lateness, Status
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.review import Decision, review_reports
from reports.daily.services.submit import VersionConflict, reconcile_sessions, submit_report
from tests.conftest import TODAY, World
from tests.factories import make_session
from tests.reports.reporting import CAMPAIGN, report
from volunteers.sessions.models import SupportSession

COUNTS = {"installed": 9, "level1": 5, "level2": 4}


def entry(**given: Any) -> ReportInput:
    return ReportInput(
        **{
            **{"id": uuid4(), "campaign": CAMPAIGN, "branch": "XD-14173", "date": TODAY},
            **given,
        }
    )


def closed(world: World, counts: dict[str, int], **given: Any) -> SupportSession:
    return make_session(
        campaign=world.campaign, branch=world.branch, unit=world.commune, state="closed",
        headcount=1, participations=1, counts=counts, **given,
    )  # fmt: skip


def test_totals_are_asked_for_once_it_is_certain_and_never_for_a_trial(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    """Whoever reports sees the figure move at once, and not when the sweep comes by."""

    def asked(work: Any) -> bool:
        with django_capture_on_commit_callbacks() as callbacks:
            work()
        return enqueue_rollup in callbacks

    first = entry(counts=COUNTS)
    seen = {first.id: 1}
    approve: dict[str, Any] = {"actor": world.lead, "decision": Decision.APPROVE}
    assert asked(lambda: submit_report(actor=world.owner, entry=first))
    # Nothing has changed: sent again, decided again.
    assert not asked(lambda: submit_report(actor=world.owner, entry=first))
    assert asked(lambda: review_reports(seen=seen, **approve))
    assert not asked(lambda: review_reports(seen={first.id: 2}, **approve))


def test_correction_is_a_new_version_that_nobody_has_judged(world: World) -> None:
    stored = report(world.owner, "XD-14173", COUNTS)
    long_ago = clock.now() - dt.timedelta(hours=3)
    DailyReport.objects.filter(pk=stored.pk).update(
        status=Status.RETURNED, return_reason="Nhầm", received_at=long_ago, lateness=Lateness.LATE,
        fallback_counts={"level1": 1}, fallback_approved=True,
    )  # fmt: skip
    mended = report(
        world.owner,
        "XD-14173",
        {"level1": 6},
        report_id=stored.pk,
        base_version=1,
        difficulties="Mưa",
    )
    mended.refresh_from_db()
    assert (mended.version, mended.status, mended.return_reason) == (2, Status.SUBMITTED, "")
    assert (mended.fallback_counts, mended.fallback_approved) == (None, False)
    assert (mended.counts, mended.difficulties) == ({"level1": 6}, "Mưa")
    # When the first came in decides whether it was late; when the last did, what is new.
    assert mended.lateness == Lateness.LATE
    assert mended.received_at > long_ago


@pytest.mark.parametrize(
    ("closed_at", "is_covered"), [(-1, True), (0, True), (1, False), (None, False)]
)
def test_report_written_off_line_covers_what_had_been_closed_by_then(
    world: World, closed_at: int | None, is_covered: bool
) -> None:
    """docs/counting.md C2: what its sender could have seen."""
    captured = clock.now() - dt.timedelta(minutes=5)
    at = None if closed_at is None else captured + dt.timedelta(seconds=closed_at)
    session = closed(world, {"level1": 2}, closed_at=at)
    stored = report(world.owner, "XD-14173", COUNTS, captured_at=captured)
    assert stored.covered_sessions == ({str(session.pk): {"level1": 2}} if is_covered else {})


def test_first_report_covers_what_its_sender_saw_and_a_correction_what_it_covered(
    world: World,
) -> None:
    one, two = closed(world, {"level1": 2}), closed(world, {"level1": 3})
    stored = report(world.owner, "XD-14173", COUNTS, sessions=[one.pk])
    known = {str(one.pk): {"level1": 2}}
    assert stored.covered_sessions == known
    again: dict[str, Any] = {"report_id": stored.pk}
    mended = report(world.owner, "XD-14173", {"level1": 6}, base_version=1, **again)
    assert mended.covered_sessions == known
    both = [one.pk, two.pk]
    mended = report(world.owner, "XD-14173", {"level1": 6}, base_version=2, sessions=both, **again)
    assert mended.covered_sessions == {**known, str(two.pk): {"level1": 3}}
    # The same figures, and one session less: another report.
    mended = report(
        world.owner, "XD-14173", {"level1": 6}, base_version=3, sessions=[one.pk], **again
    )
    assert (mended.version, mended.covered_sessions) == (4, known)


@pytest.mark.parametrize(
    ("no_activity", "counts", "wrong"),
    [(True, {}, "no_activity"), (False, {"level1": 1}, "counts"), (False, {"level2": 9}, "counts")],
)
def test_report_is_not_below_the_sessions_it_covers(
    world: World, no_activity: bool, counts: dict[str, int], wrong: str
) -> None:
    session = closed(world, {"level1": 2, "level2": 0})
    with pytest.raises(InvalidReport) as refused:
        report(world.owner, "XD-14173", counts, no_activity=no_activity, sessions=[session.pk])
    assert list(refused.value.errors) == [wrong]


def test_sessions_that_brought_nothing_leave_no_activity_alone(world: World) -> None:
    session = closed(world, {"level1": 0})
    stored = report(world.owner, "XD-14173", {}, no_activity=True, sessions=[session.pk])
    assert (stored.no_activity, stored.counts) == (True, {})


@pytest.mark.parametrize(
    ("brought", "no_activity"), [({"level1": 2}, False), ({"level1": 0}, True)]
)
def test_no_activity_ends_where_a_session_that_brought_something_is_added(
    world: World, brought: dict[str, int], no_activity: bool
) -> None:
    stored = report(world.owner, "XD-14173", {"level2": 0}, no_activity=True)
    closed(world, brought)
    added = reconcile_sessions(actor=world.owner, report=stored, choice="add", base_version=1)
    more = {code: count for code, count in brought.items() if count}
    assert (added.no_activity, added.counts) == (no_activity, {"level2": 0, **more})


def test_sessions_that_the_report_included_change_no_figure_and_are_covered(world: World) -> None:
    stored = report(world.owner, "XD-14173", COUNTS)
    session = closed(world, {"level1": 2})
    same = reconcile_sessions(actor=world.owner, report=stored, choice="included", base_version=1)
    assert (same.counts, same.version) == (COUNTS, 2)
    assert same.covered_sessions == {str(session.pk): {"level1": 2}}


def test_same_again_is_the_same_unless_it_was_returned_and_is_stood_by(world: World) -> None:
    stored = report(world.owner, "XD-14173", COUNTS)

    def again(base_version: int) -> int:
        given: dict[str, Any] = {"report_id": stored.pk, "base_version": base_version}
        return report(world.owner, "XD-14173", COUNTS, **given).version

    assert (again(0), again(1)) == (1, 1)
    seen = {stored.pk: 1}
    review_reports(actor=world.lead, seen=seen, decision=Decision.RETURN, reason="Xem lại")
    assert (again(0), again(2)) == (2, 3)


def test_id_of_another_day_is_a_conflict_whatever_that_day_covers(world: World) -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    closed(world, {"level1": 5}, date=yesterday)
    stored = report(world.owner, "XD-14173", COUNTS, date=yesterday)
    assert stored.covered_sessions
    with pytest.raises(VersionConflict):
        report(world.owner, "XD-14173", {"level1": 1}, report_id=stored.pk, base_version=1)


def test_id_that_another_branch_took_at_the_same_moment_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(*_args: Any, **_given: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(DailyReport, "save", taken)
    with pytest.raises(InvalidReport) as refused:
        report(world.owner, "XD-14173", COUNTS)
    assert list(refused.value.errors) == ["id"]


def test_reconciling_takes_one_of_two_answers(world: World) -> None:
    stored = report(world.owner, "XD-14173", COUNTS)
    with pytest.raises(InvalidReport) as refused:
        reconcile_sessions(actor=world.owner, report=stored, choice="both", base_version=1)
    assert list(refused.value.errors) == ["choice"]


def test_message_changes_what_it_names(world: World) -> None:
    """docs/counting.md C17: of the others the figures stay, and the word given for them."""
    there = {"installed": 9, "level1": 5}
    message = entry(counts={"level1": 6}, names=["level1"])
    assert message.beside(there, "checked").counts == {"installed": 9, "level1": 6}
    assert message.beside(there, "checked").explanation == "checked"
    own = entry(counts={"level1": 6}, names=["level1"], explanation="event")
    assert own.beside(there, "checked").explanation == "event"
    # What it names and leaves blank is blank; a whole report is whole; what names nothing is none.
    assert entry(names=["level1"]).beside(there, "").counts == {"installed": 9}
    whole, nothing = entry(counts={"level1": 6}), entry(names=[])
    assert whole.beside(there, "checked") is whole
    assert nothing.beside(there, "checked") is nothing
    off = entry(no_activity=True, names=[])
    assert off.beside(there, "").counts == there
