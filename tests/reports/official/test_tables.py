"""Tables as police draw and save them are read, asked about or refused, never guessed."""

import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from campaign.models import Succession, Unit
from campaign.selectors import indicators_of
from core.importing.marked_copy import Mark, marked_copy
from core.importing.table import read_table
from reports.official.models import OfficialColumn
from reports.official.preparation import Prepared, prepare
from reports.official.upload import Table, read_upload, take
from tests.conftest import TODAY, World
from tests.factories import make_unit, planted

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
KIND = {"kind": "to_date"}
# Code of the unit, day, kind, code of the indicator.
Found = dict[tuple[str, str, str, str], int]


def excel(*rows: Sequence[Any], merged: tuple[str, ...] = (), edit: Any = None) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(list(row))
    for area in merged:
        workbook.active.merge_cells(area)
    if edit:
        edit(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def csv(*rows: Sequence[Any], separator: str = ",", encoding: str = "utf-8") -> bytes:
    lines = (separator.join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "\r\n".join(lines).encode(encoding)


def read(world: World, data: bytes, **answers: str) -> Prepared:
    indicators = indicators_of(world.campaign)
    return prepare(world.liaison, world.campaign, indicators, data, answers)


def found(prepared: Prepared) -> Found:
    assert prepared.questions == []
    assert prepared.read.problems == []
    codes = dict(Unit.objects.values_list("pk", "code"))
    figures = prepared.read.figures
    return {(codes[u], d.isoformat(), kind, code): n for (u, d, kind, code), n in figures.items()}


def wrong(prepared: Prepared) -> list[tuple[int, str]]:
    assert prepared.questions == []
    return [(one.row, one.title) for one in prepared.read.problems]


def asked(prepared: Prepared) -> list[str]:
    return [question.name for question in prepared.questions]


HEAD = ["Mã", "Đơn vị", "Ngày", "Lũy kế mức 1"]
DAY_20, DAY_12 = "2023-06-20", "2023-05-12"
ONE: Found = {("14173", DAY_20, "to_date", "level1"): 12}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator(world: World, encoding: str, separator: str) -> None:
    rows: list[list[Any]] = [HEAD, ["14173", "Xã Giao Tiến", "20/6/2023", 12]]
    text = separator.join(HEAD) + "\r\n" + separator.join(map(str, rows[1]))
    if encoding == "cp1258":
        # Windows-1258 writes a tone after its letter.
        marks = {"̀", "́", "̉", "̃", "̣"}
        spread = "".join("".join(_spread(char, marks)) for char in text)
        data = spread.encode(encoding)
    else:
        data = text.encode(encoding)
    assert found(read(world, data)) == ONE


def _spread(char: str, marks: set[str]) -> list[str]:
    parts = unicodedata.normalize("NFD", char)
    tones = [one for one in parts if one in marks]
    base = unicodedata.normalize("NFC", "".join(one for one in parts if one not in marks))
    return [base, *tones]


@pytest.mark.parametrize(
    ("day", "means"),
    [
        (dt.date(2023, 5, 12), DAY_12),
        ("12/5/2023", DAY_12),
        ("12.05.2023", DAY_12),
        ("2023-05-12", DAY_12),
        ("12/5", DAY_12),
        # A day whose cell has lost its format.
        (45058, DAY_12),
    ],
)
def test_days_as_excel_and_people_write_them(world: World, day: Any, means: str) -> None:
    data = excel(HEAD, ["14173", None, day, 12])
    assert [*found(read(world, data))] == [("14173", means, "to_date", "level1")]


@pytest.mark.parametrize(
    "day", ["21/6/2023", "31/3/2023", "1/7/2023", "31/6/2023", "hôm qua", None, 7]
)
def test_days_to_come_and_of_no_campaign_are_named(world: World, day: Any) -> None:
    assert wrong(read(world, excel(HEAD, ["14173", None, day, 12]))) == [(2, "Ngày")]


@pytest.mark.parametrize(
    "value", ["-5", -5, "3,5", 3.5, "12a", "1.2345", "١٢", "9" * 30, True, dt.date(2023, 1, 2)]
)
def test_numbers_that_are_none_are_named(world: World, value: Any) -> None:
    found = wrong(read(world, excel(HEAD, ["14173", None, TODAY, value])))
    assert found == [(2, "Lũy kế mức 1")]


def test_grouped_digits_are_asked_about(world: World) -> None:
    data = csv(HEAD, ["14173", "", "20/6/2023", "1.234"], ["14158", "", "20/6/2023", "56"])
    assert asked(read(world, data)) == ["groups"]
    assert [*found(read(world, data, groups="thousands")).values()] == [1234, 56]
    assert wrong(read(world, data, groups="unclear")) == [(2, "Lũy kế mức 1")]
    assert [*found(read(world, excel(HEAD, ["14173", None, TODAY, 1234.0]))).values()] == [1234]


def test_blank_and_dash_are_no_figure_and_nought_is_one(world: World) -> None:
    head = ["Xã", "Ngày", "M1 lũy kế", "Mức 2 (lũy kế)"]
    data = excel(head, ["Giao Tiến", TODAY, None, 0], ["Hồng Thuận", TODAY, "–", None])
    assert asked(read(world, data)) == ["column-m1 luy ke"]
    answers = {"column-m1 luy ke": "level1:to_date"}
    assert found(read(world, data, **answers)) == {("14173", DAY_20, "to_date", "level2"): 0}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Xã Giao Tiến", "14173"),
        ("giao tiến", "14173"),
        ("GIAO TIEN", "14173"),
        ("X. Giao Tiến", "14173"),
        ("Công an xã Giao Tiến", "14173"),
        ("CA xã Giao Tiến", "14173"),
        ("14173", "14173"),
        ("Huyện Giao Thuỷ", "365"),
        ("H. Giao Thủy", "365"),
        ("Tỉnh Nam Định", "36"),
    ],
)
def test_names_as_police_write_them(world: World, name: str, code: str) -> None:
    data = excel(["Đơn vị", "Ngày", "Lũy kế mức 1"], [name, TODAY, 12])
    assert [key[0] for key in found(read(world, data))] == [code]


