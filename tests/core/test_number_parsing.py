"""Numbers and formulas as people type them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from campaign.formulas import formula_of, parse_formula
from core.number_parsing import parse_whole, read_whole

MOST = 1_000_000


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("30", 30),
        (" 30 ", 30),
        ("\u200b30\u00a0", 30),
        ("0", 0),
        ("007", 7),
        ("1000000", MOST),
        ("", None),
        (" \u200b", None),
    ],
)
def test_whole_number_is_read(typed: str, number: int | None) -> None:
    assert parse_whole(typed, MOST) == number


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1.000", "ví dụ 1000"),
        ("1,000", "ví dụ 1000"),
        ("1 000", "ví dụ 1000"),
        ("12,5", "không có phần lẻ"),
        ("12.", "không có phần lẻ"),
        ("-1", "số âm"),
        ("−0", "số âm"),
        ("+5", "Chưa đọc được"),
        ("1e3", "Chưa đọc được"),
        ("0x10", "Chưa đọc được"),
        ("1_000", "Chưa đọc được"),
        ("１２", "Chưa đọc được"),
        ("٣", "Chưa đọc được"),
        ("²", "Chưa đọc được"),
        ("lO", "Chưa đọc được"),
        ("không", "Chưa đọc được"),
        ("NaN", "Chưa đọc được"),
        ("1000001", "nhiều nhất là 1.000.000"),
        ("9" * 5000, "nhiều nhất là 1.000.000"),
        (".".join(["999"] * 2000), "Chưa đọc được"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_about(typed: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        parse_whole(typed, MOST)


@pytest.mark.parametrize(("cell", "number"), [(None, None), (35, 35), (35.0, 35), ("35", 35)])
def test_cell_of_excel_is_read(cell: Any, number: int | None) -> None:
    assert read_whole(cell, MOST) == number


@pytest.mark.parametrize("cell", [35.5, True, -1, float("nan"), float("inf"), 10**9, object()])
def test_cell_that_is_no_whole_number_is_refused(cell: Any) -> None:
    with pytest.raises(ValidationError):
        read_whole(cell, MOST)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", {}),
        ("level1 + level2 - upgraded", {"level1": 1, "level2": 1, "upgraded": -1}),
        ("-a+2*b", {"a": -1, "b": 2}),
        ("a − 3×b", {"a": 1, "b": -3}),
        ("+A", {"a": 1}),
    ],
)
def test_formula_is_read_and_written_back(text: str, terms: dict[str, int]) -> None:
    assert parse_formula(text) == terms
    assert parse_formula(formula_of(terms)) == terms


@pytest.mark.parametrize(
    "text", ["a b", "a +", "a + a", "0*a", "a * b", "2", "a + 1", "a,b", "=a", "__import__('os')"]
)
def test_formula_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse_formula(text)
