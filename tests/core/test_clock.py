"""The one clock: server time here, or the demo's day."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from config.environment import BASE_DIR
from core import clock


def check(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``manage.py check`` in an environment of its own."""
    given = {"PATH": os.environ["PATH"], "PORTAL_VAR": str(tmp_path), **environment}
    given.setdefault("REDIS_URL", "redis://valkey:6379/0")
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=BASE_DIR, env=given, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("debug", [{}, {"DEBUG": "0"}, {"DEBUG": "false"}])
def test_moved_clock_is_refused_outside_a_demo(tmp_path: Path, debug: dict[str, str]) -> None:
    done = check(tmp_path, SECRET_KEY="x" * 50, PORTAL_TODAY="2023-06-20", **debug)
    assert done.returncode != 0
    assert "PORTAL_TODAY moves the clock: refused while DEBUG is off." in done.stderr


def test_moved_clock_is_taken_in_a_demo(tmp_path: Path) -> None:
    done = check(tmp_path, DEBUG="1", PORTAL_TODAY="2023-06-20")
    assert (done.returncode, done.stderr) == (0, "")


def test_day_that_is_none_stops_the_demo(tmp_path: Path) -> None:
    done = check(tmp_path, DEBUG="1", PORTAL_TODAY="20/06/2023")
    assert done.returncode != 0


def test_portal_without_a_key_does_not_start_outside_a_demo(tmp_path: Path) -> None:
    assert "SECRET_KEY" in check(tmp_path).stderr


def test_installation_passes_the_checks_for_production(tmp_path: Path) -> None:
    done = check(
        tmp_path,
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY="k8#mZ!qv" * 8,
        LOG_KEY="A" * 43 + "=",
        ALLOWED_HOSTS="tienphong.example.vn",
        DATABASE_URL="postgres://portal:x@postgres:5432/portal",
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_demo_day_keeps_the_time_of_day(settings: LazySettings) -> None:
    settings.PORTAL_TODAY = dt.date(2023, 6, 20)
    before = timezone.localtime()
    now = clock.now()
    assert (now.date(), clock.today()) == (dt.date(2023, 6, 20), dt.date(2023, 6, 20))
    assert now.utcoffset() == dt.timedelta(hours=7)
    moved = now.replace(year=before.year, month=before.month, day=before.day)
    assert abs(moved - before) < dt.timedelta(seconds=5) or now.hour != before.hour


def test_real_day_is_the_local_one(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PORTAL_TODAY = None
    evening = dt.datetime(2023, 6, 20, 17, 30, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: evening)
    assert clock.today() == dt.date(2023, 6, 21)
    assert clock.now().isoformat() == "2023-06-21T00:30:00+07:00"


def test_moment_of_a_day_is_local() -> None:
    assert clock.at(dt.date(2023, 6, 20), dt.time(18, 30)).isoformat() == (
        "2023-06-20T18:30:00+07:00"
    )
