"""Units, branches, campaigns and indicators as other programs read them."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Branch, Unit
from campaign.permissions import Role
from campaign.services.import_units import load_units
from campaign.urls import api_urlpatterns as campaign_endpoints
from core.log.urls import api_urlpatterns as log_endpoints
from reports.urls import api_urlpatterns as report_endpoints
from tests.conftest import World
from tests.core.test_vietnamese import UNITS, by_rank
from tests.factories import (
    make_appointment,
    make_branch,
    make_campaign,
    make_indicator,
    make_staff,
    make_unit,
    make_user,
)
from volunteers.urls import api_urlpatterns as volunteer_endpoints

Api = Callable[[User], APIClient]
APRIL = dt.date(2023, 4, 1)


def codes(client: APIClient, query: str) -> list[str]:
    """Return the codes of the first page."""
    return [row["code"] for row in client.get(f"/api/v1/{query}").json()["results"]]


def names(client: APIClient, query: str) -> list[str]:
    """Return the names of the first page."""
    return [row["name"] for row in client.get(f"/api/v1/{query}").json()["results"]]


@pytest.fixture
def province(db: None, api: Api) -> APIClient:
    """Return a member of the province's staff among the real units of 2023."""
    load_units(path=UNITS, valid_from=APRIL)
    return api(make_staff(unit=Unit.objects.get(code="36")))


def test_unit_is_told_in_full(world: World, api: Api) -> None:
    answer = api(world.owner).get("/api/v1/units/").json()
    assert answer == {
        "count": 1,
        "next": None,
        "results": [
            {
                "code": "14173",
                "name": "Xã Giao Tiến",
                "kind": "xã",
                "level": "commune",
                "parent_code": "365",
                "valid_from": "2023-01-01",
                "valid_to": None,
            }
        ],
    }


def test_branch_is_told_in_full(world: World, api: Api) -> None:
    assert api(world.owner).get("/api/v1/branches/").json()["results"] == [
        {
            "code": "XD-14173",
            "name": "Đoàn xã Giao Tiến",
            "kind": "youth_union",
            "parent_code": "HD-365",
            "home_unit": "14173",
            "reports_daily": True,
        }
    ]


def test_campaign_is_told_in_full(world: World, api: Api) -> None:
    assert api(world.partner).get("/api/v1/campaigns/").json()["results"] == [
        {
            "slug": "de-an-06-2023",
            "name": "Đề án 06",
            "state": "running",
            "takes_part": {},
            "plan_reference": "",
            "notice": "",
            "starts_on": "2023-04-01",
            "ends_on": "2023-06-30",
            "weekdays": "1234567",
            "opens_at": "00:00:00",
            "due_at": "18:30:00",
            "closes_at": "23:59:59",
            "editable_days": 91,
            "asks_difficulties": "asked",
            "asks_proposals": "asked",
            "asks_evidence_url": "asked",
            "archived_at": None,
        }
    ]


def test_indicators_are_told_in_order_with_their_terms(world: World, api: Api) -> None:
    rows = api(world.owner).get("/api/v1/indicators/?campaign=de-an-06-2023").json()["results"]
    assert [row["code"] for row in rows] == [
        "installed",
        "level1",
        "level2",
        "upgraded",
        "activated",
    ]
    described = {row["code"]: (row["at_most"], row["is_derived"], row["terms"]) for row in rows}
    assert described["upgraded"] == ("level2", False, {})
    assert described["activated"] == (None, True, {"level1": 1, "level2": 1, "upgraded": -1})


def test_indicators_of_one_campaign_only(world: World, api: Api) -> None:
    make_indicator(campaign=make_campaign(slug="he-2023"), code="trees")
    client = api(world.owner)
    assert codes(client, "indicators/?campaign=he-2023") == ["trees"]
    assert codes(client, "indicators/?campaign=khac") == []


