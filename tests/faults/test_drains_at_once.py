"""Two drains at once, held at the moments where a sum could be lost. Real transactions."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.models import User
from campaign.models import DirtyDay, Unit
from reports.daily.services.report_input import ReportInput
from reports.daily.services.submit import submit_report
from reports.rollup.models import UnitDay, UnitTotal
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain, drain_batch, spread_batch
from reports.rollup.services.verify import verify
from reports.rollup.trees import UNITS
from tests.conftest import World, build_world
from tests.portal import difference_statements, until

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2023, 5, 12)
# Shorter than the time after which the database ends a transaction that hangs.
PATIENCE = 2.5

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@pytest.fixture
def world() -> World:
    """The small province, committed."""
    return build_world()


class OwnedLock:
    """A drain in a thread of its own that stops where it is told to, until released."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.released = threading.Event()

    def stop(self) -> None:
        """Say that the point is reached and wait; called in the thread."""
        self.reached.set()
        assert self.released.wait(PATIENCE)

    @contextmanager
    def before(self, words: str) -> Iterator[None]:
        """Stop in the block before the statement with these words; entered in the thread."""

        def execute(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
            if words in sql and not self.reached.is_set():
                self.stop()
            return run(sql, *rest)

        with connection.execute_wrapper(execute):
            yield


@contextmanager
def thread(work: Callable[[], Any]) -> Iterator[Future[Any]]:
    """Run work beside the block, on a connection of its own; raise what it raised."""

    def closing() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(closing)
        yield running
        running.result(timeout=10)


@contextmanager
def locked_drain() -> Iterator[OwnedLock]:
    """Drain one dirty day in a thread, and hold it after its last statement, before its commit."""
    owned = OwnedLock()
    spread_batch()

    def work() -> None:
        with transaction.atomic():
            assert drain_batch(UNITS, limit=1) == 1
            owned.stop()

    with thread(work):
        assert owned.reached.wait(PATIENCE)
        try:
            yield owned
        finally:
            owned.released.set()


def report(
    actor: User, count: int, *, day: date = DAY, version: int = 0, identity: Any = None
) -> Any:
    """Submit the count of the actor's branch; return the report."""
    branch = actor.appointments.get().branch
    assert branch is not None
    entry = ReportInput(
        id=identity or uuid4(),
        campaign="de-an-06-2023",
        branch=branch.code,
        date=day,
        counts={"level1": count},
        base_version=version,
    )
    return submit_report(actor=actor, entry=entry)[0]


def drain_one() -> int:
    """Make one dirty day of a unit again; return how many there were, one or none."""
    spread_batch()
    return drain_batch(UNITS, limit=1)


def level1(unit: Unit) -> tuple[int, int]:
    """Return what is kept for a unit: of the day, and to date."""
    day = UnitDay.objects.get(node=unit, date=DAY).reported
    return day["level1"], UnitTotal.objects.get(node=unit).reported["level1"]


def assert_all_right() -> None:
    """After whatever is still to do, all totals equal the reports."""
    drain()
    assert not DirtyDay.objects.exists()
    assert verify() == []
    with connection.cursor() as cursor:
        for statement in difference_statements():
            cursor.execute(statement)
            assert cursor.fetchall() == []


def blocked() -> bool:
    """Tell whether somebody waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def test_sibling_that_commits_after_the_parent_was_read_is_added(world: World) -> None:
    report(world.owner, 10)
    report(world.neighbour, 7)
    with locked_drain() as first:
        # The second takes the other commune, and the parent, which it cannot see the first in.
        while drain_batch(UNITS, limit=1):
            pass
        assert level1(world.district)[0] in (7, 10)
        first.released.set()
    assert_all_right()
    assert level1(world.district) == (17, 17)
    assert level1(world.province) == (17, 17)


def test_parent_made_by_two_at_once_has_both_children(world: World) -> None:
    report(world.owner, 10)
    other = report(world.neighbour, 7)
    # Both communes are done, and have left the district dirty twice.
    assert (drain_one(), drain_one()) == (1, 1)
    assert DirtyDay.objects.filter(unit=world.district).count() == 2
    with locked_drain() as first:
        report(world.neighbour, 9, version=1, identity=other.pk)
        assert drain_one() == 1  # the commune again
        with thread(drain_one) as second:
            # It must wait before it reads; what the first wrote is older than the correction.
            until(blocked, PATIENCE)
            assert not second.done()
            first.released.set()
        assert level1(world.district) == (19, 19)
    assert_all_right()
    assert level1(world.province) == (19, 19)


def test_two_days_of_one_unit_made_at_once_are_both_in_its_total(world: World) -> None:
    days = (DAY, DAY + timedelta(days=1))
    reports = [report(world.owner, 10, day=day) for day in days]
    drain()
    assert level1(world.commune) == (10, 20)
    for day, first in zip(days, reports, strict=True):
        report(world.owner, 15, day=day, version=1, identity=first.pk)
    first_reads, first_ends, second_reads = OwnedLock(), OwnedLock(), OwnedLock()
    spread_batch()

    def first_day() -> None:
        with first_reads.before("UPDATE reports_unittotal"), transaction.atomic():
            assert drain_batch(UNITS, limit=1) == 1
            first_ends.stop()

    def second_day() -> None:
        with second_reads.before("UPDATE reports_unittotal"):
            assert drain_batch(UNITS, limit=1) == 1

    with thread(first_day):
        assert first_reads.reached.wait(PATIENCE)
        with thread(second_day):
            # The total is the sum of both days. Could the second read the days by now, then it
            # would read an old first one, wait with that for the row, and write it.
            until(lambda: blocked() or second_reads.reached.is_set(), PATIENCE)
            first_reads.released.set()
            assert first_ends.reached.wait(PATIENCE)
            second_reads.released.set()
            until(blocked, PATIENCE)
            first_ends.released.set()
    assert level1(world.commune) == (15, 30)
    assert_all_right()


def test_slow_drain_that_read_nothing_yet_sees_what_the_faster_one_wrote(world: World) -> None:
    report(world.owner, 10)
    report(world.neighbour, 7)
    assert (drain_one(), drain_one()) == (1, 1)
    slow = OwnedLock()

    def drain_slowly() -> None:
        with slow.before("INSERT INTO reports_unittotal"):
            assert drain_one() == 1

    with thread(drain_slowly):
        assert slow.reached.wait(PATIENCE)
        report(world.owner, 12, version=1, identity=world.branch.reports.get().pk)
        assert drain_one() == 1  # the commune
        assert drain_one() == 1  # the district
        assert level1(world.district) == (19, 19)
        slow.released.set()
    assert level1(world.district) == (19, 19)
    assert_all_right()


def test_report_saved_while_its_day_is_drained_leaves_it_dirty(world: World) -> None:
    first = report(world.owner, 10)
    with locked_drain() as drained:
        # Nobody who reports waits for the roll-up.
        with thread(lambda: report(world.owner, 11, version=1, identity=first.pk)) as saved:
            assert saved.result(timeout=PATIENCE).version == 2
        drained.released.set()
    assert level1(world.commune) == (10, 10)
    assert DirtyDay.objects.filter(unit=world.commune).count() == 1
    assert_all_right()
    assert level1(world.province) == (11, 11)


def test_rebuild_waits_for_a_drain_and_a_drain_for_the_rebuild(world: World) -> None:
    report(world.owner, 10)
    report(world.neighbour, 7)
    drain()
    report(world.owner, 12, version=1, identity=world.branch.reports.get().pk)
    report(world.neighbour, 9, version=1, identity=world.neighbour_branch.reports.get().pk)
    owned = OwnedLock()
    spread_batch()

    def two_days_in_one_transaction() -> None:
        with transaction.atomic():
            assert drain_batch(UNITS, limit=1) == 1
            owned.stop()
            assert drain_batch(UNITS, limit=1) == 1

    with thread(two_days_in_one_transaction):
        assert owned.reached.wait(PATIENCE)
        with thread(rebuild):
            until(blocked, PATIENCE)
            owned.released.set()
    assert_all_right()
    assert level1(world.province) == (21, 21)
