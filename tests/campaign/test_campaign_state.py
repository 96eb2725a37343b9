"""The life of a campaign: who may lead it on, what each state takes, and who sees a draft."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign import known_settings
from campaign.handover import hand_over
from campaign.models import Branch, Campaign, Indicator, SettingsChange
from campaign.reporting_window import WindowClosed
from campaign.selectors import running_campaigns
from campaign.services.campaign_state import change_state
from campaign.services.copy_campaign import copy_campaign
from campaign.services.grants import reopen_day
from campaign.services.publication import findings
from campaign.services.settings_change import settings_change
from campaign.states import CampaignState
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.review import review_reports
from reports.notifications.models import Notice
from reports.public.selectors import public_campaigns
from tests.conftest import TODAY, World
from tests.factories import make_phase
from tests.reports.notifications.notification_fixtures import at, fake_channel, run_jobs
from tests.reports.reporting import report

COUNTS = {"installed": 3}
STATES = [state.value for state in CampaignState]
# From which state, today against the first and the last day, what becomes of it.
BECOMES = {
    ("draft", "within", "running"),
    ("draft", "before", "running"),
    ("running", "within", "closed"),
    ("running", "after", "closed"),
    *(
        ("closed", when, to)
        for when in ("before", "within", "after")
        for to in ("running", "archived")
    ),
    *(("archived", when, "closed") for when in ("before", "within", "after")),
}
DAYS = {
    "before": (TODAY + dt.timedelta(days=1), TODAY + dt.timedelta(days=9)),
    "within": (TODAY - dt.timedelta(days=3), TODAY + dt.timedelta(days=9)),
    "after": (TODAY - dt.timedelta(days=9), TODAY - dt.timedelta(days=1)),
}


def lead(world: World, state: str, reason: str = "Kế hoạch 12", actor: User | None = None) -> None:
    change_state(actor=actor or world.staff, campaign=world.campaign, state=state, reason=reason)
    world.campaign.refresh_from_db()


def put(world: World, state: str) -> None:
    """Write a state behind the services' back, also one that a campaign cannot come to."""
    known_settings._known.clear()
    Campaign.objects.filter(pk=world.campaign.pk).update(state=state)
    world.campaign.refresh_from_db()


def test_only_these_steps_are_taken_and_only_by_the_province(world: World) -> None:
    done = set()
    for when, (first, last) in DAYS.items():
        for before in STATES:
            for after in (state for state in STATES if state != before):
                Campaign.objects.update(state=before, starts_on=first, ends_on=last)
                for name in ("owner", "lead", "liaison", "partner", "leader", "stranger"):
                    with pytest.raises(PermissionDenied):
                        lead(world, after, actor=getattr(world, name))
                try:
                    lead(world, after)
                except ValidationError:
                    world.campaign.refresh_from_db()
                    assert world.campaign.state == before
                    continue
                done.add((before, when, after))
                assert world.campaign.state == after
                is_cut = (before, after) == ("running", "closed")
                assert world.campaign.ends_on == (min(last, TODAY) if is_cut else last)
    assert done == BECOMES


def test_who_when_and_why_are_kept_and_nothing_is_done_twice(world: World) -> None:
    with pytest.raises(ValidationError, match="lý do"):
        lead(world, "closed", " ")
    lead(world, "closed", "Hết đợt")
    lead(world, "closed", "Bấm hai lần")
    change = SettingsChange.objects.get()
    assert (change.actor, change.reason) == (world.staff, "Hết đợt")
    moved = {(move["field"], move["before"], move["after"]) for move in change.moves}
    assert ("tình trạng", "Đã công bố", "Đã đóng") in moved
    assert {move["campaign"] for move in change.moves} == {"de-an-06-2023"}
    assert not any(move["restates"] for move in change.moves if move["field"] == "tình trạng")


def test_draft_is_seen_by_the_province_alone(
    world: World, api: Callable[[User], APIClient], browse: Callable[[User], Client]
) -> None:
    put(world, "draft")
    for name in ("owner", "lead", "liaison", "partner", "leader"):
        user = getattr(world, name)
        for address in ("campaigns", "indicators"):
            assert api(user).get(f"/api/v1/{address}/").json()["results"] == []
        assert browse(user).get("/c/de-an-06-2023/dashboard/").status_code == 404
        assert browse(user).get("/c/de-an-06-2023/state/").status_code in (403, 404)
        assert running_campaigns(user) == []
        with pytest.raises(Http404):
            report(user, "XD-14173", COUNTS)
    assert api(world.staff).get("/api/v1/campaigns/").json()["results"][0]["state"] == "draft"
    page = browse(world.staff).get("/c/de-an-06-2023/dashboard/")
    assert "Bản soạn: chỉ cán bộ cấp tỉnh thấy" in page.content.decode()
    with pytest.raises(WindowClosed, match="chưa công bố"):
        report(world.staff, "XD-14173", COUNTS)
    assert public_campaigns("de-an-06-2023") == []
    assert hand_over(world.owner, campaign="de-an-06-2023", branch="XD-14173") == {
        **(hand_over(world.owner, campaign="nowhere", branch="XD-14173") or {})
    }