def test_running_campaign_comes_first(world: World, api: Api) -> None:
    make_campaign(slug="sau", starts_on=dt.date(2023, 9, 1), ends_on=dt.date(2023, 12, 1))
    make_campaign(slug="truoc", starts_on=dt.date(2022, 9, 1), ends_on=dt.date(2022, 12, 1))
    rows = api(world.owner).get("/api/v1/campaigns/").json()["results"]
    assert [row["slug"] for row in rows] == ["de-an-06-2023", "sau", "truoc"]


SEEN = {
    "stranger": ([], []),
    "owner": (["14173"], ["XD-14173"]),
    "neighbour": (["14158"], ["XD-14158"]),
    "lead": (["14158", "14173", "365"], ["HD-365", "XD-14158", "XD-14173"]),
    "other_lead": (["14050", "363"], ["XD-14050"]),
    "officer": (["14050", "14158", "14173", "36", "363", "365"], ["CA-36"]),
    **dict.fromkeys(
        ("staff", "liaison", "partner"),
        (
            ["14050", "14158", "14173", "36", "363", "365"],
            ["CA-36", "HD-365", "TD-36", "XD-14050", "XD-14158", "XD-14173"],
        ),
    ),
}


def test_lists_hold_the_scope_of_each_role(world: World, api: Api) -> None:
    seen = {
        role: (
            sorted(codes(api(getattr(world, role)), "units/")),
            sorted(codes(api(getattr(world, role)), "branches/")),
        )
        for role in SEEN
    }
    assert seen == SEEN


@pytest.mark.parametrize(
    "dates",
    [
        {"starts_on": dt.date(2023, 6, 21)},
        {"starts_on": dt.date(2023, 1, 1), "ends_on": dt.date(2023, 6, 19)},
    ],
)
def test_appointment_of_another_day_opens_nothing(
    world: World, api: Api, dates: dict[str, dt.date]
) -> None:
    user = make_user()
    make_appointment(user=user, role=Role.PROVINCE_STAFF, unit=world.province, **dates)
    assert codes(api(user), "units/") == []
    assert api(user).get("/api/v1/totals/").status_code == 404


def test_appointment_holds_on_its_last_day(world: World, api: Api) -> None:
    user = make_user()
    day = dt.date(2023, 6, 20)
    make_appointment(user=user, branch=world.branch, starts_on=day, ends_on=day)
    assert codes(api(user), "branches/") == ["XD-14173"]


def test_pages_follow_each_other(province: APIClient) -> None:
    url, seen, sizes = "/api/v1/units/?level=commune&page_size=100", [], []
    while url:
        page = province.get(url).json()
        assert sorted(page) == ["count", "next", "results"]
        assert page["count"] == 226
        seen += [row["code"] for row in page["results"]]
        sizes.append(len(page["results"]))
        url = page["next"]
    assert sizes == [100, 100, 26]
    assert len(set(seen)) == 226


@pytest.mark.parametrize(
    ("asked", "given"),
    [("", 50), ("500", 237), ("501", 237), ("7", 7)],
)
def test_page_size_is_up_to_500(province: APIClient, asked: str, given: int) -> None:
    assert len(codes(province, f"units/?page_size={asked}")) == given


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1.5", "null", "9999999999"])
def test_what_is_no_page_size_is_refused_and_not_replaced(province: APIClient, asked: str) -> None:
    answer = province.get(f"/api/v1/units/?page_size={asked}")
    assert (answer.status_code, list(answer.json())) == (400, ["page_size"])


