"""What people and machines send that cannot stand, each with its one defined answer.

The numbers in the names of the cases are those of the list of 48 bad inputs. On the page an
answer is a sentence in Vietnamese beside the field, which keeps what was typed; from the
API it is a status and a message by field. Never a 500, and nothing is saved.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import issue_token
from campaign.models import Campaign, Unit
from reports.models import DailyReport, Revision, StaleUnitDay, Status
from reports.selectors.board import build_board
from reports.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_branch, make_campaign, make_indicator, make_unit
from tests.pages import read

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
URL = "/api/v1/daily-reports/"
ID = "0b0e7a54-5a0c-4a5e-9a55-3f2b6f6f1d10"


def post(client: Client, address: str = "/report/", **given: Any) -> HttpResponse:
    """Send the form of the page; a name with ``_`` for each ``-``."""
    counts = {name.replace("_", "-"): given.pop(name) for name in [*given] if "count" in name}
    sent = {"report_id": str(uuid4()), "base_version": "0", **counts, **given}
    return client.post(address, sent)  # type: ignore[return-value]


def body(**given: Any) -> dict[str, Any]:
    """Return a report as a client sends it."""
    return {
        "id": str(uuid4()),
        "campaign": "de-an-06-2023",
        "branch": "XD-14173",
        "date": "2023-05-12",
        "counts": {"installed": 35},
        **given,
    }


def send(client: Client, content: bytes | dict[str, Any], **extra: Any) -> HttpResponse:
    """Send bytes as JSON, whatever they are."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    answer: Any = client.post(URL, data, content_type="application/json", **extra)
    return answer  # type: ignore[no-any-return]


def nothing_is_saved() -> bool:
    """Whether no report, no revision and no stale day was left."""
    return not any(model.objects.exists() for model in (DailyReport, Revision, StaleUnitDay))


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
        kept = (page.fields["count-installed"], page.fields["count-level1"])
        answers[case] = (page.status, page.problems[-1], kept)
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
    answer = post(browse(world.owner), count_installed=typed, confirm="1")
    assert answer.status_code == 302
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
    answer = send(api(world.owner), json.dumps(body()).encode().replace(b"35", b"-0"))
    assert answer.json()["counts"] == {"installed": 0}  # type: ignore[attr-defined]


UNREADABLE = "Có ký tự điều khiển không đọc được. Xóa đi rồi gõ lại phần chữ đó."
CITIZEN = "Có 12 chữ số liền nhau, giống số định danh. Xóa đi: cổng không lưu số định danh."
TOO_LONG = "Dài quá 2000 ký tự. Viết ngắn lại."
TEXTS = {
    "22 NUL": ("a\x00b", UNREADABLE),
    "25 RTL override": ("lãi \u202e000.1", UNREADABLE),
    "25 isolate": ("\u2066abc", UNREADABLE),
    "27 escape": ("a\x1bb", UNREADABLE),
    "30 too long": ("x" * 2001, TOO_LONG),
    "citizen id": ("căn cước 036123456789 đã làm", CITIZEN),
    "citizen id, points": ("036.123.456.789", CITIZEN),
    "citizen id, blanks": ("036 123 456 789", CITIZEN),
    "citizen id, no-break blanks": ("036\u00a0123\u00a0456\u00a0789", CITIZEN),
    "citizen id, dashes": ("036-123-456-789", CITIZEN),
    "citizen id, by four": ("0361 2345 6789", CITIZEN),
    "citizen id, by six": ("036093 001234", CITIZEN),
    "citizen id, as it is made": ("036 0 93 001234", CITIZEN),
    "citizen id, rest": ("036 093 001234", CITIZEN),
    "citizen id, zero-width": ("036\u200b123\u200b456789", CITIZEN),
    "citizen id, full-width": ("０３６１２３４５６７８９", CITIZEN),
    "citizen id, elsewhere": ("số 001099012345.", CITIZEN),
}
FREE_TEXTS = ("note", "difficulties", "proposals")


@pytest.mark.parametrize("name", FREE_TEXTS)
def test_texts_that_cannot_be_kept_are_refused_on_the_page(
    world: World, browse: Browse, name: str
) -> None:
    client = browse(world.owner)
    answers = {}
    for case, (text, _message) in TEXTS.items():
        page = read(post(client, count_installed="3", confirm="1", **{name: text}))
        answers[case] = (page.status, page.problems[-1], page.fields[name])
    assert answers == {case: (200, message, text) for case, (text, message) in TEXTS.items()}
    assert nothing_is_saved()


