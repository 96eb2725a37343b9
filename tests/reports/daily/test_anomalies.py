"""What the portal asks about: each reason at its edges, and what is made of the answer."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Level, Unit
from campaign.report_day import ReportDay
from campaign.selectors import indicators_of
from reports.daily.anomalies import (
    Expectation,
    Usual,
    UsualRange,
    anomaly_labels,
    expectations,
    judge,
    size_of,
    unusual_values,
)
from reports.daily.models import DailyReport, Explanation, Status
from reports.rollup.services import rollup
from tests.conftest import TODAY, World
from tests.factories import make_baseline, make_unit
from tests.pages import read
from tests.reports.reporting import report, set_status

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "unusual_cases.json").read_text(encoding="utf-8")
)
API = "/api/v1/daily-reports/"
PAGE = "/c/de-an-06-2023/report/?branch=XD-14173&date=2023-06-20"
YESTERDAY = TODAY - dt.timedelta(days=1)
ASKS = "Số này có đúng không?"

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]


def days_before(world: World, *installed: int, last: dt.date = YESTERDAY) -> list[DailyReport]:
    """Report these counts day by day, the last of them on ``last``."""
    first = last - dt.timedelta(days=len(installed) - 1)
    return [
        report(world.owner, "XD-14173", {"installed": n}, date=first + dt.timedelta(days=back))
        for back, n in enumerate(installed)
    ]


def place(world: World, day: dt.date = TODAY, unit: Unit | None = None) -> ReportDay:
    return ReportDay(world.campaign, world.branch, unit or world.commune, day)


def kinds(world: World, counts: dict[str, int], day: dt.date = TODAY) -> list[tuple[str, str]]:
    """Return what is unusual about counts of Giao Tiến on a day."""
    found = unusual_values(place(world, day), counts)
    return [(one.kind, one.code) for one in found]


# The rules


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_rules_that_the_phone_shares(case: dict[str, Any]) -> None:
    limits = {code: UsualRange(median=0, limit=limit) for code, limit in case["limits"].items()}
    standard = Expectation(usual=limits, size=10**6, yesterday=case["yesterday"])
    found = judge(case["counts"], standard, case["at_most"], case.get("states", ()))
    assert [[one.kind, one.code] for one in found] == case["kinds"]


def test_table_has_every_reason_and_none() -> None:
    seen = {kind for case in CASES for kind, _code in case["kinds"]}
    assert seen == {"part", "tenfold", "far", "copied"}
    assert any(not case["kinds"] for case in CASES)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], None),
        ([30, 30, 30, 30], None),
        ([30, 30, 30, 30, 0, 0, 0, 0, 0, 0, 0], None),
        ([30, 30, 30, 30, 30], UsualRange(30, 90)),
        # Nought says nothing: the same limit among twenty days without anybody.
        ([0] * 20 + [30, 30, 30, 30, 30], UsualRange(30, 90)),
        ([1, 1, 1, 2, 1], UsualRange(1, 20)),
        # Wide apart: median 60, median distance 40.
        ([20, 20, 60, 100, 100], UsualRange(60, 380)),
        # One slip among the days moves nothing.
        ([30, 31, 29, 30, 3000], UsualRange(30, 90)),
        ([30, 30, 31, 31, 30, 31], UsualRange(30, 91)),
    ],
)
def test_what_is_usual(history: list[int], expected: UsualRange | None) -> None:
    assert Usual([{"installed": n} for n in history]).get("installed") == expected


@pytest.mark.parametrize(
    ("residents", "most"), [(None, 1000), (0, 300), (899, 300), (903, 301), (6000, 2000)]
)
def test_size_of_the_unit(residents: int | None, most: int) -> None:
    assert size_of(residents) == most


# What they are held against


def test_far_over_its_own_history(world: World) -> None:
    days_before(world, 30, 0, 31, 29, 0, 30, 30)
    assert kinds(world, {"installed": 90}) == []
    assert kinds(world, {"installed": 91}) == [("far", "installed")]
    found = unusual_values(place(world), {"installed": 91, "level1": 500})
    assert [one.as_json() for one in found] == [
        {"kind": "far", "code": "installed", "value": 91, "usual": 30}
    ]


def test_short_and_zero_heavy_histories_never_ask(world: World) -> None:
    days_before(world, 1, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 2, 0)
    assert kinds(world, {"installed": 900}) == []


def test_first_report_of_a_branch_is_held_against_the_size_only(world: World) -> None:
    assert kinds(world, {"installed": 1000}) == []
    assert kinds(world, {"installed": 1001, "level1": 5}) == [("size", "installed")]
    make_baseline(figures={world.commune: 3000})
    assert kinds(world, {"installed": 1000}) == []
    make_baseline(figures={world.commune: 2700}, as_of=TODAY)
    assert kinds(world, {"installed": 901}) == [("size", "installed")]
    assert kinds(world, {"installed": 900}) == []


def test_hamlet_has_the_size_of_its_commune(world: World) -> None:
    make_baseline(figures={world.commune: 2700})
    hamlet = make_unit(name="Xóm 1", level=Level.HAMLET, parent=world.commune)
    [standard] = expectations([place(world, unit=hamlet)]).values()
    assert standard.limits(["installed"]) == {"installed": 900}


def test_only_days_before_of_the_same_branch_and_unit_count(world: World) -> None:
    days_before(world, 30, 30, 30, 30, 30)
    report(world.neighbour, "XD-14158", {"installed": 500}, date=YESTERDAY)
    assert unusual_values(place(world, unit=world.sibling), {"installed": 300}) == []
    assert kinds(world, {"installed": 300}) == [("tenfold", "installed")]
    # Corrected on its own day, a report is not held against itself or what came later.
    assert kinds(world, {"installed": 300}, TODAY - dt.timedelta(days=5)) == []


def test_history_ends_after_six_weeks(world: World) -> None:
    days_before(world, 30, 30, 30, 30, 30, last=TODAY - dt.timedelta(days=38))
    assert kinds(world, {"installed": 91}) == [("far", "installed")]
    assert kinds(world, {"installed": 91}, TODAY + dt.timedelta(days=1)) == []


def test_what_was_returned_is_no_measure(world: World) -> None:
    *_others, last = days_before(world, 30, 30, 30, 30, 30)
    assert kinds(world, {"installed": 91}) == [("far", "installed")]
    set_status(last, Status.RETURNED)
    assert kinds(world, {"installed": 91}) == []
    # It is still what stood there yesterday.
    assert kinds(world, {"installed": 300}) == [("tenfold", "installed")]


def test_ten_times_and_copied_are_about_the_day_before_only(world: World) -> None:
    two_days_ago = TODAY - dt.timedelta(days=2)
    counts = {"installed": 35, "level1": 20}
    report(world.owner, "XD-14173", counts, date=two_days_ago)
    assert kinds(world, counts) == []
    assert kinds(world, {"installed": 350}) == []
    assert kinds(world, counts, YESTERDAY) == [("copied", "")]
    assert kinds(world, {"installed": 350}, YESTERDAY) == [("tenfold", "installed")]


def test_report_without_counts_is_never_unusual(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    days_before(world, 30, 30, 30, 30, 30)
    with django_assert_num_queries(0):
        assert kinds(world, {}) == kinds(world, {"installed": 0}) == []


def test_limits_of_many_branches_take_as_few_queries_as_of_one(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    days_before(world, 30, 30, 30, 30, 30)
    mine = place(world)
    theirs = ReportDay(world.campaign, world.neighbour_branch, world.sibling, TODAY)
    with django_assert_num_queries(2):
        found = expectations([mine, theirs])
    codes = ("installed", "level1")
    assert found[mine].limits(codes) == {"installed": 90, "level1": 1000}
    assert found[theirs].limits(codes) == dict.fromkeys(codes, 1000)


def test_flags_name_what_was_renamed_or_is_gone(world: World) -> None:
    world.campaign.indicators.filter(code="upgraded").update(label="Nâng")
    stored = [
        {"kind": "far", "code": "lost", "value": 9, "usual": 1},
        {"kind": "part", "code": "upgraded", "value": 9, "usual": 0},
    ]
    part, lost = anomaly_labels(stored, indicators_of(world.campaign))
    assert (part.whole, part.times) == (world.indicators["level2"].name, 0)
    assert (lost.name, lost.times) == ("lost", 9)


# On the page


def typed(**given: str) -> dict[str, str]:
    """Return the form as a browser sends it."""
    return {"report_id": str(uuid4()), "base_version": "0", "count-installed": "350", **given}


def test_page_asks_and_takes_a_word(world: World, browse: Browse) -> None:
    days_before(world, 35)
    client, form = browse(world.owner), typed(note="Chợ phiên")
    asked = client.post(PAGE, form).content.decode()
    assert ASKS in asked
    assert "350, hôm qua 35: gấp 10 lần." in asked
    assert not DailyReport.objects.filter(date=TODAY).exists()

    answer = client.post(PAGE, {**form, "confirm": "1", "explanation": "drive"})
    stored = DailyReport.objects.get(date=TODAY)
    assert answer["Location"] == f"/c/de-an-06-2023/report/{stored.pk}/"
    assert (stored.counts, stored.note, stored.explanation) == (
        {"installed": 350},
        "Chợ phiên",
        Explanation.DRIVE,
    )
    assert [one["kind"] for one in stored.unusual] == ["tenfold"]
    receipt = client.get(answer["Location"]).content.decode()
    assert "ngày trước đó 35: gấp 10 lần." in receipt
    assert "Người gửi xác nhận: Ngày ra quân, cao điểm." in receipt


def test_page_without_a_word_asks_again_and_loses_nothing(world: World, browse: Browse) -> None:
    days_before(world, 35)
    client, form = browse(world.owner), typed(note="Chợ phiên")
    again = client.post(PAGE, {**form, "confirm": "1"})
    text = again.content.decode()
    assert "Chọn một ý rồi bấm Gửi" in text
    assert 'value="350"' in text
    assert 'value="Chợ phiên"' in text
    assert form["report_id"] in text
    assert not DailyReport.objects.filter(date=TODAY).exists()
    back = client.post(PAGE, {**form, "back": "1"}).content.decode()
    assert 'value="350"' in back
    assert "Chợ phiên" in back


def test_page_does_not_ask_about_an_ordinary_day(world: World, browse: Browse) -> None:
    days_before(world, 35)
    client, form = browse(world.owner), typed(**{"count-installed": "36"})
    page = read(client.post(PAGE, form))
    assert (page.heading, ASKS in page.text) == ("Xem lại trước khi gửi", False)
    assert client.post(PAGE, {**form, "confirm": "1"}).status_code == 302
    stored = DailyReport.objects.get(date=TODAY)
    assert (stored.unusual, stored.explanation) == ([], "")


def test_part_greater_than_whole_is_asked_about_on_the_page(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    form = typed(**{"count-level1": "9", "count-level2": "5", "count-upgraded": "6"})
    asked = client.post(PAGE, form).content.decode()
    assert "6, nhiều hơn cả “Mức 2” (5)." in asked
    assert ASKS in read(client.post(PAGE, {**form, "confirm": "1"})).text
    assert not DailyReport.objects.exists()
    corrected = {**form, "count-upgraded": "5", "confirm": "1"}
    assert client.post(PAGE, corrected).status_code == 302
    assert DailyReport.objects.get().explanation == ""


def test_part_greater_than_whole_is_taken_with_a_word(world: World, browse: Browse) -> None:
    form = typed(**{"count-level1": "9", "count-level2": "5", "count-upgraded": "6"})
    answer = browse(world.owner).post(PAGE, {**form, "confirm": "1", "explanation": "checked"})
    assert answer.status_code == 302
    assert [one["kind"] for one in DailyReport.objects.get().unusual] == ["part"]


def test_what_is_wrong_otherwise_comes_first(world: World, browse: Browse) -> None:
    form = typed(
        **{"count-level2": "5", "count-upgraded": "6"}, evidence_url="không phải đường dẫn"
    )
    page = read(browse(world.owner).post(PAGE, form))
    assert ASKS not in page.text
    assert page.heading == "Báo cáo hôm nay"
    assert page.fields["count-upgraded"] == "6"


def test_word_that_is_none_of_the_list_is_not_taken(world: World, browse: Browse) -> None:
    days_before(world, 35)
    answer = browse(world.owner).post(PAGE, {**typed(), "confirm": "1", "explanation": "vì sao"})
    assert read(answer).problems
    assert not DailyReport.objects.filter(date=TODAY).exists()


def test_correction_remembers_the_word_for_the_same_question(world: World, browse: Browse) -> None:
    days_before(world, 35)
    client, form = browse(world.owner), typed()
    client.post(PAGE, {**form, "confirm": "1", "explanation": "crowd"})
    same = client.post(PAGE, form).content.decode()
    assert 'value="crowd" checked' in same
    # Pressed twice: the report stands as it is.
    assert client.post(PAGE, {**form, "confirm": "1", "explanation": "crowd"}).status_code == 302
    assert DailyReport.objects.get(date=TODAY).version == 1
    other = client.post(PAGE, {**form, "base_version": "1", "count-installed": "400"})
    text = other.content.decode()
    assert ASKS in text
    assert " checked" not in text


def test_correction_to_the_ordinary_is_no_longer_listed(world: World, browse: Browse) -> None:
    days_before(world, 35)
    client, form = browse(world.owner), typed()
    client.post(PAGE, {**form, "confirm": "1", "explanation": "crowd"})
    assert DailyReport.objects.exclude(unusual=[]).count() == 1
    right = {**form, "count-installed": "36", "base_version": "1", "confirm": "1"}
    assert client.post(PAGE, right).status_code == 302
    assert not DailyReport.objects.exclude(unusual=[]).exists()
    assert DailyReport.objects.get(date=TODAY).explanation == ""


def test_the_wrong_person_is_not_asked_but_refused(world: World, browse: Browse) -> None:
    days_before(world, 35)
    sent = {**typed(), "confirm": "1", "explanation": "drive"}
    assert browse(world.neighbour).post(PAGE, sent).status_code == 404
    assert browse(world.partner).post(PAGE, sent).status_code == 403
    assert not DailyReport.objects.filter(date=TODAY).exists()


def test_branch_page_tells_what_is_not_confirmed(world: World, browse: Browse) -> None:
    days_before(world, 35)
    stored = report(world.owner, "XD-14173", {"installed": 350})
    url = "/c/de-an-06-2023/branches/XD-14173/"
    assert "Số liệu bất thường, chưa xác nhận" in browse(world.lead).get(url).content.decode()
    receipt = browse(world.lead).get(f"/c/de-an-06-2023/report/{stored.pk}/").content.decode()
    assert "Người gửi chưa xác nhận." in receipt


def test_who_stands_by_it_need_not_be_called(world: World, browse: Browse) -> None:
    days_before(world, 35)
    report(world.owner, "XD-14173", {"installed": 350})
    warning = "có số gấp 10 lần trước đó, chưa xác nhận"
    assert warning in browse(world.lead).get("/c/de-an-06-2023/dashboard/").content.decode()
    stored = DailyReport.objects.get(date=TODAY)
    report(
        world.owner,
        "XD-14173",
        {"installed": 350},
        report_id=stored.pk,
        base_version=1,
        explanation="crowd",
    )
    rollup.drain()
    assert warning not in browse(world.lead).get("/c/de-an-06-2023/dashboard/").content.decode()


# Through the API


def body(**given: Any) -> dict[str, Any]:
    """Return a report as a client sends it."""
    return {
        "id": str(uuid4()),
        "campaign": "de-an-06-2023",
        "branch": "XD-14173",
        "date": TODAY.isoformat(),
        "counts": {"installed": 350},
        **given,
    }


def test_api_takes_what_is_unusual_and_lists_it(world: World, api: Api) -> None:
    days_before(world, 35)
    answer = api(world.owner).post(API, body())
    assert answer.status_code == 201
    expected = {"id", "version", "received_at", "lateness", "counts", "unreconciled"}
    assert set(answer.json()) == expected
    (listed,) = DailyReport.objects.exclude(unusual=[])
    assert (listed.explanation, listed.unusual) == (
        "",
        [{"kind": "tenfold", "code": "installed", "value": 350, "usual": 35}],
    )


def test_api_takes_a_word_and_the_same_again(world: World, api: Api) -> None:
    days_before(world, 35)
    sent = body(explanation="hands")
    first = api(world.owner).post(API, sent)
    assert (first.status_code, api(world.owner).post(API, sent).status_code) == (201, 200)
    stored = DailyReport.objects.get(date=TODAY)
    assert (stored.explanation, stored.version) == ("hands", 1)
    assert stored.revisions.get().content["explanation"] == "hands"


def test_api_wants_a_word_for_a_part_greater_than_its_whole(world: World, api: Api) -> None:
    sent = body(counts={"level1": 9, "level2": 5, "upgraded": 6})
    refused = api(world.owner).post(API, sent)
    assert refused.status_code == 400
    assert list(refused.json()["counts"]) == ["upgraded"]
    assert api(world.owner).post(API, {**sent, "explanation": "checked"}).status_code == 201


@pytest.mark.parametrize("word", ["vì sao", 1, None, ["drive"], {}, True, "Drive", " drive"])
def test_api_knows_four_words(world: World, api: Api, word: Any) -> None:
    answer = api(world.owner).post(API, body(explanation=word), format="json")
    assert answer.status_code == 400
    assert list(answer.json()) == ["explanation"]
    assert not DailyReport.objects.exists()
