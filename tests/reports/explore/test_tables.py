"""Tables of one's own making: totals that agree with every other page, blank and nought, order."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Baseline, BaselineFigure, Phase, Target
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_unit
from tests.reports.reconciliation.publishing import level1, publish
from tests.reports.reporting import report, set_status

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]
URL = "/api/v1/explore/"
DAY = dt.timedelta(days=1)
# TODAY is a Tuesday: Monday and Sunday before it.
MONDAY, SUNDAY = TODAY - DAY, TODAY - 2 * DAY


@pytest.fixture
def reported(world: World) -> World:
    """Three communes over three days; the district's own branch did 4, one commune said nought."""
    set_status(report(world.owner, "XD-14173", {"level1": 10, "level2": 2}, date=SUNDAY))
    report(world.owner, "XD-14173", {"level1": 30}, date=TODAY)
    report(world.neighbour, "XD-14158", {"level1": 0}, date=MONDAY)
    report(world.other_lead, "XD-14050", {"level1": 7, "level2": 1}, date=MONDAY)
    report(world.lead, "HD-365", {"level1": 4}, date=TODAY, unit="14158")
    drain()
    return world


def table(client: APIClient, status: int = 200, **asked: Any) -> dict[str, Any]:
    asked = {"from" if name == "first" else name: value for name, value in asked.items()}
    answer = client.get(URL, asked)
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def lines(found: dict[str, Any]) -> dict[str, Any]:
    return {row["key"]: row["values"] for row in found["rows"]}


def test_totals_agree_with_the_totals_of_the_roll_up(reported: World, api: Api) -> None:
    client = api(reported.staff)
    for basis in ("reported", "approved"):
        for first, last in (
            (reported.campaign.starts_on, TODAY),
            (MONDAY, TODAY),
            (SUNDAY, SUNDAY),
        ):
            days: dict[str, Any] = {"basis": basis, "from": f"{first}", "to": f"{last}"}
            for level in ("district", "commune"):
                totals = client.get("/api/v1/totals/", {**days, "level": level, "unit": "36"})
                known = {one["unit"]: one for one in totals.json()["results"]}
                for code in ("level1", "level2", "activated"):
                    found = table(client, rows=level, indicator=code, **days)
                    brought = {key: of["counts"].get(code) for key, of in known.items()}
                    assert {key: of[0] for key, of in lines(found).items()} == brought
                    found = table(client, rows=level, indicator=code, measure="to_date", **days)
                    to_date = {key: of["counts_to_date"].get(code) for key, of in known.items()}
                    assert {key: of[0] for key, of in lines(found).items()} == to_date


def test_blank_is_not_nought_and_what_no_row_has_is_a_line(reported: World, api: Api) -> None:
    found = table(
        api(reported.staff), columns="day", rows="commune", indicator="level1", first=f"{SUNDAY}"
    )
    assert [one["name"] for one in found["columns"]] == ["18/06", "19/06", "20/06"]
    assert lines(found) == {
        "14050": [None, 7, None],
        "14158": [None, 0, 4],
        "14173": [10, None, 30],
    }
    assert found["total"]["values"] == [
        sum(v or 0 for v in of) for of in zip(*lines(found).values(), strict=True)
    ]
    assert found["rest"] is None
    # What is reported of a commune is reported of none of its hamlets.
    make_unit(code="14173-1", level="hamlet", parent=reported.commune)
    found = table(api(reported.staff), rows="hamlet", indicator="level1", first=f"{TODAY}")
    assert (found["total"]["values"], found["rest"]["values"]) == ([34], [34])
    by_day = table(api(reported.staff), rows="day", columns="commune", first=f"{SUNDAY}")
    assert [row["total"] for row in by_day["rows"]] == [12, 8, 34]
    assert by_day["total"]["total"] == 54


def test_filters_leave_the_total_of_all(reported: World, api: Api) -> None:
    client = api(reported.staff)
    found = table(client, rows="commune", indicator="level1", names="giao tien, HONG")
    assert {*lines(found)} == {"14173", "14158"}
    assert found["total"]["values"] == [51]
    found = table(client, rows="commune", indicator="level1", at_least="5", sort="-total")
    assert [row["key"] for row in found["rows"]] == ["14173", "14050"]
    found = table(client, rows="commune", indicator="level1", at_least="9,5")
    assert {*lines(found)} == {"14173"}
    found = table(client, rows="commune", indicator="level1", at_most="0")
    assert lines(found) == {}
    least_first = table(client, rows="commune", indicator="level1", columns="day", sort=f"{TODAY}")
    assert [row["key"] for row in least_first["rows"]][:2] == ["14158", "14173"]