@pytest.mark.parametrize("name", FREE_TEXTS)
def test_texts_that_cannot_be_kept_are_refused_by_the_api(
    world: World, api: Api, name: str
) -> None:
    client = api(world.owner)
    answers = {
        case: client.post(URL, body(**{name: text})).json()
        for case, (text, _message) in TEXTS.items()
    }
    assert answers == {case: {name: [message]} for case, (_text, message) in TEXTS.items()}
    assert nothing_is_saved()


@pytest.mark.parametrize(
    "text",
    [
        "Gọi chị Hoa 0912345678 hoặc +84 912 345 678",
        "0912.345.678 – 0987.654.321",
        "091 234 5678",
        "Ngày 20/06/2023 lúc 18:30, tổng 1.234.567",
        "Quỹ 120000-150000 đồng mỗi buổi",
        "Số hiệu 1234567890123 và 12345678901",
        "😀 Họp ở nhà văn hóa",  # 24
        "=HYPERLINK(1)\ttab và dòng\nmới",  # 27
        'Tên "nhà máy", phẩy',  # 29
        "x" * 2000,
    ],
)
def test_ordinary_texts_are_kept_to_the_letter(world: World, api: Api, text: str) -> None:
    assert api(world.owner).post(URL, body(note=text)).status_code == 201
    assert DailyReport.objects.get().note == text


def test_text_in_pieces_is_kept_in_one_form(world: World, api: Api) -> None:
    """23: iOS and macOS send the marks apart; sent again it is the same report."""
    apart, whole = "Ha\u0300 No\u0323\u0302i", "Hà Nội"
    sent = body(note=apart)
    assert api(world.owner).post(URL, sent).status_code == 201
    assert DailyReport.objects.get().note == whole
    assert api(world.owner).post(URL, {**sent, "note": whole}).status_code == 200


def test_page_and_api_measure_a_text_alike(world: World, browse: Browse, api: Api) -> None:
    """A browser sends each end of line as two characters; they count as one."""
    text = "\r\n".join(["một dòng"] * 222)
    assert len(text) > 2000 > len(text.replace("\r\n", "\n"))
    post(browse(world.owner), count_installed="3", note=text, confirm="1")
    assert DailyReport.objects.get().note == text.replace("\r\n", "\n")
    assert api(world.owner).post(URL, body(note=text)).status_code == 201


def test_markup_in_a_text_is_shown_as_text(world: World, browse: Browse) -> None:
    """26"""
    client = browse(world.owner)
    text = "<script>alert(1)</script>"
    checked = post(client, count_installed="3", note=text).content.decode()
    assert "<script>alert" not in checked
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in checked


LINKS = {
    "script": "javascript:alert(1)",
    "other scheme": "ftp://doan.vn/anh",
    "no host": "https://",
    "relative": "//evil.vn",
    "blank inside": "https://a.vn/b c",
    "too long": "https://doan.vn/" + "x" * 500,
    "citizen id": "https://doan.vn/036123456789",
}


def test_links_that_are_none_are_refused_everywhere(world: World, browse: Browse, api: Api) -> None:
    client = browse(world.owner)
    for case, link in LINKS.items():
        page = read(post(client, count_installed="3", evidence_url=link, confirm="1"))
        assert (case, page.fields["evidence_url"], len(page.problems)) == (case, link, 2)
        answer = api(world.owner).post(URL, body(evidence_url=link))
        assert (case, answer.status_code, [*answer.json()]) == (case, 400, ["evidence_url"])
    assert nothing_is_saved()


def test_link_to_a_post_with_a_long_number_is_taken(world: World, api: Api) -> None:
    link = "https://www.facebook.com/groups/123456789012345/posts/98765432109876543/"
    assert api(world.owner).post(URL, body(evidence_url=link)).status_code == 201


def test_too_big_a_body_is_refused_with_413(world: World, api: Api) -> None:
    """30"""
    answer = api(world.owner).post(URL, body(note="x" * 10_000_000))
    assert answer.status_code == 413
    assert answer.json() == {"detail": "Nội dung quá lớn. Rút ngắn phần ghi chú rồi gửi lại."}
    assert nothing_is_saved()


