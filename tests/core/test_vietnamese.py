"""Vietnamese names: their order, and how they are found."""

import csv
from pathlib import Path

import pytest

from config.environment import BASE_DIR
from core.vietnamese import fold, sort_key, spellings

UNITS = BASE_DIR / "data" / "units_2023.csv"
ALPHABET = " aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = {
    "": "aăâeêioôơuưy",
    "huyền": "àằầèềìòồờùừỳ",
    "hỏi": "ảẳẩẻểỉỏổởủửỷ",
    "ngã": "ãẵẫẽễĩõỗỡũữỹ",
    "sắc": "áắấéếíóốớúứý",
    "nặng": "ạặậẹệịọộợụựỵ",
}


def commune_names(path: Path = UNITS) -> dict[str, str]:
    """Return the 226 names with their kind and without it."""
    with path.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["kind"] in ("xã", "phường", "thị trấn")]
    return {f"{row['name']} {row['code']}": row["name"][len(row["kind"]) + 1 :] for row in rows}


def by_rank(name: str) -> tuple[list[int], list[int]]:
    """Rank letters by the alphabet, then tones: the rule, written down once more."""
    letters, tones = [], []
    for char in name.lower():
        tone, place = next(
            ((rank, row.index(char)) for rank, row in enumerate(TONES.values()) if char in row),
            (0, None),
        )
        bare = char if place is None else TONES[""][place]
        letters.append(ALPHABET.index(bare))
        tones.append(tone)
    return letters, tones


def backwards(names: list[str]) -> list[str]:
    """Return names in the order in which a sort that does nothing shows."""
    return list(reversed(names))


def test_names_sort_as_in_a_vietnamese_list() -> None:
    names = [
        "Bạch Long",
        "Cát Thành",
        "Cửa Bắc",
        "Cửa Nam",
        "Đại An",
        "Đại Thắng",
        "Giao An",
        "Giao Châu",
        "Giao Hà",
        "Giao Hải",
        "Hạ Long",
        "Hải An",
        "Hải Ân",
        "Hoành Sơn",
        "Hồng Thuận",
        "Trực Hùng",
        "Trực Hưng",
        "Vị Hoàng",
        "Xuân Bắc",
        "Ý Yên",
        "Yên Bằng",
        "Yên Bình",
    ]
    assert sorted(backwards(names), key=sort_key) == names


def test_tones_decide_only_between_equal_letters() -> None:
    names = ["ma", "mà", "mả", "mã", "má", "mạ", "man", "màn", "măn", "mân"]
    assert sorted(backwards(names), key=sort_key) == names


def test_all_commune_names_sort_by_the_rule() -> None:
    names = commune_names()
    assert len(names) == 226
    by_key = sorted(names, key=lambda name: (sort_key(name[:-6]), name))
    assert by_key == sorted(names, key=lambda name: (by_rank(names[name]), name))


def test_kind_is_no_part_of_the_order() -> None:
    names = ["Phường Bà Triệu", "Xã Giao An", "Thị trấn Ngô Đồng", "Xã Yên Bình"]
    assert sorted(backwards(names), key=sort_key) == names


def test_key_has_room_for_the_longest_name() -> None:
    assert len(sort_key("ả" * 200)) <= 700


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Xã  Giao Tiến ", "xa giao tien"),
        ("ĐẠI THẮNG", "dai thang"),
        ("Giao Thủy", "giao thuy"),
        ("Giao Thuỷ", "giao thuy"),
        ("Ha\u0300 No\u0323\u0302i", "ha noi"),
        ("Trực Ninh", "truc ninh"),
        ("", ""),
    ],
)
def test_fold_forgets_marks(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [("Thủy", "Thuỷ"), ("Hòa An", "Hoà An"), ("khỏe", "khoẻ"), ("THỦY", "THUỶ")],
)
def test_both_ways_to_set_a_tone_are_one(one: str, other: str) -> None:
    assert set(spellings(one)) == set(spellings(other)) == {one, other}
