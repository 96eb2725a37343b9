"""A draft is tried out: opened, sent to, corrected, ended or published; nothing of it counts."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import issue_token
from campaign import known_settings
from campaign.models import Campaign, Indicator, Trial
from campaign.services.campaign_state import change_state
from campaign.services.trials import end_trial, open_trial
from campaign.states import CampaignState
from campaign.trials import open_trials
from core import clock
from core.retention import time_of
from privacy.services.expiry import purge
from reports.daily.models import DailyReport, Revision
from reports.daily.services.report_input import InvalidReport, ReportInput
from reports.daily.services.submit import VersionConflict, submit_report
from reports.rollup.services.rollup import drain
from reports.trial.models import TrialReport
from reports.trial.services import rehearse_report
from tests.conftest import TODAY, World
from tests.factories import make_campaign, make_indicator, make_indicators
from tests.pages import read
from tests.reports.notifications.notification_fixtures import at, clock_at
from tests.reports.reporting import report

Browse = Callable[[User], Client]
SLUG = "ky-nang-so"
FORM, STAFF = f"/trial/{SLUG}/", f"/c/{SLUG}/trial/"
RECEIPT = f"{FORM}XD-14173/receipt/"
NOON = at("12:00")


@pytest.fixture
def draft(world: World) -> Campaign:
    """A draft that begins in five days; the neighbour's branch will not take part."""
    known_settings._known.clear()
    rule = {"kinds": [], "below": [], "single": [], "without": [str(world.neighbour_branch.pk)]}
    made: Campaign = make_campaign(
        slug=SLUG,
        name="Kỹ năng số",
        state=CampaignState.DRAFT,
        starts_on=TODAY + dt.timedelta(days=5),
        ends_on=TODAY + dt.timedelta(days=40),
        takes_part=rule,
    )
    make_indicator(campaign=made, code="classes", label="Lớp học", order=0, required=True)
    make_indicators(made)
    return made


@pytest.fixture
def opened(world: World, draft: Campaign) -> Trial:
    return open_trial(actor=world.staff, campaign=draft)


def entry(counts: dict[str, int], **given: Any) -> ReportInput:
    base: dict[str, Any] = {
        "id": uuid4(),
        "campaign": SLUG,
        "branch": "XD-14173",
        "date": clock.today(),
    }
    return ReportInput(**{**base, "counts": counts, **given})


def typed(counts: dict[str, int], version: int = 0, **more: str) -> dict[str, str]:
    fields = {f"count-{code}": str(count) for code, count in counts.items()}
    return {"report_id": str(uuid4()), "base_version": str(version), "sessions": ""} | fields | more


