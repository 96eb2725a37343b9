"""The dashboard: its figures, when it says that nothing changed, and campaigns of every kind."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Campaign, FormulaTerm, Phase, Target, Unit
from campaign.selectors import indicators_of
from reports.daily.models import Status
from reports.dashboards.selectors.dashboard import Dashboard, build_dashboard
from reports.rollup.services.rollup import drain
from reports.rollup.totals import totals
from reports.rollup.trees import UNITS
from tests.conftest import TODAY, World
from tests.factories import (
    make_appointment,
    make_campaign,
    make_indicator,
    make_phase,
    make_target,
)
from tests.pages import ParsedPage, read
from tests.reports.reporting import report, set_status

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
DAY = dt.timedelta(days=1)
YESTERDAY = TODAY - DAY


def dashboard_of(world: World, unit: Unit | None = None, basis: str = "reported") -> Dashboard:
    """Return the dashboard of a unit, the province by default."""
    campaign = Campaign.objects.get(slug="de-an-06-2023")
    return build_dashboard(campaign=campaign, unit=unit or world.province, basis=basis)


def look(client: Client, url: str = "/c/de-an-06-2023/dashboard/") -> ParsedPage:
    """Open a dashboard."""
    return read(client.get(url))


def test_page_shows_what_the_selectors_say(active_world: World, browse: Browse) -> None:
    page = look(browse(active_world.staff))
    assert page.heading == "Tỉnh Nam Định"
    assert (page.by_id["headline"], page.by_id["to-date"], page.by_id["today"]) == (
        "Tài khoản kích hoạt",
        "1.612",
        "+362",
    )
    indicators = indicators_of(active_world.campaign)
    line = next(
        totals(
            tree=UNITS,
            campaign=active_world.campaign,
            indicators=indicators,
            nodes=[active_world.province],
            first=TODAY,
            last=TODAY,
            basis="reported",
        )
    )
    by_label = {row[0]: row[1:] for row in page.rows if len(row) == 3}
    for indicator in indicators.all:
        shown = by_label[indicator.label]
        expected = [line.counts.get(indicator.code), line.counts_to_date.get(indicator.code)]
        assert [value.replace(".", "") for value in shown] == [
            "–" if value is None else str(value) for value in expected
        ]


def test_units_are_ranked_by_percent_of_target(active_world: World, browse: Browse) -> None:
    for unit, value in ((active_world.district, 2000), (active_world.other_district, 10)):
        make_target(
            campaign=active_world.campaign,
            unit=unit,
            indicator=active_world.indicators["activated"],
            value=value,
        )
    rows = dashboard_of(active_world).rows
    assert [(row.rank, row.unit.code, row.progress.to_date) for row in rows] == [
        (1, "365", 1605),
        (2, "363", 7),
    ]
    assert [row.progress.percent for row in rows] == [80.25, 70.0]
    page = look(browse(active_world.staff))
    league = [row for row in page.rows if row and row[0] in ("1", "2")]
    assert [(row[1], row[3]) for row in league] == [
        ("Huyện Giao Thủy", "80,3%"),
        ("Huyện Trực Ninh", "70,0%"),
    ]


def test_equals_share_a_rank_and_without_a_target_there_is_none(active_world: World) -> None:
    assert [row.rank for row in dashboard_of(active_world).rows] == [None, None]
    activated = active_world.indicators["activated"]
    make_target(
        campaign=active_world.campaign, unit=active_world.district, indicator=activated, value=16050
    )
    make_target(
        campaign=active_world.campaign,
        unit=active_world.other_district,
        indicator=activated,
        value=70,
    )
    assert [row.rank for row in dashboard_of(active_world).rows] == [1, 1]


def test_progress_is_read_against_the_time_gone(active_world: World) -> None:
    progress = dashboard_of(active_world, active_world.commune).progress
    assert (progress.to_date, progress.target, progress.remaining) == (1565, 1000, 0)
    assert progress.time_gone == pytest.approx(81 * 100 / 91)
    assert (progress.days_left, progress.needed_per_day, progress.pace_level) == (10, 0, "ok")
    Target.objects.update(value=10_000)
    progress = dashboard_of(active_world, active_world.commune).progress
    assert progress.pace == pytest.approx(1250 / 7)
    assert (progress.remaining, progress.needed_per_day) == (8435, 844)
    assert (progress.reached_on, progress.days_late) == (dt.date(2023, 8, 7), 38)
    assert progress.pace_level == "low"


def test_today_is_set_against_yesterday(active_world: World) -> None:
    overview = dashboard_of(active_world)
    assert (overview.today, overview.yesterday, overview.change) == (362, 1250, -71)
    assert dashboard_of(active_world, active_world.sibling).change is None


def test_who_has_not_reported_is_named(active_world: World) -> None:
    overview = dashboard_of(active_world)
    assert (overview.expected, overview.received, overview.missing) == (3, 2, 1)
    assert [silent.branch.code for silent in overview.silent] == ["XD-14158"]


def test_on_a_day_without_reports_nobody_is_missing(active_world: World, browse: Browse) -> None:
    """2023-06-20 is a Tuesday; one report came in all the same."""
    Campaign.objects.update(weekdays="1345")
    overview = dashboard_of(active_world)
    assert (overview.expected, overview.received, overview.missing, overview.silent) == (
        0,
        0,
        0,
        [],
    )
    assert {(row.expected, row.received) for row in overview.rows} == {(0, 0)}
    assert overview.today == 362
    assert look(browse(active_world.staff)).status == 200


@pytest.mark.parametrize(
    ("basis", "to_date", "today"), [("reported", "1.612", "+362"), ("approved", "315", "+315")]
)
def test_basis_can_be_chosen(
    active_world: World, browse: Browse, basis: str, to_date: str, today: str
) -> None:
    page = look(browse(active_world.staff), f"/c/de-an-06-2023/dashboard/?basis={basis}")
    assert (page.by_id["to-date"], page.by_id["today"]) == (to_date, today)
    assert dashboard_of(active_world, basis=basis).received == (2 if basis == "reported" else 1)


def test_basis_that_is_none_is_not_found(active_world: World, browse: Browse) -> None:
    client = browse(active_world.staff)
    for basis in ("all", "", "received", "reported; DROP TABLE"):
        assert client.get("/c/de-an-06-2023/dashboard/", {"basis": basis}).status_code == 404


def test_crumbs_lead_no_higher_than_the_scope(active_world: World, browse: Browse) -> None:
    lead, staff = browse(active_world.lead), browse(active_world.staff)
    assert "/c/de-an-06-2023/units/36/" not in look(lead, "/c/de-an-06-2023/units/14173/").links
    assert "/c/de-an-06-2023/units/365/" in look(lead, "/c/de-an-06-2023/units/14173/").links
    assert "/c/de-an-06-2023/units/36/" in look(staff, "/c/de-an-06-2023/units/14173/").links


KINDS: dict[str, dict[str, Any]] = {
    "before its start": {
        "starts_on": TODAY + DAY,
        "ends_on": TODAY + 30 * DAY,
    },
    "on its first day": {"starts_on": TODAY},
    "on its last day": {"ends_on": TODAY},
    "of one day": {"starts_on": TODAY, "ends_on": TODAY},
    "after its end": {
        "starts_on": TODAY - 30 * DAY,
        "ends_on": YESTERDAY,
    },
    "a year later": {
        "starts_on": dt.date(2024, 5, 1),
        "ends_on": dt.date(2024, 6, 1),
    },
    "without weekdays of its own": {"weekdays": "7"},
}
PAGES = (
    "/c/khac/dashboard/",
    "/c/khac/dashboard/?basis=approved",
    "/c/khac/units/14173/",
    "/c/khac/units/",
    "/c/khac/branches/XD-14173/",
    "/c/khac/report/?branch=XD-14173",
    "/c/khac/targets/",
    "/c/khac/exports/police.csv",
    "/api/v1/totals/?campaign=khac&by=day&level=commune",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("has_indicators", [False, True])
def test_campaigns_of_every_kind_have_their_pages(
    world: World, browse: Browse, kind: str, has_indicators: bool
) -> None:
    campaign = make_campaign(slug="khac", **KINDS[kind])
    if has_indicators:
        trees = make_indicator(campaign=campaign, code="trees", label="Cây đã trồng")
        make_target(campaign=campaign, unit=world.commune, indicator=trees)
    client = browse(world.staff)
    answers = {url: client.get(url).status_code for url in PAGES}
    assert answers == dict.fromkeys(PAGES, 200)


def test_campaign_whose_units_are_not_loaded_has_no_board(world: World, browse: Browse) -> None:
    make_campaign(slug="khac", starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2020, 1, 9))
    client = browse(world.staff)
    answers = {url: client.get(url).status_code for url in PAGES}
    assert set(answers.values()) == {200, 404}
    assert answers["/c/khac/dashboard/"] == 404


def test_without_any_campaign_nothing_breaks(world: World, browse: Browse) -> None:
    FormulaTerm.objects.all().delete()
    Campaign.objects.all().delete()
    client = browse(world.staff)
    answers = {
        url: client.get(url).status_code
        for url in (
            "/",
            "/dashboard/",
            "/units/",
            "/branches/",
            "/report/",
            "/exports/",
        )
    }
    assert answers.pop("/") == 302
    assert {*answers.values()} == {200}, "tests/test_without_data.py reads what they say"


def test_unit_without_any_branch_has_a_board(world: World, browse: Browse) -> None:
    user = User.objects.create_user(username="xom")
    unit = Unit.objects.create(
        code="1", name="Xã Trống", kind="xã", level="commune",
        parent=world.district, valid_from=dt.date(2023, 1, 1), path="0.",
    )  # fmt: skip
    make_appointment(user=user, role="partner", unit=unit)
    page = look(browse(user))
    assert (page.status, page.heading, page.by_id["to-date"]) == (200, "Xã Trống", "–")


def test_new_campaign_needs_no_code(world: World, browse: Browse, api: Api) -> None:
    """It is made of rows alone, and is there in the form, on the board, in API and file."""
    campaign = make_campaign(
        slug="mua-he-xanh",
        name="Mùa hè xanh 2023",
        starts_on=dt.date(2023, 6, 1),
        ends_on=dt.date(2023, 8, 31),
    )
    trees = make_indicator(
        campaign=campaign, code="trees", label="Cây đã trồng", order=0, required=True
    )
    make_indicator(campaign=campaign, code="lost", label="Cây chết", order=1, at_most=trees)
    make_indicator(
        campaign=campaign, code="alive", label="Cây sống", order=2, is_headline=True,
        terms={"trees": 1, "lost": -1},
    )  # fmt: skip
    owner, address = browse(world.owner), "/c/mua-he-xanh/report/"

    form = look(owner, address)
    assert {name for name in form.fields if name.startswith("count-")} == {
        "count-trees",
        "count-lost",
    }
    sent = {"report_id": str(uuid4()), "base_version": "0", "confirm": "1"}
    asked = read(owner.post(address, {**sent, "count-lost": "1"}))
    assert asked.problems[-1] == "Chưa nhập. Nếu hôm nay không có, nhập 0."
    asked = read(owner.post(address, {**sent, "count-trees": "0", "count-lost": "1"}))
    assert "“Cây sống” tính ra −1, mà số đếm không thể âm." in asked.problems[-1]
    assert owner.post(address, {**sent, "count-trees": "50", "count-lost": "2"}).status_code == 302
    drain()

    overview = look(browse(world.staff), "/c/mua-he-xanh/dashboard/")
    assert (overview.by_id["headline"], overview.by_id["to-date"]) == ("Cây sống", "48")
    line = api(world.owner).get("/api/v1/totals/?campaign=mua-he-xanh").json()["results"][0]
    assert line["counts"] == {"trees": 50, "lost": 2, "alive": 48}
    file: Any = browse(world.staff).get(
        "/c/mua-he-xanh/exports/police.csv?from=2023-06-20&basis=reported"
    )
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[7:11] == ["trees", "lost", "alive", "alive_to_date"]
    assert lines[-1].split(",")[6:11] == ["Xã Giao Tiến", "50", "2", "48", "48"]


def test_peak_drive_is_marked_on_the_trend(active_world: World) -> None:
    make_phase(campaign=active_world.campaign, starts_on=YESTERDAY, ends_on=TODAY)
    overview = dashboard_of(active_world)
    assert [point.date for point in overview.points if point.is_peak] == [YESTERDAY, TODAY]
    assert (len(overview.points), overview.points[-1].is_today) == (81, True)
    assert [phase.name for phase in overview.peaks] == [p.name for p in Phase.objects.all()]


def test_returned_reports_do_not_count_until_they_are_corrected(active_world: World) -> None:
    set_status(report(active_world.other_lead, "XD-14050", {"level1": 7}), Status.RETURNED)
    drain()
    assert dashboard_of(active_world, active_world.other_district).progress.to_date is None
