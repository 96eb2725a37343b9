"""A backup comes back whole, on this machine and on another, or nothing is touched."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client

from backups import services
from backups.programs import connect, database, portal_in
from backups.selectors import LATE, backup_state
from core import clock
from core.models import Heartbeat, PendingUpload
from devserver import servers
from reports.daily.models import DailyReport
from reports.rollup.services.partitions import add_partitions
from reports.rollup.services.rollup import drain
from tests.conftest import World
from tests.factories import make_help_request
from tests.portal import REPOSITORY, until
from tests.reports.reporting import report

Browse = Callable[[Any], Client]
OTHER = "portal_backup_test"


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.BACKUP_KEY, settings.BACKUP_DIR = "k" * 40, tmp_path / "backups"
    return tmp_path / "backups"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Restore beside the tests' own database: into one that is not there yet."""
    monkeypatch.setattr(services, "database", lambda: OTHER)
    yield
    with connect("postgres", autocommit=True) as server:
        names = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{OTHER}%"]
        )
        for (name,) in names.fetchall():
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def counts_of(name: str) -> list[Any]:
    with connect(name) as link:
        return [counts for (counts,) in link.execute("SELECT counts FROM reports_dailyreport")]


@pytest.mark.django_db(transaction=True)
def test_a_backup_comes_back_or_nothing_is_touched(
    world: World, folder: Path, tmp_path: Path, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(world.owner, "XD-14173", {"level1": 7})
    drain()
    add_partitions()
    PendingUpload.objects.create(data=b"somebody's list")
    with monkeypatch.context() as patch:
        patch.setattr(services, "database", database)
        path = services.back_up()
    assert b"XD-14173" not in path.read_bytes()
    state = backup_state()
    assert state.proved_at is not None
    assert Heartbeat.objects.get(name="backup").message == path.name
    report(world.neighbour, "XD-14158", {"level1": 5})

    # On an empty place it is all there, but for what waited to be confirmed.
    head, aside = services.restore_backup(path)
    assert head.facts["figures"] == {"de-an-06-2023": {"level1": 7}}
    assert (aside, counts_of(OTHER)) == ("", [{"level1": 7}])
    with connect(OTHER) as link:
        assert link.execute("SELECT count(*) FROM core_pendingupload").fetchone() == (0,)
        marked = link.execute("SELECT message FROM core_heartbeat WHERE name = 'restored'")
        assert marked.fetchone() == ((head.made_at - services.UNDER_WAY).isoformat(),)
        # What a phone knows by a number given after the backup never becomes another's.
        numbers = link.execute("SELECT min(last_value) FROM pg_sequences").fetchone()
        assert numbers is not None
        assert numbers[0] >= services.NUMBERS_LEFT_OUT
        # Day totals lie in their partitions.
        june = f"reports_unitday_{world.campaign.pk}_202306"
        days = link.execute(f"SELECT reported FROM {june}").fetchall()
        assert days == [({"level1": 7},)] * 3
        # The history cannot be altered there either.
        with pytest.raises(psycopg.Error):
            link.execute("DELETE FROM reports_revision")

    # What is there is not replaced unasked, nor by a file that is not whole.
    with connect(OTHER) as link:
        link.execute("UPDATE reports_dailyreport SET note = 'đã có'")
    with pytest.raises(services.BackupError, match="không trống"):
        services.restore_backup(path)
    whole = path.read_bytes()
    for wrong in (whole[:-1], whole[: len(whole) // 2], whole[:99] + b"x" + whole[100:]):
        damaged = tmp_path / "damaged.backup"
        damaged.write_bytes(wrong)
        with pytest.raises(services.BackupError, match="hỏng"):
            services.restore_backup(damaged, replace=True)
    load = services._load

    def altered(name: str, path: Path, *, rights: bool) -> None:
        load(name, path, rights=rights)
        with connect(name) as link:
            link.execute("UPDATE campaign_unit SET name = name || '.' WHERE code = '14173'")

    with monkeypatch.context() as patch:
        patch.setattr(services, "_load", altered)
        with pytest.raises(services.BackupError, match="campaign_unit"):
            services.restore_backup(path, replace=True)
    note = "SELECT note FROM reports_dailyreport"
    with connect(OTHER) as link:
        assert link.execute(note).fetchone() == ("đã có",)

    # Replaced when asked; the other stays under another name.
    _head, aside = services.restore_backup(path, replace=True)
    with connect(OTHER) as link, connect(aside) as before:
        assert link.execute(note).fetchone() == ("",)
        assert before.execute(note).fetchone() == ("đã có",)


@pytest.mark.django_db(transaction=True)
def test_a_backup_of_an_older_release_is_brought_up_and_of_a_newer_one_refused(
    world: World, folder: Path, elsewhere: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = make_help_request(campaign=world.campaign, unit=world.commune)
    connection.close()
    with connect("postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{OTHER}" TEMPLATE "{database()}"'.encode())
    with portal_in(OTHER):
        call_command("migrate", "volunteers", "0006_log", verbosity=0)
    older = services.make_backup(folder)
    newer = services.read_head(older)
    newer.facts["migrations"].append(["core", "9"])

    # Where a step fails, what is there stays.
    with monkeypatch.context() as patch:
        patch.setattr(services, "call_command", Mock(side_effect=ValueError("broken")))
        with pytest.raises(CommandError, match="broken"):
            call_command("restore", older, replace=True)
    with connect("postgres") as server:
        left = server.execute("SELECT FROM pg_database WHERE datname LIKE '%\\_restored'")
        assert left.rowcount == 0
    with monkeypatch.context() as patch:
        patch.setattr(services, "read_head", lambda _path: newer)
        with pytest.raises(CommandError, match=r"ấn bản mới hơn tạo ra \(core\.9"):
            call_command("restore", older, replace=True)
    key = "SELECT key FROM volunteers_helprequest WHERE id = %s"
    with connect(OTHER) as link, pytest.raises(psycopg.errors.UndefinedColumn):
        link.execute(key, [asked.pk])

    out = StringIO()
    call_command("restore", older, replace=True, stdout=out)
    assert re.search(r"đã chạy migrate: .*volunteers\.0007_key_of_a_resident", out.getvalue())
    with connect(OTHER) as link:
        row = link.execute(key, [asked.pk]).fetchone()
        assert row is not None
        assert row[0] not in (None, asked.key)
        marked = "SELECT message FROM core_heartbeat WHERE name = 'restored'"
        assert link.execute(marked).rowcount == 1
        link.rollback()
        # PostgreSQL itself may be put back to a moment, without a backup of ours.
        with portal_in(OTHER):
            call_command("mark_restored", "2023-06-20T21:05", stdout=out)
        assert link.execute(marked).fetchone() == ("2023-06-20T21:03:00+07:00",)
        with pytest.raises(CommandError, match="21:05"):
            call_command("mark_restored", "21 giờ")
    assert connection.settings_dict["NAME"] != OTHER


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_comes_back_on_another_machine(
    world: World, folder: Path, tmp_path: Path, settings: LazySettings
) -> None:
    report(world.owner, "XD-14173", {"level1": 7})
    path = services.back_up(is_proved=False)
    home = tmp_path / "machine"
    home.mkdir()
    addresses = servers.start(home)
    given = {
        **os.environ,
        "PORTAL_VAR": str(home),
        "DATABASE_URL": addresses.owner_url,
        "REDIS_URL": addresses.broker_url,
        # Is kept elsewhere, and in no backup.
        "LOG_KEY": settings.LOG_KEY,
    }

    def manage(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=REPOSITORY,
            env={**given, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    try:
        # Its own key opens nothing; the right one all, and the portal's keys come along.
        assert "BACKUP_KEY" in manage("restore", str(path)).stderr
        keys = home / "keys"
        done = manage("restore", str(path), "--keys", str(keys), BACKUP_KEY=settings.BACKUP_KEY)
        assert "Đã khôi phục" in done.stdout, done.stderr
        assert f"SECRET_KEY={settings.SECRET_KEY}\n" in keys.read_text()
        assert keys.stat().st_mode & 0o777 == 0o600
        history = manage("verify_history")
        assert history.returncode == 0, history.stderr
        with psycopg.connect(addresses.owner_url) as link:
            assert link.execute("SELECT counts FROM reports_dailyreport").fetchone() == (
                {"level1": 7},
            )
    finally:
        servers.remove(home)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_that_is_killed_leaves_no_file(world: World, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pg_dump").write_text("#!/bin/sh\nhead -c 300000 /dev/zero\nexec sleep 60\n")
    (tmp_path / "pg_dump").chmod(0o755)
    given = {"POSTGRES_PROGRAMS": str(tmp_path), "BACKUP_KEY": "b" * 40}
    where = connection.get_connection_params()
    given["DATABASE_URL"] = f"postgres://postgres:@/{where['dbname']}?host={where['host']}"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "backup", "--folder", str(folder)],
        cwd=REPOSITORY,
        env={**os.environ, **given},
        start_new_session=True,
    )
    try:
        until(lambda: any(one.stat().st_size > 200_000 for one in folder.glob("*.part")), 60)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert list(folder.glob("*.backup")) == []
    until(_is_nobody_at_it, 60)
    # The next one takes what was left away.
    path = services.back_up(is_proved=False)
    assert list(folder.iterdir()) == [path]


def _is_nobody_at_it() -> bool:
    """The server notices a while later that the killed one has gone."""
    try:
        with services.alone():
            return True
    except services.BackupError:
        return False


@pytest.mark.django_db(transaction=True)
def test_every_night_one_is_made_proved_copied_away_and_old_ones_go(
    world: World, folder: Path, tmp_path: Path, settings: LazySettings
) -> None:
    settings.BACKUP_HOOK, settings.BACKUP_KEEP = f"cp -t {tmp_path}", 2
    folder.mkdir()
    for day in (1, 2):
        (folder / f"tienphong06-2023060{day}T013000Z.backup").write_bytes(b"old")
    name = services.nightly()
    assert sorted(one.name for one in folder.iterdir()) == [
        "tienphong06-20230602T013000Z.backup",
        name,
    ]
    assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    with connect("postgres") as server:
        left = server.execute("SELECT FROM pg_database WHERE datname LIKE '%\\_restored'")
        assert left.rowcount == 0
    # Two at once would be in each other's way.
    with services.alone(), pytest.raises(services.BackupError, match="khác"):
        services.nightly()
    settings.BACKUP_HOOK = "false"
    with pytest.raises(subprocess.CalledProcessError):
        services.nightly()
    settings.POSTGRES_PROGRAMS = str(tmp_path)
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    (tmp_path / "pg_dump").chmod(0o755)
    before = sorted(folder.iterdir())
    with pytest.raises(CommandError, match="broken"):
        call_command("backup")
    assert sorted(folder.iterdir()) == before
    settings.BACKUP_KEY = ""
    assert services.nightly() == "off"
    with pytest.raises(CommandError, match="BACKUP_KEY"):
        call_command("backup")


def test_an_old_backup_is_told_to_machines_and_to_the_province(
    world: World, browse: Browse, settings: LazySettings
) -> None:
    def answered() -> tuple[Any, Any, bool, bool]:
        state = Client().get("/readyz").json()
        pages = [
            browse(user).get("/c/de-an-06-2023/dashboard/") for user in (world.staff, world.owner)
        ]
        shown = ["cán bộ kỹ thuật" in page.content.decode() for page in pages]
        return state["backup_age_seconds"], state["backup"], shown[0], shown[1]

    settings.BACKUP_KEY = ""
    assert answered() == (None, "Cổng chưa được sao lưu: chưa có khóa sao lưu", True, False)
    settings.BACKUP_KEY = "k" * 40
    beat = Heartbeat.objects.create(name="backup", at=clock.now() - LATE / 2)
    age, words, *shown = answered()
    assert (round(age / 3600), words, shown) == (25, "đúng hạn", [False, False])
    assert b'portal_heartbeat_age_seconds{job="backup"} 9' in Client().get("/metrics").content
    beat.at = clock.now() - LATE * 2
    beat.save()
    assert answered()[1:] == (
        "Bản sao lưu mới nhất đã thử khôi phục cách đây 4 ngày",
        True,
        False,
    )
    assert Client().get("/readyz").status_code == 503


def test_all_that_people_give_lies_in_the_database() -> None:
    files = [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]
    assert files == []
    assert DailyReport in apps.get_models()
