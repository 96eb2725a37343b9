"""Counts that cannot be read, or not at once (1 to 21, 34, 35)."""

import datetime as dt
import json

import pytest

from reports.daily.models import DailyReport
from reports.dashboards.selectors.dashboard import build_dashboard
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.pages import read
from tests.reports.daily.test_bad_inputs.sending import (
    URL,
    Api,
    Browse,
    body,
    nothing_is_saved,
    post,
    send,
)

AMBIGUOUS = "Chưa rõ “{}” là bao nhiêu. Gõ liền các chữ số, ví dụ {}."
UNREAD = "Chưa đọc được “{}”. Nhập số nguyên, ví dụ 30."
FRACTION = "Nhập số nguyên, không có phần lẻ. Ví dụ: 30."
NEGATIVE = "Không nhập số âm. Nhập số nguyên, ít nhất là 0."
TOO_MUCH = "Số lớn quá: nhiều nhất là 1.000.000. Xem có thừa chữ số không."

TYPED = {
    "1 thousands with a point": ("1.000", AMBIGUOUS.format("1.000", "1000")),
    "2 thousands with a comma": ("1,000", AMBIGUOUS.format("1,000", "1000")),
    "3 thousands with a blank": ("1 000", AMBIGUOUS.format("1 000", "1000")),
    "3 a blank too many": ("12 34", UNREAD.format("12 34")),
    "4 fraction": ("12,5", FRACTION),
    "4 fraction of nothing": ("12.0", FRACTION),
    "5 negative": ("-1", NEGATIVE),
    "5 typographic minus": ("−1", NEGATIVE),
    "6 minus nought": ("-0", NEGATIVE),
    "7 plus": ("+5", UNREAD.format("+5")),
    "8 exponent": ("1e3", UNREAD.format("1e3")),
    "9 hexadecimal": ("0x10", UNREAD.format("0x10")),
    "11 underscore": ("1_000", UNREAD.format("1_000")),
    "12 full-width": ("１２", UNREAD.format("１２")),
    "13 Arabic": ("٣", UNREAD.format("٣")),
    "14 superscript": ("²", UNREAD.format("²")),
    "14 Roman": ("Ⅻ", UNREAD.format("Ⅻ")),
    "15 zero-width inside": ("1\u200b000", AMBIGUOUS.format("1 000", "1000")),
    "16 thirty nines": ("9" * 30, TOO_MUCH),
    "16 thousands of nines": ("9" * 5000, TOO_MUCH),
    "17 two to the 31": (str(2**31), TOO_MUCH),
    "17 one over the most": ("1000001", TOO_MUCH),
    "19 NaN": ("NaN", UNREAD.format("NaN")),
    "20 word": ("không", UNREAD.format("không")),
    "21 letter l": ("l0", UNREAD.format("l0")),
    "21 letter O": ("1O", UNREAD.format("1O")),
    "22 NUL": ("1\x002", UNREAD.format("12")),
    "24 emoji": ("😀", UNREAD.format("😀")),
    "25 RTL override": ("\u202e12", UNREAD.format("12")),
    "26 script": ("<script>alert(1)</script>", UNREAD.format("<script>alert(1)</sc")),
    "27 formula": ("=1+1", UNREAD.format("=1+1")),
    "28 full-width formula": ("＝1", UNREAD.format("＝1")),
}


def test_typed_counts_that_cannot_be_read_are_asked_about(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    answers = {}
    for case, (typed, _message) in TYPED.items():
        page = read(post(client, count_installed=typed, count_level1="7"))
        shown = (page.fields["count-installed"], page.fields["count-level1"])
        answers[case] = (page.status, page.problems[-1], shown)
    assert answers == {
        case: (200, message, (typed, "7")) for case, (typed, message) in TYPED.items()
    }
    assert nothing_is_saved()


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("007", 7),  # 10
        (" 12 ", 12),
        ("\u00a012\u00a0", 12),  # 15
        ("\u200b12\ufeff", 12),  # 15
        ("12\r\n", 12),
        ("0", 0),  # 18
        ("1000000", 1_000_000),
    ],
)
def test_typed_counts_with_one_meaning_are_taken(
    world: World, browse: Browse, typed: str, count: int
) -> None:
    sent = {"count_installed": typed, "confirm": "1", "explanation": "checked"}
    assert post(browse(world.owner), **sent).status_code == 302
    assert DailyReport.objects.get().counts == {"installed": count}


