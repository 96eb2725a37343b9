"""Text that has to fit is cut where a reader would stop."""

import pytest

from core.short_text import cut_to

LINES = "Chưa báo cáo.\n- Huyện A: 3 đơn vị\n- Huyện B: 4 đơn vị\nhttps://a.vn/report/"


def test_what_fits_stays() -> None:
    assert cut_to(LINES, len(LINES)) == LINES


@pytest.mark.parametrize(
    ("most", "text"),
    [
        (72, "Chưa báo cáo.\n- Huyện A: 3 đơn vị\n…\nhttps://a.vn/report/"),
        (45, "Chưa báo cáo.\n…\nhttps://a.vn/report/"),
    ],
)
def test_whole_lines_and_the_address_stay(most: int, text: str) -> None:
    assert cut_to(LINES, most) == text


def test_sentences_then_words_then_letters() -> None:
    assert cut_to("Câu một. Câu hai dài hơn. Câu ba", 20) == "Câu một.\n…"
    assert cut_to("những chữ không có dấu chấm", 15) == "những chữ\n…"
    assert cut_to("x" * 50, 10) == "x" * 8 + "\n…"
    # 1.000 is one number, and not the end of a sentence.
    assert cut_to("Đạt 1.000 tài khoản rồi", 18) == "Đạt 1.000 tài\n…"


def test_never_longer_than_asked() -> None:
    for text in (LINES, "x" * 90, "a. " * 40, "một\nhai\nba\n" * 9, "https://a.vn/" + "y" * 90):
        for most in range(1, 90):
            assert len(cut_to(text, most)) <= max(most, 1)