def test_each_measure_of_weeks(reported: World, api: Api) -> None:
    client = api(reported.staff)
    week = MONDAY - 7 * DAY
    asked: dict[str, Any] = {
        "rows": "commune",
        "columns": "week",
        "first": f"{week}",
        "indicator": "level1",
    }
    assert lines(table(client, **asked))["14173"] == [10, 30]
    assert lines(table(client, **asked, measure="to_date"))["14173"] == [10, 40]
    assert lines(table(client, **asked, measure="change"))["14173"] == [None, 20]
    shares = lines(table(client, **asked, measure="share"))
    assert shares["14173"] == [100.0, pytest.approx(3000 / 41)]
    ranks = lines(table(client, **asked, measure="rank"))
    assert (ranks["14173"], ranks["14050"], ranks["14158"]) == ([1, 1], [None, 2], [None, 3])
    Target.objects.create(
        campaign=reported.campaign, unit=reported.commune,
        indicator=reported.indicators["level1"], value=80, due_on=TODAY,
    )  # fmt: skip
    percents = lines(table(client, **asked, measure="target"))
    assert (percents["14173"], percents["14050"]) == ([12.5, 50.0], [None, None])
    Target.objects.create(
        campaign=reported.campaign, unit=reported.sibling,
        indicator=reported.indicators["level1"], value=80, due_on=TODAY,
    )  # fmt: skip
    # Nothing reported is not nought percent.
    assert lines(table(client, **asked, measure="target"))["14158"] == [None, 5.0]
    baseline = Baseline.objects.create(name="Dân số", as_of=reported.campaign.starts_on)
    BaselineFigure.objects.create(baseline=baseline, unit=reported.commune, value=1000)
    assert lines(table(client, **asked, measure="residents"))["14173"] == [1.0, 4.0]
    publish(reported.liaison, reported.campaign, {reported.commune: level1(35, MONDAY)})
    official = lines(table(client, **asked, measure="official"))
    assert (official["14173"], official["14050"]) == ([None, 35], [None, None])


def test_reports_are_counted_as_on_the_page_of_completeness(reported: World, api: Api) -> None:
    client = api(reported.staff)
    found = table(client, rows="district", columns="day", measure="completeness", first=f"{SUNDAY}")
    assert lines(found)["365"] == [50.0, 50.0, 50.0]
    asked: dict[str, Any] = {
        "unit": "36",
        "level": "commune",
        "from": f"{SUNDAY}",
        "to": f"{TODAY}",
    }
    known = client.get("/api/v1/completeness/", asked).json()["results"]
    for measure, came in (("completeness", "received"), ("on_time", "on_time")):
        found = table(client, rows="commune", measure=measure, first=f"{SUNDAY}")
        for code, (share,) in lines(found).items():
            days = [one for one in known if one["unit"] == code]
            assert share * sum(one["expected"] for one in days) == pytest.approx(
                100 * sum(one[came] for one in days)
            )


def test_before_the_first_day_nothing_is_missing(world: World, api: Api) -> None:
    world.campaign.starts_on, world.campaign.ends_on = TODAY + DAY, TODAY + 9 * DAY
    world.campaign.save()
    for measure in ("completeness", "on_time", "value"):
        found = table(api(world.staff), rows="commune", columns="day", measure=measure)
        assert {value for row in found["rows"] for value in row["values"]} == {None}


