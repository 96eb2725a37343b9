"""The report page says in one line whether one is on time now."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Branch
from campaign.report_day import ReportDay
from campaign.services.grants import reopen_day
from core import clock
from tests.conftest import TODAY, World
from tests.factories import make_phase
from tests.pages import read

Browse = Callable[[User], Client]
PAGE = "/c/de-an-06-2023/report/?branch=XD-14173&date=2023-06-20"


@pytest.fixture
def ruled(world: World) -> World:
    """From 6:00, due at 18:30, taken for two more days up to 22:00."""
    rules = {"opens_at": dt.time(6), "due_at": dt.time(18, 30), "closes_at": dt.time(22)}
    for name, value in {**rules, "editable_days": 2}.items():
        setattr(world.campaign, name, value)
    world.campaign.save()
    return world


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return clock.at(dt.date(2023, 6, day), dt.time(hour, minute))


def report_day(world: World, branch: Branch, now: dt.datetime, day: dt.date = TODAY) -> ReportDay:
    return ReportDay(world.campaign, branch, branch.home_unit, day, now)


@pytest.mark.parametrize(
    ("now", "state", "wording"),
    [
        (at(20, 5, 59), "early", "Mở nhận lúc 06:00 ngày 20/06"),
        (at(20, 6), "open", "Hạn 18:30 · còn 12 giờ 30 phút"),
        (at(20, 16, 20), "open", "Hạn 18:30 · còn 2 giờ 10 phút"),
        (at(20, 18, 30), "open", "Hạn 18:30 · còn 0 phút"),
        (at(20, 18, 31), "late", "Đã quá hạn 18:30, vẫn nhận đến 22:00 ngày 22/06 và ghi là muộn"),
        (at(22, 22), "late", "Đã quá hạn 18:30, vẫn nhận đến 22:00 ngày 22/06 và ghi là muộn"),
        (at(22, 22, 1), "closed", "Đã khóa sổ lúc 22:00 ngày 22/06. Cần sửa thì báo cấp trên"),
    ],
)
def test_one_line_says_how_it_stands(
    ruled: World,
    browse: Browse,
    monkeypatch: pytest.MonkeyPatch,
    now: dt.datetime,
    state: str,
    wording: str,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    assert report_day(ruled, ruled.branch, now).state == state
    assert wording in " ".join(read(browse(ruled.owner).get(PAGE)).text.split())


def test_day_after_the_campaign_never_opens(ruled: World, browse: Browse) -> None:
    ends = ruled.campaign.ends_on
    after = ends + dt.timedelta(days=1)
    page = read(browse(ruled.owner).get(f"{PAGE.split('?')[0]}?date={after}"))
    text = " ".join(page.text.split())
    assert (f"đến {ends:%d/%m/%Y}. Chọn một ngày" in text, "Mở nhận lúc" in text) == (True, False)


def test_grant_opens_a_closed_day_for_one_branch(
    ruled: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = at(24, 9)
    monkeypatch.setattr(clock, "now", lambda: now)
    reopen_day(
        actor=ruled.lead,
        campaign=ruled.campaign,
        branch=ruled.branch,
        day=TODAY,
        reason="Mất điện hai ngày",
        expires_at=at(24, 20),
    )
    page = " ".join(read(browse(ruled.owner).get(PAGE)).text.split())
    assert "Được mở lại đến 20:00 ngày 24/06" in page
    assert report_day(ruled, ruled.branch, at(24, 20, 1)).state == "closed"
    assert report_day(ruled, ruled.neighbour_branch, now).state == "closed"


def test_phase_has_times_of_its_own(ruled: World) -> None:
    make_phase(campaign=ruled.campaign, starts_on=TODAY, ends_on=TODAY, due_at=dt.time(20))
    now = at(20, 19)
    found = report_day(ruled, ruled.branch, now)
    assert (found.state, found.minutes_left) == ("open", 60)
    yesterday = TODAY - dt.timedelta(days=1)
    assert report_day(ruled, ruled.branch, now, yesterday).state == "late"
