"""Totals always equal a plain sum of the reports, whatever happens in whatever order."""

import datetime as dt
from itertools import product
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.models import Branch, DirtyDay, Unit
from core import clock
from core.models import Heartbeat
from reports.daily.models import DailyReport, Lateness, Status
from reports.rollup.columns import Columns
from reports.rollup.models import BranchTotal, UnitDay, UnitTotal
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain, drain_batch, spread_batch
from reports.rollup.services.verify import verify
from reports.rollup.totals import sums_to_date, targets_of
from reports.rollup.trees import BRANCHES, TREES, UNITS
from tests.conftest import TODAY, World
from tests.factories import make_target
from tests.reports.reporting import report, set_status
from tests.reports.rollup.plain_sums import (
    DAYS,
    RETURNED,
    RandomTrees,
    all_totals,
    differences,
    falling_back,
    grow,
    steps,
)
from volunteers.sessions.models import State


@settings(max_examples=30)
@given(data=st.data())
def test_totals_equal_a_plain_sum_whatever_happens(db: None, data: st.DataObject) -> None:
    """Reports, corrections, decisions; sessions planned, closed and cancelled, after them too."""
    with transaction.atomic():
        stage = grow(data.draw)
        for step in data.draw(st.lists(steps, min_size=1, max_size=16)):
            stage.act(*step)
        drain()
        assert list(differences()) == []
        assert not DirtyDay.objects.exists()
        incremental = all_totals()
        assert drain() == 0
        assert all_totals() == incremental
        rebuild()
        # A rebuild leaves out the rows of nodes that nobody reported below: nought is nothing.
        assert list(differences()) == []
        transaction.set_rollback(True)


# What may stand of a day: no session or one in a state; no report, or one in a state that falls
# back on nothing, or on an earlier version.
MEETINGS = list(
    product(
        (None, *State),
        (
            (None, None),
            *((status, None) for status in Status),
            *((RETURNED, before) for before in ({}, {"a": 2})),
        ),
    )
)


@pytest.mark.django_db(transaction=True)
def test_every_meeting_of_a_report_and_a_session_adds_up(world: World) -> None:
    """Each on a day of its own, of a branch that reports daily and of one that does not."""
    Branch.objects.filter(pk=world.neighbour_branch.pk).update(reports_daily=False)
    days = [TODAY - dt.timedelta(days=n) for n in range(len(MEETINGS))]
    for branch in (world.branch, world.neighbour_branch):
        for day, (state, (status, before)) in zip(days, MEETINGS, strict=True):
            place = {"campaign": world.campaign, "branch": branch, "unit": branch.home_unit}
            stage = RandomTrees(world.campaign, [], [])
            if state is not None:
                stage._host(**place, date=day)
                how: dict[str, dict[str, Any]] = {
                    State.CLOSED: {"counts": {"a": 5}},
                    State.CANCELLED: {"cancel_reason": "Mưa"},
                }
                stage._let_be(0, state=state, **how.get(state, {}))
            if status is not None:
                stored = DailyReport.objects.create(
                    **place,
                    date=day,
                    counts={"a": 30, "b": 1},
                    lateness=Lateness.ON_TIME,
                    received_at=clock.now(),
                )
                stage._keep(stored, status=status, **falling_back(before))
    drain()
    assert list(differences(days)) == []
    # The one that reports daily is heard on each day with a report, the other where it hosts.
    arriving = len(Status) + 2
    received = UnitTotal.objects.get(node=world.province).received
    assert received == arriving * (len(State) + 1) + arriving * (len(State) - 1)
    rebuild()
    assert list(differences(days)) == []
    assert verify() == []


