"""Text that a spreadsheet would run is marked, and comes back as it was."""

import pytest

from core.formula_guard import FORMULA_STARTS, guarded, unguarded


def test_plain_text_and_numbers_are_left_alone() -> None:
    plain = ["Xã Giao Tiến", "14173", "", "a=b", 5, None]
    assert [guarded(cell) for cell in plain] == plain


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_formula_is_marked(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["Xã", "=1+1", "'=1+1", "'tên", "''", "-5"])
def test_what_was_written_is_read_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
