"""Reports that come in at the same moment."""

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from campaign.models import DirtyDay
from reports.daily.models import DailyReport, Revision
from reports.daily.services import submit
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import Outcome, VersionConflict, submit_report
from reports.rollup.models import UnitTotal
from reports.rollup.services.rollup import drain
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.reports.reporting import CAMPAIGN, report

ID = UUID("0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province so that every connection sees it."""
    return build_world()


def entry(counts: dict[str, int], **given: Any) -> ReportInput:
    """Return an entry of the day."""
    return ReportInput(
        **{
            "id": ID,
            "campaign": CAMPAIGN,
            "branch": "XD-14173",
            "date": TODAY,
            "counts": counts,
            **given,
        }
    )


def test_same_report_sent_many_times_at_once_is_taken_once(stage: World) -> None:
    sent = entry({"level1": 5})
    results = at_once(*[lambda: submit_report(actor=stage.owner, entry=sent)[1]] * 8)
    assert sorted(str(result) for result in results) == sorted(
        [str(Outcome.CREATED), *[str(Outcome.SAME)] * 7]
    )
    assert (DailyReport.objects.count(), Revision.objects.count()) == (1, 1)
    assert DirtyDay.objects.count() == 1


def test_same_report_under_many_ids_at_once_is_taken_once(stage: World) -> None:
    """Two phones of one branch, or a form opened twice."""
    results = at_once(
        *[
            lambda key=key: submit_report(actor=stage.owner, entry=entry({"level1": 5}, id=key))[1]
            for key in [uuid4() for _phone in range(4)]
        ]
    )
    assert results.count(Outcome.CREATED) == 1
    assert results.count(Outcome.SAME) == 3
    assert DailyReport.objects.count() == 1


def test_of_different_reports_at_once_the_first_stands(stage: World) -> None:
    results = at_once(
        *[
            lambda n=n: submit_report(actor=stage.owner, entry=entry({"level1": n}, id=uuid4()))[1]
            for n in range(4)
        ]
    )
    assert results.count(Outcome.CREATED) == 1
    assert sum(isinstance(result, VersionConflict) for result in results) == 3
    assert Revision.objects.count() == 1


def test_two_corrections_of_one_version_at_once_do_not_overwrite_each_other(
    stage: World,
) -> None:
    report(stage.owner, "XD-14173", {"level1": 1}, report_id=ID)
    results = at_once(
        *[
            lambda n=n: submit_report(
                actor=stage.lead, entry=entry({"level1": 10 + n}, base_version=1)
            )[1]
            for n in range(3)
        ]
    )
    assert results.count(Outcome.CHANGED) == 1
    assert sum(isinstance(result, VersionConflict) for result in results) == 2
    stored = DailyReport.objects.get()
    assert stored.version == 2
    assert [r.content["counts"] for r in Revision.objects.all()] == [{"level1": 1}, stored.counts]


def test_one_id_for_two_branches_at_once_is_one_report(
    stage: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """36: the second is told so; nothing breaks and nothing is lost in silence."""
    gate, save = threading.Barrier(2), submit._save

    def save_together(*given: Any) -> None:
        gate.wait(timeout=10)
        save(*given)

    monkeypatch.setattr(submit, "_save", save_together)
    results = at_once(
        lambda: submit_report(actor=stage.owner, entry=entry({"level1": 1}))[1],
        lambda: submit_report(actor=stage.neighbour, entry=entry({"level1": 2}, branch="XD-14158"))[
            1
        ],
    )
    assert results.count(Outcome.CREATED) == 1
    assert sum(isinstance(result, InvalidReport) for result in results) == 1
    assert DailyReport.objects.count() == 1


def test_reports_and_roll_ups_at_once_lose_nothing(stage: World) -> None:
    branches = [(stage.owner, "XD-14173"), (stage.neighbour, "XD-14158")]
    for number in range(3):
        calls = [
            lambda a=actor, b=branch, n=number: (
                report(a, b, {"level1": n + 1}, note=str(n)) if n == 0 else drain()
            )
            for actor, branch in branches
        ]
        at_once(*calls, drain, drain)
    drain()
    assert UnitTotal.objects.get(node=stage.province).reported == {"level1": 2}
    assert not connection.in_atomic_block
