"""An older `var/` is refused in plain words, before anything in it is touched."""

import time

import pytest
from django.conf import LazySettings
from django.db.migrations.recorder import MigrationRecorder

from devserver import prepare

pytestmark = pytest.mark.django_db

# As the first edition left them; this one begins anew (docs/decisions).
FIRST_EDITION = (("campaign", "0002_help_and_people"), ("reports", "0003_reporting_day"))


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note down the commands in place of running them."""
    called: list[str] = []
    monkeypatch.setattr(prepare, "call_command", lambda name, *a, **k: called.append(name))
    return called


def test_first_edition_is_refused_and_left_alone(
    commands: list[str], settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    for app, name in FIRST_EDITION:
        MigrationRecorder.Migration.objects.create(app=app, name=name)
    assert prepare.unknown_migrations() == [
        "campaign.0002_help_and_people",
        "reports.0003_reporting_day",
    ]
    assert prepare.prepare(time.time(), demo=True) == 1
    assert commands == []
    printed = capsys.readouterr().out
    assert f"Dữ liệu trong {settings.VAR_DIR} do ấn bản khác tạo ra" in printed
    assert "campaign.0002_help_and_people, reports.0003_reporting_day" in printed
    assert "make clean && make run" in printed
    assert "PORTAL_VAR=var-moi make run" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("demo", [True, False])
def test_own_edition_and_apps_of_others_go_through(commands: list[str], demo: bool) -> None:
    MigrationRecorder.Migration.objects.create(app="sites", name="0099_gone")
    assert prepare.unknown_migrations() == []
    assert prepare.prepare(time.time(), demo=demo) == 0
    assert commands[0] == "migrate"
    assert ("seed_demo" in commands) is demo
