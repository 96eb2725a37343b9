"""Free texts, links and names (22 to 30)."""

import pytest

from accounts.models import User
from reports.daily.models import DailyReport
from tests.conftest import World
from tests.pages import read
from tests.reports.daily.test_bad_inputs.sending import (
    CITIZEN,
    UNREADABLE,
    URL,
    Api,
    Browse,
    body,
    nothing_is_saved,
    post,
)

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
    decomposed, whole = "Ha\u0300 No\u0323\u0302i", "Hà Nội"
    sent = body(note=decomposed)
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


@pytest.mark.parametrize("name", ["Nguyễn 036123456789", "Nguyễn 036 123 456 789"])
def test_citizen_id_in_a_name_is_refused(world: World, browse: Browse, name: str) -> None:
    sent = {"full_name": name, "phone": "0912345678"}
    page = read(browse(world.lead).post("/c/de-an-06-2023/branches/XD-14173/invite/", sent))
    assert page.problems[-1] == CITIZEN
    assert not User.objects.filter(phone="0912345678").exists()