def test_drain_does_nothing_where_nothing_is_stale(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    assert drain() > 0
    before = list(UnitDay.objects.order_by("pk").values_list("pk", "computed_at"))
    assert drain() == 0
    assert list(UnitDay.objects.order_by("pk").values_list("pk", "computed_at")) == before
    assert Heartbeat.objects.get(name="drain").at <= clock.now()


def test_many_small_batches_come_to_the_same(world: World) -> None:
    for day in DAYS:
        report(world.owner, "XD-14173", {"level1": 1}, date=day)
        report(world.neighbour, "XD-14158", {"level2": 2}, date=day)
    while spread_batch(limit=1):
        pass
    for tree in TREES:
        while drain_batch(tree, limit=1):
            pass
    assert list(differences()) == []
    assert UnitTotal.objects.get(node=world.province).reported == {"level1": 3, "level2": 6}


def wait(world: World, *units: Unit) -> None:
    for unit in units:
        DirtyDay.objects.create(campaign=world.campaign, unit=unit, date=TODAY, since=clock.now())


def test_the_deepest_is_made_first(world: World) -> None:
    """Whoever is above would be made of what was counted below before, and once more after it."""
    wait(world, world.province, world.district, world.commune)
    for made in ({world.commune}, {world.commune, world.district}):
        assert drain_batch(UNITS, limit=1) == 1
        assert {day.node for day in UnitDay.objects.all()} == made


def test_district_waits_once_for_all_its_communes(world: World) -> None:
    wait(world, world.commune, world.sibling)
    assert drain_batch(UNITS) == 2
    assert [waiting.unit for waiting in DirtyDay.objects.all()] == [world.district]


def test_what_is_not_asked_for_is_not_read(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    drain()
    asked = [world.commune]
    assert {*sums_to_date(UNITS, world.campaign, asked, TODAY, "reported")} == {world.commune.pk}
    for unit in (world.commune, world.sibling):
        make_target(indicator=world.campaign.indicators.get(code="level1"), unit=unit)
    assert {*targets_of(world.campaign, asked).by_unit} == {world.commune.pk}


def test_report_that_comes_in_between_two_batches_is_not_lost(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    assert spread_batch()
    assert drain_batch(UNITS, limit=1)
    report(world.neighbour, "XD-14158", {"level1": 10})
    drain()
    assert UnitTotal.objects.get(node=world.province).reported == {"level1": 11}


def test_statements_of_a_drain_are_planned_once(world: World) -> None:
    for sender, code in ((world.owner, "XD-14173"), (world.neighbour, "XD-14158")):
        report(sender, code, {"level1": 1})
        drain()
    with connection.cursor() as cursor:
        cursor.execute("""SELECT count(*), sum(custom_plans), min(generic_plans)
            FROM pg_prepared_statements WHERE statement LIKE '%INTO reports%day%'""")
        assert cursor.fetchone() == (len(TREES), 0, 6), "three levels, twice"


def test_count_taken_back_is_blank_again(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 1, "level2": 2})
    drain()
    report(world.owner, "XD-14173", {"level1": 0}, report_id=stored.pk, base_version=1)
    drain()
    assert UnitTotal.objects.get(node=world.province).reported == {"level1": 0}


def test_many_large_counts_do_not_overflow(world: World) -> None:
    for day in range(40):
        date = TODAY - dt.timedelta(days=day)
        for actor, branch in ((world.owner, "XD-14173"), (world.neighbour, "XD-14158")):
            report(actor, branch, {"level1": 1_000_000}, date=date)
    drain()
    assert UnitTotal.objects.get(node=world.province).reported == {"level1": 80_000_000}


def test_rebuild_counts_who_reported_where_a_branch_is_at_home_now(world: World) -> None:
    """A branch that was put down to the wrong commune is moved to the right one later."""
    report(world.owner, "XD-14173", {"level1": 1})
    drain()
    Branch.objects.filter(pk=world.branch.pk).update(home_unit=world.sibling)
    rebuild()
    assert list(differences()) == []


def test_code_that_comes_in_as_a_rebuild_begins_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Late(Columns):
        def __init__(self, campaign: int) -> None:
            super().__init__(campaign)
            report(world.owner, "XD-14173", {"level1": 1})
            spread_batch()

    monkeypatch.setattr("reports.rollup.services.rebuild.Columns", Late)
    rebuild()
    drain()
    assert list(differences()) == []


def test_right_rebuild_writes_nothing(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    drain()
    before = list(UnitDay.objects.order_by("pk").values_list("pk", "computed_at"))
    rebuild()
    assert list(UnitDay.objects.order_by("pk").values_list("pk", "computed_at")) == before


def test_rebuild_equals_the_increments(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 1})
    report(world.officer, "CA-36", {"level2": 5}, unit="14158")
    set_status(stored)
    drain()
    before = list(differences())
    # How many it has made is how many there are: each day of a node once, whoever is below it.
    assert rebuild() == sum(tree.days.objects.count() for tree in TREES)
    assert before == list(differences()) == []


TAMPERED = {
    "day": (
        "UPDATE reports_unitday SET reported = '{\"level1\": 99}' WHERE node_id = %s",
        "Xã Giao Tiến 20/06/2023",
    ),
    "day of the approved": (
        "UPDATE reports_unitday SET approved = '{\"level1\": 0}' WHERE node_id = %s",
        "Xã Giao Tiến 20/06/2023",
    ),
    "missing day": ("DELETE FROM reports_unitday WHERE node_id = %s", "Xã Giao Tiến 20/06/2023"),
    "who reported": (
        "UPDATE reports_unitday SET received = 7 WHERE node_id = %s",
        "Xã Giao Tiến 20/06/2023",
    ),
    "total": (
        "UPDATE reports_unittotal SET reported = '{}' WHERE node_id = %s",
        "Xã Giao Tiến lũy kế",
    ),
    "who reported in all": (
        "UPDATE reports_unittotal SET received = 7 WHERE node_id = %s",
        "Xã Giao Tiến lũy kế",
    ),
    "missing total": ("DELETE FROM reports_unittotal WHERE node_id = %s", "Xã Giao Tiến lũy kế"),
}


@pytest.mark.django_db(transaction=True)
def test_verify_names_every_row_that_was_changed_by_hand(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    drain()
    assert verify() == []
    call_command("rollup", "--verify")
    for case, (statement, name) in TAMPERED.items():
        with connection.cursor() as cursor:
            cursor.execute(statement, [world.commune.pk])
        with pytest.raises(CommandError) as refusal:
            call_command("rollup", "--verify")
        assert (case, name in str(refusal.value)) == (case, True)
        assert refusal.value.returncode == 1
        call_command("rollup", "--rebuild")
        assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_verify_names_a_branch_and_a_report_changed_behind_its_back(world: World) -> None:
    stored = report(world.owner, "XD-14173", {"level1": 1})
    drain()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_branchday SET reported = '{}'")
    assert any("Đoàn xã Giao Tiến" in line for line in verify())
    rebuild()
    DailyReport.objects.filter(pk=stored.pk).update(counts={"level1": 2})
    named = verify()
    assert any("Xã Giao Tiến" in line for line in named)
    assert any("Tỉnh Nam Định" in line and "báo cáo 2, tổng hợp 1" in line for line in named)
    assert Heartbeat.objects.get(name="verify").message == f"{len(named)} khác"


@pytest.mark.django_db(transaction=True)
def test_verify_waits_for_days_that_are_still_to_be_added(world: World) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    assert verify() == []
    assert Heartbeat.objects.get(name="verify").message == "khớp"
    drain()
    assert verify() == []
    assert BranchTotal.objects.get(node=world.branch).reported == {"level1": 1}
    assert BRANCHES.totals is BranchTotal
