"""Whose report it is, and whether it is the same again (36 to 40)."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from reports.daily.models import DailyReport, Revision, Status
from tests.conftest import TODAY, World
from tests.factories import make_branch, make_campaign, make_indicator
from tests.pages import read
from tests.reports.daily.test_bad_inputs.sending import (
    ID,
    URL,
    Api,
    Browse,
    body,
    nothing_is_saved,
    post,
)


def test_report_of_another_branch_does_not_exist(world: World, browse: Browse, api: Api) -> None:
    """36"""
    api(world.owner).post(URL, body(id=ID))
    assert browse(world.neighbour).get(f"/c/de-an-06-2023/report/{ID}/").status_code == 404
    assert api(world.neighbour).post(URL, body(branch="XD-14173")).status_code == 404
    taken = api(world.neighbour).post(URL, body(id=ID, branch="XD-14158"))
    assert taken.json() == {"id": ["Mã báo cáo này đã dùng. Tải lại trang rồi gửi lại."]}
    assert DailyReport.objects.get().branch == world.branch


@pytest.mark.parametrize("value", ["x", "", "0b0e7a54", ID + "0", "\x00" + ID, 5, None, [], {}])
def test_malformed_ids_are_refused_by_the_api(world: World, api: Api, value: Any) -> None:
    """37"""
    answer = api(world.owner).post(URL, body(id=value))
    assert answer.json() == {"id": ["Mã báo cáo phải là một UUID."]}


def test_id_in_capitals_is_the_same_id(world: World, api: Api) -> None:
    """37"""
    first = api(world.owner).post(URL, body(id=ID))
    again = api(world.owner).post(URL, body(id=ID.upper()))
    assert (again.status_code, again.json()) == (200, first.json())


MISSING = "Trang này thiếu dữ liệu. Mở lại trang báo cáo rồi nhập lại."


@pytest.mark.parametrize(
    "hidden",
    [
        {"report_id": "x"},
        {"report_id": ""},
        {"report_id": "\x00"},
        {"base_version": "x"},
        {"base_version": ""},
        {"base_version": "-1"},
        {"base_version": "\x00"},
    ],
)
def test_broken_hidden_fields_say_what_to_do(
    world: World, browse: Browse, hidden: dict[str, str]
) -> None:
    """37"""
    page = read(post(browse(world.owner), count_installed="3", confirm="1", **hidden))
    assert (page.problems, page.fields["count-installed"]) == ([MISSING], "3")
    assert nothing_is_saved()


def test_used_id_with_another_body_shows_both(world: World, api: Api) -> None:
    """38"""
    api(world.owner).post(URL, body(id=ID))
    answer = api(world.owner).post(URL, body(id=ID, counts={"installed": 36}))
    assert answer.status_code == 409
    assert answer.json()["current"]["counts"] == {"installed": 35}
    assert answer.json()["yours"]["counts"] == {"installed": 36}


@pytest.mark.parametrize("base_version", [0, 1])
def test_used_id_in_another_campaign_does_not_change_the_first(
    world: World, api: Api, base_version: int
) -> None:
    """38: not even with the same numbers, or with the version of the other report."""
    other = make_campaign(slug="he-2023", editable_days=91)
    make_indicator(campaign=other, code="installed")
    api(world.owner).post(URL, body(id=ID))
    sent = body(id=ID, campaign="he-2023", base_version=base_version)
    assert api(world.owner).post(URL, sent).status_code == 409
    assert DailyReport.objects.get().campaign == world.campaign


def test_same_day_in_another_campaign_is_another_report(world: World, api: Api) -> None:
    make_indicator(campaign=make_campaign(slug="he-2023", editable_days=91), code="installed")
    answers = [
        api(world.owner).post(URL, body(campaign=slug)).status_code
        for slug in ("de-an-06-2023", "he-2023")
    ]
    assert answers == [201, 201]


TWICE = "Ô này được gửi hai lần. Tải lại trang rồi nhập lại."


@pytest.mark.parametrize(
    "fields",
    [
        {"count-installed": ["3", "4"]},
        {"note": ["một", "hai"]},
        {"report_id": [ID, str(uuid4())]},
        {"base_version": ["0", "1"]},
    ],
)
def test_field_sent_twice_is_asked_about(
    world: World, browse: Browse, fields: dict[str, list[str]]
) -> None:
    """39: which one was meant?"""
    sent = {"report_id": ID, "base_version": "0", "count-installed": "3", "confirm": "1"}
    page = read(browse(world.owner).post("/c/de-an-06-2023/report/", {**sent, **fields}))
    assert TWICE in page.problems[-1]
    assert nothing_is_saved()


def test_extra_fields_change_nothing_on_the_page(world: World, browse: Browse) -> None:
    """40"""
    post(
        browse(world.owner), count_installed="3", confirm="1", approved="1", status="approved",
        version="7", lateness="on_time", branch="XD-14158", unit="14158",
    )  # fmt: skip
    report = DailyReport.objects.get()
    assert (report.status, report.version, report.branch) == (Status.SUBMITTED, 1, world.branch)
    assert report.unit == world.commune


@pytest.mark.parametrize("name", ["approved", "status", "version", "user", "constructor", ""])
def test_extra_fields_are_refused_by_the_api(world: World, api: Api, name: str) -> None:
    """40"""
    answer = api(world.owner).post(URL, body(**{name: 1}))
    assert answer.json() == {name: ["Không nhận trường này. Bỏ nó đi."]}
    assert nothing_is_saved()


@pytest.mark.parametrize("name", ["activated", "khong_co", "Installed", "installed "])
def test_counts_that_are_not_entered_are_refused(world: World, api: Api, name: str) -> None:
    answer = api(world.owner).post(URL, body(counts={name: 1}))
    assert (answer.status_code, [*answer.json()["counts"]]) == (400, [name])


def test_identity_of_the_receipt_is_what_was_sent(world: World, browse: Browse) -> None:
    """A button pressed twice, or a page sent again by the browser, is one report."""
    client = browse(world.owner)
    sent = {"report_id": ID, "count_installed": "3", "confirm": "1"}
    addresses = {post(client, **sent).headers["Location"] for _press in range(3)}
    assert addresses == {f"/c/de-an-06-2023/report/{ID}/"}
    assert DailyReport.objects.get().pk == UUID(ID)
    assert Revision.objects.count() == 1


def test_form_of_another_branch_is_not_taken(world: World, browse: Browse) -> None:
    """36: the branch stands in the address, the right is looked up for it."""
    answer = post(
        browse(world.neighbour), "/c/de-an-06-2023/report/?branch=XD-14173", count_installed="3"
    )
    assert answer.status_code == 404
    branch = make_branch(code="XD-9", home_unit=world.far_commune)
    answer = post(
        browse(world.lead), f"/c/de-an-06-2023/report/?branch={branch.code}", count_installed="3"
    )
    assert answer.status_code == 404
    assert nothing_is_saved()


def test_two_versions_are_shown_on_one_page_and_the_choice_is_taken(
    world: World, browse: Browse, api: Api
) -> None:
    """38: somebody else was faster; what was typed stays, and goes on as the correction."""
    day = TODAY.isoformat()
    api(world.lead).post(URL, body(id=ID, date=day, counts={"installed": 35}))
    client = browse(world.owner)
    mine = {"report_id": str(uuid4()), "base_version": "0", "count-installed": "36"}
    shown = read(
        client.post("/c/de-an-06-2023/report/", {**mine, "note": "đã đếm lại", "confirm": "1"})
    )
    assert shown.status == 409
    assert "Báo cáo ngày này đã có số khác." in shown.problems[0]
    assert "35" in shown.text
    assert (shown.fields["count-installed"], shown.fields["note"]) == ("36", "đã đếm lại")
    assert (shown.fields["report_id"], shown.fields["base_version"]) == (ID, "1")
    assert DailyReport.objects.get().counts == {"installed": 35}
    again = {name: shown.fields[name] for name in ("report_id", "base_version", "count-installed")}
    assert client.post("/c/de-an-06-2023/report/", {**again, "confirm": "1"}).status_code == 302
    stored = DailyReport.objects.get()
    assert (stored.version, stored.counts) == (2, {"installed": 36})


def test_report_that_stands_comes_back_into_the_form(
    world: World, browse: Browse, api: Api
) -> None:
    day = TODAY.isoformat()
    api(world.owner).post(URL, body(id=ID, date=day, counts={"level1": 0, "level2": 7}, note="a"))
    page = read(browse(world.owner).get("/c/de-an-06-2023/report/"))
    counts = {name: value for name, value in page.fields.items() if name.startswith("count-")}
    assert counts == {
        "count-installed": "",
        "count-level1": "0",
        "count-level2": "7",
        "count-upgraded": "",
    }
    assert (page.fields["report_id"], page.fields["base_version"]) == (ID, "1")
    assert page.fields["note"] == "a"