def test_times_of_every_kind(reported: World, api: Api) -> None:
    client = api(reported.staff)
    Phase.objects.create(
        campaign=reported.campaign, name="Cao điểm", starts_on=SUNDAY, ends_on=MONDAY
    )
    asked: dict[str, Any] = {"indicator": "level1", "unit": "36"}
    assert {key: of[0] for key, of in lines(table(client, rows="weekday", **asked)).items()}[
        "6"
    ] == 10
    (phase,) = table(client, rows="phase", **asked)["rows"]
    assert (phase["name"], phase["values"]) == ("Cao điểm", [17])
    (phase,) = table(client, rows="phase", measure="to_date", **asked)["rows"]
    assert phase["values"] == [17]
    two = table(client, rows="commune", columns="two", first=f"{TODAY}", **asked)
    assert [one["name"] for one in two["columns"]] == ["19/06", "20/06"]
    assert (lines(two)["14050"], two["total"]["values"]) == ([7, None], [7, 34])
    assert two["rows"][0]["total"] is None
    than = table(client, rows="commune", columns="two", first=f"{TODAY}", than=f"{SUNDAY}", **asked)
    assert lines(than)["14173"] == [10, 30]
    months = table(client, rows="month", measure="to_date", **asked)["rows"]
    assert months[-1]["values"] == [51]


def test_branches_add_up_by_who_did_it(reported: World, api: Api) -> None:
    found = table(api(reported.lead), rows="branch", indicator="level1", first=f"{SUNDAY}")
    assert lines(found) == {"XD-14173": [40], "XD-14158": [0], "HD-365": [4]}
    assert found["total"]["values"] == [44]
    # The other way round: all of them together are no unit that happens to have the same id.
    asked: dict[str, Any] = {"rows": "day", "columns": "branch", "first": f"{SUNDAY}"}
    for measure, totals in (("value", [10, 0, 34]), ("to_date", [10, 10, 44])):
        turned = table(api(reported.lead), **asked, indicator="level1", measure=measure)
        assert [row["total"] for row in turned["rows"]] == totals
        assert turned["total"]["total"] == 44


def test_everybody_sees_what_is_theirs(reported: World, api: Api) -> None:
    client = api(reported.owner)
    assert {*lines(table(client, rows="commune"))} == {"14173"}
    table(client, 404, unit="14158")
    table(api(reported.lead), 404, unit="363")
    assert {*lines(table(api(reported.lead), rows="commune"))} == {"14173", "14158"}
    table(api(reported.stranger), 404)
    assert APIClient().get(URL).status_code == 401


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"rows": "district", "columns": "commune"}, "columns"),
    ({"rows": "day", "columns": "week"}, "columns"),
    ({"rows": "indicator", "measure": "completeness"}, "measure"),
    ({"rows": "branch", "measure": "target"}, "measure"),
    ({"rows": "weekday", "measure": "to_date"}, "measure"),
    ({"rows": "week", "measure": "rank"}, "measure"),
    ({"rows": "indicator", "measure": "share"}, "measure"),
    ({"rows": "street"}, "rows"),
    ({"measure": "1; DROP TABLE"}, "measure"),
    ({"indicator": "khac"}, "indicator"),
    ({"first": "20/06/2023"}, "from"),
    ({"first": "2023-06-21", "to": "2023-06-20"}, "to"),
    ({"at_least": "abc"}, "at_least"),
    ({"at_least": "nan"}, "at_least"),
    ({"at_least": "1.000"}, "at_least"),
    ({"at_most": "1,000,000"}, "at_most"),
    ({"names": "x" * 201}, "names"),
    ({"names": "a\0b"}, "detail"),
    ({"columns": "two", "rows": "district", "than": f"{TODAY}", "first": f"{TODAY}"}, "than"),
    ({"columns": "two", "rows": "district", "than": "2001-01-01", "first": f"{TODAY}"}, "than"),
    ({"columns": "two", "rows": "district"}, "than"),
    ({"format": "pdf"}, "format"),
]


@pytest.mark.parametrize(("asked", "field"), WRONG)
def test_what_has_no_meaning_is_said_by_field(
    world: World, api: Api, asked: dict[str, Any], field: str
) -> None:
    assert [*table(api(world.staff), 400, **asked)] == [field]


def test_a_table_that_is_too_large_is_refused(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.explore.table.MOST_CELLS", 2)
    assert "3 ô" in str(table(api(world.staff), 400, rows="commune"))


def test_queries_do_not_grow(reported: World, api: Api) -> None:
    def queries(**asked: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            table(api(reported.staff), **asked)
        return len(found)

    for measure in ("value", "completeness", "target", "official"):
        few = queries(rows="district", columns="month", measure=measure)
        for n in range(3):
            make_unit(code=f"9{measure[:2]}{n}", level="commune", parent=reported.district)
        assert queries(rows="commune", columns="day", measure=measure) <= few
