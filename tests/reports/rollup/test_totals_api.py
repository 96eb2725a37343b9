"""``GET totals/``: the figures that other programs read, and that they are the same everywhere."""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.dateparse import parse_datetime
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Branch, Campaign, DirtyDay
from core import clock
from reports.daily.models import Status
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import (
    make_branch,
    make_campaign,
    make_indicator,
    make_phase,
    make_target,
    make_unit,
)
from tests.pages import read
from tests.reports.reporting import report, set_status

Api = Callable[[User], APIClient]
Browse = Callable[[User], Client]
URL = "/api/v1/totals/"
DAY = dt.timedelta(days=1)
YESTERDAY = TODAY - DAY


def lines(client: APIClient, **asked: str) -> list[dict[str, Any]]:
    """Return the results; ``first`` stands for ``from``, a word of Python."""
    query = {{"first": "from", "to": "to"}.get(name, name): v for name, v in asked.items()}
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return list(answer.json()["results"])


def by_unit(found: list[dict[str, Any]], what: str) -> dict[str, Any]:
    """Return one figure of each line by its unit."""
    return {line["unit"]: line[what] for line in found}


@pytest.fixture
def active_world(world: World) -> World:
    """Let four branches report over three days, approve two of the reports, and add up."""
    report(world.owner, "XD-14173", {"installed": 5, "level1": 3}, date=dt.date(2023, 5, 1))
    first = report(world.owner, "XD-14173", {"level1": 4, "level2": 6}, date=YESTERDAY)
    report(world.owner, "XD-14173", {"level2": 2, "upgraded": 2})
    report(world.neighbour, "XD-14158", {"installed": 0}, date=YESTERDAY)
    report(world.other_lead, "XD-14050", {"level1": 10})
    officer = report(world.officer, "CA-36", {"level2": 100}, unit="14158")
    set_status(first)
    set_status(officer)
    drain()
    return world


def test_answer_has_the_shape_of_the_contract(active_world: World, api: Api) -> None:
    answer = api(active_world.owner).get(URL).json()
    assert sorted(answer) == ["as_of", "basis", "campaign", "results"]
    assert (answer["campaign"], answer["basis"]) == ("de-an-06-2023", "reported")
    assert answer["results"] == [
        {
            "unit": "14173",
            "name": "Xã Giao Tiến",
            "level": "commune",
            "counts": {
                "installed": 5,
                "level1": 7,
                "level2": 8,
                "upgraded": 2,
                "activated": 13,
            },
            "counts_to_date": {
                "installed": 5,
                "level1": 7,
                "level2": 8,
                "upgraded": 2,
                "activated": 13,
            },
            "target": {"activated": 1000},
            "targets": {"activated": 1000},
            "reports_expected": 81,
            "reports_received": 3,
        }
    ]


def test_range_sums_only_its_days(active_world: World, api: Api) -> None:
    found = lines(
        api(active_world.lead), level="commune", first="2023-05-02", to=YESTERDAY.isoformat()
    )
    assert by_unit(found, "counts") == {
        "14158": {"installed": 0},
        "14173": {"level1": 4, "level2": 6, "activated": 10},
    }
    assert by_unit(found, "counts_to_date") == {
        "14158": {"installed": 0},
        "14173": {"installed": 5, "level1": 7, "level2": 6, "activated": 13},
    }
    assert by_unit(found, "reports_received") == {"14158": 1, "14173": 1}
    assert by_unit(found, "reports_expected") == {"14158": 49, "14173": 49}


def test_level_picks_the_units_below(active_world: World, api: Api) -> None:
    client = api(active_world.staff)
    assert by_unit(lines(client), "counts")["36"]["activated"] == 123
    assert {
        code: counts["activated"]
        for code, counts in by_unit(lines(client, level="district"), "counts").items()
    } == {"363": 10, "365": 113}
    assert [line["unit"] for line in lines(client, unit="365", level="commune")] == [
        "14158",
        "14173",
    ]
    assert lines(client, unit="14173", level="district") == []


def test_parts_sum_to_the_whole(active_world: World, api: Api) -> None:
    client = api(active_world.staff)
    for basis in ("reported", "approved"):
        whole = Counter(lines(client, basis=basis)[0]["counts"])
        for level in ("district", "commune"):
            parts: Counter[str] = Counter()
            for line in lines(client, level=level, basis=basis):
                parts.update(line["counts"])
            assert (basis, level, parts) == (basis, level, whole)


