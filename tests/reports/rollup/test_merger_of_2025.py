"""The real merger of 2025 on today's day: 175 communes become 57, and no district is left."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from accounts.models import User
from campaign.boundaries.services import take_change_back
from campaign.models import Branch, Campaign, LateEntryGrant, Unit
from campaign.permissions import Role
from campaign.services.grants import reopen_day
from campaign.setup.branches import make_branches
from config.environment import BASE_DIR
from reports.daily.models import DailyReport
from reports.digests.models import Publication
from reports.plans.models import PlanAssumption, SessionDraft
from reports.rollup.models import UnitTotal
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from tests.conftest import TODAY
from tests.crawler import Crawl
from tests.factories import (
    make_appointment,
    make_campaign,
    make_indicator,
    make_indicators,
    make_session,
    make_staff,
    make_target,
    make_team,
    make_user,
)
from tests.reports.rollup.committed import committed
from tests.reports.rollup.merged import at, by_unit, leads, merge, police, report, totals, whole
from volunteers.sessions.models import Series, SupportSession

Api = Callable[[User], APIClient]
Browse = Callable[[User], Client]
YESTERDAY, TOMORROW, LATER = (TODAY + dt.timedelta(days=n) for n in (-1, 1, 8))
CODES = ("level1", "websites")
# What was said last of each unit by its branch, and what days brought: by where it went.
BY_SQL = {
    "level1": """
        SELECT new.code, sum((counts ->> 'level1')::int) FROM reports_dailyreport r
        JOIN campaign_succession s ON s.old_id = r.unit_id AND s.kind = 'whole'
        JOIN campaign_unit new ON new.id = s.new_id GROUP BY 1
        UNION ALL
        SELECT u.code, (counts ->> 'level1')::int FROM reports_dailyreport r
        JOIN campaign_unit u ON u.id = r.unit_id WHERE u.valid_to IS NULL""",
    "websites": """
        SELECT coalesce(own.code, new.code), coalesce(max(own.said), sum(old.said)) FROM (
            SELECT DISTINCT ON (unit_id) unit_id, (counts ->> 'websites')::int AS said
            FROM reports_dailyreport r JOIN campaign_unit u ON u.id = r.unit_id
            WHERE u.valid_to IS NOT NULL ORDER BY unit_id, date DESC
        ) old JOIN campaign_succession s ON s.old_id = old.unit_id AND s.kind = 'whole'
        JOIN campaign_unit new ON new.id = s.new_id
        LEFT JOIN (
            SELECT u.id, u.code, (counts ->> 'websites')::int AS said FROM reports_dailyreport r
            JOIN campaign_unit u ON u.id = r.unit_id WHERE u.valid_to IS NULL
        ) own ON own.id = new.id GROUP BY 1""",
}
BASE = "/c/de-an-06-2023/"
POSTS = {
    "lead": (Role.DISTRICT_LEAD, "branch", "365"),
    "secretary": (Role.SECRETARY, "branch", "14161"),
    "liaison": (Role.POLICE_LIAISON, "unit", "36"),
    "partner": (Role.PARTNER, "unit", "365"),
}


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    with committed(django_db_blocker, TODAY, _load) as made:
        yield made


@pytest.fixture
def province(_made: dict[str, Any], db: None) -> dict[str, Any]:
    return _made


def _load() -> dict[str, Any]:
    """Make Nam Định of 2024 with reports of two days in every commune, and change its boundaries.

    No report is of the day itself.
    """
    path = str(BASE_DIR / "data" / "units_2024.csv")
    call_command("load_units", path, "--valid-from", "2023-01-01", verbosity=0)
    staff = make_staff(unit=at("36"))
    make_branches(actor=staff, reason="Lập")
    Branch.objects.update(past=[])
    campaign = make_campaign(slug="de-an-06-2023", editable_days=91)
    indicators = make_indicators(campaign)
    make_indicator(campaign=campaign, code="websites", label="Trang tin", aggregation="last")
    make_target(campaign=campaign, unit=at("36"), indicator=indicators["level1"], value=1000)
    people = {}
    for name, (role, kind, code) in POSTS.items():
        where: Any = leads(code) if kind == "branch" else at(code)
        people[name] = make_user()
        make_appointment(user=people[name], role=role, **{kind: where})
    home = leads("14161")
    team = make_team(branch=home)
    make_session(campaign=campaign, branch=home, teams=[team], date=YESTERDAY)
    series = Series.objects.create(
        campaign=campaign, branch=home, rule="FREQ=DAILY", starts_on=YESTERDAY, ends_on=LATER
    )
    ahead = {"campaign": campaign, "teams": [team], "series": series}
    for day in (TOMORROW, LATER):
        make_session(branch=home, date=day, partners=[leads("14158")], **ahead)
    given = {"place_kind": "culture_house", "begins_at": dt.time(8), "ends_at": dt.time(10)}
    SessionDraft.objects.create(
        campaign=campaign, branch=home, unit=home.home_unit, date=LATER, place="Nhà văn hóa 3",
        is_moved=True, **given,
    )  # fmt: skip
    for branch, weekly in ((home, 4), (leads("14158"), 2), (leads("14152"), 3)):
        PlanAssumption.objects.create(campaign=campaign, branch=branch, weekly=weekly)
    branches = list(Branch.objects.filter(reports_daily=True).order_by("code"))
    report(campaign, branches, (TODAY - dt.timedelta(days=2), YESTERDAY), CODES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"staff": staff, "campaign": campaign, "change": merge(staff, "2025"), **people}


def by_sql(code: str) -> Counter[str]:
    """Return by commune of today what reports come to; of a merger the last that was said."""
    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(BY_SQL[code])
        for unit, count in cursor.fetchall():
            found[unit] += count
    return found


@pytest.mark.django_db(transaction=True)
def test_a_merger_without_districts_loses_and_doubles_nothing(
    _made: dict[str, Any],  # noqa: PT019 - its value is wanted
    api: Api,
    browse: Browse,
) -> None:
    staff, campaign = _made["staff"], _made["campaign"]
    client = api(staff)

    def holds() -> None:
        # The province is another one too: what it brought before stays with the one of before.
        tops = {of: totals(client, level="province", map=of) for of in ("then", "now")}
        assert [len(lines) for lines in tops.values()] == [2, 1]
        for code in CODES:
            then, now = (totals(client, level="commune", map=of) for of in ("then", "now"))
            truth = by_sql(code)
            assert by_unit(now, code) == truth
            assert {whole(lines, code) for lines in (then, *tops.values())} == {sum(truth.values())}
        assert {line["unit"]: line["counts_to_date"]["websites"] for line in then}
        assert verify() == []

    holds()
    body = {
        "id": None, "campaign": "de-an-06-2023", "branch": "XD-14161",
        "date": YESTERDAY.isoformat(), "counts": {"level1": 7, "websites": 3},
    }  # fmt: skip
    old = DailyReport.objects.get(branch=leads("14161", YESTERDAY), date=YESTERDAY)
    answer = api(_made["secretary"]).post(
        "/api/v1/daily-reports/",
        {**body, "id": str(old.pk), "base_version": old.version},
        format="json",
    )
    assert answer.status_code == 200, answer.json()
    drain()
    holds()  # before anybody has reported for what is new, and after
    branches = list(Branch.objects.on(TODAY).filter(reports_daily=True).order_by("code"))
    assert len(branches) == 57
    report(campaign, branches, (TODAY,), CODES)
    holds()
    rebuild()
    holds()
    for of in ("then", "now"):
        rows = police(browse(staff), of)
        assert sum(int(row["level1"] or 0) for row in rows) == sum(by_sql("level1").values())
        last = [row for row in rows if row["date"] == str(TODAY)]
        stands = Counter({r["commune_code"]: int(r["websites"] or 0) for r in last})
        assert +stands == by_sql("websites")
    with pytest.raises(ValidationError, match="đã được dùng sau đó"):
        take_change_back(actor=staff, change_id=_made["change"].pk, reason="Nhầm")


@pytest.mark.parametrize("role", POSTS)
def test_no_page_offers_what_it_refuses(
    province: dict[str, Any], browse: Browse, role: str
) -> None:
    crawl = Crawl(browse(province[role]))
    crawl.follow(BASE + page for page in ("", "dashboard/", "reminders/", "sessions/", "branches/"))
    refused = {address: status for address, status in crawl.seen.items() if status >= 400}
    # A line on every page leads to what waits on the phone; a script shows it, to whom it concerns.
    unseen = {f"{BASE}report/", f"{BASE}report/?map=now"}
    assert (crawl.wrong, refused.keys() - unseen) == ([], set())
    assert len(crawl.seen) > 30  # a crawl that was led away early would find nothing wrong


def test_what_led_a_district_is_shown_until_its_last_day_and_may_be_corrected_by_file(
    province: dict[str, Any], browse: Browse
) -> None:
    client = browse(province["lead"])
    page = client.get(f"{BASE}completeness/")
    assert (page.context["unit"].code, page.context["day"], page.context["later"]) == (
        "365", YESTERDAY, None,
    )  # fmt: skip
    file = client.get(
        f"{BASE}report/files/template/", {"first": str(YESTERDAY), "last": str(TODAY)}
    )
    assert file.headers["Content-Type"].endswith("sheet")
    assert client.get(f"{BASE}sessions/").context["may_plan"] is False
    assert browse(province["secretary"]).get(f"{BASE}sessions/").context["may_plan"] is True


def test_plans_series_and_partners_go_on_with_whoever_comes_after(
    province: dict[str, Any], browse: Browse
) -> None:
    new, client = leads("14161"), browse(province["secretary"])
    sessions = SupportSession.objects.filter(date__gt=TODAY).order_by("date")
    series = Series.objects.get()
    assert {(s.branch_id, s.unit_id) for s in sessions} == {(new.pk, new.home_unit_id)}
    assert series.branch_id == new.pk
    after = leads("14158", YESTERDAY).successor
    assert after is not None
    assert {*sessions.values_list("partners", flat=True)} == {after.pk}
    draft = SessionDraft.objects.get()
    assert (draft.branch_id, draft.unit_id) == (new.pk, new.home_unit_id)
    plan = client.get(f"{BASE}branches/XD-14161/plan/")
    assert (plan.status_code, "Nhà văn hóa 3" in plan.content.decode()) == (200, True)
    asked = {"reason": "Mưa", "reach": "later"}
    answer = client.post(f"{BASE}sessions/{sessions[0].pk}/cancel/", asked)
    assert answer.status_code == 302
    assert {s.state for s in sessions.all()} == {"cancelled"}


def test_a_closed_day_is_opened_for_the_branch_of_that_day(
    province: dict[str, Any], browse: Browse, api: Api
) -> None:
    Campaign.objects.update(editable_days=0)
    day, old = TODAY - dt.timedelta(days=2), leads("14161", YESTERDAY)
    stored = DailyReport.objects.get(branch=old, date=day)
    body = {
        "id": str(stored.pk), "campaign": "de-an-06-2023", "branch": "XD-14161",
        "date": str(day), "counts": {"level1": 7}, "base_version": stored.version,
    }  # fmt: skip

    def send() -> int:
        answer = api(province["secretary"]).post("/api/v1/daily-reports/", body, format="json")
        return int(answer.status_code)

    refused = send()
    assert refused >= 400
    page = f"{BASE}branches/XD-14161/open-day/"
    until = (TODAY + dt.timedelta(days=1)).strftime("%d/%m/%Y")
    asked = {"date": day.strftime("%d/%m/%Y"), "reason": "Sót số", "expires_on": until}
    assert browse(province["staff"]).post(page, asked).status_code == 302
    assert LateEntryGrant.objects.get().branch == old
    assert send() == 200
    with pytest.raises(ValidationError, match="không hoạt động ngày ấy"):
        reopen_day(
            actor=province["staff"], campaign=province["campaign"], branch=leads("14161"),
            day=day, reason="Sót",
        )  # fmt: skip


def test_who_has_only_looked_does_not_keep_a_change_from_being_taken_back(
    province: dict[str, Any], browse: Browse
) -> None:
    staff, change = province["staff"], province["change"]
    new = at("14161")
    poster = browse(staff).get(f"{BASE}digests/14161/{TODAY}.png", {"download": ""})
    assert poster.status_code == 200
    assert Publication.objects.get().unit == new
    with transaction.atomic():
        report(province["campaign"], [leads("14161")], (TODAY,))
        with pytest.raises(ValidationError, match="đã được dùng sau đó"):
            take_change_back(actor=staff, change_id=change.pk, reason="Nhầm")
        assert Publication.objects.exists()
        transaction.set_rollback(True)
    old, top = at("14161", YESTERDAY), Unit.objects.get(code="36")
    stood = [UnitTotal.objects.get(node=unit).reported for unit in (old, top)]
    assert stood[0]["websites"] == 0
    take_change_back(actor=staff, change_id=change.pk, reason="Nhầm")
    drain()
    last = DailyReport.objects.get(unit=old, date=YESTERDAY).counts["websites"]
    assert UnitTotal.objects.get(node=old).reported["websites"] == last
    assert not Publication.objects.exists()
    assert not Unit.objects.filter(pk=new.pk).exists()