@pytest.mark.parametrize(("typed", "counts"), [("", {"level1": 4}), ("0", {"installed": 0})])
def test_blank_is_not_nought(
    world: World, browse: Browse, typed: str, counts: dict[str, int]
) -> None:
    """18"""
    others = {} if typed else {"count_level1": "4"}
    post(browse(world.owner), count_installed=typed, confirm="1", **others)
    assert DailyReport.objects.get().counts == counts


def test_form_without_any_count_asks(world: World, browse: Browse) -> None:
    page = read(post(browse(world.owner), count_installed="", confirm="1"))
    assert page.problems == ["Chưa có số nào. Nhập kết quả, hoặc chọn “Hôm nay không phát sinh”."]
    assert nothing_is_saved()


NOT_AN_INTEGER = "Gửi một số nguyên, ví dụ 30; không gửi chữ hay số lẻ."
VALUES: dict[str, tuple[bytes, str]] = {
    "1 text": (b'"1.000"', NOT_AN_INTEGER),
    "1 float": (b"1.000", NOT_AN_INTEGER),
    "4 fraction": (b"12.5", NOT_AN_INTEGER),
    "4 whole float": (b"35.0", NOT_AN_INTEGER),
    "5 negative": (b"-1", NEGATIVE),
    "8 exponent": (b"1e3", NOT_AN_INTEGER),
    "16 thirty nines": (b"9" * 30, TOO_MUCH),
    "17 two to the 31": (b"2147483648", TOO_MUCH),
    "17 one over the most": (b"1000001", TOO_MUCH),
    "18 null": (b"null", NOT_AN_INTEGER),
    "18 blank": (b'""', NOT_AN_INTEGER),
    "20 boolean": (b"true", NOT_AN_INTEGER),
    "20 list": (b"[35]", NOT_AN_INTEGER),
    "20 object": (b'{"a": 35}', NOT_AN_INTEGER),
    "22 NUL": (b'"\\u0000"', NOT_AN_INTEGER),
}


def test_json_counts_that_are_no_integers_are_refused(world: World, api: Api) -> None:
    client = api(world.owner)
    answers = {}
    for case, (value, _message) in VALUES.items():
        text = json.dumps(body(counts={"installed": "VALUE"})).encode().replace(b'"VALUE"', value)
        answer = send(client, text)
        answers[case] = (answer.status_code, answer.json())  # type: ignore[attr-defined]
    assert answers == {
        case: (400, {"counts": {"installed": [message]}})
        for case, (_value, message) in VALUES.items()
    }
    assert nothing_is_saved()


def test_json_minus_nought_is_nought(world: World, api: Api) -> None:
    """6: JSON knows one integer of that value."""
    content = json.dumps(body()).encode().replace(b'"installed": 35', b'"installed": -0')
    answer = send(api(world.owner), content)
    assert answer.json()["counts"] == {"installed": 0}  # type: ignore[attr-defined]


def test_part_greater_than_the_whole_is_refused(world: World, browse: Browse, api: Api) -> None:
    """34"""
    text = "“Nâng mức” không thể nhiều hơn “Mức 2”. Xem lại hai số này."
    answer = api(world.owner).post(URL, body(counts={"level2": 3, "upgraded": 4}))
    assert answer.json() == {"counts": {"upgraded": [text]}}
    # On the page it is asked about first: see test_unusual.
    page = read(post(browse(world.owner), count_level1="1", count_level2="3", count_upgraded="4"))
    assert "Số này có đúng không?" in page.text
    assert (page.fields["count-level2"], page.fields["count-upgraded"]) == ("3", "4")
    assert nothing_is_saved()


def test_part_without_the_whole_is_refused(world: World, api: Api) -> None:
    answer = api(world.owner).post(URL, body(counts={"upgraded": 1}))
    assert (answer.status_code, [*answer.json()["counts"]]) == (400, ["upgraded"])


def test_ten_times_yesterday_is_taken_and_shown_for_a_call(world: World, api: Api) -> None:
    """35: it may be true, so that it is asked about, not refused."""
    client = api(world.owner)
    for day, count in ((TODAY - dt.timedelta(days=1), 20), (TODAY, 200)):
        sent = body(date=day.isoformat(), counts={"level1": count})
        assert client.post(URL, sent).status_code == 201
    drain()
    dashboard = build_dashboard(campaign=world.campaign, unit=world.province, basis="reported")
    assert [a.name for a in dashboard.action_items if a.kind == "jump"] == ["Đoàn xã Giao Tiến"]
