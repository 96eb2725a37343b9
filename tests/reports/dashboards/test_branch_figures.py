"""What a branch is shown as its own is its own; what is its unit's bears the unit's name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Branch, Campaign, Target
from campaign.permissions import Role
from campaign.selectors import indicators_of
from reports.dashboards.selectors.branch_history import branch_history_of
from reports.dashboards.selectors.progress import (
    BranchProgress,
    progress_by_branch,
    progress_of_branch,
)
from reports.dashboards.selectors.thank_you import thank_you
from reports.rollup.services.rollup import drain
from tests.conftest import World
from tests.factories import make_appointment, make_branch, make_campaign, make_target
from tests.pages import read
from tests.reports.reporting import report

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]


@pytest.fixture
def active_world(world: World) -> World:
    """Let a commune bring 691 283 of the province's 900 000, and its task force 40 326."""
    report(world.owner, "XD-14173", {"level1": 650_957})
    report(world.officer, "CA-36", {"level2": 40_326}, unit="14173")
    activated = world.indicators["activated"]
    make_target(campaign=world.campaign, unit=world.province, indicator=activated, value=900_000)
    drain()
    return world


def progress(world: World, branch: Branch) -> BranchProgress:
    campaign = Campaign.objects.get(pk=world.campaign.pk)
    return progress_of_branch(campaign, branch, indicators_of(campaign))


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(read(answer).text.split())


def test_page_of_the_task_force_shows_its_own_total(active_world: World, browse: Browse) -> None:
    for user in (active_world.staff, active_world.officer):
        text = text_of(browse(user), "/c/de-an-06-2023/branches/CA-36/")
        assert "Tài khoản kích hoạt · Công an tỉnh 40.326" in text
        assert "691.283" not in text
        assert "900.000" not in text


@pytest.mark.parametrize(
    "url", ["/c/de-an-06-2023/report/?branch=CA-36&unit=14173", "/c/de-an-06-2023/report/progress/"]
)
def test_task_force_sees_only_its_own_total(active_world: World, browse: Browse, url: str) -> None:
    text = text_of(browse(active_world.officer), url)
    assert "40.326" in text
    assert "691.283" not in text
    assert "900.000" not in text


def test_receipt_of_the_task_force_shows_its_own_total(active_world: World, browse: Browse) -> None:
    stored = report(active_world.officer, "CA-36", {"level2": 1}, unit="14158")
    drain()
    text = text_of(browse(active_world.officer), f"/c/de-an-06-2023/report/{stored.pk}/")
    assert "Tài khoản kích hoạt · Công an tỉnh 40.327" in text
    assert "900.000" not in text


def test_phone_of_the_task_force_takes_its_own_total_along(active_world: World, api: Api) -> None:
    [branch] = api(active_world.officer).get("/api/v1/report-book/").json()["branches"]
    assert branch["progress"]["label"] == "Tài khoản kích hoạt · Công an tỉnh"
    assert (branch["progress"]["to_date"], branch["progress"]["target"]) == (40_326, None)


def test_task_force_is_not_thanked_for_what_the_province_reached(active_world: World) -> None:
    Target.objects.update(value=1)
    assert "đã đạt chỉ tiêu" not in thank_you(
        branch_history_of(active_world.campaign, active_world.police)
    )
    assert "đã đạt chỉ tiêu" in thank_you(
        branch_history_of(active_world.campaign, active_world.branch)
    )


def test_commune_shows_both_each_under_its_name(active_world: World, browse: Browse) -> None:
    text = text_of(browse(active_world.owner), "/c/de-an-06-2023/branches/XD-14173/")
    assert "Tài khoản kích hoạt · Đoàn xã Giao Tiến 650.957" in text
    assert "Tài khoản kích hoạt · Xã Giao Tiến 691.283 / 1.000" in text


def test_total_of_a_branch_holds_those_below_it(active_world: World) -> None:
    found = progress(active_world, active_world.district_union)
    assert (found.own.to_date, found.own.target, found.own.node) == (
        650_957,
        None,
        active_world.district_union,
    )
    assert found.unit is not None
    assert (found.unit.to_date, found.unit.node) == (691_283, active_world.district)


