"""An archived campaign is deleted whole, after its last file, and the log stays true."""

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, connection, models, transaction
from django.test import Client

from accounts.models import User
from campaign import known_settings
from campaign.models import Campaign, SettingsChange, Trial
from core.log.models import Leaf
from core.log.sequencer import sequence
from core.log.verify import verify_history
from core.rights import grant_rights
from reports.daily.models import DailyReport, Revision
from reports.deletion.models import FinalExport
from reports.deletion.services import delete_campaign, make_final_export
from reports.deletion.tables import TABLES
from reports.official.services import Figure, take_figures
from reports.rollup.services.partitions import add_partitions
from reports.rollup.services.rollup import drain
from reports.trial.models import TrialReport
from tests.conftest import TODAY, World
from tests.factories import make_campaign, make_help_request, make_indicators, make_session
from tests.pages import read
from tests.reports.reporting import report
from volunteers.certificates.services import issue_certificate

pytestmark = pytest.mark.django_db

Browse = Callable[[User], Client]
URL = "/c/de-an-06-2023/delete/"
ROLE = "portal_web_test"
WHY = "Quyết định 7/QĐ"


@pytest.fixture
def over(world: World) -> Campaign:
    """A campaign with everything in it, archived; another one has a report that stays."""
    stored = report(world.owner, "XD-14173", {"level1": 1})
    report(world.owner, "XD-14173", {"level1": 3}, report_id=stored.pk, base_version=1)
    closed: dict[str, Any] = {"state": "closed", "headcount": 0, "participations": 1}
    session = make_session(
        campaign=world.campaign, branch=world.branch, teams=[world.team], **closed
    )
    at = dt.datetime(2023, 6, 20, 1, tzinfo=dt.UTC)
    session.attendance.create(volunteer=world.member, checked_in_at=at)
    make_help_request(campaign=world.campaign, unit=world.commune, name="Bà Nguyễn Thị A.")
    issue_certificate(actor=world.owner, volunteer=world.member, campaign=world.campaign)
    level1 = world.indicators["level1"].pk
    for value in (7, 8):
        take_figures(
            actor=world.liaison,
            campaign=world.campaign,
            source="file",
            figures=[Figure(world.commune.pk, TODAY, "to_date", level1, value)],
            rows=1,
            sha256=str(value) * 64,
        )
    make_indicators(make_campaign(slug="con-lai"))
    report(world.owner, "XD-14173", {"level1": 5}, campaign="con-lai")
    add_partitions()
    drain()
    sequence()
    return put(world.campaign, "archived")


def put(campaign: Campaign, state: str) -> Campaign:
    known_settings._known.clear()
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    campaign.refresh_from_db()
    return campaign


def left(campaign: Campaign) -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table, where in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {where.format(id=campaign.pk)}")
            found[table] = cursor.fetchone()[0]
    return found


def test_campaign_goes_whole_after_its_last_file(world: World, over: Campaign) -> None:
    before, reports = left(over), DailyReport.objects.count()
    grant_rights(ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
    export, file = make_final_export(actor=world.staff, campaign=over)
    content = file.read()
    gone = delete_campaign(actor=world.staff, campaign=over, slug=over.slug, reason=WHY)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert set(left(over).values()) == {0}
    assert not Campaign.objects.filter(slug=over.slug).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"reports_unitday_{over.pk}"])
        assert cursor.fetchone() == (None,)
    # What was deleted is what the file says, and the other campaign is as it was.
    assert export.rows == before
    assert before["reports_revision"] == 2
    assert (before["reports_officialfigure"], before["reports_officialfile"]) == (2, 2)
    assert before["reports_unitday"] > 0
    assert (reports, DailyReport.objects.count()) == (2, 1)
    assert hashlib.sha256(content).hexdigest() == export.sha256 == gone.sha256
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for table, listed in manifest["tables"].items():
            text = archive.read(f"{table}.csv")
            assert hashlib.sha256(text).hexdigest() == listed["sha256"]
            assert len([*csv.reader(io.StringIO(text.decode()))]) - 1 == listed["rows"]
            assert "Nguyễn Thị A" not in text.decode()
    # Who, when and why stay: as a row, among the changes of settings, and in the log.
    assert (gone.deleted_by, gone.reason) == (world.staff, WHY)
    assert gone.deleted_at is not None
    change = SettingsChange.objects.get(moves__contains=[{"campaign": over.slug}])
    assert (change.actor, export.sha256 in change.moves[0]["before"]) == (world.staff, True)
    sequence()
    leaf = json.loads(Leaf.objects.filter(subject="final_export").latest("pk").content or "")
    assert (leaf["sha256"], leaf["deleted_by_id"]) == (export.sha256, world.staff.pk)
    assert [str(finding) for finding in verify_history()] == []