@pytest.mark.parametrize("name", ["Xã Giao Tiền", "Phường Giao Tiến", "Xã Nào", "TT Giao Tiến"])
def test_names_of_nobody_are_named(world: World, name: str) -> None:
    data = excel(["Đơn vị", "Ngày", "Lũy kế mức 1"], [name, TODAY, 12])
    assert wrong(read(world, data)) == [(2, "Đơn vị")]


def test_a_name_of_two_is_asked_and_told_by_its_district(world: World) -> None:
    other = planted(make_unit(code="14083", name="Xã Trực Hùng", parent=world.other_district))[0]
    data = excel(["Đơn vị", "Ngày", "Lũy kế mức 1"], ["Truc Hung", TODAY, 12])
    assert asked(read(world, data)) == ["unit-truc hung"]
    answers = {"unit-truc hung": str(other.pk)}
    assert [key[0] for key in found(read(world, data, **answers))] == ["14083"]
    planted(make_unit(code="14999", name="Xã Trực Hưng", parent=world.district))
    head = ["Huyện", "Xã", "Ngày", "Lũy kế mức 1"]
    rows: list[list[Any]] = [
        ["Giao Thủy", "Trực Hưng", TODAY, 1],
        ["Trực Ninh", "Trực Hưng", TODAY, 2],
    ]
    assert [key[0] for key in found(read(world, excel(head, *rows)))] == ["14999", "14050"]


def test_two_rows_of_headings_and_kinds_side_by_side(world: World) -> None:
    upper = ["TT", "Đơn vị", "Trong ngày", None, "Lũy kế", None]
    lower = [None, None, "Mức 1", "Mức 2", "Mức 1", "Mức 2"]
    rows: list[list[Any]] = [upper, lower, ["A", "B", 1, 2, 3, 4], [1, "Giao Tiến", 5, 6, 70, 80]]
    rows.append([None, "Tổng cộng", 5, 6, 70, 80])
    expected = {
        ("14173", DAY_20, "daily", "level1"): 5,
        ("14173", DAY_20, "daily", "level2"): 6,
        ("14173", DAY_20, "to_date", "level1"): 70,
        ("14173", DAY_20, "to_date", "level2"): 80,
    }
    title = ["KẾT QUẢ NGÀY 20/6/2023"]
    areas = ("A2:A3", "B2:B3", "C2:D2", "E2:F2")
    assert found(read(world, excel(title, *rows, merged=areas))) == expected
    assert found(read(world, csv(title, *rows))) == expected