def test_units_stand_in_vietnamese_order(province: APIClient) -> None:
    found = names(province, "units/?level=commune&page_size=500")
    bare = [name.split(" ", 2 if name.startswith("Thị trấn") else 1)[-1] for name in found]
    assert bare == sorted(bare, key=by_rank)
    assert len(bare) == 226


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("giao tien", ["Xã Giao Tiến"]),
        ("GIAO TIEN", ["Xã Giao Tiến"]),
        ("giao tiến", ["Xã Giao Tiến"]),
        ("  giao   tien ", ["Xã Giao Tiến"]),
        ("Giao Tie\u0302\u0301n", ["Xã Giao Tiến"]),
        ("xa giao tien", ["Xã Giao Tiến"]),
        ("14173", ["Xã Giao Tiến"]),
        ("Trực Hưng", ["Xã Trực Hưng", "Xã Trực Hùng"]),
        ("trực hưng", ["Xã Trực Hưng", "Xã Trực Hùng"]),
        ("Trực Hùng", ["Xã Trực Hùng", "Xã Trực Hưng"]),
        ("TRỰC HÙNG", ["Xã Trực Hùng", "Xã Trực Hưng"]),
        ("Tru\u031b\u0323c Hu\u031bng", ["Xã Trực Hưng", "Xã Trực Hùng"]),
        ("truc hung", ["Xã Trực Hùng", "Xã Trực Hưng"]),
        ("huyện giao thủy", ["Huyện Giao Thủy"]),
        ("Giao Thuỷ", ["Huyện Giao Thủy"]),
        ("dong", ["Thị trấn Ngô Đồng"]),
        ("khong co don vi nay", []),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
    ],
)
def test_search_forgives_marks_and_puts_the_exact_first(
    province: APIClient, query: str, first: list[str]
) -> None:
    answer = province.get("/api/v1/units/", {"q": query, "page_size": "500"}).json()
    found = [row["name"] for row in answer["results"]]
    if first == ["Thị trấn Ngô Đồng"]:
        assert "Thị trấn Ngô Đồng" in found
    else:
        assert found[: len(first)] == first
    if not first:
        assert found == []


def test_both_spellings_of_a_tone_find_the_same_in_the_same_order(province: APIClient) -> None:
    assert names(province, "units/?q=thủy") == names(province, "units/?q=thuỷ") != []
    assert names(province, "units/?q=hòa") == names(province, "units/?q=hoà") != []


def test_d_and_dj_are_one_in_a_search(province: APIClient) -> None:
    found = names(province, "units/?q=dai an&page_size=500")
    assert found[0] == "Xã Đại An"
    assert names(province, "units/?q=đại an&page_size=500") == found


def test_filters_of_units_narrow_each_other(province: APIClient) -> None:
    districts = codes(province, "units/?level=district")
    assert len(districts) == 10
    communes = {
        d: codes(province, f"units/?within={d}&level=commune&page_size=500") for d in districts
    }
    assert sum(map(len, communes.values())) == 226
    assert names(province, "units/?within=365&q=tien") == ["Xã Giao Tiến"]
    assert codes(province, "units/?within=14173") == []
    assert codes(province, "units/?within=khac") == []


@pytest.mark.parametrize("query", ["level=xa", "on=30/02/2023", "on=2023-02-30"])
def test_filters_that_mean_nothing_are_refused(world: World, api: Api, query: str) -> None:
    answer = api(world.staff).get(f"/api/v1/units/?{query}")
    assert (answer.status_code, [*answer.json()]) == (400, [query.split("=")[0]])


def test_parameter_that_comes_twice_is_refused_and_not_chosen_from(world: World, api: Api) -> None:
    answer = api(world.staff).get("/api/v1/units/?q=tien&level=commune&q=thuan")
    assert (answer.status_code, [*answer.json()]) == (400, ["q"])


def test_kind_that_is_none_is_refused(world: World, api: Api) -> None:
    assert api(world.staff).get("/api/v1/branches/?kind=khac").status_code == 400


def test_branches_are_found_by_kind_place_and_name(world: World, api: Api) -> None:
    client = api(world.staff)
    assert codes(client, "branches/?kind=police") == ["CA-36"]
    assert sorted(codes(client, "branches/?within=HD-365")) == ["XD-14158", "XD-14173"]
    assert codes(client, "branches/?q=giao tien") == ["XD-14173"]
    assert codes(client, "branches/?q=xd-14173") == ["XD-14173"]
    assert codes(client, "branches/?within=365") == []


