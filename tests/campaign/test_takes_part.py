"""Who takes part in a campaign: one rule in Python and in SQL, and whoever follows it."""

import datetime as dt
import html
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Branch, Campaign, SettingsChange
from campaign.selectors import running_campaigns
from campaign.services.settings_change import ReasonWanted
from campaign.services.taking_part import set_takes_part
from campaign.takes_part import sql_takes_part, takes_part
from core.vietnamese import fold
from reports.entry.offline_snapshot import offline_snapshot_of
from reports.reminders.non_reporting import expected_branches
from reports.rollup.models import UnitDay
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from tests.conftest import TODAY, World
from tests.factories import make_branch, make_campaign, make_indicator
from tests.pages import read
from tests.reports.notifications.notification_fixtures import at, fake_channel, run_jobs
from tests.reports.reporting import report

DAY = dt.timedelta(days=1)
SQL = f"""
    SELECT b.code FROM campaign_branch b JOIN campaign_campaign run ON run.id = %s
    CROSS JOIN (SELECT %s::date AS date) r WHERE {sql_takes_part("b", "run", "r.date")}
    ORDER BY b.code
"""
# These report daily; Tỉnh Đoàn, Huyện Đoàn and the task force do not.
COMMUNES = ["XD-14050", "XD-14158", "XD-14173"]


def rule(**given: Any) -> dict[str, Any]:
    """Return a rule of branches by their codes."""
    pks = dict(Branch.objects.values_list("code", "pk"))
    lists: dict[str, Any] = {"kinds": [], "below": [], "single": [], "without": []}
    for name, of in given.items():
        lists[name] = of if name == "kinds" else [str(pks[code]) for code in of]
    return lists


def choose(world: World, since: dt.date | None = None, **given: Any) -> Campaign:
    chosen = rule(**given) if given else {}
    set_takes_part(
        actor=world.staff, campaign=world.campaign, rule=chosen, since=since, reason="Kế hoạch"
    )
    world.campaign.refresh_from_db()
    return world.campaign


def on(campaign: Campaign, day: dt.date) -> list[str]:
    """Return who takes part, which Python and SQL have to say alike."""
    branches = Branch.objects.order_by("code")
    found = [b.code for b in branches if takes_part(campaign, b, day)]
    with connection.cursor() as cursor:
        cursor.execute(SQL, [campaign.pk, day])
        assert [code for (code,) in cursor.fetchall()] == found
    assert sorted(b.code for b in expected_branches(campaign, day)) == found
    return found


def test_kinds_subtrees_and_single_branches_are_chosen(world: World) -> None:
    police, district = world.police.code, "HD-365"
    cases: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({}, COMMUNES),
        ({"kinds": ["youth_union"]}, COMMUNES),
        ({"kinds": ["police"]}, []),
        ({"kinds": ["youth_union"], "single": [police]}, [police, *COMMUNES]),
        ({"single": [district]}, [district]),
        ({"below": [district]}, ["XD-14158", "XD-14173"]),
        ({"below": [district], "without": ["XD-14158"]}, ["XD-14173"]),
        ({"without": [district]}, ["XD-14050"]),
    )
    for chosen, codes in cases:
        assert on(choose(world, **chosen), TODAY) == codes, chosen


@pytest.mark.django_db(transaction=True)
def test_choice_holds_from_a_day_on_and_sums_follow(world: World) -> None:
    for day in (TODAY - DAY, TODAY):
        for user, code in ((world.owner, "XD-14173"), (world.neighbour, "XD-14158")):
            report(user, code, {"installed": 3}, date=day)
    drain()
    choose(world, below=["HD-365"], without=["XD-14158"])
    assert on(world.campaign, TODAY) == ["XD-14173"]
    assert "XD-14158" in on(world.campaign, TODAY - DAY)
    drain()
    received = UnitDay.objects.filter(node=world.province).order_by("date")
    assert list(received.values_list("received", flat=True)) == [2, 1]
    assert verify() == []
    rebuild()
    assert verify() == []
    assert list(received.values_list("received", flat=True)) == [2, 1]
    (move,) = SettingsChange.objects.get().moves
    words = "cả nhánh: {} (HD-365); trừ: {} (XD-14158)"
    assert move["after"] == words.format(world.district_union.name, world.neighbour_branch.name)
    assert move["restates"] is False