@pytest.mark.parametrize("state", ["draft", "closed", "archived"])
def test_only_a_running_campaign_reminds(world: World, state: str) -> None:
    put(world, state)
    with fake_channel() as letters:
        for moment in ("17:30", "19:05") if state == "draft" else ("17:30", "18:59"):
            run_jobs(at(moment))
    assert (letters.sent, Notice.objects.count()) == ([], 0)


def test_closed_campaign_takes_nothing_and_says_why_and_whom_to_ask(world: World) -> None:
    stands = report(world.owner, "XD-14173", COUNTS)
    lead(world, "closed")
    with pytest.raises(WindowClosed, match=r"đã đóng.*báo Đoàn cấp tỉnh"):
        report(world.owner, "XD-14173", {"installed": 9}, report_id=stands.pk, base_version=1)
    with pytest.raises(InvalidReport, match="đã đóng"):
        review_reports(actor=world.lead, seen={stands.pk: 1}, decision="approve")
    with pytest.raises(ValidationError, match="đã đóng"):
        reopen_day(
            actor=world.lead,
            campaign=world.campaign,
            branch=world.branch,
            day=TODAY,
            reason="Nộp bù",
        )
    handed = hand_over(world.owner, campaign="de-an-06-2023", branch="XD-14173")
    assert handed is not None
    assert (handed["code"], handed["contact"]["name"]) == ("campaign_over", str(world.lead))
    lead(world, "running", "Còn đơn vị nộp muộn")
    again: dict[str, Any] = {"report_id": stands.pk, "base_version": 1}
    assert report(world.owner, "XD-14173", {"installed": 9}, **again).version == 2


def test_campaign_whose_days_lie_in_a_file_is_not_reopened(world: World) -> None:
    Campaign.objects.update(state="closed", archived_at="2023-07-01T00:00:00Z")
    with pytest.raises(ValidationError, match="tệp lưu trữ"):
        lead(world, "running")


def test_copy_is_a_draft_that_is_checked_and_changed_without_reasons(
    world: World, browse: Callable[[User], Client]
) -> None:
    copy = copy_campaign(actor=world.staff, campaign=world.campaign)
    assert copy.state == "draft"
    with settings_change(actor=world.staff):
        Indicator.objects.filter(campaign=copy, code="level1").update(code="muc1")
        Campaign.objects.filter(pk=copy.pk).update(starts_on=TODAY)
    words = " ".join(finding.words for finding in findings(copy))
    for text in ("bản sao", "chưa có bí thư", "Chưa giao chỉ tiêu", "lời mời người dân"):
        assert text in words
    make_phase(campaign=copy, starts_on=copy.ends_on, ends_on=copy.ends_on + dt.timedelta(days=1))
    Branch.objects.update(reports_daily=False)
    copy.indicators.update(is_headline=False)
    page = browse(world.staff).get(f"/c/{copy.slug}/state/").content.decode()
    for text in ("Đợt nằm ngoài", "Không có cơ sở Đoàn nào", "Chưa có chỉ số chính"):
        assert f'<b class="mid-text">Phải sửa:</b>\n              {text}' in page
    assert 'value="running"' not in page
    answer = browse(world.staff).post(
        f"/c/{copy.slug}/state/", {"state": "running", "reason": "Thử"}
    )
    assert answer.status_code == 200
    assert Campaign.objects.get(pk=copy.pk).state == "draft"


def test_archived_campaign_is_read_where_it_is_asked_for(
    world: World, browse: Callable[[User], Client]
) -> None:
    copy_campaign(actor=world.staff, campaign=world.campaign)
    Campaign.objects.exclude(pk=world.campaign.pk).update(state="running", name="Mới")
    put(world, "archived")
    browser = browse(world.partner)
    listed = browser.get("/campaigns/").content.decode()
    assert "Đề án 06" not in listed
    assert "Xem cả chiến dịch đã lưu trữ" in listed
    assert "Đề án 06" in browser.get("/campaigns/?archived=1").content.decode()
    page = browser.get("/c/de-an-06-2023/dashboard/")
    assert page.status_code == 200
    assert "đã lưu trữ: xem và xuất được" in page.content.decode()