def rows() -> dict[str, int]:
    """Return how many rows each table has."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def added(before: dict[str, int]) -> dict[str, int]:
    return {table: n - before[table] for table, n in rows().items() if n != before[table]}


def tried(staff: Client) -> str:
    return read(staff.get(STAFF)).by_id["sentence"].partition(".")[0]


def publish(world: World, draft: Campaign) -> None:
    change_state(actor=world.staff, campaign=draft, state="running", reason="Kế hoạch 12")
    known_settings._known.clear()


def test_a_draft_is_tried_and_published_and_its_first_day_starts_at_zero(
    world: World, draft: Campaign, browse: Browse
) -> None:
    owner, staff = browse(world.owner), browse(world.staff)
    assert owner.get(FORM).status_code == 404
    assert draft.name not in owner.get("/campaigns/").content.decode()
    assert read(staff.get("/setup/")).text.count("không tập dượt vẫn công bố được") == 1
    assert staff.post(STAFF, {"do": "open"}).status_code == 302
    assert tried(staff) == "0 trên 2 cơ sở đã tập dượt"
    for page in ("/campaigns/", "/c/de-an-06-2023/report/"):
        assert "Tập dượt: Kỹ năng số" in owner.get(page).content.decode(), page

    before = rows()
    form = read(owner.get(FORM))
    assert (form.heading, form.status) == ("Tập dượt báo cáo hôm nay", 200)
    wrong = read(owner.post(FORM, typed({"level1": 3})))
    assert "Chưa nhập. Nếu hôm nay không có, nhập 0." in wrong.text
    sent = typed({"classes": 2, "level1": 30, "level2": 12}, note="Thử")
    assert read(owner.post(FORM, sent)).heading == "Xem lại trước khi gửi"
    assert added(before) == {}
    assert owner.post(FORM, {**sent, "confirm": "1"}).headers["Location"] == RECEIPT
    receipt = read(owner.get(RECEIPT))
    assert "Đây là biên nhận tập dượt, không phải báo cáo." in receipt.text
    assert "không có, vì là tập dượt" in receipt.text
    # No report, revision, dirty day, leaf or notice: one row of the trial's own.
    assert added(before) == {"reports_trialreport": 1}

    again = read(owner.get(FORM)).fields
    assert (again["count-level1"], again["base_version"]) == ("30", "1")
    assert owner.post(FORM, {**typed({"classes": 3}), "confirm": "1"}).status_code == 409
    corrected = {**typed({"classes": 3, "level1": 31}, version=1), "confirm": "1"}
    assert owner.post(FORM, corrected).headers["Location"] == RECEIPT
    stored = TrialReport.objects.get()
    assert (stored.counts, stored.version, stored.by_secretary) == (
        {"classes": 3, "level1": 31},
        2,
        True,
    )
    assert added(before) == {"reports_trialreport": 1}

    assert tried(staff) == "1 trên 2 cơ sở đã tập dượt"
    missing = read(staff.get(STAFF)).fields["text"].splitlines()
    assert missing[1:] == [f"http://testserver{FORM}", f"Chưa tập dượt: {world.far_branch.name}."]
    assert "Đang mở, 1 cơ sở đã tập dượt" in read(staff.get("/setup/")).text
    assert "ngày đầu bắt đầu từ 0" in read(staff.get(f"/c/{SLUG}/state/")).text

    Campaign.objects.filter(pk=draft.pk).update(starts_on=TODAY)
    publish(world, draft)
    assert not TrialReport.objects.exists()
    assert not Trial.objects.exists()
    assert not DailyReport.objects.filter(campaign=draft).exists()
    led = read(owner.get(FORM, follow=True))
    assert "Tập dượt đã kết thúc và số tập dượt đã xóa." in led.text
    assert (led.fields["base_version"], led.fields["count-level1"]) == ("0", "")
    real = report(world.owner, "XD-14173", {"classes": 1, "level1": 4}, campaign=SLUG)
    drain()
    assert (real.version, Revision.objects.filter(report=real).count()) == (1, 1)
    [figures] = browse(world.staff).get(f"/api/v1/totals/?campaign={SLUG}").json()["results"]
    assert (figures["counts"]["level1"], figures["counts"]["classes"]) == (4, 1)


def test_ending_clears_and_only_a_draft_is_tried_and_only_by_the_province(
    world: World, draft: Campaign, opened: Trial, browse: Browse
) -> None:
    assert open_trial(actor=world.staff, campaign=draft) == opened
    rehearse_report(actor=world.owner, entry=entry({"classes": 1}))
    for name in ("owner", "lead", "liaison", "partner", "leader", "stranger"):
        for step in (open_trial, end_trial):
            with pytest.raises(PermissionDenied):
                step(actor=getattr(world, name), campaign=draft)
    staff = browse(world.staff)
    done = read(staff.post(STAFF, {"do": "end"}, follow=True))
    assert "mọi số tập dượt đã xóa" in done.text
    assert (Trial.objects.count(), TrialReport.objects.count()) == (0, 0)
    with pytest.raises(Http404):
        rehearse_report(actor=world.owner, entry=entry({"classes": 1}))
    with pytest.raises(ValidationError):
        open_trial(actor=world.staff, campaign=world.campaign)
    Indicator.objects.filter(campaign=draft, is_derived=False).update(is_derived=True)
    with pytest.raises(ValidationError):
        open_trial(actor=world.staff, campaign=draft)


def test_it_is_over_after_its_days_for_everybody_and_its_rows_go_at_night(
    world: World, draft: Campaign, opened: Trial, browse: Browse
) -> None:
    rehearse_report(actor=world.owner, entry=entry({"classes": 1}))
    Trial.objects.update(opened_at=clock.now() - time_of("trials") + dt.timedelta(minutes=5))
    assert [one.campaign for one in open_trials(world.owner)] == [draft]
    Trial.objects.update(opened_at=clock.now() - time_of("trials") - dt.timedelta(seconds=1))
    owner = browse(world.owner)
    assert {owner.get(page).status_code for page in (FORM, RECEIPT)} == {404}
    assert "Tập dượt" not in owner.get("/c/de-an-06-2023/report/").content.decode()
    with pytest.raises(Http404):
        rehearse_report(actor=world.owner, entry=entry({"classes": 1}))
    assert "Mở tập dượt" in browse(world.staff).get(STAFF).content.decode()
    assert purge()["trials"] == 1
    assert not TrialReport.objects.exists()
    # Opened anew it begins with nothing.
    open_trial(actor=world.staff, campaign=draft)
    assert browse(world.owner).get(FORM).status_code == 200


CASES: list[tuple[dict[str, int], dict[str, Any]]] = [
    ({}, {}),
    ({"level1": 3}, {}),
    ({"classes": 1, "nothing": 3}, {}),
    ({"classes": 1, "activated": 3}, {}),
    ({"classes": 1, "level2": 1, "upgraded": 5}, {}),
    ({"classes": 1, "upgraded": 1}, {"explanation": "checked"}),
    ({"classes": 1}, {"no_activity": True}),
    ({"classes": 1}, {"explanation": "because"}),
    ({"classes": 1}, {"texts": {"evidence_url": "không phải link"}}),
    ({"classes": 1}, {"texts": {"note": "012345678901"}}),
    ({"classes": 1}, {"base_version": 4}),
    ({"classes": 1}, {}),
]


def refused(send: Callable[..., Any], owner: User, sent: ReportInput) -> Any:
    try:
        send(actor=owner, entry=sent)
    except (InvalidReport, VersionConflict) as error:
        return type(error).__name__, str(error)
    return None


def test_what_is_refused_is_what_a_real_report_would_be_refused_for(
    world: World, draft: Campaign, opened: Trial
) -> None:
    """Each case is sent to the trial, and to the same campaign as it will be published."""
    Campaign.objects.update(asks_difficulties="required")
    entries = [entry(counts, **more) for counts, more in CASES]
    entries.append(entry({"classes": 1}, texts={"difficulties": "Mưa to"}))
    entries.append(entry({"classes": 5}, texts={"difficulties": "Mưa to"}))
    with clock_at(NOON):
        tried = [refused(rehearse_report, world.owner, sent) for sent in entries]
        assert not DailyReport.objects.exists()
        Campaign.objects.filter(pk=draft.pk).update(state="running", starts_on=TODAY)
        known_settings._known.clear()
        real = [refused(submit_report, world.owner, sent) for sent in entries]
    assert tried == real
    assert [one is None for one in tried] == [False] * len(CASES) + [True, False]


def test_unusual_is_asked_about_and_the_word_stands_on_the_receipt(
    world: World, opened: Trial, browse: Browse
) -> None:
    owner = browse(world.owner)
    odd = typed({"classes": 1, "level2": 1, "upgraded": 1, "level1": 1})
    odd["count-upgraded"] = "2"
    asked = read(owner.post(FORM, {**odd, "confirm": "1"}))
    assert "Số này có đúng không?" in asked.text
    assert not TrialReport.objects.exists()
    done = owner.post(FORM, {**odd, "confirm": "1", "explanation": "checked"}, follow=True)
    assert "Đã kiểm tra lại, số đúng" in read(done).text


def test_one_learns_at_any_hour_and_reads_what_a_real_report_would_be_told(
    world: World, draft: Campaign, opened: Trial, browse: Browse
) -> None:
    Campaign.objects.filter(pk=draft.pk).update(
        opens_at="15:00", due_at="19:00", closes_at="20:00", editable_days=0
    )
    owner = browse(world.owner)
    sent = {**typed({"classes": 2}), "confirm": "1"}
    for hour, words in (
        ("09:00", "Chưa đến giờ nhận báo cáo. Mở lúc 15:00"),
        ("16:00", "Đúng hạn"),
        ("19:30", "Muộn"),
        ("21:00", "Đã khóa sổ ngày"),
    ):
        with clock_at(at(hour)):
            form = read(owner.get(FORM)).text
            assert ("Nếu là thật, báo cáo gửi lúc này bị từ chối" in form) == (
                hour in ("09:00", "21:00")
            )
            assert words in read(owner.post(FORM, sent, follow=True)).text, hour
        TrialReport.objects.all().delete()


def test_another_day_begins_anew(world: World, opened: Trial) -> None:
    rehearse_report(actor=world.owner, entry=entry({"classes": 2}))
    with clock_at(at("12:00", TODAY + dt.timedelta(days=1))):
        owner = User.objects.get(pk=world.owner.pk)
        rehearse_report(actor=owner, entry=entry({"classes": 5}))
    stored = TrialReport.objects.get()
    assert (stored.counts, stored.version) == ({"classes": 5}, 1)


def test_what_somebody_above_shows_is_not_that_the_branch_has_tried(
    world: World, opened: Trial, browse: Browse
) -> None:
    rehearse_report(actor=world.lead, entry=entry({"classes": 2}))
    assert tried(browse(world.staff)).startswith("0 trên")
    rehearse_report(actor=world.owner, entry=entry({"classes": 3}, base_version=1))
    rehearse_report(actor=world.lead, entry=entry({"classes": 4}, base_version=2))
    assert tried(browse(world.staff)).startswith("1 trên")


WHO = {
    # The form, the receipt of the owner's branch, the staff's page.
    "owner": (200, 200, 404),
    "lead": (200, 200, 404),
    "staff": (200, 200, 200),
    "other_lead": (200, 404, 404),
    "officer": (200, 404, 404),
    # Does not take part.
    "neighbour": (404, 404, 404),
    "liaison": (404, 404, 404),
    "partner": (404, 404, 404),
    "leader": (404, 404, 404),
    "stranger": (404, 404, 404),
}


def test_a_trial_opens_the_form_alone_and_to_those_alone_who_will_report(
    world: World, draft: Campaign, opened: Trial, browse: Browse, api: Callable[[User], APIClient]
) -> None:
    world.police.reports_daily = True
    world.police.save()
    make_campaign(slug="khac", state=CampaignState.DRAFT)
    rehearse_report(actor=world.owner, entry=entry({"classes": 2}))
    seen = {}
    for name in WHO:
        client = browse(getattr(world, name))
        seen[name] = tuple(client.get(page).status_code for page in (FORM, RECEIPT, STAFF))
        sent = client.post(f"{FORM}?branch=XD-14158", {**typed({"classes": 9}), "confirm": "1"})
        assert sent.status_code == 404
        assert client.get("/trial/khac/").status_code == 404
        if name == "staff":
            continue
        for page in ("report/", "dashboard/", "setup/", "state/", "units/", "report/paste/"):
            assert client.get(f"/c/{SLUG}/{page}").status_code in (403, 404), page
        machine = api(getattr(world, name))
        listed = machine.get("/api/v1/campaigns/")
        assert draft.slug not in listed.content.decode()
        assert machine.get(f"/api/v1/report-book/?campaign={SLUG}").status_code in (403, 404)
    assert seen == WHO
    assert TrialReport.objects.count() == 1
    # A resident, and who is not signed in.
    assert Client().get(FORM).headers["Location"].startswith("/sign-in/")
    assert draft.name not in Client().get("/public/").content.decode()


def test_no_machine_rehearses_and_a_draft_takes_no_report_by_any_door(
    world: World, draft: Campaign, opened: Trial, browse: Browse
) -> None:
    token = Client(headers={"Authorization": f"Bearer {issue_token(user=world.owner)}"})
    assert token.get(FORM).headers["Location"].startswith("/sign-in/")
    body = {
        "id": str(uuid4()),
        "campaign": SLUG,
        "branch": "XD-14173",
        "date": TODAY.isoformat(),
        "counts": {"classes": 2},
        "base_version": 0,
    }
    before = rows()
    answer = token.post("/api/v1/daily-reports/", body, content_type="application/json")
    assert answer.status_code == 404, answer.content
    by_staff = browse(world.staff).post(
        "/api/v1/daily-reports/", body, content_type="application/json"
    )
    assert by_staff.status_code in (400, 403, 409)
    assert (
        not {"reports_dailyreport", "reports_trialreport", "campaign_dirtyday"}
        & added(before).keys()
    )


def test_a_phone_takes_along_the_way_to_a_trial_and_nothing_where_there_is_none(
    world: World, draft: Campaign, browse: Browse
) -> None:
    address = "/api/v1/report-book/"
    assert "trials" not in browse(world.owner).get(address).json()
    open_trial(actor=world.staff, campaign=draft)
    assert browse(world.owner).get(address).json()["trials"] == [[FORM, "Tập dượt: Kỹ năng số"]]
    assert "trials" not in browse(world.neighbour).get(address).json()


def test_a_province_without_another_campaign_leads_to_the_trial(
    world: World, opened: Trial, browse: Browse
) -> None:
    Campaign.objects.exclude(slug=SLUG).update(state=CampaignState.DRAFT)
    owner = browse(world.owner)
    shown = read(owner.get("/", follow=True))
    assert shown.status == 200
    assert "Tập dượt: Kỹ năng số" in shown.text
    assert "Tập dượt" not in read(browse(world.neighbour).get("/", follow=True)).text


def test_a_branch_of_several_communes_chooses_one_as_in_a_real_report(
    world: World, draft: Campaign, opened: Trial, browse: Browse
) -> None:
    world.police.reports_daily = True
    world.police.save()
    officer = browse(world.officer)
    sent = {**typed({"classes": 2}), "confirm": "1"}
    asked = read(officer.post(FORM, sent))
    assert any("Chọn địa bàn đã hỗ trợ." in text for text in asked.problems)
    receipt = read(officer.post(FORM, {**sent, "unit": world.commune.code}, follow=True))
    assert world.commune.name in receipt.text
    assert TrialReport.objects.get().unit == world.commune
    again = read(officer.get(f"{FORM}?unit={world.commune.code}"))
    assert again.fields["base_version"] == "1"