def test_too_big_a_form_is_refused(world: World, browse: Browse) -> None:
    """30"""
    answer = post(browse(world.owner), count_installed="3", note="x" * 10_000_000)
    assert answer.status_code in (400, 413)
    assert read(answer).heading
    assert nothing_is_saved()


NO_DAY = "Không có ngày này. Ghi năm-tháng-ngày, ví dụ 2023-05-12."
OUTSIDE = "Chiến dịch diễn ra từ 01/04/2023 đến 30/06/2023. Chọn một ngày trong khoảng đó."
DAYS = {
    "31 tomorrow": (
        "2023-06-21",
        "Ngày 21/06/2023 chưa tới. Chọn hôm nay hoặc một ngày đã qua.",
    ),
    "31 before the campaign": ("2023-03-31", OUTSIDE),
    "31 the end of the calendar": ("9999-12-31", OUTSIDE),
    "32 30 February": ("2023-02-30", NO_DAY),
    "33 year 26": ("26-05-12", NO_DAY),
    "as it is written here": ("12/05/2023", NO_DAY),
    "one digit": ("2023-5-12", NO_DAY),
    "full-width": ("２０２３-05-12", NO_DAY),
    "with a time": ("2023-05-12T00:00:00", NO_DAY),
    "a number": (20230512, NO_DAY),
    "a list": (["2023-05-12"], NO_DAY),
    "null": (None, "Không gửi null. Bỏ trường này đi hoặc gửi một giá trị."),
}


def test_days_that_cannot_be_are_refused_by_the_api(world: World, api: Api) -> None:
    client = api(world.owner)
    answers = {
        case: client.post(URL, body(date=date)).json() for case, (date, _text) in DAYS.items()
    }
    assert answers == {case: {"date": [text]} for case, (_date, text) in DAYS.items()}
    assert nothing_is_saved()


@pytest.mark.parametrize(
    ("date", "problem"),
    [(date, text) for date, text in DAYS.values() if isinstance(date, str) and text != NO_DAY],
)
def test_days_that_cannot_be_are_refused_on_the_page(
    world: World, browse: Browse, date: str, problem: str
) -> None:
    page = read(post(browse(world.owner), f"/report/?date={date}", count_installed="3"))
    assert (page.problems, page.fields["count-installed"]) == ([problem], "3")
    assert nothing_is_saved()


@pytest.mark.parametrize(
    "date", ["2023-02-30", "26-05-12", "12/05/2023", "0001-01-01", "", "x", "２０２３-05-12"]
)
def test_addresses_with_no_day_are_not_found(world: World, browse: Browse, date: str) -> None:
    """32, 33: no form writes such an address."""
    client = browse(world.owner)
    assert client.get(f"/report/?date={date}").status_code == 404
    assert post(client, f"/report/?date={date}", count_installed="3").status_code == 404
    assert nothing_is_saved()


def test_part_greater_than_the_whole_is_refused(world: World, browse: Browse, api: Api) -> None:
    """34"""
    text = "“Nâng mức” không thể nhiều hơn “Mức 2”. Xem lại hai số này."
    answer = api(world.owner).post(URL, body(counts={"level2": 3, "upgraded": 4}))
    assert answer.json() == {"counts": {"upgraded": [text]}}
    page = read(post(browse(world.owner), count_level2="3", count_upgraded="4"))
    assert page.problems[-1] == text
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
    board = build_board(campaign=world.campaign, unit=world.province, visible=[], basis="reported")
    assert [a.name for a in board.attention if a.kind == "jump"] == ["Đoàn xã Giao Tiến"]


def test_report_of_another_branch_does_not_exist(world: World, browse: Browse, api: Api) -> None:
    """36"""
    api(world.owner).post(URL, body(id=ID))
    assert browse(world.neighbour).get(f"/report/{ID}/").status_code == 404
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
    page = read(browse(world.owner).post("/report/", {**sent, **fields}))
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


def test_reading_what_can_only_be_sent_is_refused(world: World, browse: Browse) -> None:
    """41"""
    client = browse(world.staff)
    for url in (URL, "/sign-out/", f"/branches/XD-14173/invite/{world.owner.pk}/"):
        assert (url, client.get(url).status_code) == (url, 405)