def test_a_day_for_each_column(world: World) -> None:
    data = excel(["Xã", "18/6", "19/6", dt.date(2023, 6, 20)], ["Giao Tiến", 1, None, 3])
    assert asked(read(world, data)) == ["measure", "kind"]
    assert found(read(world, data, measure="level2", kind="daily")) == {
        ("14173", "2023-06-18", "daily", "level2"): 1,
        ("14173", DAY_20, "daily", "level2"): 3,
    }


def test_sums_are_compared_and_no_unit(world: World) -> None:
    head = ["Đơn vị", "Ngày", "Lũy kế mức 1"]
    rows: list[list[Any]] = [["Giao Tiến", TODAY, 10], ["Hồng Thuận", TODAY, 5]]
    right = read(world, excel(head, *rows, ["Tổng cộng", TODAY, 15]))
    assert len(found(right)) == 2
    assert [note for note in right.notes if "ghi" in note] == []
    off = read(world, excel(head, ["Toàn tỉnh", None, 16], *rows))
    assert len(found(off)) == 2
    assert [note for note in off.notes if "16" in note and "15" in note]


def test_doubles_are_named_with_the_row_before(world: World) -> None:
    rows: list[list[Any]] = [
        ["14173", None, TODAY, 10],
        ["14158", None, TODAY, 5],
        ["14173", None, TODAY, 10],
    ]
    prepared = read(world, excel(HEAD, *rows))
    assert wrong(prepared) == [(4, "Mã")] or wrong(prepared) == [(4, "Đơn vị")]
    assert "dòng 2" in prepared.read.problems[0].text


def test_what_a_table_leaves_open_is_asked_and_remembered(world: World) -> None:
    data = excel(["Xã", "M1", "Lạ"], ["Giao Tiến", 10, "x"])
    assert asked(read(world, data)) == ["column-m1", "column-la"]
    answers = {"column-m1": "level1:to_date", "column-la": "=skip"}
    assert asked(read(world, data, **answers)) == ["day"]
    table = read_upload(world.liaison, world.campaign, "a.xlsx", data, {**answers, "day": DAY_20})
    assert found(table.prepared) == {("14173", DAY_20, "to_date", "level1"): 10}
    table.upload.keep()
    take(table)
    assert set(OfficialColumn.objects.values_list("header", "meaning")) == {
        ("m1", "level1:to_date"),
        ("la", "=skip"),
    }
    again = excel(["Xã", "M1", "Lạ"], ["Giao Tiến", 11, "x"])
    assert asked(read(world, again)) == ["day"]


def test_kind_of_a_table_is_asked_unless_its_title_says_it(world: World) -> None:
    rows: list[list[Any]] = [["Đơn vị", "Mức 1"], ["Giao Tiến", 10]]
    day = {"day": DAY_20}
    assert asked(read(world, excel(*rows), **day)) == ["kind"]
    assert [*found(read(world, excel(*rows), **day, **KIND))] == [
        ("14173", DAY_20, "to_date", "level1")
    ]
    titled = read(world, excel(["LŨY KẾ ĐẾN NGÀY 20/6/2023"], *rows))
    assert [*found(titled)] == [("14173", DAY_20, "to_date", "level1")]
    assert len(titled.notes) == 2


def test_formulas_hidden_rows_and_errors_are_named(world: World) -> None:
    def edit(workbook: Any) -> None:
        workbook.active["D2"] = "=10+2"

    prepared = read(world, excel(HEAD, ["14173", None, TODAY, 1], edit=edit))
    assert wrong(prepared) == [(2, "Lũy kế mức 1")]
    assert "công thức" in prepared.read.problems[0].text


def test_citizen_ids_are_refused_even_one_and_files_with_more_sheets_are_not_stored(
    world: World,
) -> None:
    with pytest.raises(ValidationError, match="định danh"):
        read(world, excel([*HEAD, "Ghi chú"], ["14173", None, TODAY, 12, "036201001234"]))

    def edit(workbook: Any) -> None:
        workbook.create_sheet("Khác").append(["gì đó", 1])

    data = excel(HEAD, ["14173", None, TODAY, 12], edit=edit)
    assert asked(read(world, data)) == ["sheet"]
    prepared = read(world, data, sheet="Sheet")
    assert found(prepared) == ONE
    assert not prepared.may_be_stored


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0" * 9])
def test_what_is_no_table_is_refused(world: World, data: bytes) -> None:
    with pytest.raises(ValidationError):
        read(world, data)