def test_only_the_province_chooses_and_says_why(
    world: World, browse: Callable[[User], Client], api: Callable[[User], APIClient]
) -> None:
    for name in ("owner", "lead", "liaison", "stranger"):
        with pytest.raises(PermissionDenied):
            set_takes_part(actor=getattr(world, name), campaign=world.campaign, rule={})
    with pytest.raises(ReasonWanted):
        set_takes_part(actor=world.staff, campaign=world.campaign, rule=rule(kinds=["school"]))
    path, browser = "/c/de-an-06-2023/taking-part/", browse(world.staff)
    form = {"below": "HD-365, nowhere", "single": world.police.code, "reason": "Kế hoạch 5"}
    assert "Không có đơn vị tên “nowhere”" in browser.post(path, form).content.decode()
    assert browser.post(path, {**form, "below": "HD-365", "reason": ""}).status_code == 200
    assert browser.post(path, {**form, "below": "HD-365"}).status_code == 302
    page = browser.get(path).content.decode()
    assert f"cả nhánh: {world.district_union.name} (HD-365); thêm riêng" in page
    (listed,) = api(world.partner).get("/api/v1/campaigns/").json()["results"]
    assert listed["takes_part"] == {
        "kinds": [], "below": ["HD-365"], "single": [world.police.code], "without": [],
    }  # fmt: skip
    Campaign.objects.update(state="closed")
    with pytest.raises(ValidationError, match="đã đóng"):
        choose(world)


def test_branches_are_chosen_by_name_as_one_types_it(
    world: World, browse: Callable[[User], Client]
) -> None:
    path, browser = "/c/de-an-06-2023/taking-part/", browse(world.staff)
    first, second = world.branch, world.neighbour_branch
    typed = f"{first.name.lower()}\n{fold(second.name)}, {world.police.code}  {first.code.lower()};"
    form = {"single": typed, "reason": "Kế hoạch 5"}
    assert browser.post(path, form).status_code == 302
    chosen = sorted(str(branch.pk) for branch in (first, second, world.police))
    assert Campaign.objects.get().takes_part["single"] == chosen
    # What the page then writes may be sent as it is, and a name beside another's code may not.
    shown = read(browser.get(path)).fields["single"]
    assert f"{first.name} ({first.code})" in shown
    assert browser.post(path, {**form, "single": shown}).status_code == 302
    assert Campaign.objects.get().takes_part["single"] == chosen
    wrong = f"{first.name} ({second.code})"
    assert f"Mã {second.code} là {second.name}" in html.unescape(
        browser.post(path, {**form, "single": wrong}).content.decode()
    )
    make_branch(code="XD-9", name=first.name, parent=first.parent, home_unit=first.home_unit)
    doubtful = html.unescape(browser.post(path, {**form, "single": first.name}).content.decode())
    assert f"Có 2 đơn vị tên “{first.name}”" in doubtful
    assert "(XD-9)" in doubtful
    assert Campaign.objects.get().takes_part["single"] == chosen


def test_reminders_phones_and_choices_follow(world: World) -> None:
    choose(world, kinds=["youth_union"], without=["XD-14158"])
    with fake_channel() as letters:
        run_jobs(at("17:30"))
    assert letters.names == ["owner"]
    assert offline_snapshot_of(world.neighbour)["branches"] == []
    assert [b["code"] for b in offline_snapshot_of(world.owner)["branches"]] == ["XD-14173"]
    other = make_campaign(slug="mua-he")
    assert running_campaigns(world.owner) == [world.campaign]  # the other counts nothing
    make_indicator(campaign=other, code="trees")
    assert running_campaigns(world.neighbour) == [other]
    assert {c.slug for c in running_campaigns(world.owner)} == {"de-an-06-2023", "mua-he"}
    assert len(running_campaigns(world.lead)) == 2
