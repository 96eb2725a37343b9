"""The page: paste, look, put right, send; sent twice it is one report."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Indicator
from reports.daily.models import DailyReport, Revision, Source
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_indicator
from tests.reports.chat.test_api import ALIASES
from tests.reports.reporting import report

URL = "/c/de-an-06-2023/report/paste/"
Browse = Callable[[User], Client]
DAY = "Giao Tiến cài 35, m1 20\nHồng Thuận: cài 12\nGiao Tiên cài 1.000\nEm cảm ơn ạ"


@pytest.fixture
def spelled(world: World) -> World:
    """The world, in which indicators are written as people write them."""
    for code, aliases in ALIASES.items():
        Indicator.objects.filter(code=code).update(aliases=aliases)
    return world


def fields(answer: Any) -> dict[str, Any]:
    """Return what the browser would send of the lines on a page."""
    html = answer.content.decode()
    form = html[html.index('class="pasted') :].split("</form>")[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" not in given or (given.get("type") == "checkbox" and " checked" not in tag):
            continue
        found.setdefault(given["name"], []).append(given.get("value", ""))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = [chosen[1] if chosen else ""]
    for name, body in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = [body]
    found.pop("csrfmiddlewaretoken", None)
    return {**found, "send": "1"}


def remaining() -> dict[str, dict[str, int]]:
    """Return what the database has, by branch."""
    return {r.branch.code: r.counts for r in DailyReport.objects.select_related("branch")}


def test_what_is_understood_is_chosen_and_sent_and_the_rest_waits(
    spelled: World, browse: Browse
) -> None:
    client = browse(spelled.lead)
    shown = client.post(URL, {"text": DAY, "date": TODAY.isoformat(), "read": "1"})
    assert remaining() == {}
    sent = fields(shown)
    assert [name for name in sent if name.endswith("-send")] == ["l0-send", "l1-send"]
    answer = client.post(URL, sent)
    assert remaining() == {
        "XD-14173": {"installed": 35, "level1": 20},
        "XD-14158": {"installed": 12},
    }
    assert {r.source for r in Revision.objects.all()} == {Source.PASTE}
    for one in DailyReport.objects.all():
        assert one.number in answer.content.decode()
    assert "Giao Tiên cài 1.000" in answer.content.decode()


@pytest.mark.parametrize(("typed", "day"), [("19/6/2023", "2023-06-19"), ("", "2023-06-20")])
def test_day_is_read_as_people_write_it(
    spelled: World, browse: Browse, typed: str, day: str
) -> None:
    shown = browse(spelled.owner).post(URL, {"text": "cài 35", "date": typed})
    assert fields(shown)["l0-date"] == [day]


@pytest.mark.parametrize("typed", ["30/02/2023", "26-05-12", "hôm qua", "9" * 99])
def test_day_that_is_none_is_asked_about_and_never_guessed(
    spelled: World, browse: Browse, typed: str
) -> None:
    page = browse(spelled.owner).post(URL, {"text": "cài 35", "date": typed}).content.decode()
    assert f"Không có ngày “{typed[:20]}”" in page
    assert "cài 35</textarea>" in page
    assert "l0-" not in page


def test_sent_twice_it_is_one_report_and_one_revision(spelled: World, browse: Browse) -> None:
    client = browse(spelled.lead)
    sent = fields(client.post(URL, {"text": DAY, "date": TODAY.isoformat(), "read": "1"}))
    client.post(URL, sent)
    again = client.post(URL, sent)
    once_more = client.post(URL, fields(again))
    assert once_more.status_code == 200
    assert DailyReport.objects.count() == 2
    assert Revision.objects.count() == 2
    assert "Đã nhận" in once_more.content.decode()


def test_a_question_is_answered_by_hand(spelled: World, browse: Browse) -> None:
    client = browse(spelled.lead)
    sent = fields(client.post(URL, {"text": DAY, "date": TODAY.isoformat(), "read": "1"}))
    sent |= {"l2-send": "1", "l2-branch": "XD-14173", "l2-n-installed": "1.000"}
    for number in (0, 1):
        sent.pop(f"l{number}-send")
    answer = client.post(URL, sent).content.decode()
    assert remaining() == {}
    assert 'value="1.000"' in answer
    sent["l2-n-installed"] = "1000"
    client.post(URL, sent)
    assert remaining() == {"XD-14173": {"installed": 1000}}


def test_another_report_is_replaced_only_once_it_was_shown(spelled: World, browse: Browse) -> None:
    client = browse(spelled.owner)
    text = {"text": "Giao Tiến cài 35", "date": TODAY.isoformat(), "read": "1"}
    sent = fields(client.post(URL, text))
    report(spelled.owner, "XD-14173", {"installed": 3})
    answer = client.post(URL, sent)
    assert remaining() == {"XD-14173": {"installed": 3}}
    assert "Đang có" in answer.content.decode()
    client.post(URL, fields(answer))
    assert remaining() == {"XD-14173": {"installed": 35}}


def test_texts_of_the_standing_report_stay(spelled: World, browse: Browse) -> None:
    report(spelled.owner, "XD-14173", {"installed": 3}, note="Mạng yếu")
    client = browse(spelled.owner)
    text = {"text": "Giao Tiến cài 35", "date": TODAY.isoformat(), "read": "1"}
    sent = fields(client.post(URL, text))
    assert "l0-send" not in sent
    client.post(URL, {**sent, "l0-send": "1"})
    (one,) = DailyReport.objects.all()
    assert (one.counts, one.note, one.version) == ({"installed": 35}, "Mạng yếu", 2)


def test_nobody_sends_for_a_branch_outside(spelled: World, browse: Browse) -> None:
    client = browse(spelled.owner)
    text = {"text": "Giao Tiến cài 35", "date": TODAY.isoformat(), "read": "1"}
    sent = fields(client.post(URL, text))
    answer = client.post(URL, {**sent, "l0-branch": "XD-14158"})
    assert remaining() == {}
    assert "Chọn một đơn vị" in answer.content.decode()


def test_nothing_is_lost_where_nothing_can_be_read(spelled: World, browse: Browse) -> None:
    client = browse(spelled.owner)
    for text in ("", "Chào cả nhà", "a\n" * 301, "<script>alert(1)</script>"):
        answer = client.post(URL, {"text": text, "date": TODAY.isoformat(), "read": "1"})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()
        assert 'role="alert"' in answer.content.decode()
    answer = client.post(URL, {"text": "Giao Tiến cài 35", "date": "hôm qua", "read": "1"})
    assert answer.status_code == 200


@pytest.mark.parametrize("lines", ["", "-1", "9999", "x", "2"])
def test_a_form_that_was_tampered_with_sends_nothing(
    spelled: World, browse: Browse, lines: str
) -> None:
    client = browse(spelled.owner)
    body = {"send": "1", "lines": lines, "l0-send": "1", "l0-branch": "\x00", "l0-date": "x"}
    assert client.post(URL, body).status_code == 200
    body |= {"l0-branch": "XD-14173", "l0-date": "0001-01-01", "l0-id": "x", "l0-n-installed": "3"}
    assert client.post(URL, body).status_code == 200
    assert remaining() == {}


def test_the_totals_follow(spelled: World, browse: Browse) -> None:
    client = browse(spelled.owner)
    text = {"text": "Giao Tiến cài 35", "date": TODAY.isoformat(), "read": "1"}
    client.post(URL, fields(client.post(URL, text)))
    drain()
    assert "35" in client.get("/c/de-an-06-2023/dashboard/").content.decode()


def test_what_is_unusual_goes_with_a_word_and_not_without(spelled: World, browse: Browse) -> None:
    client = browse(spelled.owner)
    text = {"text": "Giao Tiến cài 5000", "date": TODAY.isoformat(), "read": "1"}
    shown = client.post(URL, text)
    assert "5.000" in shown.content.decode()
    sent = {**fields(shown), "l0-send": "1"}
    answer = client.post(URL, sent)
    assert remaining() == {}
    sent = {**fields(answer), "l0-explanation": "drive"}
    client.post(URL, sent)
    (one,) = DailyReport.objects.all()
    assert (one.counts, one.explanation) == ({"installed": 5000}, "drive")
    client.post(URL, sent)
    assert Revision.objects.count() == 1


def test_what_has_to_be_looked_at_comes_first_and_is_counted(
    spelled: World, browse: Browse
) -> None:
    answer = browse(spelled.lead).post(URL, {"text": "Giao Tiến cài 35\nHồng Thuận cài 1.000"})
    shown = answer.content.decode()
    assert "<b>1</b> dòng cần bạn xem" in shown
    assert "<b>1</b> dòng đã rõ" in shown
    assert shown.index('name="l1-send"') < shown.index('name="l0-send"')
    assert fields(answer)["l0-send"] == ["1"]
    assert "l1-send" not in fields(answer)


PRESENT = {"installed": 62, "level1": 50, "level2": 16, "upgraded": 2}


def test_figures_that_a_message_does_not_name_stay(spelled: World, browse: Browse) -> None:
    report(spelled.owner, "XD-14173", PRESENT)
    client = browse(spelled.lead)
    shown = client.post(URL, {"text": "Giao Tiến cài 35, m1 20", "date": TODAY.isoformat()})
    assert "giữ nguyên" in shown.content.decode()
    sent = {**fields(shown), "l0-send": "1"}
    # What is kept may be cleared by name; nothing is ticked beforehand.
    assert shown.content.decode().count('name="l0-clear"') == 2
    assert "l0-clear" not in sent
    client.post(URL, sent)
    assert remaining() == {"XD-14173": {**PRESENT, "installed": 35, "level1": 20}}
    client.post(URL, sent)
    assert Revision.objects.count() == 2


def test_three_figures_of_a_message_leave_the_other_four(spelled: World, browse: Browse) -> None:
    """Case A7, as it was sent."""
    others = ("registered", "assisted", "visited")
    for code in others:
        make_indicator(campaign=spelled.campaign, code=code, label=code)
    seven = (*("installed", "level1", "level2"), "registered", "upgraded", "assisted", "visited")
    figures = dict(zip(seven, (62, 50, 16, 21, 2, 14, 5), strict=True))
    yesterday = TODAY - dt.timedelta(days=1)
    report(spelled.neighbour, spelled.neighbour_branch.code, figures, date=yesterday)
    text = {"text": "Hồng Thuận 19/6 cài 35, m1 20, m2 12", "date": TODAY.isoformat()}
    shown = browse(spelled.lead).post(URL, text)
    browse(spelled.lead).post(URL, {**fields(shown), "l0-send": "1"})
    named = {"installed": 35, "level1": 20, "level2": 12}
    assert remaining() == {spelled.neighbour_branch.code: {**figures, **named}}


def test_figure_that_is_chosen_away_by_name_is_blank(spelled: World, browse: Browse) -> None:
    report(spelled.owner, "XD-14173", PRESENT)
    client = browse(spelled.owner)
    sent = fields(client.post(URL, {"text": "Giao Tiến cài 35", "date": TODAY.isoformat()}))
    client.post(URL, {**sent, "l0-send": "1", "l0-clear": ["upgraded"]})
    assert remaining() == {"XD-14173": {"installed": 35, "level1": 50, "level2": 16}}


def test_figure_chosen_away_of_another_version_is_asked_about_again(
    spelled: World, browse: Browse
) -> None:
    first = report(spelled.owner, "XD-14173", PRESENT)
    client = browse(spelled.owner)
    sent = fields(client.post(URL, {"text": "Giao Tiến cài 35", "date": TODAY.isoformat()}))
    report(spelled.owner, "XD-14173", {**PRESENT, "upgraded": 9}, base_version=first.version)
    answer = client.post(URL, {**sent, "l0-send": "1", "l0-clear": ["upgraded"]})
    assert remaining()["XD-14173"]["upgraded"] == 9
    assert "l0-clear" not in fields(answer)
    client.post(URL, fields(answer))
    assert remaining() == {"XD-14173": {**PRESENT, "upgraded": 9, "installed": 35}}


def test_nothing_to_report_beside_figures_is_asked_about(spelled: World, browse: Browse) -> None:
    report(spelled.owner, "XD-14173", PRESENT)
    client = browse(spelled.owner)
    shown = client.post(URL, {"text": "Giao Tiến không phát sinh", "date": TODAY.isoformat()})
    sent = {**fields(shown), "l0-send": "1"}
    assert "Tin ghi không phát sinh mà ngày này đã có số" in shown.content.decode()
    client.post(URL, sent)
    assert remaining() == {"XD-14173": PRESENT}
    client.post(URL, {**sent, "l0-clear": list(PRESENT)})
    (one,) = DailyReport.objects.all()
    assert (one.counts, one.no_activity) == ({}, True)


def test_word_given_for_a_kept_figure_stays(spelled: World, browse: Browse) -> None:
    report(spelled.owner, "XD-14173", {"installed": 5000, "level1": 3}, explanation="drive")
    client = browse(spelled.owner)
    sent = fields(client.post(URL, {"text": "Giao Tiến m1 4", "date": TODAY.isoformat()}))
    client.post(URL, {**sent, "l0-send": "1"})
    (one,) = DailyReport.objects.all()
    assert (one.counts, one.explanation) == ({"installed": 5000, "level1": 4}, "drive")
