"""What machines ask: is it alive, is it ready."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import User
from campaign.models import DirtyDay
from core import clock
from core.heartbeat import record_heartbeat
from core.log.findings import acknowledge, finding
from core.log.sequencer import sequence
from core.models import Heartbeat
from core.version import VERSION
from reports.rollup.services.rollup import drain
from tests.conftest import World
from tests.reports.reporting import report


def ready() -> tuple[int, dict[str, Any]]:
    """Ask whether the portal is ready."""
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


def test_portal_is_ready_once_totals_are_swept(world: World) -> None:
    assert ready()[0] == 503
    report(world.owner, "XD-14173", {"level1": 1})
    drain()
    status, state = ready()
    assert (status, state["database"], state["broker"]) == (200, True, True)
    assert state["oldest_stale_seconds"] == 0
    assert 0 <= state["last_sweep_seconds"] < 60


def test_days_that_wait_too_long_are_told(world: World) -> None:
    drain()
    report(world.owner, "XD-14173", {"level1": 1})
    assert ready()[0] == 200
    DirtyDay.objects.update(since=clock.now() - dt.timedelta(seconds=90))
    status, state = ready()
    assert status == 503
    assert 90 <= state["oldest_stale_seconds"] < 100


def test_silent_sweep_is_told(world: World) -> None:
    drain()
    Heartbeat.objects.update(at=clock.now() - dt.timedelta(minutes=5))
    status, state = ready()
    assert (status, state["broker"]) == (503, True)
    assert state["last_sweep_seconds"] >= 300


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///khong/co"])
def test_missing_broker_is_told(world: World, settings: LazySettings, url: str) -> None:
    drain()
    settings.REDIS_URL = url
    status, state = ready()
    assert (status, state["broker"], state["database"]) == (503, False, True)
    assert Client().get("/healthz").status_code == 200


def test_missing_database_is_told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: Any, **named: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as outage:
        outage.setattr(connection, "cursor", broken)
        outage.setattr(connection, "chunked_cursor", broken)
        alive = Client().get("/healthz")
        status, state = ready()
    assert (alive.status_code, alive.json()) == (
        503,
        {"database": False, "version": VERSION},
    )
    assert (status, state["database"]) == (503, False)


def test_answers_to_machines_are_always_fresh(db: None) -> None:
    for url in ("/healthz", "/readyz", "/metrics"):
        assert (url, "no-store" in Client().get(url).headers["Cache-Control"]) == (url, True)


def test_metrics_speak_prometheus(world: World) -> None:
    text = Client().get("/metrics").content.decode()
    assert "# TYPE django_http_requests_before_middlewares_total counter" in text


def test_history_that_was_altered_is_told(world: World, browse: Callable[[User], Client]) -> None:
    drain()
    sequence()
    record_heartbeat("history")
    assert ready()[1]["history"] == "khớp"
    page = browse(world.staff).get("/c/de-an-06-2023/dashboard/")
    record_heartbeat("history", "leaf 7 is missing", is_fine=False)
    status, state = ready()
    assert (status, state["history"]) == (503, "không khớp với sổ ghi")
    assert 'portal_heartbeat_fine{job="history"} 0.0' in Client().get("/metrics").content.decode()
    words = "Lịch sử không khớp với sổ ghi"
    # The page that has been open all the while shows it too; nobody below is alarmed.
    known: Any = {"HTTP_IF_NONE_MATCH": page.headers["ETag"], "HTTP_HX_REQUEST": "true"}
    again = browse(world.staff).get("/c/de-an-06-2023/dashboard/", **known)
    assert (words in page.content.decode(), words in again.content.decode()) == (False, True)
    other = browse(world.owner).get("/c/de-an-06-2023/dashboard/")
    assert words not in other.content.decode()
    # Once it is acknowledged the portal is ready again, and the province goes on being told why.
    found = finding("campaign_target 1: value differ from leaf 7", "altered")
    remark = acknowledge([found], actor=world.staff, reason="Sửa tay khi thử máy")
    record_heartbeat("history", str(replace(found, known=remark)))
    assert (ready()[0], ready()[1]["history"]) == (200, "khớp, trừ những chỗ đã biết")
    later = browse(world.staff).get("/c/de-an-06-2023/dashboard/").content.decode()
    assert words not in later
    assert "đã biết từ 20/06/2023: Sửa tay khi thử máy" in later
    other = browse(world.owner).get("/c/de-an-06-2023/dashboard/")
    assert "đã biết từ" not in other.content.decode()