def test_units_of_then_and_of_today(world: World) -> None:
    since = TODAY - 5 * DAY
    new = planted(
        make_unit(code="14158", name="Xã Hồng Thuận Mới", parent=world.district, valid_from=since)
    )[0]
    Unit.objects.filter(pk__in=[world.commune.pk, world.sibling.pk]).update(valid_to=since)
    for old in (world.commune, world.sibling):
        Succession.objects.create(old=old, new=new, since=since, kind="whole")
    head = ["Đơn vị", "Ngày", "Lũy kế mức 1"]
    # A unit of before on a day of before.
    then = read(world, excel(head, ["Giao Tiến", since - DAY, 1]))
    assert [*found(then)] == [("14173", str(since - DAY), "to_date", "level1")]
    # What is there only today means today's map, on all days.
    now = read(world, excel(head, ["Hồng Thuận Mới", since - DAY, 1]))
    assert (now.map, next(iter(found(now)))[0], now.read.units[new.pk]) == ("now", "14158", new)
    # A code of both is asked about.
    both = excel(["Mã", "Ngày", "Lũy kế mức 1"], ["14158", since - DAY, 1])
    assert asked(read(world, both)) == ["map"]
    assert [*read(world, both, map="then").read.units] == [world.sibling.pk]
    assert [*read(world, both, map="now").read.units] == [new.pk]
    assert wrong(read(world, excel(head, ["Giao Tiến", TODAY, 1]))) == [(2, "Đơn vị")]


def test_only_units_of_ones_own_are_known(world: World) -> None:
    world.liaison.appointments.update(unit=world.other_district)
    rows: list[list[Any]] = [["14173", None, TODAY, 1], ["14050", None, TODAY, 2]]
    assert wrong(read(world, excel(HEAD, *rows))) == [(2, "Mã")]


def test_tables_of_a_country_take_as_many_queries_as_of_a_province(
    world: World, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    many = [
        make_unit(code=f"9{n:04d}", name=f"Xã Số {n}", parent=world.district) for n in range(40)
    ]
    planted(*many)
    rows: list[list[Any]] = [
        [unit.code, None, TODAY - n * DAY, n, n] for unit in many for n in range(3)
    ]
    head = ["Mã", "Đơn vị", "Ngày", "Trong ngày mức 1", "Trong ngày mức 2"]

    def through(data: bytes) -> Table:
        table = read_upload(world.liaison, world.campaign, "a.xlsx", data)
        take(table)
        return table

    with django_assert_max_num_queries(30) as few:
        through(excel(head, rows[0]))
    with django_assert_max_num_queries(len(few)):
        assert through(excel(head, *rows)).preview.new == 238  # type: ignore[union-attr]


def test_a_province_by_commune_and_day_in_one_file_is_not_too_long(world: World) -> None:
    """226 communes on 90 days are 20,340 lines; other lists of the portal end at 20,000."""
    line = f"{world.commune.code};20/06/2023;3\n"
    head = "Mã;Ngày;Trong ngày mức 1\n"
    read = read_upload(
        world.liaison, world.campaign, "a.csv", (head + line * 20_340).encode(), {"kind": "daily"}
    ).prepared.read
    assert read.rows == 20_340
    sheet = excel(
        ["Mã", "Ngày", "Trong ngày mức 1"], *[[world.commune.code, "20/06/2023", 3]] * 20_340
    )
    kind = {"kind": "daily"}
    in_excel = read_upload(world.liaison, world.campaign, "a.xlsx", sheet, kind)
    assert in_excel.prepared.read.rows == 20_340
    with pytest.raises(ValidationError, match=r"hơn 60\.000 dòng"):
        read_upload(world.liaison, world.campaign, "a.csv", (head + line * 60_001).encode())
    with pytest.raises(ValidationError, match=r"hơn 20\.000 dòng"):
        read_table((head + line * 20_340).encode())


def test_a_long_csv_gets_its_copy_with_errors() -> None:
    data = "Mã;Ngày;Số\n" + "14173;20/06/2023;3\n" * 20_340

    copy = openpyxl.load_workbook(io.BytesIO(marked_copy(data.encode(), [Mark("", 2, 2, "Sai.")])))

    assert [cell.value for cell in copy.active[2]] == ["14173", "20/06/2023", "3", "Sai."]
    assert copy.active.max_row == 20_341
