"""The offline snapshot: what a phone takes along, and of whom."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from campaign.permissions import Role
from campaign.services.grants import reopen_day
from reports.daily.models import Status
from tests.conftest import TODAY, World
from tests.factories import make_appointment, make_campaign, make_indicators, make_session
from tests.reports.reporting import report, set_status

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
URL = "/api/v1/report-book/"


def test_snapshot_is_of_the_own_branch_and_no_other(world: World, api: Api) -> None:
    report(world.owner, "XD-14173", {"installed": 3}, note="Mạng yếu")
    report(world.neighbour, "XD-14158", {"installed": 4})
    answer = api(world.owner).get(URL)
    snapshot = answer.json()
    assert (snapshot["owner"], snapshot["today"]) == (world.owner.pk, "2023-06-20")
    [branch] = snapshot["branches"]
    assert (branch["code"], branch["home"], branch["units"]) == ("XD-14173", "14173", None)
    [line] = branch["reports"]
    assert (line["counts"], line["version"], line["texts"]) == ({"installed": 3}, 1, True)
    assert line["received_at"].endswith("+07:00")
    wording = answer.content.decode()
    assert "Mạng yếu" not in wording
    assert "14158" not in wording


def test_snapshot_of_those_who_enter_for_others_is_empty(world: World, api: Api) -> None:
    for user in (world.lead, world.staff, world.liaison, world.partner, world.leader):
        assert api(user).get(URL).json()["branches"] == []
    assert api(world.stranger).get(URL).status_code == 404
    assert APIClient().get(URL).status_code == 401


def test_snapshot_ends_with_the_appointment(world: World, api: Api) -> None:
    world.owner.appointments.update(ends_on=TODAY - dt.timedelta(days=1))
    assert api(world.owner).get(URL).status_code == 404


def test_days_are_those_that_still_take_counts(world: World, api: Api) -> None:
    world.campaign.editable_days = 2
    world.campaign.save()
    [branch] = api(world.owner).get(URL).json()["branches"]
    assert list(branch["days"]) == ["2023-06-20", "2023-06-19", "2023-06-18"]
    assert branch["days"]["2023-06-18"]["closes"].startswith("2023-06-20T23:59")


@pytest.mark.parametrize("count", [1, 6])
def test_each_day_has_its_sessions_and_grant_for_as_many_queries_as_one(
    world: World, api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    world.campaign.editable_days = 0
    world.campaign.save()
    days = [TODAY - dt.timedelta(days=back) for back in range(1, count + 1)]
    hosted: dict[str, Any] = {"campaign": world.campaign, "branch": world.branch}
    closed = {"state": "closed", "headcount": 1, "participations": 1}
    seen = []
    for nth, day in enumerate(days, start=1):
        reopen_day(actor=world.lead, day=day, reason="Mất điện", **hosted)
        first = make_session(**hosted, **closed, date=day, counts={"level1": nth})
        second = make_session(**hosted, **closed, date=day, counts={"level1": 10})
        seen.append({first.pk, second.pk})
        make_session(**hosted, date=day)
        make_session(campaign=world.campaign, branch=world.police, unit=world.commune, date=day)
    caller = api(world.owner)
    with django_assert_num_queries(11):
        [branch] = caller.get(URL).json()["branches"]
    found = {day: wording for day, wording in branch["days"].items() if day != f"{TODAY}"}
    assert [set(found[f"{day}"].pop("sessions")) for day in days] == seen
    # Each is named as on the page; who counts it is said of another's.
    listed = [found[f"{day}"].pop("listed") for day in days]
    assert [
        {one["id"] for one in lines if one.get("state") == "closed"} for lines in listed
    ] == seen
    assert [[one.get("host") for one in lines].count(world.police.name) for lines in listed] == [
        1
    ] * count
    assert found == {
        f"{day}": {
            "closes": "2023-06-21T16:59:59Z",  # the end of tomorrow
            "least": {"level1": nth + 10},
            "others": 1,
            "open": 1,
            "granted": True,
        }
        for nth, day in enumerate(days, start=1)
    }


def test_returned_report_says_why(world: World, api: Api) -> None:
    stored = report(world.owner, "XD-14173", {"installed": 3})
    stored.return_reason = "Thiếu số mức 2"
    stored.save()
    set_status(stored, Status.RETURNED)
    [branch] = api(world.owner).get(URL).json()["branches"]
    assert branch["reports"][0]["return_reason"] == "Thiếu số mức 2"
    assert branch["strip"]["2023-06-20"] == "returned"


def test_branch_of_a_whole_province_chooses_its_communes(world: World, api: Api) -> None:
    [branch] = api(world.officer).get(URL).json()["branches"]
    assert ["14173", "Xã Giao Tiến"] in branch["units"]
    assert branch["usual"] == {}


def test_two_branches_are_two_pages(world: World, api: Api) -> None:
    make_appointment(user=world.owner, role=Role.SECRETARY, branch=world.far_branch)
    codes = {b["code"] for b in api(world.owner).get(URL).json()["branches"]}
    assert codes == {"XD-14173", "XD-14050"}


def test_kept_pages_hold_nothing_of_anybody(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    for path in ("/sw.js", "/shell/report/vi/", "/shell/away/en/", "/manifest.webmanifest"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.content == Client().get(path).content
        assert "owner" not in answer.headers.get("Set-Cookie", "")
        for word in ("Giao Tiến", "csrftoken", f'data-user="{world.owner.pk}"'):
            assert word not in answer.content.decode()
        assert not answer.cookies
    assert client.get("/shell/khong-co/vi/").status_code == 404
    assert client.get("/shell/report/fr/").status_code == 404


def test_kept_pages_are_the_same_however_they_are_packed() -> None:
    for path in ("/sw.js", "/shell/report/vi/"):
        packed = Client(headers={"accept-encoding": "gzip, deflate, br, zstd"}).get(path)
        assert packed.headers["Content-Encoding"] == "br"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert brotli.decompress(packed.content) == Client().get(path).content


def test_worker_asked_again_is_not_sent_again(world: World) -> None:
    first = Client().get("/sw.js")
    assert first["Cache-Control"] == "no-cache"
    again = Client().get("/sw.js", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_snapshot_is_of_the_campaign_that_one_is_in(world: World, browse: Browse, api: Api) -> None:
    only = api(world.owner).get(URL).json()
    assert only["running"] == [[only["campaign"]["slug"], "Đề án 06"]]
    second = make_campaign(slug="mua-he-xanh")
    make_indicators(second)
    asked = api(world.owner).get(f"{URL}?campaign=mua-he-xanh").json()
    assert asked["campaign"]["slug"] == "mua-he-xanh"
    assert {slug for slug, _name in asked["running"]} == {"mua-he-xanh", "de-an-06-2023"}
    unnamed = api(world.owner).get(URL)
    assert (unnamed.status_code, [*unnamed.json()]) == (400, ["campaign"])
    page = browse(world.owner).get("/c/mua-he-xanh/report/")
    assert page.context["snapshot"]["campaign"]["slug"] == "mua-he-xanh"
    assert [i["code"] for i in asked["indicators"]] == ["level1", "level2", "upgraded"]
    assert api(world.owner).get(f"{URL}?campaign=khac").status_code == 404
    assert api(world.owner).get(f"{URL}?campaign=%00").status_code in (400, 404)
