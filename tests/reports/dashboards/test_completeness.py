"""Completeness: who was expected, who was heard, and how: selector, ``GET completeness/``, page."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from core import clock
from reports.daily.models import DailyReport, Lateness, Status
from reports.dashboards.selectors.completeness import CompletenessCell, completeness
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_branch, make_phase, make_session, make_unit
from tests.pages import read
from tests.reports.reporting import report, set_status

Api = Callable[[User], APIClient]
Browse = Callable[[User], Client]
URL = "/api/v1/completeness/"
DAY = dt.timedelta(days=1)
YESTERDAY = TODAY - DAY
ROUTES = ("expected", "received", "on_time", "late", "offline_late")
NOTHING = CompletenessCell(expected=1)


def lines(client: APIClient, **asked: str) -> list[dict[str, Any]]:
    """Return the results; ``first`` stands for ``from``, a word of Python."""
    query = {{"first": "from"}.get(name, name): v for name, v in asked.items()}
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


def of(found: list[dict[str, Any]], unit: str, date: dt.date = TODAY) -> tuple[int, ...]:
    """Return the five figures of one unit on one day."""
    line = next(r for r in found if (r["unit"], r["date"]) == (unit, date.isoformat()))
    return tuple(line[route] for route in ROUTES)


def came(stored: DailyReport, route: Lateness) -> None:
    """Say how a report came, whatever the time of the test."""
    DailyReport.objects.filter(pk=stored.pk).update(lateness=route)


def cell(world: World, day: dt.date = TODAY) -> CompletenessCell:
    """Return the province's branch-days of one day."""
    found = completeness(
        campaign=world.campaign, node=world.province, first=TODAY - 5 * DAY, last=TODAY
    )
    return found.cell(world.province.path, (day,))


@pytest.fixture
def active_world(world: World) -> World:
    """Yesterday: one on time, one late; today: one for lack of network."""
    came(report(world.owner, "XD-14173", {"level1": 1}, date=YESTERDAY), Lateness.ON_TIME)
    came(report(world.neighbour, "XD-14158", {"level1": 1}, date=YESTERDAY), Lateness.LATE)
    came(report(world.owner, "XD-14173", {"level1": 2}), Lateness.OFFLINE_LATE)
    drain()
    return world


def test_answer_has_the_shape_of_the_contract(active_world: World, api: Api) -> None:
    answer = api(active_world.lead).get(URL, {"unit": "14173", "from": TODAY.isoformat()}).json()
    assert sorted(answer) == ["as_of", "campaign", "results"]
    assert answer["results"] == [
        {
            "unit": "14173",
            "name": "Xã Giao Tiến",
            "level": "commune",
            "date": "2023-06-20",
            "expected": 1,
            "received": 1,
            "on_time": 0,
            "late": 0,
            "offline_late": 1,
        }
    ]


def test_level_below_and_two_weeks_are_meant_where_nothing_is_said(
    active_world: World, api: Api
) -> None:
    found = lines(api(active_world.staff))
    assert {line["unit"] for line in found} == {"363", "365"}
    assert (found[0]["date"], found[-1]["date"], len(found)) == ("2023-06-07", "2023-06-20", 28)
    assert of(found, "365", YESTERDAY) == (2, 2, 1, 1, 0)
    assert of(found, "365") == (2, 1, 0, 0, 1)
    assert of(found, "363") == (1, 0, 0, 0, 0)


def test_received_is_the_sum_of_the_ways_and_agrees_with_totals(
    active_world: World, api: Api
) -> None:
    client = api(active_world.staff)
    for level in ("province", "district", "commune"):
        found = lines(client, level=level, first="2023-06-10")
        totals = client.get(
            "/api/v1/totals/", {"level": level, "by": "day", "from": "2023-06-10"}
        ).json()["results"]
        assert [(r["unit"], r["date"], r["expected"], r["received"]) for r in found] == [
            (r["unit"], r["date"], r["reports_expected"], r["reports_received"]) for r in totals
        ]
        assert all(r["received"] == r["on_time"] + r["late"] + r["offline_late"] for r in found)
        assert sum(r["received"] for r in found) == 3


def test_several_communes_on_a_day_are_one_branch_day(world: World) -> None:
    school = make_branch(code="TR-1", home_unit=world.district, parent=world.district_union)
    came(report(world.lead, school.code, {"level1": 1}, unit="14158"), Lateness.LATE)
    assert cell(world) == CompletenessCell(4, 1, 0, 1, 0)
    came(report(world.lead, school.code, {"level1": 1}, unit="14173"), Lateness.ON_TIME)
    assert cell(world) == CompletenessCell(4, 1, 1, 0, 0)


