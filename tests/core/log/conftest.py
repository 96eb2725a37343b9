"""A history, its owner, and what verifying says of it."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection

from core import clock
from core.log.checkpoint import Head
from core.log.models import SignedHead
from core.log.sequencer import sequence
from core.log.verify import verify_history
from reports.daily.services.review import review_reports
from tests.conftest import TODAY, World
from tests.factories import make_session
from tests.reports.reporting import report

AsOwner = Callable[[str], None]


@pytest.fixture
def recorded(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Four revisions: of two branches, one of them corrected and approved; numbered in two goes.

    Sent in time, whatever hour it is where the tests run.
    """
    now, hours = clock.now, clock.now() - clock.at(TODAY, dt.time(8))
    monkeypatch.setattr(clock, "now", lambda: now() - hours)
    stored = report(world.owner, "XD-14173", {"level1": 1})
    report(world.neighbour, "XD-14158", {"level1": 2}, note="Hết sim")
    sequence()
    report(world.owner, "XD-14173", {"level1": 3}, report_id=stored.pk, base_version=1)
    review_reports(actor=world.lead, seen={stored.pk: 2}, decision="approve", reason="Đúng")
    make_session(campaign=world.campaign, branch=world.branch)
    sequence()
    return world


@pytest.fixture
def as_owner(recorded: World) -> AsOwner:
    """Run statements with all rights, past every trigger."""

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    return run


def found() -> str:
    return "\n".join(str(one) for one in verify_history())


def head() -> Head:
    last = SignedHead.objects.first()
    assert last is not None
    return Head(last.size, bytes(last.root))