def test_who_answers_for_the_home_unit(active_world: World) -> None:
    """The Youth Union among others; nobody where two are alike; who is alone there."""
    school = make_branch(code="TR-1", kind="school", home_unit=active_world.commune)
    assert progress(active_world, active_world.branch).unit is not None
    assert progress(active_world, school).unit is None
    assert progress(active_world, active_world.police).unit is None
    assert progress(active_world, active_world.union).unit is not None
    women = make_branch(code="PN-1", kind="womens_union", home_unit=active_world.other_district)
    assert progress(active_world, women).unit is not None
    make_branch(code="XD-2", home_unit=active_world.commune)
    assert progress(active_world, active_world.branch).unit is None


def test_branch_that_is_gone_takes_no_share(active_world: World) -> None:
    gone = make_branch(code="XD-2", home_unit=active_world.commune)
    Branch.objects.filter(pk=gone.pk).update(closed_on="2023-06-20")
    assert progress(active_world, active_world.branch).unit is not None


def test_campaign_without_indicators_has_no_progress(active_world: World, browse: Browse) -> None:
    campaign = make_campaign(slug="moi")
    assert (
        progress_of_branch(campaign, active_world.branch, indicators_of(campaign)).own.to_date
        is None
    )
    assert "650.957" not in text_of(browse(active_world.staff), "/c/moi/branches/XD-14173/")


@pytest.mark.parametrize("basis", ["reported", "approved"])
def test_one_query_for_any_number(
    active_world: World, django_assert_num_queries: DjangoAssertNumQueries, basis: str
) -> None:
    campaign = Campaign.objects.get(pk=active_world.campaign.pk)
    indicators = indicators_of(campaign)
    several = Branch.objects.select_related("home_unit").order_by("code")
    for branches in (list(several.filter(code="XD-14173")), list(several)):
        with django_assert_num_queries(1):
            found = progress_by_branch(campaign, branches, indicators, basis)
        expected = 650_957 if basis == "reported" else None
        assert found[active_world.branch.pk].own.to_date == expected


def test_secretary_of_two_branches_takes_both_along(active_world: World, api: Api) -> None:
    officer = User.objects.get(pk=active_world.officer.pk)
    make_appointment(user=officer, role=Role.SECRETARY, branch=active_world.branch)
    labels = {
        branch["code"]: branch["progress"]["label"]
        for branch in api(officer).get("/api/v1/report-book/").json()["branches"]
    }
    assert labels == {
        "CA-36": "Tài khoản kích hoạt · Công an tỉnh",
        "XD-14173": "Tài khoản kích hoạt · Xã Giao Tiến",
    }


def test_what_a_report_says_in_words_stands_on_branch_and_review(
    world: World, browse: Browse
) -> None:
    """Whoever can do something about it reads it there; what was left blank says nothing."""
    link = "https://example.org/anh"
    texts: dict[str, Any] = {
        "difficulties": "Mất sóng",
        "proposals": "Thêm tổ lưu động",
        "evidence_url": link,
    }
    report(world.owner, "XD-14173", {"level1": 1}, **texts)
    report(world.neighbour, "XD-14158", {"level1": 1})
    client = browse(world.lead)
    for path, blank in (("branches/XD-14173/", "branches/XD-14158/"), ("review/", "")):
        html = client.get(f"/c/de-an-06-2023/{path}").content.decode()
        assert 'Khó khăn:</b> <span lang="vi">Mất sóng<' in html, path
        assert 'Đề xuất:</b> <span lang="vi">Thêm tổ lưu động<' in html, path
        assert f'<a href="{link}" rel="noopener noreferrer nofollow"' in html, path
        assert html.count("Khó khăn:") == 1, path
        if blank:
            assert "Khó khăn:" not in client.get(f"/c/de-an-06-2023/{blank}").content.decode()