def test_code_that_is_used_again_means_the_unit_of_the_day(world: World, api: Api) -> None:
    turn = dt.date(2023, 5, 1)
    old = make_unit(code="13669", name="Phường Trần Đăng Ninh", parent=world.district)
    Unit.objects.filter(pk=old.pk).update(valid_to=turn)
    make_unit(code="13669", name="Phường Cửa Bắc", parent=world.district, valid_from=turn)
    client = api(world.staff)
    assert names(client, "units/?q=13669") == ["Phường Cửa Bắc"]
    assert names(client, "units/?q=13669&on=2023-04-30") == ["Phường Trần Đăng Ninh"]
    assert names(client, "units/?q=13669&on=2023-05-01") == ["Phường Cửa Bắc"]
    assert names(client, "units/?q=13669&on=2022-12-31") == []


def test_below_a_code_that_is_used_again_lie_the_units_of_both(world: World, api: Api) -> None:
    turn = dt.date(2023, 5, 1)
    old = make_unit(code="900", name="Huyện Cũ", level="district", parent=world.province)
    make_unit(code="90001", name="Xã Một", parent=old)
    Unit.objects.filter(code__startswith="900").update(valid_to=turn)
    new = make_unit(
        code="900", name="Huyện Mới", level="district", parent=world.province, valid_from=turn
    )
    make_unit(code="90002", name="Xã Hai", parent=new, valid_from=turn)
    client = api(world.staff)
    assert codes(client, "units/?within=900") == ["90002"]
    assert codes(client, "units/?within=900&on=2023-04-30&q=xa") == ["90001"]


@pytest.mark.parametrize("extra", [0, 2])
def test_lists_ask_the_database_as_often_for_one_as_for_many(
    world: World, api: Api, django_assert_num_queries: DjangoAssertNumQueries, extra: int
) -> None:
    for number in range(extra):
        unit = make_unit(name=f"Xã Thêm {number}", parent=world.district)
        make_branch(home_unit=unit, parent=world.district_union)
        campaign = make_campaign()
        make_indicator(campaign=campaign, code="a")
        make_indicator(campaign=campaign, code="b", terms={"a": 1})
    queries = {"units": 3, "branches": 3, "campaigns": 3, "indicators": 5}
    for name, count in queries.items():
        lead = User.objects.get(pk=world.lead.pk)
        with django_assert_num_queries(count):
            assert api(lead).get(f"/api/v1/{name}/").json()["count"] > extra


def read_schema() -> dict[str, Any]:
    """Return the OpenAPI document as a program gets it."""
    document: dict[str, Any] = json.loads(Client().get("/api/schema/?format=json").content)
    return document


def test_schema_names_every_endpoint(db: None) -> None:
    schema = read_schema()
    endpoints: list[URLPattern] = [
        *(*campaign_endpoints, *volunteer_endpoints, *report_endpoints, *log_endpoints)
    ]
    patterns = [re.sub(r"<[a-z]+:([a-z_]+)>", r"{\1}", str(p.pattern)) for p in endpoints]
    named = {f"/api/v1/{pattern}" for pattern in patterns}
    assert set(schema["paths"]) == {*named, "/public/requests/"}
    assert len(named) >= 12


def test_schema_is_valid_openapi(db: None) -> None:
    schema = read_schema()
    validate_schema(schema)  # type: ignore[no-untyped-call]
    assert schema["openapi"].startswith("3.")
    assert "bearer" in schema["components"]["securitySchemes"]


def test_schema_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert not GENERATOR_STATS
    assert "openapi" in capsys.readouterr().out


def test_schema_tells_the_parameters_of_the_contract(db: None) -> None:
    paths = read_schema()["paths"]
    asked = {
        name: {p["name"] for p in paths[f"/api/v1/{name}/"]["get"]["parameters"]}
        for name in ("units", "branches", "totals")
    }
    assert asked["units"] >= {"level", "within", "on", "q", "page", "page_size"}
    assert asked["branches"] >= {"kind", "within", "q", "page", "page_size"}
    assert asked["totals"] == {
        *("campaign", "unit", "branch", "level", "from", "to", "basis", "by", "map"),
    }


def test_closed_branch_is_still_listed(world: World, api: Api) -> None:
    """What it reported still counts, so that its name has to be found."""
    Branch.objects.filter(pk=world.branch.pk).update(closed_on=dt.date(2023, 6, 1))
    assert "XD-14173" in codes(api(world.lead), "branches/")