def test_first_receipt_of_several_decides_not_the_last_correction(world: World) -> None:
    school = make_branch(code="TR-1", home_unit=world.district, parent=world.district_union)
    first = report(world.lead, school.code, {"level1": 1}, unit="14158")
    second = report(world.lead, school.code, {"level1": 1}, unit="14173")
    came(first, Lateness.OFFLINE_LATE)
    came(second, Lateness.LATE)
    # Corrected after the second came in.
    DailyReport.objects.filter(pk=first.pk).update(received_at=clock.now() + DAY)
    assert cell(world) == CompletenessCell(4, 1, 0, 0, 1)


def test_returned_report_is_received(active_world: World) -> None:
    set_status(DailyReport.objects.get(branch=active_world.branch, date=TODAY), Status.RETURNED)
    assert cell(active_world).received == 1


def test_branch_counts_from_its_opening_to_its_closing(world: World) -> None:
    make_branch(
        code="XD-1",
        home_unit=world.commune,
        parent=world.district_union,
        opened_on=TODAY - 3 * DAY,
        closed_on=YESTERDAY,
    )
    days = [cell(world, TODAY - n * DAY).expected for n in range(4, -1, -1)]
    assert days == [3, 4, 4, 3, 3]


def test_report_of_who_is_not_expected_counts_in_neither(world: World) -> None:
    report(world.officer, "CA-36", {"level1": 9}, unit="14158")
    assert cell(world) == CompletenessCell(3, 0, 0, 0, 0)


def test_host_of_a_session_is_expected_that_day(world: World) -> None:
    make_session(branch=world.police, campaign=world.campaign, unit=world.commune, date=TODAY)
    report(world.officer, "CA-36", {"level1": 9}, unit="14173")
    assert (cell(world).expected, cell(world).received) == (4, 1)
    assert cell(world, YESTERDAY).expected == 3


def test_phase_that_begins_says_on_which_days_reports_are_due(world: World) -> None:
    # 18 June 2023 was a Sunday.
    make_phase(
        campaign=world.campaign, starts_on=dt.date(2023, 6, 17), ends_on=TODAY, weekdays="12345"
    )
    days = [cell(world, dt.date(2023, 6, n)).expected for n in (16, 17, 18, 19)]
    assert days == [3, 0, 0, 3]


def test_hamlets_below_a_commune(world: World, api: Api) -> None:
    hamlet = make_unit(code="14173-1", name="Xóm 1", level="hamlet", parent=world.commune)
    make_branch(code="CD-1", home_unit=hamlet, parent=world.branch)
    client = api(world.owner)
    today = TODAY.isoformat()
    assert of(lines(client, unit="14173", first=today), "14173-1")[0] == 1
    assert of(lines(client, unit="14173", level="commune", first=today), "14173")[0] == 2


def test_branches_by_their_own_tree(active_world: World, api: Api) -> None:
    found = lines(api(active_world.lead), branch="HD-365", first=TODAY.isoformat())
    assert of(found, "HD-365") == (2, 1, 0, 0, 1)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2023-04-01", "to": "20/06/2023"}, "to"),
        ({"from": "2023-06-20", "to": "2023-06-19"}, "to"),
        ({"level": "country"}, "level"),
        ({"unit": "36", "branch": "TD-36"}, "branch"),
    ],
)
def test_bad_questions_are_told_field_by_field(
    world: World, api: Api, asked: dict[str, str], field: str
) -> None:
    answer = api(world.staff).get(URL, asked)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_more_than_92_days_are_refused_with_the_number(world: World, api: Api) -> None:
    world.campaign.starts_on = TODAY - 92 * DAY
    world.campaign.save()
    client = api(world.staff)
    answer = client.get(URL, {"from": "2000-01-01"})
    assert answer.status_code == 400
    assert "92" in answer.json()["from"][0]
    assert len(lines(client, first=(TODAY - 91 * DAY).isoformat(), level="province")) == 92


def test_days_to_come_and_days_before_are_left_out(world: World, api: Api) -> None:
    client = api(world.staff)
    found = lines(client, level="province", first="2023-06-19", to="2023-06-30")
    assert [line["date"] for line in found] == ["2023-06-19", "2023-06-20"]
    assert lines(client, to="0001-01-01") == []
    assert lines(client, first="2023-06-25") == []


def test_scope(active_world: World, api: Api) -> None:
    assert api(active_world.partner).get(URL).status_code == 200
    assert api(active_world.stranger).get(URL).status_code == 404
    assert api(active_world.neighbour).get(URL, {"unit": "14173"}).status_code == 404
    assert api(active_world.other_lead).get(URL, {"unit": "365"}).status_code == 404
    assert {r["unit"] for r in lines(api(active_world.neighbour))} == {"14158"}


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    active_world: World, api: Api, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(rows):
        unit = make_unit(code=f"1{n}", parent=active_world.district)
        branch = make_branch(code=f"XD-1{n}", home_unit=unit, parent=active_world.district_union)
        report(active_world.lead, branch.code, {"level1": 1})
    client = api(active_world.lead)
    with django_assert_num_queries(7):
        lines(client, first=(TODAY - (rows - 1) * DAY).isoformat())


