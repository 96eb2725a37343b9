"""A report is sent to a trial while the campaign is published."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from campaign import known_settings
from campaign.models import Trial
from campaign.services.campaign_state import change_state
from reports.daily.models import DailyReport
from reports.daily.services.report_input import ReportInput
from reports.daily.services.submit import weigh
from reports.trial import services
from reports.trial.models import TrialReport
from reports.trial.services import rehearse_report
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.portal import until
from tests.reports.trial.drafts import TRIED, try_draft

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def stage(transactional_db: None) -> World:
    """Build the small province so that every connection sees it."""
    known_settings._known.clear()
    return build_world()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def test_whoever_publishes_waits_for_who_is_sending_and_then_clears(
    stage: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = try_draft(stage)
    is_sending = threading.Event()

    def slowly(*args: Any, **how: Any) -> Any:
        is_sending.set()
        until(somebody_waits, 10)
        return weigh(*args, **how)

    def publish() -> Any:
        assert is_sending.wait(10)
        return change_state(actor=stage.staff, campaign=draft, state="running", reason="Đủ")

    monkeypatch.setattr(services, "weigh", slowly)
    entry = ReportInput(
        id=uuid4(), campaign=TRIED, branch="XD-14158", date=TODAY, counts={"level1": 1}
    )
    sent, published = at_once(lambda: rehearse_report(actor=stage.neighbour, entry=entry), publish)
    assert isinstance(sent, DailyReport)
    assert published == draft
    assert (Trial.objects.count(), TrialReport.objects.count()) == (0, 0)
    assert not DailyReport.objects.exists()
