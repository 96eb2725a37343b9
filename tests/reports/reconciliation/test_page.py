"""The page, the API and the file of two sources side by side."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from campaign.permissions import Role
from reports.exports.models import Export
from reports.reconciliation.models import DifferenceTolerance
from reports.rollup.services import rollup
from tests.conftest import TODAY, World
from tests.factories import AppointmentFactory, make_unit
from tests.reports.reconciliation.publishing import level1, publish
from tests.reports.reporting import report
from tests.second_cast import build_second_cast

PAGE = "/c/de-an-06-2023/reconcile/"
API = "/api/v1/reconciliation/"
Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]


def results(api: APIClient, **asked: Any) -> dict[str, dict[str, Any]]:
    answer = api.get(API, asked)
    assert answer.status_code == 200, answer.content
    return {one["unit"]: one for one in answer.json()["results"]}


def test_units_stand_side_by_side_and_are_never_summed(compared: World, api: Api) -> None:
    client = api(compared.staff)
    found = results(client, level="commune")
    assert found["14173"] == {
        "unit": "14173",
        "name": "Xã Giao Tiến",
        "level": "commune",
        "day": str(TODAY),
        "reported": {"level1": 100},
        "approved": {"level1": 100},
        "official": {"level1": 80},
        "difference": {"level1": 20},
        "share": {"level1": 20.0},
        "size": 20,
        "explained": 0,
        "unexplained": 20,
        "class": "ours_higher",
        "words": "Báo cáo cao hơn",
        "days": 1,
        "state": None,
    }
    assert (found["14158"]["class"], found["14158"]["approved"]) == ("within", {})
    far = found[compared.far_commune.code]
    assert (far["class"], far["official"], far["explained"]) == ("not_reported", {"level1": 30}, 30)
    approved = results(client, level="commune", basis="approved")
    assert (approved["14158"]["class"], approved["14173"]["class"]) == (
        "not_reported",
        "ours_higher",
    )
    whole = client.get(API, {"level": "commune"}).json()
    assert (whole["size"], whole["explained"], whole["percent_explained"]) == (50, 30, 60.0)
    assert whole["classes"] == {"ours_higher": 1, "within": 1, "not_reported": 1}


def test_districts_are_the_sums_of_published_communes(compared: World, api: Api) -> None:
    found = results(api(compared.staff), level="district")
    district = found["365"]
    assert (district["class"], district["size"]) == ("ours_higher", 20)
    assert (district["reported"], district["official"]) == ({"level1": 150}, {"level1": 130})
    publish(compared.liaison, compared.campaign, {compared.district: level1(150)})
    own = results(api(compared.staff), level="district")["365"]
    assert (own["class"], own["official"]) == ("within", {"level1": 150})


def test_days_are_compared_by_themselves(world: World, api: Api) -> None:
    before = TODAY - dt.timedelta(days=1)
    for day, count in ((before, 40), (TODAY, 60)):
        report(world.owner, "XD-14173", {"level1": count}, date=day)
    rollup.drain()
    figures = level1(40, before) | level1(90)
    publish(world.liaison, world.campaign, {world.commune: figures})
    client = api(world.staff)
    asked = {"level": "commune", "from": str(TODAY), "to": str(TODAY)}
    found = results(client, **asked)["14173"]
    assert (found["reported"], found["official"], found["class"]) == (
        {"level1": 60},
        {"level1": 50},
        "ours_higher",
    )
    asked = {"level": "commune", "to": str(before)}
    assert results(client, **asked)["14173"]["class"] == "within"
    wrong = client.get(API, {"from": "2023-06-20", "to": "2023-06-19"})
    assert (wrong.status_code, [*wrong.json()]) == (400, ["to"])
    for asked in ({"level": "street"}, {"basis": "both"}, {"from": "20/6"}, {"map": "old"}):
        assert client.get(API, asked).status_code == 400


def test_what_another_province_publishes_is_no_sign_of_silence_here(world: World, api: Api) -> None:
    days = [TODAY - dt.timedelta(days=ago) for ago in range(9, -1, -1)]
    for day in days:
        report(world.owner, "XD-14173", {"level1": 10}, date=day)
    rollup.drain()
    ours = {world.commune: {day: {"level1": 10} for day in days[:5]}}
    publish(world.liaison, world.campaign, ours, "daily")
    assert results(api(world.staff), level="commune")["14173"]["class"] == "within"
    other = make_unit(code="9", level="province", parent=None)
    elsewhere = make_unit(code="91", level="commune", parent=other)
    AppointmentFactory.create(user=world.liaison, role=Role.POLICE_LIAISON, unit=other, branch=None)
    theirs = {elsewhere: {day: {"level1": 10} for day in days}}
    of_both = User.objects.get(pk=world.liaison.pk)
    publish(of_both, world.campaign, theirs, "daily")
    assert results(api(world.staff), level="commune")["14173"]["class"] == "within"
    # Of the same province it is one.
    publish(world.liaison, world.campaign, {world.sibling: theirs[elsewhere]}, "daily")
    assert results(api(world.staff), level="commune")["14173"]["class"] == "stopped"


def test_figures_of_days_are_compared_from_their_first_day_on(world: World, api: Api) -> None:
    days = [TODAY - dt.timedelta(days=ago) for ago in range(11, -1, -1)]
    counts = [31, 44, 18, 52, 27, 39, 61, 22, 35, 48, 19, 80]
    for day, count in zip(days, counts, strict=True):
        report(world.owner, "XD-14173", {"level1": count}, date=day)
        report(world.neighbour, "XD-14158", {"level1": count}, date=day)
    rollup.drain()
    # The first four days were published by nobody; one commune is a day late.
    same = {day: {"level1": count} for day, count in zip(days[4:], counts[4:], strict=True)}
    late = {day: {"level1": count} for day, count in zip(days[4:], counts[3:], strict=False)}
    publish(world.liaison, world.campaign, {world.commune: same, world.sibling: late}, "daily")
    found = results(api(world.staff), level="commune")
    assert (found["14173"]["class"], found["14173"]["reported"]) == ("within", {"level1": 331})
    assert (found["14158"]["class"], found["14158"]["days"]) == ("shifted", 1)
    assert found["14158"]["difference"] == {"level1": 80 - 52}
    # To date of the day before them, and all is compared from the beginning.
    publish(world.liaison, world.campaign, {world.commune: {days[3]: {"level1": 145}}})
    assert results(api(world.staff), level="commune")["14173"]["reported"] == {"level1": 476}


def test_page_says_where_we_stand_and_leads_to_each_difference(
    compared: World, browse: Browse
) -> None:
    client = browse(compared.staff)
    answer = client.get(PAGE, {"level": "commune"})
    text = " ".join(answer.content.decode().split())
    assert "Đến 20/06/2023, <b>Mức 1</b>: báo cáo <b>150</b>, Công an" in text
    assert "<b>60,0%</b> phần chênh đã có lời giải thích; còn <b>1 đơn vị</b> cần xem." in text
    assert f"{PAGE}14173/" in text
    shown = [row["unit"].code for row in answer.context["rows"]]
    assert shown == sorted(shown)
    only = client.get(PAGE, {"class": "not_reported", "level": "commune"})
    assert [row["unit"] for row in only.context["rows"]] == [compared.far_commune]
    first = client.get(PAGE)
    assert [row["unit"].code for row in first.context["rows"]] == ["363", "365"]
    for page in (answer, first):
        assert [row["unit"] for row in page.context["work"]] == [compared.commune]
    for asked in ({"class": "odd"}, {"basis": "odd"}, {"level": "odd"}, {"day": "2023-02-30"}):
        assert client.get(PAGE, asked).status_code == 404
    one = client.get(f"{PAGE}14173/")
    assert one.context["row"]["words"] == "Báo cáo cao hơn"
    table = csv.reader(
        io.StringIO(
            client.get(PAGE, {"format": "csv", "level": "commune"}).content.decode("utf-8-sig")
        )
    )
    head, *lines = table
    record = Export.objects.get(kind="reconcile")
    assert (record.filter, record.basis) == ({"unit": "36", "level": "commune"}, "reported")
    assert (record.rows, bool(record.sha256)) == (len(lines), True)
    tien = dict(zip(head, next(line for line in lines if line[0] == "14173"), strict=True))
    assert (tien["level1_reported"], tien["level1_official"], tien["class"]) == (
        "100",
        "80",
        "ours_higher",
    )


def test_nothing_published_is_said_so(world: World, browse: Browse, api: Api) -> None:
    report(world.owner, "XD-14173", {"level1": 100})
    rollup.drain()
    assert "chưa công bố số nào" in browse(world.staff).get(PAGE).content.decode()
    assert results(api(world.staff), level="commune")["14173"]["class"] == "not_published"


def test_who_sees_it(compared: World, browse: Browse, api: Api) -> None:
    for name, page, unit, far in (
        ("staff", 200, 200, 200),
        ("liaison", 200, 200, 200),
        ("lead", 200, 200, 404),
        ("owner", 403, 403, 403),
        ("partner", 403, 403, 403),
        ("stranger", 404, 404, 404),
    ):
        client, user = browse(getattr(compared, name)), getattr(compared, name)
        statuses = [
            client.get(path).status_code
            for path in (PAGE, f"{PAGE}14173/", f"{PAGE}{compared.far_commune.code}/")
        ]
        assert statuses == [page, unit, far], name
        assert api(user).get(API).status_code == page, name
    lead = results(api(compared.lead), level="commune")
    assert compared.far_commune.code not in lead
    assert api(compared.lead).get(API, {"unit": compared.far_commune.code}).status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_two_posts_reconcile_where_they_may(db: None, browse: Browse, api: Api) -> None:
    cast = build_second_cast()
    for name, seen in (
        ("lead_and_partner", {"711", "712", "7111"}),
        ("two_seats", {"7101"}),
        ("leader_and_liaison", {"1711"}),
    ):
        user = cast.people[name]
        answer = api(user).get(API, {"level": "commune", "campaign": "hai-vai"})
        assert {one["unit"] for one in answer.json()["results"]} == seen, name
    # What one may only look at is not one's to reconcile, by whatever door.
    for name, unit in (("lead_and_partner", "17"), ("leader_and_liaison", "712")):
        user = cast.people[name]
        assert browse(user).get(f"/c/hai-vai/reconcile/{unit}/").status_code == 403, name
        assert api(user).get(API, {"unit": unit, "campaign": "hai-vai"}).status_code == 403, name


def test_tolerance_is_the_campaigns_and_the_provinces_to_set(
    compared: World, browse: Browse, api: Api
) -> None:
    typed = {"percent": "20", "accounts": "5"}
    assert browse(compared.liaison).post(PAGE, typed).status_code == 403
    assert browse(compared.staff).post(PAGE, {"percent": "-1", "accounts": "5"}).status_code == 400
    assert browse(compared.staff).post(PAGE, typed).status_code == 302
    row = DifferenceTolerance.objects.get()
    assert (str(row.percent), row.accounts, row.author) == ("20.0", 5, compared.staff)
    assert results(api(compared.staff), level="commune")["14173"]["class"] == "within"
    typed["percent"] = "19.9"
    browse(compared.staff).post(PAGE, typed)
    assert results(api(compared.staff), level="commune")["14173"]["class"] == "ours_higher"
    assert DifferenceTolerance.objects.count() == 2


def queries(client: Client, path: str) -> int:
    cache.clear()
    client.get(path)
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_statements_do_not_grow_with_units(compared: World, browse: Browse) -> None:
    client = browse(compared.staff)
    few = queries(client, PAGE), queries(client, f"{PAGE}?level=district")
    for number in range(3):
        unit = make_unit(parent=compared.district, level="commune", code=f"999{number}")
        publish(compared.liaison, compared.campaign, {unit: level1(30)})
    assert (queries(client, PAGE), queries(client, f"{PAGE}?level=district")) == few
