"""Citizen ids are found by their digits, whatever stands between; other numbers are left alone."""

import pytest

from core.personal_data import holds_citizen_id, without_citizen_ids
from core.text_gate import normal

IDS = [
    "036201001234",
    "123456789012",
    "036_201_001_234",
    "036/201/001/234",
    "036201 001234",
    "036201001234@x.vn",
    "036 – 201 – 001 – 234",
    "036, 201, 001, 234",
    "0 3 6 2 0 1 0 0 1 2 3 4",
    "036.2010.01234",
    "036\n201\n001234",
    "036x201x001x234",
    "(036)201(001)234",
    "036|201|001|234",
    "036 201 001 234, 5 người",
    "ngày 20/06/2023: 036-201-001-234",
    "12 036201001234",
    "1234 5678 9012",
    "03-62-01-00-12-34",
    "０３６２０１００１２３４",
]
OTHERS = [
    "0912345678, 15 người",
    "0912 345 678, 15",
    "0903.123.456, 20 phiếu",
    "0912345678 0987654321",
    "0228 3648 123",
    "Họp 06/03/2023 14:30",
    "08:00 - 10:00 20/06",
    "từ 05/01 08:30 đến 06/02 09:30",
    "09/02/2023-12/02/2023",
    "Xóm 01, 02, 03, 04, 05, 06",
    "cài 35, m1 20, m2 12",
    "62 50 16 21 2 14 5",
    "2.500.000 – 3.000.000 đồng",
]


@pytest.mark.parametrize("text", IDS)
def test_an_id_is_found_by_its_digits(text: str) -> None:
    assert holds_citizen_id(normal("NFKC", text))


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_citizen_id(text)


def test_what_is_masked_is_the_id_and_nothing_beside() -> None:
    text = "Bà Hoa 036-201-001-234, xóm 3, 0912345678"
    assert without_citizen_ids(text, "#") == "Bà Hoa #, xóm 3, 0912345678"
