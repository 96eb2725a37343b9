"""Sheets typed in: each row by itself, nothing replaced in silence, nothing typed lost."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Branch
from reports.daily.models import DailyReport, Revision, Source
from reports.paper.rows import branches_on_paper
from tests.conftest import TODAY, World
from tests.reports.reporting import report

URL = "/c/de-an-06-2023/report/paper/"
Browse = Callable[[User], Client]


def typed(branch: Branch, **counts: str) -> dict[str, str]:
    """Return the fields of a row as somebody types them."""
    prefix = f"r{branch.pk}-"
    names = {"none", "replace", "reason", "id"}
    return {
        prefix + (name if name in names else f"n-{name}"): value for name, value in counts.items()
    }


def stored() -> dict[str, dict[str, int]]:
    return {r.branch.code: r.counts for r in DailyReport.objects.select_related("branch")}


def state_of(page: str, branch: Branch) -> str:
    found = re.search(rf'data-row="{branch.pk}"[^>]*data-state="(\w*)"', page)
    assert found, branch
    return found[1]


def test_each_row_is_taken_by_itself_and_the_wrong_one_keeps_what_was_typed(
    world: World, browse: Browse
) -> None:
    near, beside = world.branch, world.neighbour_branch
    sent = {**typed(near, installed="12", level1="0"), **typed(beside, installed="1.000")}
    page = browse(world.lead).post(URL, sent).content.decode()
    assert stored() == {near.code: {"installed": 12, "level1": 0}}
    assert (state_of(page, near), state_of(page, beside)) == ("taken", "wrong")
    assert 'value="1.000"' in page
    assert Revision.objects.get().source == Source.PAPER
    # Sent again as it is: the same, and no second version.
    browse(world.lead).post(URL, sent)
    assert Revision.objects.count() == 1


def test_what_stands_is_replaced_only_when_somebody_says_so(world: World, browse: Browse) -> None:
    branch = world.branch
    first = report(world.owner, branch.code, {"installed": 12, "level1": 3})
    client = browse(world.lead)
    row = {"row": str(branch.pk), **typed(branch, installed="15")}
    page = client.post(URL, row).content.decode()
    assert state_of(page, branch) == "asked"
    assert "<b>12</b> → <b>15</b>" in page
    assert stored() == {branch.code: {"installed": 12, "level1": 3}}
    # Somebody else was faster: what was agreed to replace is not what stands.
    agreed = {**row, **typed(branch, replace=str(first.version))}
    report(world.owner, branch.code, {"installed": 13}, report_id=first.pk, base_version=1)
    assert state_of(client.post(URL, agreed).content.decode(), branch) == "asked"
    agreed = {**row, **typed(branch, replace="2")}
    assert state_of(client.post(URL, agreed).content.decode(), branch) == "taken"
    # Blank cells of the sheet say nothing.
    assert stored() == {branch.code: {"installed": 15}}
    none = {"row": str(branch.pk), **typed(branch, none="1")}
    assert state_of(client.post(URL, none).content.decode(), branch) == "asked"
    client.post(URL, {**none, **typed(branch, replace="3")})
    assert (stored()[branch.code], DailyReport.objects.get().no_activity) == ({}, True)


def test_what_is_unusual_is_asked_about_and_taken_with_a_reason(
    world: World, browse: Browse
) -> None:
    branch, client = world.branch, browse(world.lead)
    row = {"row": str(branch.pk), **typed(branch, installed="50000")}
    page = client.post(URL, row).content.decode()
    assert state_of(page, branch) == "asked"
    assert f'name="r{branch.pk}-reason"' in page
    assert stored() == {}
    page = client.post(URL, {**row, **typed(branch, reason="drive")}).content.decode()
    assert (state_of(page, branch), stored()) == ("taken", {branch.code: {"installed": 50000}})


def test_a_row_of_somebody_else_is_not_there(world: World, browse: Browse) -> None:
    far = world.far_branch
    answer = browse(world.lead).post(URL, {"row": str(far.pk), **typed(far, installed="1")})
    assert (answer.status_code, stored()) == (404, {})
    # Nor is it taken with the others.
    browse(world.lead).post(URL, typed(far, installed="1"))
    assert stored() == {}


@pytest.mark.parametrize("day", ["31/02/2023", "2022-01-01", "x" * 3000])
def test_a_day_that_is_none_is_said(world: World, browse: Browse, day: str) -> None:
    for path in (URL, f"{URL}sheets/"):
        answer = browse(world.lead).get(path, {"date": day})
        assert answer.status_code == 400
        assert 'role="alert"' in answer.content.decode()


def test_what_the_door_refuses_is_said_on_the_row(world: World, browse: Browse) -> None:
    day = TODAY + dt.timedelta(days=1)
    row = {"row": str(world.branch.pk), "date": day.isoformat()}
    page = browse(world.lead).post(URL, {**row, **typed(world.branch, installed="4")})
    assert "chưa tới" in page.content.decode()
    # It is said before anybody types.
    assert (
        "Chưa đến giờ nhận báo cáo"
        in browse(world.lead).get(URL, {"date": day.isoformat()}).content.decode()
    )
    assert "Chưa đến giờ" not in browse(world.lead).get(URL).content.decode()
    assert state_of(page.content.decode(), world.branch) == "wrong"
    assert stored() == {}


def test_sheets_are_of_the_own_scope_and_open_the_form_with_place_and_day_alone(
    world: World, browse: Browse, client: Client
) -> None:
    codes = {
        who: [
            branch.code for branch in branches_on_paper(getattr(world, who), world.campaign, TODAY)
        ]
        for who in ("owner", "lead", "staff")
    }
    assert codes["owner"] == [world.branch.code]
    assert codes["lead"] == [world.branch.code, world.neighbour_branch.code]
    assert world.far_branch.code in codes["staff"]
    assert world.police.code not in codes["staff"]
    answer: Any = browse(world.lead).get(f"{URL}sheets/", {"date": "2023-06-19"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.count(b"/Type /Page\n") == len(codes["lead"])
    # The fonts are in it.
    assert answer.content.count(b"/FontFile2") >= 2
    # In Vietnamese, whatever language its reader has.
    english = browse(world.lead)
    english.cookies["django_language"] = "en"
    assert english.get(f"{URL}sheets/", {"date": "2023-06-19"}).content == answer.content
    # What the code says survives the sign-in.
    path = f"/c/de-an-06-2023/report/?branch={world.branch.code}&date=2023-06-19"
    led = client.get(path)
    assert led.status_code == 302
    assert led.headers["Location"].endswith("%3Fbranch%3DXD-14173%26date%3D2023-06-19")