def test_approved_basis_leaves_the_rest_out(active_world: World, api: Api) -> None:
    found = lines(api(active_world.lead), level="commune", basis="approved")
    assert by_unit(found, "counts") == {
        "14158": {"level2": 100, "activated": 100},
        "14173": {"level1": 4, "level2": 6, "activated": 10},
    }
    assert by_unit(found, "reports_received") == {"14158": 0, "14173": 1}


def test_returned_report_is_received_and_does_not_count(active_world: World, api: Api) -> None:
    set_status(report(active_world.other_lead, "XD-14050", {"level1": 10}), Status.RETURNED)
    drain()
    client = api(active_world.other_lead)
    for basis, received in (("reported", 1), ("approved", 0)):
        line = lines(client, basis=basis)[0]
        assert (line["counts"], line["reports_received"]) == ({}, received)


def test_correction_of_an_approved_report_waits_for_approval_again(
    active_world: World, api: Api
) -> None:
    stored = report(active_world.owner, "XD-14173", {"level1": 4, "level2": 6}, date=YESTERDAY)
    report(
        active_world.owner,
        "XD-14173",
        {"level1": 5},
        date=YESTERDAY,
        report_id=stored.pk,
        base_version=1,
    )
    drain()
    day = YESTERDAY.isoformat()
    asked = {"first": day, "to": day}
    assert lines(api(active_world.owner), **asked)[0]["counts"] == {"level1": 5, "activated": 5}
    assert lines(api(active_world.owner), basis="approved", **asked)[0]["counts"] == {}


def test_days_are_told_one_by_one_in_order(active_world: World, api: Api) -> None:
    found = lines(
        api(active_world.lead), level="commune", by="day", first="2023-06-18", to="2023-06-20"
    )
    assert [(line["date"], line["unit"]) for line in found] == [
        (day, unit) for day in ("2023-06-18", "2023-06-19", "2023-06-20")
        for unit in ("14158", "14173")
    ]  # fmt: skip
    assert [line["counts"].get("activated") for line in found] == [None, None, None, 10, 100, 0]
    to_date = [line["counts_to_date"].get("activated") for line in found]
    assert to_date == [None, 3, None, 13, 100, 13]
    assert {line["reports_expected"] for line in found} == {1}
    assert [line["reports_received"] for line in found] == [0, 0, 1, 1, 0, 1]


def test_days_sum_to_the_range(active_world: World, api: Api) -> None:
    client = api(active_world.staff)
    summed: Counter[str] = Counter()
    expected = received = 0
    for line in lines(client, by="day"):
        summed.update(line["counts"])
        expected += line["reports_expected"]
        received += line["reports_received"]
    whole = lines(client)[0]
    assert (dict(summed), expected, received) == (
        whole["counts"],
        whole["reports_expected"],
        whole["reports_received"],
    )


def test_days_ahead_are_not_told(active_world: World, api: Api) -> None:
    found = lines(api(active_world.owner), by="day", to="2023-06-30")
    assert len(found) == 81
    assert found[-1]["date"] == TODAY.isoformat()
    assert lines(api(active_world.owner), to="2023-06-30")[0]["reports_expected"] == 81


@pytest.mark.parametrize(
    "asked",
    [
        {"first": "2024-01-01"},
        {"to": "2022-01-01"},
        {"first": "9999-12-31"},
        {"to": "0001-01-01"},
        {"first": "0001-01-01", "to": "0001-01-01"},
    ],
)
def test_range_outside_the_campaign_is_empty(
    active_world: World, api: Api, asked: dict[str, str]
) -> None:
    line = lines(api(active_world.owner), **asked)[0]
    assert (line["counts"], line["reports_expected"], line["reports_received"]) == ({}, 0, 0)
    assert lines(api(active_world.owner), by="day", **asked) == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2023-05-02", "to": "2023-05-01"}, "to"),
        ({"unit": "365", "branch": "HD-365"}, "branch"),
        ({"basis": "all"}, "basis"),
        ({"by": "week"}, "by"),
        ({"level": "ward"}, "level"),
        ({"from": "30/02/2023"}, "from"),
        ({"to": "2023-02-30"}, "to"),
    ],
)
def test_questions_without_an_answer_are_refused(
    world: World, api: Api, asked: dict[str, str], field: str
) -> None:
    answer = api(world.staff).get(URL, asked)
    assert (answer.status_code, [*answer.json()]) == (400, [field])


@pytest.mark.parametrize("asked", [{"campaign": "khac"}, {"unit": "khac"}, {"branch": "khac"}])
def test_what_is_not_there_is_not_found(world: World, api: Api, asked: dict[str, str]) -> None:
    assert api(world.staff).get(URL, asked).status_code == 404


