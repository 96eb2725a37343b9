"""Indicators whose last value stands (docs/counting.md C28), held against SQL written by hand."""

import csv
import datetime as dt
import io
import random
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.cross_checks import IndicatorDraft, problems_of_indicators
from campaign.models import DirtyDay, Indicator
from campaign.selectors import indicators_of
from campaign.services.dirty_days import mark_dirty
from campaign.services.settings_change import ReasonWanted, settings_change
from core import clock
from reports.daily.models import DailyReport, Status
from reports.digests.poster.layout import layout
from reports.digests.selectors import digest
from reports.digests.text import text
from reports.entry.offline_snapshot import snapshot_for
from reports.rollup.models import UnitTotal
from reports.rollup.services.rebuild import rebuild
from reports.rollup.services.rollup import drain
from reports.rollup.services.verify import verify
from tests.conftest import TODAY, World, build_world
from tests.factories import make_indicator, make_session, make_target
from tests.pages import read
from tests.reports.reporting import report, set_status
from volunteers.errors import InvalidInput
from volunteers.sessions.models import State
from volunteers.sessions.services.sessions import close_session

pytestmark = pytest.mark.django_db(transaction=True)

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
DAYS = [TODAY - dt.timedelta(days=n) for n in range(4, -1, -1)]
BASE = "/c/de-an-06-2023"

# What a branch said last of a unit, of all below a node; and what days brought of a flow.
LAST_VALUES = """
    SELECT coalesce(sum(said), 0) FROM (
        SELECT DISTINCT ON (r.branch_id, r.unit_id) (kept ->> 'websites')::int AS said
        FROM (
            SELECT *, CASE status WHEN 'returned' THEN fallback_counts ELSE counts END AS kept
            FROM reports_dailyreport
        ) r JOIN campaign_unit u ON u.id = r.unit_id
        WHERE u.path LIKE %s || '%%' AND r.date <= %s AND jsonb_exists(kept, 'websites')
        AND (%s = 'reported' OR r.status IN ('approved', 'locked')
             OR r.status = 'returned' AND r.fallback_approved)
        ORDER BY r.branch_id, r.unit_id, r.date DESC) last
"""
ADDED = """
    SELECT coalesce(sum((
        CASE status WHEN 'returned' THEN fallback_counts ELSE counts END ->> 'installed')::int), 0)
    FROM reports_dailyreport r JOIN campaign_unit u ON u.id = r.unit_id
    WHERE u.path LIKE %s || '%%' AND r.date <= %s
    AND (%s = 'reported' OR r.status IN ('approved', 'locked')
         OR r.status = 'returned' AND r.fallback_approved)
"""


@pytest.fixture
def world(transactional_db: None) -> World:
    """Build the small province outside a transaction, since a check reads of one moment."""
    return build_world()


@pytest.fixture
def websites(world: World) -> Indicator:
    return make_indicator(
        campaign=world.campaign,
        code="websites",
        label="Trang tin đang hoạt động",
        short_label="Trang tin",
        measure="trang",
        order=9,
        aggregation="last",
    )