def test_old_tab_says_what_to_do(world: World) -> None:
    """42"""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner, backend="accounts.backends.NameOrPhoneBackend")
    answer = post(client, count_installed="3", confirm="1", csrfmiddlewaretoken="x" * 64)
    page = read(answer)
    assert (page.status, page.heading) == (403, "Trang mở đã lâu")
    assert "tải lại trang rồi gửi lần nữa" in page.text
    assert nothing_is_saved()


def test_session_cannot_write_to_the_api_without_the_token(world: World) -> None:
    """42: another site's page cannot send with the visitor's cookie."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner, backend="accounts.backends.NameOrPhoneBackend")
    assert send(client, body()).status_code == 403
    assert nothing_is_saved()


EVIL = [
    "//evil.vn",
    "///evil.vn",
    "https://evil.vn/",
    "https:evil.vn",
    "/\\evil.vn",
    "\t//evil.vn",
    "http://testserver@evil.vn/",
    "javascript:alert(1)",
    "\x00",
]


@pytest.mark.parametrize("address", EVIL)
def test_sign_in_leads_to_no_other_site(world: World, address: str) -> None:
    """43"""
    sent = {"username": "owner", "password": "Demo-2023!", "next": address}
    assert Client().post("/sign-in/", sent).headers["Location"] == "/"
    chosen = Client().post("/language/", {"language": "en", "next": address})
    assert chosen.headers["Location"] == "/"


@pytest.mark.parametrize("address", ["/sign-in/", "/sign-in/?next=/sign-in/"])
def test_sign_in_leads_to_no_circle(world: World, browse: Browse, address: str) -> None:
    """43"""
    answer = browse(world.owner).get("/sign-in/", {"next": address}, follow=True)
    assert answer.status_code == 200
    assert len(answer.redirect_chain) < 4


def test_code_means_the_unit_that_bears_it_on_the_day(world: World, api: Api) -> None:
    """47: codes are used again."""
    turn = dt.date(2023, 5, 1)
    old = make_unit(code="13669", name="Phường Trần Đăng Ninh", parent=world.district)
    Unit.objects.filter(pk=old.pk).update(valid_to=turn)
    new = make_unit(code="13669", name="Phường Cửa Bắc", parent=world.district, valid_from=turn)
    for day in ("2023-04-30", "2023-05-01"):
        sent = body(branch="CA-36", unit="13669", date=day)
        assert api(world.officer).post(URL, sent).status_code == 201
    units = DailyReport.objects.order_by("date").values_list("unit", flat=True)
    assert list(units) == [old.pk, new.pk]


def test_branch_whose_unit_is_gone_is_told(world: World, api: Api, browse: Browse) -> None:
    """47"""
    Unit.objects.filter(pk=world.commune.pk).update(valid_to=dt.date(2023, 5, 1))
    text = "“Xã Giao Tiến” không còn hoặc chưa có vào ngày này."
    assert api(world.owner).post(URL, body()).json() == {"unit": [text]}
    page = read(post(browse(world.owner), "/report/?date=2023-05-12", count_installed="3"))
    assert (page.problems, page.fields["count-installed"]) == ([text], "3")
    assert nothing_is_saved()


def test_closed_branch_is_told(world: World, api: Api) -> None:
    """47"""
    world.branch.closed_on = dt.date(2023, 5, 1)
    world.branch.save()
    answer = api(world.owner).post(URL, body())
    assert (answer.status_code, [*answer.json()]) == (400, ["branch"])


def test_closed_day_is_told_and_what_was_typed_stays(
    world: World, api: Api, browse: Browse
) -> None:
    """48"""
    Campaign.objects.update(editable_days=2)
    text = "Đã khóa sổ ngày 12/05/2023 lúc 23:59 14/05/2023. Cần sửa thì báo Huyện Đoàn mở lại."
    answer = api(world.owner).post(URL, body())
    assert (answer.status_code, answer.json()) == (409, {"detail": text})
    page = read(post(browse(world.owner), "/report/?date=2023-05-12", count_installed="3"))
    assert (page.problems, page.fields["count-installed"]) == ([text], "3")
    assert nothing_is_saved()


def test_day_that_has_not_opened_is_told(world: World, api: Api) -> None:
    """48"""
    Campaign.objects.update(opens_at="23:59:59.999", due_at="23:59:59.999")
    answer = api(world.owner).post(URL, body(date=TODAY.isoformat()))
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Chưa đến giờ nhận báo cáo. Mở lúc 23:59 20/06/2023."


def test_locked_report_is_not_changed(world: World, api: Api) -> None:
    """48"""
    api(world.owner).post(URL, body(id=ID))
    DailyReport.objects.update(status=Status.LOCKED)
    answer = api(world.owner).post(URL, body(id=ID, counts={"installed": 1}, base_version=1))
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Báo cáo này đã khóa. Cần sửa thì báo Huyện Đoàn mở lại."}
    assert DailyReport.objects.get().counts == {"installed": 35}


NOT_JSON = "Nội dung không phải JSON (UTF-8) đúng cú pháp."
NO_OBJECT = "Gửi một đối tượng JSON, ví dụ {…}."
BODIES = {
    "deep list": (b"[" * 100_000, NOT_JSON),
    "deep object": (b'{"a":' * 50_000, NOT_JSON),
    "list": (b"[]", NO_OBJECT),
    "text": (b'"x"', NO_OBJECT),
    "null": (b"null", NO_OBJECT),
    "number": (b"5", NO_OBJECT),
    "not JSON": (b"{'id': 1}", NOT_JSON),
    "two objects": (b"{} {}", NOT_JSON),
    "trailing comma": (b'{"id": 1,}', NOT_JSON),
    "byte order mark": (b"\xef\xbb\xbf{}", NOT_JSON),
    "UTF-16": ('{"id": 1}'.encode("utf-16"), NOT_JSON),
    "Latin-1": (b'{"note": "\xe9"}', NOT_JSON),
    "NUL": (b"\x00", NOT_JSON),
    "NUL in a text": (b'{"note": "a\x00b"}', NOT_JSON),
    "half a character as a name": (b'{"\\ud800": 1}', NOT_JSON),
    "half a character twice": (b'{"\\ud800": 1, "\\ud800": 2}', NOT_JSON),
    "same name twice": (b'{"id": 1, "id": 2}', "Trường “id” có hai lần. Chỉ gửi một lần."),
    "same name twice inside": (
        b'{"counts": {"level1": 1, "level1": 2}}',
        "Trường “level1” có hai lần. Chỉ gửi một lần.",
    ),
    "NaN": (b'{"counts": {"level1": NaN}}', "Số “NaN” không dùng được."),
    "infinity": (b'{"counts": {"level1": -Infinity}}', "Số “-Infinity” không dùng được."),
    "too large a float": (b'{"counts": {"level1": 1e999}}', "Số “1e999” không dùng được."),
    "thousands of nines": (
        b'{"counts": {"level1": ' + b"9" * 5000 + b"}}",
        "Số “99999999999999999999…” quá dài.",
    ),
}


def test_bodies_that_are_no_report_are_refused(world: World, api: Api) -> None:
    client = api(world.owner)
    answers = {}
    for case, (content, _text) in BODIES.items():
        answer: Any = send(client, content)
        answers[case] = (answer.status_code, answer.json())
    assert answers == {case: (400, {"detail": text}) for case, (_c, text) in BODIES.items()}
    assert nothing_is_saved()


@pytest.mark.parametrize("name", ["campaign", "branch", "unit", "note", "evidence_url"])
def test_half_a_character_and_nul_are_refused_in_every_text(
    world: World, api: Api, name: str
) -> None:
    for text in ("a\ud800", "a\x00b"):
        answer: Any = send(api(world.owner), body(**{name: text}))
        assert (answer.status_code, answer.json()) == (400, {name: [UNREADABLE]})


def test_deep_values_are_refused_by_field(world: World, api: Api) -> None:
    nested: Any = []
    for _level in range(50):
        nested = [nested]
    answer: Any = send(api(world.owner), body(note=nested, counts={"level1": nested}))
    assert (answer.status_code, sorted(answer.json())) == (400, ["counts", "note"])


def test_thousands_of_names_are_refused_one_by_one(world: World, api: Api) -> None:
    sent = body(counts={f"x{number}": 1 for number in range(12_000)})
    answer: Any = send(api(world.owner), sent)
    assert (answer.status_code, len(answer.json()["counts"])) == (400, 12_000)


TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "text/csv", ""]


@pytest.mark.parametrize("content_type", TYPES)
def test_other_kinds_of_body_are_refused(world: World, api: Api, content_type: str) -> None:
    data = json.dumps(body()).encode()
    answer = api(world.owner).generic("POST", URL, data.decode(), content_type=content_type)
    assert answer.status_code == 415
    assert answer.json() == {"detail": "Gửi JSON, với Content-Type: application/json."}


FIELDS: list[tuple[str, Any, str]] = [
    ("base_version", "0", "Gửi một số nguyên, ví dụ 0."),
    ("base_version", 0.0, "Gửi một số nguyên, ví dụ 0."),
    ("base_version", True, "Gửi một số nguyên, ví dụ 0."),
    ("base_version", -1, "Gửi một số từ 0 đến 2147483647."),
    ("base_version", 2**31, "Gửi một số từ 0 đến 2147483647."),
    ("base_version", 3, "Chưa có báo cáo nào để sửa. Gửi với base_version bằng 0."),
    ("no_activity", 1, "Gửi true hoặc false."),
    ("no_activity", "true", "Gửi true hoặc false."),
    ("no_activity", True, "Vừa báo “không phát sinh” vừa có số. Chọn một trong hai."),
    ("counts", [], 'Gửi một đối tượng, ví dụ {"installed": 35}.'),
    ("counts", "installed=3", 'Gửi một đối tượng, ví dụ {"installed": 35}.'),
    ("note", 5, "Gửi chữ trong dấu ngoặc kép."),
    ("note", ["a"], "Gửi chữ trong dấu ngoặc kép."),
    ("branch", "X" * 21, "Dài quá 20 ký tự. Viết ngắn lại."),
    ("unit", "1" * 11 + "x2", "Dài quá 12 ký tự. Viết ngắn lại."),
    ("captured_at", "12/05/2023", "Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    ("captured_at", 1683888000, "Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    ("captured_at", "0001-01-01T00:00:00", "Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    ("captured_at", "9999-12-31T23:59:59-12:00", "Ghi thời điểm như 2023-05-12T17:40:00+07:00."),
    *(
        (name, None, "Không gửi null. Bỏ trường này đi hoặc gửi một giá trị.")
        for name in ("campaign", "branch", "unit", "counts", "no_activity", "note", "base_version")
    ),
]


def test_fields_of_another_kind_are_refused_by_name(world: World, api: Api) -> None:
    client = api(world.owner)
    answers = [client.post(URL, body(**{name: value})).json() for name, value, _text in FIELDS]
    assert answers == [{name: [text]} for name, _value, text in FIELDS]
    assert nothing_is_saved()


@pytest.mark.parametrize("captured_at", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", None])
def test_clock_of_the_phone_is_only_a_claim(world: World, api: Api, captured_at: Any) -> None:
    answer = api(world.owner).post(URL, body(captured_at=captured_at))
    assert (answer.status_code, answer.json()["lateness"]) == (201, "late")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer sai",
        "Bearer \x00",
        "Bearer é",
        "Bearer a b",
        f"Bearer {ID * 99}",
    ],
)
def test_tokens_that_are_none_are_refused(world: World, header: str) -> None:
    client = Client(headers={"authorization": header})
    for url in ("/api/v1/totals/", "/exports/police.csv"):
        answer = client.get(url)
        assert (answer.status_code, answer.json()) == (
            401,
            {"detail": "Khóa API không đúng hoặc đã bị thu hồi."},
        )


def test_token_opens_nothing_once_its_account_is_closed(world: World) -> None:
    secret = issue_token(user=world.owner)
    User.objects.filter(pk=world.owner.pk).update(is_active=False)
    answer = send(Client(headers={"authorization": f"Bearer {secret}"}), body())
    assert answer.status_code == 401
    assert nothing_is_saved()


@pytest.mark.parametrize(
    "url",
    [
        "/units/%00/",
        "/units/?q=%00",
        "/units/?q=a%00b",
        "/dashboard/?campaign=%00",
        "/report/?branch=%00",
        "/api/v1/units/?q=%00",
        "/api/v1/totals/?unit=%00",
        "/exports/police.csv?campaign=%00",
        "/invitations/%00/",
        "/sign-in/?next=%00",
    ],
)
def test_nul_in_an_address_is_refused(world: World, browse: Browse, url: str) -> None:
    """22"""
    answer = browse(world.staff).get(url)
    assert answer.status_code == 400
    is_api = url.startswith("/api/")
    assert answer.headers["Content-Type"].startswith("application/json" if is_api else "text/html")


def test_nul_in_a_form_is_refused(world: World, browse: Browse) -> None:
    """22: every field of every form, as the most that one can do is type it."""
    staff, lead = browse(world.staff), browse(world.lead)
    nul = dict.fromkeys(("campaign", "unit", "baseline", "indicator", "total", "due_on"), "\x00")
    answers = {
        "campaign": staff.post("/targets/", nul).status_code,
        "targets": staff.post("/targets/", {**nul, "campaign": "de-an-06-2023"}).status_code,
        "unit": post(browse(world.officer), count_level2="3", unit="\x00").status_code,
        "invite": lead.post(
            "/branches/XD-14173/invite/", {"full_name": "a\x00", "phone": "\x00"}
        ).status_code,
        "account": staff.post("/account/", {"new_password1": "\x00" * 9}).status_code,
        "sign-in": Client().post("/sign-in/", {"username": "\x00", "password": "\x00"}).status_code,
        "language": Client().post("/language/", {"language": "\x00", "next": "\x00"}).status_code,
    }
    assert answers == {
        "campaign": 404,
        "targets": 200,
        "unit": 200,
        "invite": 200,
        "account": 200,
        "sign-in": 200,
        "language": 302,
    }
    assert nothing_is_saved()


def test_nul_is_explained_in_vietnamese(world: World, browse: Browse) -> None:
    """22"""
    sent = {"full_name": "a\x00b", "phone": "0912345678"}
    page = read(browse(world.lead).post("/branches/XD-14173/invite/", sent))
    assert page.problems[-1] == UNREADABLE
    assert page.fields["full_name"] == "a\x00b"


@pytest.mark.parametrize("name", ["Nguyễn 036123456789", "Nguyễn 036 123 456 789"])
def test_citizen_id_in_a_name_is_refused(world: World, browse: Browse, name: str) -> None:
    sent = {"full_name": name, "phone": "0912345678"}
    page = read(browse(world.lead).post("/branches/XD-14173/invite/", sent))
    assert page.problems[-1] == CITIZEN
    assert not User.objects.filter(phone="0912345678").exists()


def test_absurd_numbers_in_addresses_are_not_found(world: World, browse: Browse) -> None:
    client = browse(world.lead)
    answers = [
        client.post(f"/branches/XD-14173/invite/{'9' * 30}/").status_code,
        client.get(f"/units/{'9' * 20}/").status_code,
        client.get(f"/api/v1/units/?page={'9' * 30}").status_code,
        client.get("/api/v1/units/?page=x").status_code,
        client.get("/report/0b0e7a54-0000-0000-0000-000000000000/").status_code,
    ]
    assert answers == [404, 404, 404, 404, 404]


def test_answers_of_the_api_are_in_vietnamese(world: World, api: Api) -> None:
    client = api(world.owner)
    answers = [
        Client().get("/api/v1/units/").json(),
        client.get("/api/v1/units/?page=9").json(),
        client.get("/api/v1/totals/?basis=khac").json(),
        client.get("/api/v1/totals/", headers={"accept": "text/csv"}).json(),
    ]
    assert answers == [
        {"detail": "Cần đăng nhập, hoặc gửi khóa API."},
        {"detail": "Không có trang này."},
        {"basis": ["Không có lựa chọn “khac”."]},
        {"detail": "Chỉ trả lời bằng JSON. Sửa đầu mục Accept."},
    ]


def test_identity_of_the_receipt_is_what_was_sent(world: World, browse: Browse) -> None:
    """A button pressed twice, or a page sent again by the browser, is one report."""
    client = browse(world.owner)
    sent = {"report_id": ID, "count_installed": "3", "confirm": "1"}
    places = {post(client, **sent).headers["Location"] for _press in range(3)}
    assert places == {f"/report/{ID}/"}
    assert DailyReport.objects.get().pk == UUID(ID)
    assert Revision.objects.count() == 1


def test_form_of_another_branch_is_not_taken(world: World, browse: Browse) -> None:
    """36: the branch stands in the address, the right is looked up for it."""
    answer = post(browse(world.neighbour), "/report/?branch=XD-14173", count_installed="3")
    assert answer.status_code == 404
    branch = make_branch(code="XD-9", home_unit=world.far_commune)
    answer = post(browse(world.lead), f"/report/?branch={branch.code}", count_installed="3")
    assert answer.status_code == 404
    assert nothing_is_saved()
