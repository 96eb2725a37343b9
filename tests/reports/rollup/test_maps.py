"""As it was, and by today's map: the real mergers of Nam Định, and sums that are equal on both."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Branch, Indicator, Succession, Unit
from campaign.permissions import Role
from campaign.services.dirty_days import mark_dirty
from config.environment import BASE_DIR
from core import clock
from demo.territory import find_territory
from reports.daily.models import DailyReport, Lateness
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY
from tests.factories import (
    BranchFactory,
    make_appointment,
    make_campaign,
    make_indicators,
    make_staff,
    make_target,
    make_user,
    planted,
)
from tests.pages import read
from tests.reports.rollup.committed import committed

Api = Callable[[User], APIClient]
Browse = Callable[[User], Client]
DATA = BASE_DIR / "data"
# A successor by a statement of its own: over the years, from the reports.
BY_SQL = """
    WITH RECURSIVE way AS (
        SELECT id AS was, id AS is_now FROM campaign_unit
        UNION ALL
        SELECT way.was, s.new_id FROM way
        JOIN campaign_succession s ON s.old_id = way.is_now AND s.since <= %(day)s
        WHERE s.kind <> 'part'
    ), last AS (
        SELECT was, coalesce(max(u.code) FILTER (
            WHERE u.valid_from <= %(day)s AND (u.valid_to IS NULL OR u.valid_to > %(day)s)), '')
            AS code
        FROM way LEFT JOIN campaign_unit u ON u.id = is_now GROUP BY was
    )
    SELECT code, sum((counts ->> 'level1')::int) FROM reports_dailyreport r
    JOIN last ON was = r.unit_id GROUP BY code
