"""Why people were not reached: said with a report, no result anywhere, and what to do about it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.cross_checks import IndicatorDraft, problems_of_indicators
from campaign.models import Indicator
from campaign.selectors import indicators_of
from reports.entry.offline_snapshot import offline_snapshot_of
from reports.police.exports import PoliceColumns
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_indicator
from tests.pages import read
from tests.reports.reporting import report

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
BASE = "/c/de-an-06-2023"
DAY = dt.timedelta(days=1)
YESTERDAY = TODAY - DAY


@pytest.fixture
def reasons(world: World) -> list[Indicator]:
    given: dict[str, Any] = {"campaign": world.campaign, "measure": "người", "in_police_csv": False}
    return [
        make_indicator(
            code="sim", label="SIM không chính chủ", order=90, next_step="mời nhà mạng về", **given
        ),
        make_indicator(code="away", label="Đi làm xa", order=91, next_step="gọi điện", **given),
    ]


@pytest.fixture
def reported(world: World, reasons: list[Indicator]) -> World:
    """Three communes: 700, 200 and 100 people without a SIM of their own."""
    report(world.owner, "XD-14173", {"level1": 5, "sim": 700, "away": 1}, date=YESTERDAY)
    report(world.neighbour, "XD-14158", {"level1": 5, "sim": 200}, date=YESTERDAY)
    report(world.other_lead, "XD-14050", {"level1": 5, "sim": 100}, date=TODAY)
    drain()
    return world


def test_reasons_are_said_with_a_report_and_stand_in_no_result(
    reported: World, browse: Browse, api: Api
) -> None:
    totals = api(reported.staff).get("/api/v1/totals/?campaign=de-an-06-2023&unit=36").json()
    assert totals["results"][0]["counts_to_date"] == {"level1": 15, "activated": 15}
    columns = PoliceColumns.of(indicators_of(reported.campaign))
    assert not {"sim", "away"} & {*columns.counted}
    (sim,) = [i for i in _listed(api(reported.staff)) if i["code"] == "sim"]
    assert (sim["next_step"], sim["required"]) == ("mời nhà mạng về", False)
    text = browse(reported.staff).get(f"{BASE}/digests/36/{YESTERDAY}/").content.decode()
    assert "SIM không chính chủ" not in text
    # However many they are, nobody is asked whether that can be.
    more = {"level1": 6, "sim": 90_000, "away": 90_000}
    assert report(reported.owner, "XD-14173", more, date=TODAY - 2 * DAY).unusual == []


def _listed(client: APIClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/indicators/?campaign=de-an-06-2023").json()[
        "results"
    ]
    return found


def test_page_says_what_to_do_next_and_where(reported: World, browse: Browse) -> None:
    page = read(browse(reported.staff).get(f"{BASE}/not-reached/"))
    words = " ".join(page.text.split())
    assert "1.000 người · SIM không chính chủ : mời nhà mạng về 1 đơn vị :" in words.replace(
        "chủ:", "chủ :"
    ).replace("vị:", "vị :")
    assert f"{reported.commune} (700)" in words
    rows = [row[0] for row in page.rows if row and row[0].startswith("Xã")]
    assert rows == [
        str(unit) for unit in (reported.commune, reported.sibling, reported.far_commune)
    ]
    # The reason and the unit with the most come first, whatever their order in the settings.
    report(reported.other_lead, "XD-14050", {"level1": 5, "sim": 9, "away": 1_500}, date=YESTERDAY)
    drain()
    page = read(browse(reported.staff).get(f"{BASE}/not-reached/"))
    assert page.text.index("Đi làm xa") < page.text.index("SIM không chính chủ")
    rows = [row[0] for row in page.rows if row and row[0].startswith("Xã")]
    assert rows[0] == str(reported.far_commune)
    # Of some days, of a part of the province, and of what is approved.
    of_today = read(browse(reported.staff).get(f"{BASE}/not-reached/?from={TODAY}&to={TODAY}"))
    assert ("100 người" in of_today.text, "700" in of_today.text) == (True, False)
    nobody = read(browse(reported.staff).get(f"{BASE}/not-reached/?basis=approved"))
    assert "chưa đơn vị nào ghi lý do" in nobody.text
    lead = read(browse(reported.lead).get(f"{BASE}/not-reached/{reported.commune.code}/"))
    assert "700 người" in lead.text
    dashboard = read(browse(reported.staff).get(f"{BASE}/dashboard/"))
    assert "SIM không chính chủ: mời nhà mạng về" in " ".join(dashboard.text.split())
    wrong = read(browse(reported.staff).get(f"{BASE}/not-reached/?from=2023-13-01&to=x"))
    assert wrong.status == 200
    assert browse(reported.stranger).get(f"{BASE}/not-reached/").status_code in (403, 404)
    outside = browse(reported.owner).get(f"{BASE}/not-reached/{reported.far_commune.code}/")
    assert outside.status_code == 404


def test_reasons_are_asked_apart_on_the_page_and_on_the_phone(
    reported: World, browse: Browse
) -> None:
    client = browse(reported.owner)
    page = client.get(f"{BASE}/report/?date={TODAY}").content.decode()
    group = page.partition("Vì sao chưa làm được")[2].partition("</details>")[0]
    assert 'name="count-sim"' in group
    assert 'name="count-level1"' not in group
    typed = {"count-level1": "3", "count-sim": "12", "count-away": "", "confirm": "1"}
    fields = read(client.get(f"{BASE}/report/?date={TODAY}")).fields
    answer = client.post(f"{BASE}/report/?date={TODAY}", fields | typed, follow=True)
    shown = answer.content.decode().partition('<dl class="pairs values">')[2]
    text = shown.partition("</dl>")[0]
    assert ("SIM không chính chủ" in text, "Đi làm xa" in text) == (True, False)
    of_phone = offline_snapshot_of(reported.owner)["indicators"]
    assert {i["code"] for i in of_phone if i.get("reason")} == {"sim", "away"}


def test_a_reason_is_no_result(world: World, reasons: list[Indicator]) -> None:
    drafts = [IndicatorDraft(row, part_of="", terms={}) for row in world.campaign.indicators.all()]
    assert problems_of_indicators(drafts) == {}
    sim = reasons[0]
    for name, value in (
        ("required", True), ("is_headline", True), ("in_police_csv", True), ("counts_people", True),
    ):  # fmt: skip
        before = getattr(sim, name)
        setattr(sim, name, value)
        others = [one for one in drafts if one.code != "sim"]
        found = problems_of_indicators([*others, IndicatorDraft(sim, part_of="", terms={})])
        assert "next_step" in found["sim"], name
        with pytest.raises(IntegrityError), transaction.atomic():
            sim.save()
        setattr(sim, name, before)
    whole = IndicatorDraft(sim, part_of="level1", terms={})
    assert "next_step" in problems_of_indicators([*drafts, whole])["sim"]
    known = indicators_of(world.campaign)
    assert {i.code for i in known.reasons} == {"sim", "away"}
    assert not {"sim", "away"} & {i.code for i in (*known.all, *known.entered)}
