"""Reviewers, secretaries and the locking job at the same moment."""

import datetime as dt
import multiprocessing
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from campaign.models import Branch, LateEntryGrant
from core import clock
from core.log.verify import check_history
from reports.daily.models import DailyReport, Revision, Status
from reports.daily.querysets import DailyReportQuerySet
from reports.daily.services import locking
from reports.daily.services.locking import lock_closed
from reports.daily.services.review import ReviewConflict, review_reports
from reports.daily.services.submit import VersionConflict
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.factories import make_campaign
from tests.portal import until
from tests.reports.reporting import report

pytestmark = pytest.mark.django_db(transaction=True)
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province so that every connection sees it."""
    return build_world()


def test_of_two_reviewers_exactly_one_decides(stage: World) -> None:
    mine = report(stage.owner, "XD-14173", {"level1": 1})
    other = report(stage.neighbour, "XD-14158", {"level1": 2})
    mine_first, other_first = {mine.pk: 1, other.pk: 1}, {other.pk: 1, mine.pk: 1}
    results = at_once(
        lambda: review_reports(actor=stage.lead, seen=mine_first, decision="approve"),
        lambda: review_reports(
            actor=stage.staff, seen=other_first, decision="return", reason="Xem lại"
        ),
    )
    [lost] = [result for result in results if isinstance(result, ReviewConflict)]
    [_won] = [result for result in results if isinstance(result, list)]
    winner = {r.last.actor for r in lost.conflicts if r.last is not None}
    assert winner in ({stage.lead}, {stage.staff})
    assert len({r.status for r in DailyReport.objects.all()}) == 1
    assert Revision.objects.count() == 4
    assert check_history() == []


def test_decision_waits_for_who_writes_of_the_branch(stage: World) -> None:
    """Else a session could be closed beside the report of a hamlet while that is approved."""
    stored = report(stage.owner, "XD-14173", {"level1": 1})
    other = report(stage.neighbour, "XD-14158", {"level1": 2})

    def approve(one: DailyReport) -> object:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            return review_reports(actor=stage.lead, seen={one.pk: 1}, decision="approve")

    with transaction.atomic():
        Branch.objects.select_for_update(no_key=True).get(pk=stage.branch.pk)
        [done] = at_once(partial(approve, other))
        [refused] = at_once(partial(approve, stored))
    assert (type(done), type(refused)) == (list, OperationalError)


def test_approval_never_covers_numbers_that_were_not_seen(stage: World) -> None:
    for day in [TODAY - dt.timedelta(days=n) for n in range(6)]:
        stored = report(stage.owner, "XD-14173", {"level1": 1}, date=day)
        results = at_once(
            partial(review_reports, actor=stage.lead, seen={stored.pk: 1}, decision="approve"),
            partial(
                report,
                stage.owner,
                "XD-14173",
                {"level1": 9},
                date=day,
                report_id=stored.pk,
                base_version=1,
            ),
        )
        lost = [r for r in results if isinstance(r, ReviewConflict | VersionConflict)]
        assert len(lost) == 1, results
        stored.refresh_from_db()
        assert (stored.status, stored.counts) in (
            (Status.APPROVED, {"level1": 1}),
            (Status.SUBMITTED, {"level1": 9}),
        )


def approved(stage: World, days: int) -> list[DailyReport]:
    """Return approved reports of days that are closed then."""
    stored = [
        report(stage.owner, "XD-14173", {"level1": n}, date=TODAY - dt.timedelta(days=n + 2))
        for n in range(days)
    ]
    review_reports(actor=stage.lead, seen={r.pk: 1 for r in stored}, decision="approve")
    stage.campaign.editable_days = 0
    stage.campaign.save()
    return stored


def test_closed_days_are_locked_once(stage: World) -> None:
    approved(stage, 5)
    report_of_today = report(stage.owner, "XD-14173", {"level1": 1})
    counts = at_once(lock_closed, lock_closed)
    assert sum(count for count in counts if isinstance(count, int)) == 5
    assert lock_closed() == 0
    locked = Revision.objects.filter(version=3, actor=None, content__status="locked")
    assert locked.count() == Revision.objects.filter(version=3).count() == 5
    report_of_today.refresh_from_db()
    assert report_of_today.status == Status.SUBMITTED
    assert check_history() == []


def test_submitted_and_granted_days_are_not_locked(stage: World) -> None:
    first, second = approved(stage, 2)
    now = clock.now()
    other_campaign = make_campaign()
    for campaign, branch, day in (
        (stage.campaign, stage.branch, first.date),
        # Beside the second: another branch, and another campaign.
        (stage.campaign, stage.neighbour_branch, second.date),
        (other_campaign, stage.branch, second.date),
    ):
        LateEntryGrant.objects.create(
            campaign=campaign, branch=branch, date=day, reason="Sửa số", grantor=stage.lead,
            granted_at=now - dt.timedelta(hours=1), expires_at=now + dt.timedelta(hours=1),
        )  # fmt: skip
    assert lock_closed() == 1
    second.refresh_from_db()
    assert second.status == Status.LOCKED
    LateEntryGrant.objects.update(expires_at=now - dt.timedelta(minutes=1))
    assert lock_closed() == 1


def _is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_decision_is_about_what_the_locking_job_leaves(stage: World) -> None:
    [stored] = approved(stage, 1)
    seen, reason = {stored.pk: 2}, "Xem lại"
    decide = partial(review_reports, actor=stage.lead, seen=seen, decision="return", reason=reason)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert lock_closed() == 1
            found = pool.submit(at_once, decide)
            until(_is_somebody_waiting, 10)
        [result] = found.result()
    assert type(result) is ReviewConflict
    stored.refresh_from_db()
    assert (stored.status, stored.version) == (Status.LOCKED, 3)


def _approved() -> QuerySet[DailyReport]:
    return DailyReport.objects.filter(status=Status.APPROVED)


def _die(*_given: object, **_named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _lock_and_stop() -> None:
    """Lock a batch, and stop dead with the second under way."""
    connection.close()
    batches, lock_some = iter(range(9)), locking._lock_some

    def watched(due: DailyReportQuerySet) -> int:
        if next(batches) == 1:
            vars(locking)["record_revision"] = _die
        return lock_some(due)

    vars(locking)["_lock_some"] = watched
    lock_closed()


def test_locking_that_is_killed_half_way_goes_on(
    stage: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(stage, 5)
    monkeypatch.setattr(locking, "BATCH", 2)
    connection.close()
    worker = FORK.Process(target=_lock_and_stop)
    worker.start()
    worker.join(timeout=30)
    assert worker.exitcode == -signal.SIGKILL
    # What the dead worker held is free as soon as the database has noticed.
    until(lambda: lock_closed() >= 0 and not _approved().exists(), 30)
    assert DailyReport.objects.filter(status=Status.LOCKED).count() == 5
    assert Revision.objects.filter(version=3).count() == 5
    assert check_history() == []
