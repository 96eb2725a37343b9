"""``manage.py load_units``: a file is taken as a whole or not at all."""

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from campaign.models import Unit
from campaign.services.import_units import load_units
from tests.core.test_vietnamese import UNITS

APRIL = dt.date(2023, 4, 1)
HEAD = "code,name,kind,parent_code\n"
GOOD = HEAD + "36,Tỉnh Nam Định,tỉnh,\n365,Huyện Giao Thủy,huyện,36\n14173,Xã Giao Tiến,xã,365\n"


def load(tmp_path: Path, content: bytes | str, valid_from: str = "2023-04-01") -> str:
    """Run the command on a file of this content; return what it says."""
    path = tmp_path / "don-vi.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    out = io.StringIO()
    call_command("load_units", str(path), "--valid-from", valid_from, stdout=out)
    return out.getvalue()


def refusal(tmp_path: Path, content: bytes | str) -> str:
    """Return why a file is refused; nothing of it may have been taken."""
    before = Unit.objects.count()
    with pytest.raises(CommandError) as error:
        load(tmp_path, content)
    assert Unit.objects.count() == before
    assert str(error.value).endswith("Chưa nạp địa bàn nào.")
    return str(error.value)


def test_units_of_2023_are_loaded(db: None) -> None:
    assert load_units(path=UNITS, valid_from=APRIL) == (237, 0)
    levels = {
        level: Unit.objects.filter(level=level).count()
        for level in ("province", "district", "commune")
    }
    assert levels == {"province": 1, "district": 10, "commune": 226}
    commune = Unit.objects.get(code="14173")
    assert (commune.name, commune.kind) == ("Xã Giao Tiến", "xã")
    assert commune.parent is not None
    assert (commune.parent.code, commune.depth) == ("365", 3)
    assert commune.path.startswith(commune.parent.path)
    assert (commune.valid_from, commune.valid_to) == (APRIL, None)


def test_loading_again_changes_nothing(db: None) -> None:
    load_units(path=UNITS, valid_from=APRIL)
    before = list(Unit.objects.order_by("pk").values())
    assert load_units(path=UNITS, valid_from=APRIL) == (0, 0)
    assert list(Unit.objects.order_by("pk").values()) == before


def test_a_start_leaves_units_that_are_there_as_people_made_them(db: None) -> None:
    once = ["load_units", str(UNITS), "--valid-from", "2023-04-01", "--once"]
    call_command(*once, stdout=io.StringIO())
    assert Unit.objects.count() == 237
    Unit.objects.filter(code="14173").update(name="Xã Giao Tiến mới")
    call_command(*once)
    assert Unit.objects.get(code="14173").name == "Xã Giao Tiến mới"