"""


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    with committed(django_db_blocker, TODAY, _load) as made:
        yield made


@pytest.fixture
def maps(_made: dict[str, Any], db: None) -> dict[str, Any]:
    return _made


def _load() -> dict[str, Any]:
    """Make Nam Định of 2023 with reports of two days in every commune, and its two mergers."""
    load = ("load_units", "--valid-from")
    call_command(*load[:1], str(DATA / "units_2023.csv"), load[1], "2023-01-01", verbosity=0)
    province = Unit.objects.get(code="36")
    campaign = make_campaign(slug="de-an-06-2023", editable_days=91)
    indicators = make_indicators(campaign)
    communes = list(Unit.objects.communes().order_by("code"))
    branches = planted(
        *(
            BranchFactory.create(code=f"XD-{unit.code}", home_unit=unit, name=f"Đoàn {unit.name}")
            for unit in communes
        )
    )
    made = [
        DailyReport(
            id=uuid4(), campaign=campaign, branch=branch, unit=branch.home_unit,
            date=TODAY - dt.timedelta(days=back), counts={"level1": 10 * number + back},
            lateness=Lateness.ON_TIME, received_at=clock.now(),
        )
        for number, branch in enumerate(branches, start=1)
        for back in (0, 1)
    ]  # fmt: skip
    DailyReport.objects.bulk_create(made)
    mark_dirty(*made, since=clock.now())
    drain()
    for unit in communes[:20]:
        make_target(campaign=campaign, unit=unit, indicator=indicators["level1"], value=1000)
    secretary = make_user()
    make_appointment(user=secretary, role=Role.SECRETARY, branch=branches[0])
    staff = make_staff(unit=province)
    for year, day in (("2024", "2024-09-01"), ("2025", "2025-07-01")):
        path = str(DATA / f"units_{year}.csv")
        call_command(*load[:1], path, load[1], day, "--whole", "--reason", "Sáp nhập", verbosity=0)
    out = io.StringIO()
    call_command("load_successions", str(DATA / "successions.csv"), stdout=out)
    return {"staff": staff, "secretary": secretary, "output": out.getvalue()}


def totals(client: APIClient, **asked: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/totals/", {"campaign": "de-an-06-2023", **asked})
    assert answer.status_code == 200, answer.json()
    return list(answer.json()["results"])


def level1(lines: list[dict[str, Any]]) -> dict[str, int]:
    return {line["unit"]: line["counts_to_date"]["level1"] for line in lines}


def by_sql(day: dt.date) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(BY_SQL, {"day": day})
        return dict(cursor.fetchall())


def test_sums_are_equal_on_both_maps(
    maps: dict[str, Any], api: Api, settings: LazySettings
) -> None:
    assert maps["output"].strip().endswith("11 chưa rõ.")
    client = api(maps["staff"])
    then = totals(client, level="commune")
    whole, target = sum(level1(then).values()), sum(of["target"].get("level1", 0) for of in then)
    assert (len(then), whole) == (226, sum(20 * n + 1 for n in range(1, 227)))
    for day, units in ((dt.date(2024, 9, 2), 175), (dt.date(2025, 7, 2), 57)):
        settings.PORTAL_TODAY = day
        assert level1(totals(client, level="commune")) == level1(then)
        now = totals(client, level="commune", map="now")
        assert [line["unit"] for line in now].count("") == 1
        assert len(now) == units + 1
        assert sum(level1(now).values()) == whole
        assert level1(now) == by_sql(day)
        assert sum(line["target"].get("level1", 0) for line in now) == target
        (top,) = totals(client, map="now")
        assert top["counts_to_date"]["level1"] == whole
        unknown = {source["unit"] for line in now if not line["unit"] for source in line["sources"]}
        assert unknown == {*Succession.objects.filter(new=None).values_list("old__code", flat=True)}
        assert sum(line["reports_received"] for line in now) == 2 * 226
        days = totals(client, level="commune", map="now", by="day", **{"from": "2023-06-19"})
        assert sum(line["counts"].get("level1", 0) for line in days) == whole
    assert (top["unit"], top["name"]) == ("37", "Tỉnh Ninh Bình")


def test_districts_of_2024_take_what_is_theirs_and_what_is_unknown_in_them(
    maps: dict[str, Any], api: Api, settings: LazySettings
) -> None:
    settings.PORTAL_TODAY = dt.date(2024, 9, 2)
    client = api(maps["staff"])
    then, now = (level1(totals(client, level="district", map=of)) for of in ("then", "now"))
    assert (len(then), len(now)) == (10, 9)
    assert now == {
        **{c: n for c, n in then.items() if c != "358"},
        "356": then["356"] + then["358"],
    }


def test_nobody_sees_more_by_todays_map(
    maps: dict[str, Any], api: Api, settings: LazySettings
) -> None:
    settings.PORTAL_TODAY = dt.date(2025, 7, 2)
    neighbour = Unit.objects.on(settings.PORTAL_TODAY).get(code="13669")
    ask = {"campaign": "de-an-06-2023", "map": "now"}
    for code in ("37", "13669"):  # of which the secretary's commune is one of many
        answer = api(maps["secretary"]).get("/api/v1/totals/", {**ask, "unit": code})
        assert answer.status_code == 404
    assert api(make_user()).get("/api/v1/totals/", ask).status_code == 404
    secretary = make_user()
    branch = BranchFactory.create(code="XD-MOI", home_unit=neighbour)
    planted(branch)
    make_appointment(user=secretary, role=Role.SECRETARY, branch=branch)
    (own,) = totals(api(secretary), map="now")
    assert own["counts_to_date"]["level1"] == by_sql(settings.PORTAL_TODAY)["13669"]
    assert api(secretary).get("/api/v1/totals/", {**ask, "unit": "37"}).status_code == 404


def test_another_load_changes_nothing_and_a_new_start_works(maps: dict[str, Any]) -> None:
    before = [
        *Unit.objects.order_by("pk").values(),
        *Succession.objects.order_by("old", "new").values("old", "new"),
    ]
    out = io.StringIO()
    call_command("load_successions", str(DATA / "successions.csv"), stdout=out)
    assert out.getvalue() == "Địa bàn kế tiếp: 0 mới, 11 chưa rõ.\n"
    path = str(DATA / "units_2025.csv")
    call_command("load_units", path, "--valid-from", "2025-07-01", "--whole", verbosity=0)
    call_command("load_units", str(DATA / "units_2023.csv"), "--valid-from", "2023-01-01", "--once")
    after = [
        *Unit.objects.order_by("pk").values(),
        *Succession.objects.order_by("old", "new").values("old", "new"),
    ]
    assert after == before
    assert len(find_territory().communes) == 226
    assert Branch.objects.filter(home_unit__valid_to=None).count() == 0


def test_a_file_is_taken_whole_or_not_at_all(maps: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "ke-tiep.csv"
    path.write_text(
        "old_code,new_code,effective_date\n13633,13669,2025-07-01\n1,37,2025-07-01\nx,,mai\n"
    )
    before = list(Succession.objects.order_by("pk").values())
    with pytest.raises(CommandError) as error:
        call_command("load_successions", str(path))
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        "Dòng 2", "Dòng 3", "Dòng 4", "Chưa nạp địa bàn kế tiếp nào.",
    ]  # fmt: skip
    assert list(Succession.objects.order_by("pk").values()) == before


def test_pages_lead_to_todays_map_and_its_file_has_the_same_sums(
    maps: dict[str, Any], browse: Browse, settings: LazySettings
) -> None:
    client = browse(maps["staff"])
    link, switch = "/c/de-an-06-2023/dashboard/today/", "/c/de-an-06-2023/dashboard/?map=now"
    dashboard = client.get("/c/de-an-06-2023/dashboard/").content.decode()
    assert switch not in dashboard
    settings.PORTAL_TODAY = dt.date(2025, 7, 2)
    assert switch in client.get("/c/de-an-06-2023/dashboard/").content.decode()
    assert read(client.get(switch)).heading == "Tỉnh Ninh Bình"
    page = read(client.get(link))
    assert page.heading == "Tỉnh Ninh Bình"
    assert ("Phường Nam Định" in page.text, "Chưa rõ địa bàn kế tiếp" in page.text) == (True, True)
    assert read(client.get(f"{link}13669/")).heading == "Phường Nam Định"
    text = client.get(link, {"format": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["code"]: int(row["level1_to_date"]) for row in rows} == by_sql(
        settings.PORTAL_TODAY
    )
    # It is ranked by whichever indicator has targets, as on the map of then.
    headline = Indicator.objects.get(code="activated")
    make_target(
        campaign=headline.campaign,
        unit=Unit.objects.get(code="13669", valid_to=None),
        indicator=headline,
        value=10**6,
    )
    of = {code: client.get(link, {"indicator": code}) for code in ("", "level1", "none")}
    assert [answer.status_code for answer in of.values()] == [200, 200, 404]
    assert [i.code for i in of[""].context["ranking"].choices] == ["level1", "activated"]
    first = {code: of[code].context["ranking"].rows[0] for code in ("", "level1")}
    assert (first[""].unit.code, first[""].target, first[""].rank) == ("13669", 10**6, 1)
    ranked = [row for row in of["level1"].context["ranking"].rows if row.rank]
    assert [row.percent for row in ranked] == sorted((r.percent for r in ranked), reverse=True)
    assert len(ranked) > 1
    assert {row.target for row in ranked} != {10**6}
    newcomer = make_user()
    make_appointment(user=newcomer, role=Role.PROVINCE_STAFF, unit=Unit.objects.get(code="37"))
    answer = browse(newcomer).get("/c/de-an-06-2023/dashboard/")
    assert (read(answer).heading, switch in answer.content.decode()) == ("Tỉnh Nam Định", True)


def test_a_split_is_divided_by_nobody(
    maps: dict[str, Any], api: Api, settings: LazySettings
) -> None:
    settings.PORTAL_TODAY = dt.date(2025, 7, 2)
    whole = sum(by_sql(settings.PORTAL_TODAY).values())
    moved = Succession.objects.filter(kind="whole", new__code="14212").first()
    assert moved is not None
    moved.kind = "part"
    moved.save()
    Succession.objects.create(
        old=moved.old, new=Unit.objects.get(code="13669", valid_to=None), since=moved.since,
        kind="part",
    )  # fmt: skip
    now = totals(api(maps["staff"]), level="commune", map="now")
    assert level1(now) == by_sql(settings.PORTAL_TODAY)
    assert sum(level1(now).values()) == whole