def test_branches_are_walked_instead_of_units(active_world: World, api: Api) -> None:
    client = api(active_world.staff)
    found = lines(client, branch="HD-365", level="commune")
    assert by_unit(found, "name") == {
        "XD-14158": "Đoàn xã Hồng Thuận",
        "XD-14173": "Đoàn xã Giao Tiến",
    }
    assert by_unit(found, "counts")["XD-14158"] == {"installed": 0}
    assert {line["level"] for line in found} == {"commune"}
    assert lines(client, branch="CA-36")[0]["counts"] == {"level2": 100, "activated": 100}
    assert lines(client, branch="HD-365")[0]["counts"]["activated"] == 13
    assert lines(client, branch="TD-36")[0]["counts"]["activated"] == 123


def test_both_trees_tell_the_same_sum(active_world: World, api: Api) -> None:
    client = api(active_world.staff)
    assert lines(client, unit="36")[0]["counts"] == lines(client, branch="TD-36")[0]["counts"]


def test_targets_are_those_of_the_unit_itself(active_world: World, api: Api) -> None:
    make_target(
        campaign=active_world.campaign,
        unit=active_world.commune,
        indicator=active_world.indicators["installed"],
        value=7,
    )
    found = lines(api(active_world.lead), level="commune")
    assert by_unit(found, "target") == {"14158": {}, "14173": {"activated": 1000, "installed": 7}}
    assert lines(api(active_world.lead))[0]["target"] == {}
    assert lines(api(active_world.lead), branch="XD-14173")[0]["target"] == {}


def test_reports_are_expected_on_reporting_days_only(active_world: World, api: Api) -> None:
    Campaign.objects.update(weekdays="12345")
    asked = {"first": "2023-06-12", "to": "2023-06-20"}
    assert lines(api(active_world.owner), **asked)[0]["reports_expected"] == 7
    make_phase(
        campaign=active_world.campaign,
        starts_on=dt.date(2023, 6, 17),
        ends_on=dt.date(2023, 6, 18),
        weekdays="67",
    )
    assert lines(api(active_world.owner), **asked)[0]["reports_expected"] == 9


def test_report_on_a_day_without_one_expected_counts_but_is_not_one_of_them(
    world: World, api: Api
) -> None:
    """Both sides of the fraction speak of the same days: never 2 of 1."""
    Campaign.objects.update(weekdays="12345")
    for day in (dt.date(2023, 6, 16), dt.date(2023, 6, 17)):  # a Friday and a Saturday
        report(world.owner, "XD-14173", {"level1": 1}, date=day)
    drain()
    asked = {"first": "2023-06-16", "to": "2023-06-17"}
    line = lines(api(world.owner), **asked)[0]
    assert (line["counts"]["level1"], line["reports_expected"], line["reports_received"]) == (
        2,
        1,
        1,
    )
    days = lines(api(world.owner), by="day", **asked)
    assert [(d["reports_expected"], d["reports_received"]) for d in days] == [(1, 1), (0, 0)]


def test_branch_is_expected_while_it_is_open(active_world: World, api: Api) -> None:
    Branch.objects.filter(code="XD-14158").update(closed_on=dt.date(2023, 6, 19))
    Branch.objects.filter(code="XD-14173").update(opened_on=dt.date(2023, 6, 20))
    found = lines(api(active_world.lead), by="day", first="2023-06-18")
    assert [line["reports_expected"] for line in found] == [1, 0, 1]


def test_task_force_is_not_expected_and_not_counted_as_received(
    active_world: World, api: Api
) -> None:
    line = lines(api(active_world.officer), unit="14158", first=TODAY.isoformat())[0]
    assert (line["counts"]["level2"], line["reports_expected"], line["reports_received"]) == (
        100,
        1,
        0,
    )


def test_no_activity_is_a_report_without_counts(world: World, api: Api) -> None:
    report(world.owner, "XD-14173", {}, no_activity=True)
    drain()
    line = lines(api(world.owner), first=TODAY.isoformat())[0]
    assert (line["counts"], line["reports_received"]) == ({}, 1)


def test_as_of_is_the_moment_up_to_which_all_is_in(world: World, api: Api) -> None:
    report(world.owner, "XD-14173", {"level1": 1})
    since = DirtyDay.objects.earliest("since").since
    waiting = api(world.owner).get(URL).json()
    assert parse_datetime(waiting["as_of"]) == since
    assert waiting["results"][0]["counts"] == {}
    drain()
    before = clock.now()
    done = api(world.owner).get(URL).json()
    assert before <= (parse_datetime(done["as_of"]) or before - DAY) <= clock.now()
    assert done["results"][0]["counts"] == {"level1": 1, "activated": 1}
    assert not DirtyDay.objects.exists()