def test_changed_rows_are_brought_up_to_date(db: None, tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    wording = load(tmp_path, GOOD.replace("Giao Tiến", "Giao Hải"))
    assert wording == "Địa bàn: 0 mới, 1 thay đổi.\n"
    commune = Unit.objects.get(code="14173")
    assert (commune.name, commune.fold) == ("Xã Giao Hải", "xa giao hai")


def test_byte_order_mark_and_other_line_ends_do_no_harm(db: None, tmp_path: Path) -> None:
    content = "\ufeff" + GOOD.replace("\n", "\r\n")
    assert load(tmp_path, content) == "Địa bàn: 3 mới, 0 thay đổi.\n"


def test_names_in_pieces_are_put_together(db: None, tmp_path: Path) -> None:
    load(tmp_path, GOOD.replace("Tiến", "Tie\u0302\u0301n"))
    assert Unit.objects.get(code="14173").name == "Xã Giao Tiến"


ROWS = {
    "too few cells": ("14173,Xã Giao Tiến,xã", "Dòng 4: cần 4 cột."),
    "too many cells": ("14173,Xã Giao Tiến,xã,365,x", "Dòng 4: cần 4 cột."),
    "letters in a code": ("14I73,Xã,xã,365", "Dòng 4: mã “14I73” phải gồm 1 đến 12 chữ số."),
    "full-width code": ("１４１７３,Xã,xã,365", "Dòng 4: mã “１４１７３” phải gồm"),
    "code too long": ("1" * 13 + ",Xã,xã,365", "Dòng 4: mã “1111111111111” phải gồm"),
    "no code": (",Xã,xã,365", "Dòng 4: mã “” phải gồm"),
    "code twice": ("365,Xã,xã,365", "Dòng 4: mã 365 đã có ở dòng trên."),
    "no name": ("14173,,xã,365", "Dòng 4: thiếu tên."),
    "name too long": (f"14173,{'x' * 201},xã,365", "Dòng 4: tên dài quá 200 ký tự."),
    "NUL": ("14173,Xã\x00,xã,365", "Dòng 4: Có ký tự điều khiển không đọc được."),
    "RTL override": ("14173,Xã\u202e,xã,365", "Dòng 4: Có ký tự điều khiển không đọc được."),
    "unknown kind": ("14173,Xã,làng,365", "Dòng 4: không có loại “làng”."),
    "no such superior": ("14173,Xã,xã,366", "Dòng 4: không có địa bàn cấp trên mang mã 366."),
    "wrong level": ("14173,Xã,xã,36", "Dòng 4: địa bàn cấp trên không đúng cấp."),
    "second root": ("14173,Xã,xã,", "Dòng 4: địa bàn cấp trên không đúng cấp."),
    "its own superior": ("14173,Xã,xã,14173", "Dòng 4: địa bàn cấp trên không đúng cấp."),
    "open quote": ('14173,"Xã,xã,365', "Dòng"),
}


@pytest.mark.parametrize("case", ROWS)
def test_bad_row_is_named_by_its_number(db: None, tmp_path: Path, case: str) -> None:
    row, message = ROWS[case]
    good = GOOD.splitlines(keepends=True)
    assert message in refusal(tmp_path, "".join(good[:3]) + row + "\n")


def test_every_bad_row_is_named(db: None, tmp_path: Path) -> None:
    wording = refusal(tmp_path, GOOD + "x,Xã,xã,365\n14176,Xã Giao An,xã,365\n14179,,xã,365\n")
    assert [line.split(":")[0] for line in wording.splitlines()[:-1]] == ["Dòng 5", "Dòng 7"]


def test_row_after_a_name_of_two_lines_keeps_its_number(db: None, tmp_path: Path) -> None:
    wording = refusal(tmp_path, GOOD + '14176,"Xã Giao\nAn",xã,365\n14179,,xã,365\n')
    assert "Dòng 7: thiếu tên." in wording


FILES = {
    "44 UTF-16": (GOOD.encode("utf-16"), "Tệp không phải UTF-8."),
    "44 Windows-1258": (GOOD.encode("cp1258", errors="replace"), "Tệp không phải UTF-8."),
    "44 semicolons": (GOOD.replace(",", ";").encode(), "Dòng đầu phải là:"),
    "45 PNG": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "Tệp không phải UTF-8."),
    "46 empty": (b"", "Dòng đầu phải là: code,name,kind,parent_code."),
    "46 header only": (HEAD.encode(), "Tệp không có địa bàn nào."),
    "other header": (b"ma,ten,loai,cap_tren\n", "Dòng đầu phải là:"),
    "field without end": ((HEAD + '36,"' + "x" * 200_000).encode(), "Dòng"),
}


@pytest.mark.parametrize("case", FILES)
def test_file_that_is_none_is_refused(db: None, tmp_path: Path, case: str) -> None:
    content, message = FILES[case]
    assert message in refusal(tmp_path, content)


def test_file_that_is_not_there_is_refused(db: None, tmp_path: Path) -> None:
    for path in (tmp_path / "khong-co.csv", tmp_path):
        with pytest.raises(CommandError, match="Chưa nạp địa bàn nào"):
            call_command("load_units", str(path), "--valid-from", "2023-04-01")


@pytest.mark.parametrize("day", ["2023-04-02", "2023-03-31", "2024-09-01"])
def test_code_that_another_unit_bears_is_refused(db: None, tmp_path: Path, day: str) -> None:
    load(tmp_path, GOOD)
    with pytest.raises(CommandError) as error:
        load(tmp_path, GOOD, valid_from=day)
    assert "Dòng 4: mã 14173 đã thuộc “Xã Giao Tiến”, hiệu lực từ 01/04/2023." in str(error.value)
    assert Unit.objects.count() == 3


def test_code_is_free_once_its_bearer_has_ended(db: None, tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    Unit.objects.update(valid_to=dt.date(2024, 9, 1))
    assert load(tmp_path, GOOD, valid_from="2024-09-01") == "Địa bàn: 3 mới, 0 thay đổi.\n"
    assert Unit.objects.on(dt.date(2024, 8, 31)).count() == 3
    assert Unit.objects.filter(code="14173").count() == 2


@pytest.mark.parametrize("day", ["30/02/2023", "2023-02-30", "23", ""])
def test_day_that_is_none_is_refused(db: None, tmp_path: Path, day: str) -> None:
    with pytest.raises(CommandError):
        load(tmp_path, GOOD, valid_from=day)
    assert not Unit.objects.exists()
