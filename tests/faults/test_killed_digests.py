"""A job that tells of the digest and is killed half-way: everybody is told, nobody twice."""

import datetime as dt
import multiprocessing
import os
import signal
import threading
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.db import connection

from campaign.permissions import Role
from core import clock
from reports.digests import services as digests
from reports.digests.notices import DIGEST
from reports.notifications import outbox
from reports.notifications.models import Notice
from tests.factories import make_appointment, make_campaign, make_unit, make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DISTRICTS = 12
EVENING = dt.datetime(2023, 6, 20, 19, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def leads(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> int:
    """Twelve districts with two leads each; it is the set time. Returns how many people."""
    settings.EMAIL_IS_ON = True
    monkeypatch.setattr(clock, "now", lambda: EVENING)
    make_campaign()
    province = make_unit(level="province")
    for _ in range(DISTRICTS):
        unit = make_unit(level="district", parent=province)
        for _ in range(2):
            user = make_user(email="lead@example.org")
            make_appointment(user=user, role=Role.DISTRICT_LEAD, unit=unit)
    return 2 * DISTRICTS


def announce_and_stop(units: int, reached: Any) -> None:
    """Announce to some units, then say so and hang, as a worker does on a machine that dies."""
    done: list[int] = []

    def hanging(*given: Any, **named: Any) -> int:
        if len(done) == units:
            reached.set()
            threading.Event().wait()
        done.append(1)
        return outbox.enqueue(*given, **named)

    setattr(digests, "enqueue", hanging)  # noqa: B010  # a name that is only imported there
    digests.announce_digests()


def announced() -> Counter[int]:
    """Return how often each person is told."""
    connection.close()
    found = Notice.objects.filter(kind=DIGEST.code)
    return Counter(found.values_list("user_id", flat=True))


@pytest.mark.parametrize("units", [0, 1, 5, DISTRICTS - 1])
def test_job_killed_half_way_tells_everybody_once_when_it_runs_again(
    leads: int, units: int
) -> None:
    reached = FORK.Event()
    # A connection cannot be shared by two processes.
    connection.close()
    child = FORK.Process(target=announce_and_stop, args=(units, reached))
    child.start()
    assert reached.wait(30)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    # Each unit is told whole or not at all.
    assert sum(announced().values()) == 2 * units
    assert digests.announce_digests() == leads - 2 * units
    assert sorted(announced().values()) == [1] * leads
    assert digests.announce_digests() == 0
    assert Notice.objects.values("unit").distinct().count() == DISTRICTS