def test_another_campaign_keeps_its_own_figures(active_world: World, api: Api) -> None:
    other = make_campaign(slug="he-2023", editable_days=91)
    make_indicator(campaign=other, code="trees")
    report(active_world.owner, "XD-14173", {"trees": 8}, campaign="he-2023")
    drain()
    assert lines(api(active_world.owner), campaign="he-2023")[0]["counts"] == {"trees": 8}
    own = lines(api(active_world.owner), campaign="de-an-06-2023")[0]
    assert "trees" not in own["counts"]


SQL = """
    SELECT u.code, coalesce(sum((r.counts->>'level1')::int), 0)
                 + coalesce(sum((r.counts->>'level2')::int), 0)
                 - coalesce(sum((r.counts->>'upgraded')::int), 0)
    FROM campaign_unit u JOIN campaign_unit below ON below.path LIKE u.path || '%%'
    JOIN reports_dailyreport r ON r.unit_id = below.id AND r.date <= %s
    WHERE %s = 'reported' OR r.status IN ('approved', 'locked')
    GROUP BY u.code
"""


@pytest.mark.parametrize("basis", ["reported", "approved"])
def test_page_api_file_and_database_say_the_same(
    active_world: World, api: Api, browse: Browse, basis: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL, [TODAY, basis])
        truth: dict[str, int] = dict(cursor.fetchall())
    assert truth["36"] > 100

    client = api(active_world.staff)
    by_api = {
        line["unit"]: line["counts_to_date"]["activated"]
        for level in ("province", "district", "commune")
        for line in lines(client, level=level, basis=basis)
        if "activated" in line["counts_to_date"]
    }
    assert by_api == truth

    staff = browse(active_world.staff)
    by_page = {
        code: int(
            read(staff.get(f"/c/de-an-06-2023/units/{code}/?basis={basis}"))
            .by_id["to-date"]
            .replace(".", "")
        )
        for code in truth
    }
    assert by_page == truth

    answer: Any = staff.get(f"/c/de-an-06-2023/exports/police.csv?basis={basis}")
    file = b"".join(answer.streaming_content)
    last_day = [
        row
        for row in csv.DictReader(io.StringIO(file.decode("utf-8-sig")))
        if row["date"] == TODAY.isoformat() and row["activated_to_date"]
    ]
    communes = {code: value for code, value in truth.items() if len(code) == 5}
    assert {row["commune_code"]: int(row["activated_to_date"]) for row in last_day} == communes


@pytest.mark.parametrize("extra", [0, 2])
def test_totals_ask_the_database_as_often_for_one_as_for_many(
    active_world: World,
    api: Api,
    browse: Browse,
    django_assert_num_queries: DjangoAssertNumQueries,
    extra: int,
) -> None:
    for number in range(extra):
        unit = make_unit(name=f"Xã Thêm {number}", parent=active_world.district)
        added = make_branch(home_unit=unit, parent=active_world.district_union)
        report(active_world.lead, added.code, {"level1": 1})
    drain()
    queries = {"": 11, "&by=day": 11, "&branch=HD-365": 10}
    for query, count in queries.items():
        lead = User.objects.get(pk=active_world.lead.pk)
        with django_assert_num_queries(count):
            answer = api(lead).get(f"{URL}?level=commune{query}")
        assert len({line["unit"] for line in answer.json()["results"]}) == 2 + extra


@pytest.mark.parametrize("extra", [0, 2])
def test_pages_ask_the_database_as_often_for_one_as_for_many(
    active_world: World,
    browse: Browse,
    django_assert_num_queries: DjangoAssertNumQueries,
    extra: int,
) -> None:
    for number in range(extra):
        unit = make_unit(name=f"Xã Thêm {number}", parent=active_world.district)
        added = make_branch(home_unit=unit, parent=active_world.district_union)
        report(active_world.lead, added.code, {"level1": 1})
    drain()
    queries = {
        "/c/de-an-06-2023/dashboard/": 15,
        "/c/de-an-06-2023/exports/police.csv": 18,
        "/c/de-an-06-2023/units/": 7,
        "/c/de-an-06-2023/branches/": 7,
        "/c/de-an-06-2023/branches/XD-14173/": 16,
        "/c/de-an-06-2023/report/?branch=XD-14173": 12,
    }
    for url, count in queries.items():
        client = browse(active_world.lead)
        with django_assert_num_queries(count):
            answer: Any = client.get(url)
            assert len(b"".join(answer)) > 100, url
        assert answer.status_code == 200