def test_only_a_recorded_deletion_accounts_for_what_is_missing(
    world: World, over: Campaign
) -> None:
    make_final_export(actor=world.staff, campaign=over)
    delete_campaign(actor=world.staff, campaign=over, slug=over.slug, reason=WHY)
    # One that the owner of the database takes out by hand is found all the same.
    with pytest.raises(ProgrammingError), transaction.atomic():
        Revision.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM reports_revision; DELETE FROM reports_dailyreport")
        cursor.execute("SET LOCAL session_replication_role = origin")
    sequence()
    found = [str(finding) for finding in verify_history()]
    assert len([text for text in found if "dropped" in text]) == 2


def test_record_of_a_deletion_that_was_none_is_found(world: World, over: Campaign) -> None:
    export, _file = make_final_export(actor=world.staff, campaign=over)
    FinalExport.objects.filter(pk=export.pk).update(
        deleted_at=export.made_at, deleted_by=world.staff, reason=WHY
    )
    sequence()
    assert len([*verify_history()]) == 3


@pytest.mark.parametrize("state", ["draft", "running", "closed"])
def test_only_an_archived_campaign_has_a_last_file(
    world: World, over: Campaign, state: str, browse: Browse
) -> None:
    make_final_export(actor=world.staff, campaign=over)
    put(over, state)
    page = read(browse(world.staff).get(URL))
    assert "Chỉ xóa được chiến dịch đã lưu trữ" in page.text
    for act in (
        lambda: make_final_export(actor=world.staff, campaign=over),
        lambda: delete_campaign(actor=world.staff, campaign=over, slug=over.slug, reason=WHY),
    ):
        with pytest.raises(ValidationError):
            act()
    assert left(over)["reports_revision"] == 2


def test_what_has_changed_since_the_file_is_not_deleted(world: World, over: Campaign) -> None:
    def delete(**given: Any) -> None:
        delete_campaign(
            actor=world.staff, campaign=over, **{"slug": over.slug, "reason": WHY, **given}
        )

    with pytest.raises(ValidationError, match="Tải bản xuất cuối trước"):
        delete()
    make_final_export(actor=world.staff, campaign=over)
    for wrong in ({"slug": "de-an"}, {"slug": ""}, {"reason": " "}):
        with pytest.raises(ValidationError):
            delete(**wrong)
    for name in ("owner", "lead", "liaison", "leader"):
        with pytest.raises(PermissionDenied):
            delete_campaign(actor=getattr(world, name), campaign=over, slug=over.slug, reason=WHY)
    make_session(campaign=over, branch=world.branch, date=TODAY + dt.timedelta(days=1))
    before = left(over)
    with pytest.raises(ValidationError, match="đã đổi sau bản xuất cuối"):
        delete()
    assert left(over) == before
    make_final_export(actor=world.staff, campaign=over)
    delete()
    assert set(left(over).values()) == {0}


def test_page_gives_the_file_and_deletes_once_the_name_is_typed(
    world: World, over: Campaign, browse: Browse
) -> None:
    client = browse(world.staff)
    assert URL in read(client.get("/c/de-an-06-2023/state/")).links
    assert "slug" not in read(client.get(URL)).fields
    sent: Any = client.post(URL, {"export": "1"})
    content = b"".join(sent.streaming_content)
    export = FinalExport.objects.get()
    assert hashlib.sha256(content).hexdigest() == export.sha256
    assert "de-an-06-2023-" in sent.headers["Content-Disposition"]
    assert export.sha256 in read(client.get(URL)).text
    wrong = read(client.post(URL, {"slug": "khac", "reason": WHY}))
    assert (wrong.status, wrong.fields["reason"]) == (200, WHY)
    done = client.post(URL, {"slug": over.slug, "reason": WHY}, follow=True)
    page = read(done)
    assert page.heading == "Những chiến dịch đã xóa"
    assert all(text in page.text for text in (over.name, WHY, export.sha256))
    assert client.get(URL).status_code == 404


def test_all_that_refers_to_a_campaign_is_deleted_with_it() -> None:
    found: set[str] = {"campaign_campaign"}
    waiting: list[type[models.Model]] = [Campaign]
    while waiting:
        model = waiting.pop()
        for relation in model._meta.get_fields(include_hidden=True):
            related = isinstance(relation, models.ManyToOneRel) and relation.related_model
            if related and related._meta.db_table not in found:
                found.add(related._meta.db_table)
                waiting.append(related)
    # A trial is of a draft, and goes as that is published: tests/reports/trial.
    trials = {Trial._meta.db_table, TrialReport._meta.db_table}
    assert found - trials == {table for table, _where in TABLES}
    assert trials < found
