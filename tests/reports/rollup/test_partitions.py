"""Day totals in partitions: none is refused, what is archived comes back to the last digit."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from campaign.models import Campaign, DirtyDay
from campaign.services.dirty_days import mark_nodes_dirty
from core import clock
from reports.exports.models import Export
from reports.rollup.models import BranchDay, UnitDay, UnitTotal
from reports.rollup.services import archive, self_check
from reports.rollup.services.partitions import add_partitions
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from reports.rollup.trees import TREES
from tests.conftest import TODAY, World
from tests.reports.reporting import report
from tests.reports.rollup.plain_sums import all_totals

pytestmark = pytest.mark.django_db(transaction=True)

PARTITIONS = "SELECT tableoid::regclass::text, count(*) FROM {} GROUP BY 1 ORDER BY 1"


def rows(table: str) -> dict[str, int]:
    """Return how many rows lie in each partition of a table."""
    with connection.cursor() as cursor:
        cursor.execute(PARTITIONS.format(table))
        return dict(cursor.fetchall())


@pytest.fixture
def reported(world: World) -> World:
    """One commune has reported, and nothing has partitions of its own yet."""
    with connection.cursor() as cursor:
        for tree in TREES:
            cursor.execute(f"DROP TABLE IF EXISTS {tree.day}_{world.campaign.pk}")
    report(world.owner, "XD-14173", {"level1": 7})
    drain()
    return world


@pytest.fixture
def over(reported: World, settings: Any) -> World:
    """Look from a month after the end of the campaign."""
    settings.PORTAL_TODAY = reported.campaign.ends_on + dt.timedelta(days=30)
    return reported


def test_partitions_take_up_what_lay_in_none(reported: World) -> None:
    before, key = all_totals(), reported.campaign.pk
    assert set(rows("reports_unitday")) == {"reports_unitday_other"}
    assert add_partitions() > 0
    month = f"reports_unitday_{key}_{TODAY:%Y%m}"
    assert set(rows("reports_unitday")) == {month}
    assert add_partitions() == 0
    assert (all_totals(), verify()) == (before, [])
    # A campaign that goes on longer: its days are taken before there is a partition, and after.
    later = reported.campaign.ends_on.replace(day=1) + dt.timedelta(days=40)
    UnitDay.objects.create(campaign=reported.campaign, node=reported.commune, date=later)
    assert rows("reports_unitday")[f"reports_unitday_{key}_other"] == 1
    Campaign.objects.filter(pk=key).update(ends_on=later)
    assert add_partitions() == 2 * months_between(reported.campaign.ends_on, later)
    assert f"reports_unitday_{key}_other" not in rows("reports_unitday")


def months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def test_drain_and_rebuild_say_the_same_in_partitions(reported: World) -> None:
    add_partitions()
    report(reported.owner, "XD-14173", {"level1": 3}, date=TODAY - dt.timedelta(days=1))
    drain()
    assert verify() == []
    drained = [list(t.days.objects.order_by("pk").values_list("pk", "reported")) for t in TREES]
    rebuild()
    assert verify() == []
    rebuilt = [list(t.days.objects.order_by("pk").values_list("pk", "reported")) for t in TREES]
    assert rebuilt == drained


def test_archived_campaign_comes_back_to_the_last_digit(over: World, tmp_path: Path) -> None:
    before, key = all_totals(), over.campaign.pk
    call_command("archive_campaign", over.campaign.slug, folder=tmp_path)
    (path,) = tmp_path.iterdir()
    assert (UnitDay.objects.count(), BranchDay.objects.count()) == (0, 0)
    assert UnitTotal.objects.get(node=over.province).reported == {"level1": 7}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname ~ %s", [f"day_{key}(_|$)"])
        assert cursor.fetchone() == (0,)
    # Neither checks nor a rebuild take what is not here for what was never reported.
    assert (verify(), self_check.check_all()) == ([], 0)
    rebuild()
    assert UnitTotal.objects.get(node=over.province).reported == {"level1": 7}
    assert UnitDay.objects.count() == 0
    with pytest.raises(CommandError, match="lưu trữ rồi"):
        call_command("archive_campaign", over.campaign.slug, folder=tmp_path)
    call_command("attach_campaign", path)
    assert (all_totals(), verify()) == (before, [])
    with pytest.raises(CommandError, match="không phải tệp"):
        call_command("attach_campaign", path)
    assert all_totals() == before


def test_archived_campaign_shows_no_noughts(over: World, tmp_path: Path) -> None:
    slug = over.campaign.slug
    browser, client = Client(), APIClient()
    browser.force_login(over.lead)
    client.force_authenticate(over.lead)
    api = f"/api/v1/totals/?campaign={slug}&unit={over.district.code}&level=district"
    addresses = (f"/c/{slug}/dashboard/", f"/c/{slug}/digests/{over.district.code}/{TODAY}/")
    assert [browser.get(a).status_code for a in addresses] == [200, 200]
    archive.archive_campaign(over.campaign, tmp_path)
    for address in addresses:
        page = browser.get(address, headers={"Accept": "text/html"})
        assert (page.status_code, "đã đưa vào lưu trữ" in page.content.decode()) == (410, True)
    answer = client.get(api)
    assert (answer.status_code, "lưu trữ" in answer.json()["detail"]) == (410, True)
    with pytest.raises(Exception, match=slug):
        call_command("export_police", campaign=slug, output=tmp_path / "police.csv")
    assert not Export.objects.exists()


def test_days_of_an_archived_campaign_wait_for_its_return(over: World, tmp_path: Path) -> None:
    path = archive.archive_campaign(over.campaign, tmp_path)
    mark_nodes_dirty([(over.campaign.pk, None, over.commune.pk, TODAY)], since=clock.now())
    assert (drain(), DirtyDay.objects.oldest()) == (0, None)
    rebuild()
    assert (DirtyDay.objects.count(), UnitDay.objects.count()) == (1, 0)
    archive.attach_campaign(path)
    assert (drain() > 0, DirtyDay.objects.count(), verify()) == (True, 0, [])


def altered(path: Path) -> Path:
    """Return a file in which one digit is another."""
    other = path.with_name("altered.zip")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as to:
        for name in archive.namelist():
            content = archive.read(name)
            to.writestr(name, content.replace(b'""level1"": 7', b'""level1"": 8', 1))
    return other


def test_file_that_is_not_what_was_written_changes_nothing(over: World, tmp_path: Path) -> None:
    path = archive.archive_campaign(over.campaign, tmp_path)
    with pytest.raises(archive.ArchiveError, match="khác với lúc lưu trữ"):
        archive.attach_campaign(altered(path))
    assert UnitDay.objects.count() == 0
    broken = tmp_path / "broken.zip"
    broken.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(archive.ArchiveError, match="Chưa gắn được"):
        archive.attach_campaign(broken)
    archive.attach_campaign(path)
    assert UnitDay.objects.filter(reported={"level1": 7}).exists()


def test_archiving_that_broke_off_goes_on(
    over: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = all_totals()

    def full(*_given: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(archive, "_prove", full)
    with pytest.raises(OSError, match="No space"):
        archive.archive_campaign(over.campaign, tmp_path)
    monkeypatch.undo()
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
    path = archive.archive_campaign(Campaign.objects.get(pk=over.campaign.pk), tmp_path)
    archive.attach_campaign(path)
    assert all_totals() == before


def test_campaign_that_runs_or_is_not_added_up_is_not_archived(
    reported: World, tmp_path: Path, settings: Any
) -> None:
    with pytest.raises(archive.ArchiveError, match="chưa kết thúc"):
        archive.archive_campaign(reported.campaign, tmp_path)
    settings.PORTAL_TODAY = reported.campaign.ends_on + dt.timedelta(days=1)
    report_later = (reported.campaign.pk, None, reported.commune.pk, TODAY)
    mark_nodes_dirty([report_later], since=clock.now())
    with pytest.raises(archive.ArchiveError, match="chưa cộng xong"):
        archive.archive_campaign(reported.campaign, tmp_path)
    assert UnitDay.objects.exists()