def by_hand(statement: str, *asked: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return int(cursor.fetchone()[0])


def holds(world: World, client: APIClient) -> None:
    """Hold the API's totals, of a range and of each day, against SQL by hand."""
    drain()
    assert verify() == []
    for unit, basis in product((world.province, world.commune), ("reported", "approved")):
        asked = f"/api/v1/totals/?unit={unit.code}&basis={basis}&from={DAYS[0]}&to="
        lines = client.get(f"{asked}{TODAY}&by=day").json()["results"]
        (whole,) = client.get(f"{asked}{TODAY}").json()["results"]
        (until_then,) = client.get(f"{asked}{DAYS[2]}").json()["results"]
        days = {line["date"]: line for line in lines}
        for line, day in (
            (whole, TODAY),
            (until_then, DAYS[2]),
            *((days[f"{d}"], d) for d in DAYS),
        ):
            value = by_hand(LAST_VALUES, unit.path, day, basis)
            assert line["counts"].get("websites", 0) == value, (unit, basis, day)
            assert line["counts_to_date"].get("websites", 0) == value, (unit, basis, day)
            added = by_hand(ADDED, unit.path, day, basis)
            assert line["counts_to_date"].get("installed", 0) == added, (unit, basis, day)


def act(world: World, rng: random.Random) -> None:
    """Report, correct, approve or return at random, of any day, in any order."""
    actor, branch, unit = rng.choice(
        [
            (world.owner, "XD-14173", ""),
            (world.neighbour, world.neighbour_branch.code, ""),
            (world.officer, "CA-36", "14173"),
        ]
    )
    day = rng.choice(DAYS)
    stored = DailyReport.objects.filter(branch__code=branch, date=day).first()
    if stored is None or rng.random() < 0.4:
        counts = {"installed": rng.randint(1, 9), "level1": 1}
        if rng.random() < 0.7:
            counts["websites"] = rng.randint(0, 200)
        given: dict[str, Any] = {"unit": unit} if unit else {}
        if stored is not None:
            given["base_version"] = stored.version
        report(actor, branch, counts, date=day, **given)
        return
    stored.status = rng.choice([Status.APPROVED, Status.RETURNED])
    is_returned = stored.status == Status.RETURNED
    before = rng.choice([None, {"installed": 3, "websites": 50}]) if is_returned else None
    stored.fallback_counts = before
    stored.fallback_approved = before is not None and rng.random() < 0.5
    stored.save()
    mark_dirty(stored, since=clock.now())


@pytest.mark.parametrize("seed", range(4))
def test_what_stands_is_what_was_said_last_in_whatever_order(
    world: World, websites: Indicator, api: Api, seed: int
) -> None:
    rng, client = random.Random(seed), api(world.staff)
    for _round in range(5):
        for _step in range(6):
            act(world, rng)
        holds(world, client)
    rebuild()
    holds(world, client)
    assert not DirtyDay.objects.exists()


def test_a_value_stands_until_the_next_and_falls_back(
    world: World, websites: Indicator, api: Api
) -> None:
    """What an earlier day said is corrected, the last is returned; no session says a state."""

    def now(basis: str = "reported") -> int | None:
        drain()
        (line,) = api(world.staff).get(f"/api/v1/totals/?basis={basis}").json()["results"]
        found: int | None = line["counts_to_date"].get("websites")
        return found

    first = report(world.owner, "XD-14173", {"websites": 102}, date=DAYS[1])
    last = report(world.owner, "XD-14173", {"websites": 97}, date=DAYS[3])
    report(world.owner, "XD-14173", {"installed": 4}, date=DAYS[4])
    assert (now(), now("approved")) == (97, None)
    again = report(world.owner, "XD-14173", {"websites": 60}, date=DAYS[1], base_version=1)
    assert (first.pk, now()) == (again.pk, 97)
    report(world.owner, "XD-14173", {"websites": 80}, date=DAYS[2])
    assert now() == 97
    set_status(again)
    assert now("approved") == 60
    set_status(last, Status.RETURNED)
    assert (now(), now("approved")) == (80, 60)
    session = make_session(
        campaign=world.campaign, branch=world.branch, unit=world.commune, date=TODAY
    )
    with pytest.raises(InvalidInput) as refused:
        close_session(
            actor=world.owner, session=session, counts={"websites": 5}, headcount=0, base_version=0
        )
    assert "websites" in str(refused.value.errors)
    type(session).objects.filter(pk=session.pk).update(
        state=State.CLOSED, counts={"websites": 5}, headcount=0, participations=0
    )
    rebuild()
    assert (now(), verify()) == (80, [])


def test_pages_digest_and_files_show_what_stands(
    world: World, websites: Indicator, browse: Browse, api: Api
) -> None:
    make_target(campaign=world.campaign, unit=world.province, indicator=websites, value=200)
    Indicator.objects.filter(campaign=world.campaign).update(is_headline=False)
    websites.is_headline = True
    websites.save()
    report(world.owner, "XD-14173", {"websites": 100}, date=DAYS[0])
    report(world.neighbour, world.neighbour_branch.code, {"websites": 7}, date=DAYS[2])
    report(world.owner, "XD-14173", {"websites": 98}, date=DAYS[3])
    report(world.owner, "XD-14173", {"installed": 1}, date=DAYS[4])
    drain()
    page = browse(world.staff).get(f"{BASE}/dashboard/")
    shown = page.context["dashboard"]
    assert (shown.progress.to_date, shown.today, shown.change) == (105, None, None)
    assert [p.value for p in shown.points[-6:]] == [None, 100, 100, 107, 105, 105]
    assert (shown.trend.bars, bool(shown.trend.line)) == ((), True)
    words = read(page).text
    assert "Đến cuối ngày" in words
    assert "Trung bình 7 ngày" not in words
    of_day = digest(campaign=world.campaign, unit=world.province, day=DAYS[3])
    assert "Trang tin đang hoạt động: trong ngày bớt 2." in text(of_day)
    assert "Đến nay: 105, bằng 52,5% chỉ tiêu 200" in text(of_day)
    assert layout(of_day)["label"] == "Trang tin đang hoạt động đến nay"
    assert [day.value for day in of_day.week][-4:] == [100, 100, 107, 105]
    # The police's file: what stands on each day, and the headline to date is the same.
    address = f"{BASE}/exports/police.csv?basis=reported&from={DAYS[1]}&to={TODAY}"
    answer: Any = browse(world.liaison).get(address)
    file = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = [r for r in csv.DictReader(io.StringIO(file)) if r["commune_code"] == "14173"]
    assert [r["websites"] for r in rows] == ["100", "100", "98", "98"]
    assert [r["websites_to_date"] for r in rows] == ["100", "100", "98", "98"]
    assert [r["installed"] for r in rows] == ["", "", "", "1"]
    lines = api(world.staff).get(f"/api/v1/indicators/?campaign={world.campaign.slug}").json()
    given = {i["code"]: (i["aggregation"], i["measure"]) for i in lines["results"]}
    assert given["websites"] == ("last", "trang")
    assert given["installed"][0] == "sum"


def test_who_reports_is_told_what_stands(world: World, websites: Indicator, browse: Browse) -> None:
    """On the page and without a network; nothing of it is unusual, however much it is."""
    report(world.owner, "XD-14173", {"websites": 12}, date=DAYS[1])
    page = read(browse(world.owner).get(f"{BASE}/report/"))
    assert "ghi số đang có đến nay · lần trước 12 · trang" in " ".join(page.text.split())
    sent = report(world.owner, "XD-14173", {"websites": 12_000}, date=DAYS[2])
    assert sent.unusual == []
    snapshot = snapshot_for(world.owner, world.campaign, indicators_of(world.campaign))
    assert snapshot is not None
    (own,) = [i for i in snapshot["indicators"] if i["code"] == "websites"]
    assert own["state"] is True
    assert "websites" not in snapshot["branches"][0]["usual"]
    days = snapshot["branches"][0]["days"]
    assert days[f"{DAYS[2]}"]["last_states"] == {"websites": 12}
    assert "last_states" not in days[f"{DAYS[1]}"]


def test_an_indicator_that_becomes_a_state_is_counted_anew(
    world: World, websites: Indicator
) -> None:
    for day, count in zip(DAYS, (5, 9, 9, 3, 4), strict=True):
        report(world.owner, "XD-14173", {"websites": count}, date=day)
    drain()

    def become(aggregation: str, reason: str = "") -> None:
        with settings_change(actor=world.staff, reason=reason):
            websites.aggregation = aggregation
            websites.save()

    for aggregation, before, after in (("sum", 4, 30), ("last", 30, 4)):
        # Who decides sees it before.
        with pytest.raises(ReasonWanted) as wanted:
            become(aggregation)
        figures = wanted.value.change.figures
        moved = {(node, old, new) for _c, node, what, old, new in figures if what == websites.label}
        assert ("Tỉnh Nam Định", before, after) in moved
        become(aggregation, "Nghị quyết 12")
        drain()
        assert verify() == []
        assert UnitTotal.objects.get(node=world.province).reported["websites"] == after


def test_what_adds_up_otherwise_is_neither_part_nor_term(world: World) -> None:
    def draft(code: str, aggregation: str = "sum", **given: Any) -> IndicatorDraft:
        people = given.pop("counts_people", False)
        indicator = Indicator(code=code, aggregation=aggregation, counts_people=people)
        return IndicatorDraft(indicator, **given)

    whole = draft("websites", "last")
    found = problems_of_indicators(
        [
            whole,
            draft("busy", part_of="websites"),
            draft("people", "last", counts_people=True),
            draft("fine", "last", part_of="websites"),
        ]
    )
    assert {code: set(of) for code, of in found.items()} == {
        "websites": {"aggregation"},
        "busy": {"aggregation"},
        "people": {"aggregation"},
    }
    with pytest.raises(ValidationError):
        Indicator(campaign=world.campaign, code="x", label="X", aggregation="mean").full_clean()