# The page


def page(browse: Browse, user: User, url: str = "/c/de-an-06-2023/completeness/") -> str:
    """Return the page's text."""
    answer = browse(user).get(url)
    assert answer.status_code == 200
    return " ".join(read(answer).text.split())


def test_page_says_it_in_one_sentence_and_lists_the_silent(
    active_world: World, browse: Browse
) -> None:
    text = page(browse, active_world.lead)
    assert "1 trên 2 đơn vị đã báo cáo (50%)" in text
    assert "1 gửi bù do mất mạng" in text
    assert "Chưa báo cáo ngày 20/6: Đoàn xã Hồng Thuận." in text


def test_page_and_api_agree(active_world: World, api: Api, browse: Browse) -> None:
    context = browse(active_world.staff).get("/c/de-an-06-2023/completeness/?by=name").context
    found = lines(api(active_world.staff))
    shown = {
        (row.node.code, day.isoformat()): (c.expected, c.received, c.on_time, c.late)
        for row in context["rows"]
        for day, c in zip(context["days"], row.cells, strict=True)
    }
    assert shown == {
        (r["unit"], r["date"]): (r["expected"], r["received"], r["on_time"], r["late"])
        for r in found
    }


def test_rows_add_up_to_the_sentence_with_who_is_at_home_above(
    world: World, browse: Browse
) -> None:
    school = make_branch(code="TR-1", home_unit=world.district, parent=world.district_union)
    report(world.lead, school.code, {"level1": 1}, unit="14158")
    context = browse(world.lead).get("/c/de-an-06-2023/completeness/").context
    assert [row.node.code for row in context["rows"]][-1] == "TR-1"
    assert sum(row.cells[-1].expected for row in context["rows"]) == context["cell"].expected == 3
    assert sum(row.cells[-1].received for row in context["rows"]) == 1


def test_telephone_is_for_who_may_invite(active_world: World, browse: Browse) -> None:
    active_world.neighbour.phone = "0912345678"
    active_world.neighbour.save()
    assert "0912345678" in page(browse, active_world.lead)
    assert "0912345678" in page(browse, active_world.staff)
    for user in (active_world.partner, active_world.liaison):
        text = page(browse, user)
        assert "Đoàn xã Hồng Thuận" in text
        assert "0912345678" not in text


def test_secretary_is_led_to_the_own_progress(active_world: World, browse: Browse) -> None:
    for url in ("/c/de-an-06-2023/completeness/", "/c/de-an-06-2023/completeness/14173/"):
        assert (
            browse(active_world.owner).get(url).headers["Location"]
            == "/c/de-an-06-2023/report/progress/"
        )
    assert (
        browse(active_world.neighbour).get("/c/de-an-06-2023/completeness/14173/").status_code
        == 404
    )
    assert browse(active_world.leader).get("/c/de-an-06-2023/completeness/").status_code == 403
    assert (
        browse(active_world.other_lead).get("/c/de-an-06-2023/completeness/365/").status_code == 404
    )
    assert browse(active_world.stranger).get("/c/de-an-06-2023/completeness/").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["to=31/02/2023", "to=2023-02-31", "to=2023-06-21", "to=", "order=luck", "to=2022-01-01"],
)
def test_page_knows_no_such_day(world: World, browse: Browse, query: str) -> None:
    assert browse(world.staff).get(f"/c/de-an-06-2023/completeness/?{query}").status_code == 404


def test_nobody_is_silent_before_the_opening(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.campaign.opens_at = dt.time(6)
    world.campaign.save()
    monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, dt.time(5)))
    text = page(browse, world.staff)
    assert "nhận báo cáo từ 06:00; chưa đơn vị nào phải gửi" in text
    assert "Hồng Thuận" not in text


def test_before_the_campaign_begins(world: World, browse: Browse) -> None:
    world.campaign.starts_on = TODAY + DAY
    world.campaign.save()
    assert "Chiến dịch bắt đầu ngày 21/06/2023" in page(browse, world.staff)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_however_many(
    active_world: World,
    browse: Browse,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(rows):
        unit = make_unit(code=f"1{n}", parent=active_world.district)
        make_branch(code=f"XD-1{n}", home_unit=unit, parent=active_world.district_union)
        arrived = make_branch(code=f"XD-2{n}", home_unit=unit, parent=active_world.district_union)
        report(active_world.lead, arrived.code, {"level1": 1})
    client = browse(active_world.staff)
    client.get("/c/de-an-06-2023/completeness/")
    # Made for whoever asks first, and kept for all.
    for cost in (15, 12):
        with django_assert_num_queries(cost):
            client.get("/c/de-an-06-2023/completeness/365/")
