"""A drain that is killed at any moment leaves no half totals behind."""

import multiprocessing
import os
import random
import signal
import threading
import time
from datetime import date, timedelta
from datetime import time as time_of_day
from multiprocessing.context import ForkProcess
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from campaign.models import Branch, Campaign, DirtyDay, Unit
from campaign.services.paths import rebuild_paths
from reports.daily.models import DailyReport, Lateness
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from reports.rollup.trees import TREES
from tests.factories import make_branch, make_campaign, make_indicators, make_unit
from tests.portal import difference_statements, until
from volunteers.sessions.models import SupportSession

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KILLS = 20
DISTRICTS, COMMUNES, DAYS = 4, 60, 10
FIRST_DAY = date(2023, 5, 1)
# A process of our own that shares nothing but the database.
FORK = multiprocessing.get_context("fork")

CHANGE = """
    UPDATE reports_dailyreport SET counts = jsonb_build_object(
        'level1', floor(random() * 100)::int, 'level2', floor(random() * 100)::int),
        status = (ARRAY['submitted', 'approved'])[1 + floor(random() * 2)::int]
"""
CHANGE_SESSIONS = """
    UPDATE volunteers_supportsession SET counts = jsonb_build_object(
        'level1', floor(random() * 200)::int, 'level2', floor(random() * 200)::int)
"""
MARK = """
    INSERT INTO campaign_dirtyday (campaign_id, branch_id, unit_id, date, since)
    SELECT campaign_id, branch_id, unit_id, date, now() FROM volunteers_supportsession
    UNION ALL SELECT campaign_id, branch_id, unit_id, date, now() FROM reports_dailyreport
"""


@pytest.fixture
def campaign() -> Campaign:
    """A campaign with ten days of reports from sixty communes, and a session on most days."""
    campaign = make_campaign()
    make_indicators(campaign)
    province = make_unit(level="province")
    top = make_branch(home_unit=province, reports_daily=False)
    districts = [make_unit(level="district", parent=province) for _ in range(DISTRICTS)]
    units = Unit.objects.bulk_create(
        Unit(
            code=f"{20000 + n}",
            name=f"Xã {n}",
            level="commune",
            valid_from=FIRST_DAY,
            parent=districts[n % DISTRICTS],
        )
        for n in range(COMMUNES)
    )
    rebuild_paths(Unit)
    branches = Branch.objects.bulk_create(
        Branch(code=f"XD-{u.code}", name=u.name, home_unit=u, parent=top, reports_daily=True)
        for u in units
    )
    rebuild_paths(Branch)
    DailyReport.objects.bulk_create(
        DailyReport(
            id=uuid4(),
            campaign=campaign,
            branch=branch,
            unit=branch.home_unit,
            date=FIRST_DAY + timedelta(days=n),
            counts={"level1": 1},
            lateness=Lateness.ON_TIME,
            received_at=timezone.now(),
        )
        for branch in branches
        for n in range(DAYS)
    )
    SupportSession.objects.bulk_create(
        SupportSession(
            campaign=campaign,
            branch=branch,
            unit=branch.home_unit,
            place_kind="market",
            place=f"Chợ {n}",
            date=FIRST_DAY + timedelta(days=n),
            begins_at=time_of_day(8),
            ends_at=time_of_day(11),
            state="closed",
            headcount=0,
            participations=0,
            join_key=f"{branch.code}/{n}",
        )
        for branch in branches
        for n in range(0, DAYS + 2, 2)
    )
    return campaign


def change_all() -> None:
    """Change every report and every session, and leave word of their days."""
    with connection.cursor() as cursor:
        for statement in (CHANGE, CHANGE_SESSIONS, MARK):
            cursor.execute(statement)


def start_drain() -> ForkProcess:
    """Start a drain in a process that it is safe to kill."""
    # A connection cannot be shared by two processes.
    connection.close()
    child = FORK.Process(target=drain)
    child.start()
    return child


def dirty() -> int:
    """Return how many days of nodes are still to be made again, in both trees."""
    days = [DirtyDay.objects.exclude(**{tree.column: None}) for tree in TREES]
    return sum(
        found.values(tree.column, "date").distinct().count()
        for tree, found in zip(TREES, days, strict=True)
    )


def differences() -> list[object]:
    """Return where totals differ from the reports, by SQL that shares nothing with ours."""
    with connection.cursor() as cursor:
        found: list[object] = []
        for statement in difference_statements():
            cursor.execute(statement)
            found += cursor.fetchall()
        return found


def drained() -> bool:
    """Drain what is free; what a dying server process still holds is free a moment later."""
    drain()
    return dirty() == 0


def test_drain_killed_at_any_moment_leaves_no_half_totals(campaign: Campaign) -> None:
    # The first makes every row; how long those take that follow is what the second says.
    for _ in range(2):
        change_all()
        started = time.monotonic()
        child = start_drain()
        child.join(30)
        whole = time.monotonic() - started
        assert (child.exitcode, dirty(), verify()) == (0, 0, [])

    dice, ended, part_done = random.Random(11), [], 0
    for _ in range(KILLS):
        change_all()
        waiting = dirty()
        child = start_drain()
        threading.Event().wait(dice.uniform(0, whole))
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join(30)
        ended.append(child.exitcode)
        # What is not dirty is right, and what is dirty is known to be.
        assert verify() == []
        part_done += 0 < dirty() < waiting
    assert ended.count(-signal.SIGKILL) >= KILLS // 2, "the kills came too late to prove a thing"
    assert part_done > 0, "no kill met a drain half-way"
    until(drained, 30)
    assert verify() == []
    assert differences() == []
