"""Tables as people draw them: communes down and indicators across, groups, a sheet a day."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from django.test import Client

from reports.spreadsheet.models import ColumnMeaning
from tests.importing import as_xlsx
from tests.reports.spreadsheet.sending import (
    PAGE,
    YESTERDAY,
    act,
    confirm,
    one,
    problems,
    send,
    totals,
)


def test_communes_down_and_indicators_across_for_one_day(lead: Client) -> None:
    rows: list[list[Any]]
    rows = [["TT", "Xã", "CĐ m1", "Ghi chú"], [1, "Giao Tiến", 4, "x"], [2, "Hồng Thuận", 6, ""]]
    page = send(lead, as_xlsx(["KẾT QUẢ NGÀY 19/6/2023"], *rows))
    assert [q["key"] for q in page.context["questions"]] == ["column-cd m1", "column-ghi chu"]
    answers = {"answer-column-cd m1": "level1", "answer-column-ghi chu": "=skip"}
    page = act(lead, page, asked="1", **answers)
    assert totals(page) == (2, 0, 0, 0)
    assert "Ngày của số liệu là 19/06/2023" in page.content.decode()
    confirm(lead, page)
    assert one(day=YESTERDAY).counts == {"level1": 4}
    # What was said about columns is remembered; without a title the day is asked about.
    page = send(lead, as_xlsx(*rows))
    assert [q["key"] for q in page.context["questions"]] == ["day"]
    page = act(lead, page, asked="1", **{"answer-day": "2023-06-20"})
    assert totals(page) == (2, 0, 0, 0)
    assert ColumnMeaning.objects.count() == 2
    page = act(lead, page, forget="1")
    assert [q["key"] for q in page.context["questions"]][:1] == ["column-cd m1"]


def test_one_sheet_a_day(lead: Client) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for day, count in ((19, 4), (20, 5)):
        sheet = workbook.create_sheet(f"{day}-6")
        sheet.append(["Xã", "Mức 1"])
        sheet.append(["Giao Tiến", count])
    out = io.BytesIO()
    workbook.save(out)
    page = send(lead, out.getvalue())
    (question,) = page.context["questions"]
    assert [value for value, _label in question["choices"]] == ["*", "19-6", "20-6"]
    page = act(lead, page, asked="1", **{"answer-sheet": "*"})
    assert totals(page) == (2, 0, 0, 0)
    confirm(lead, page)
    assert (one(day=YESTERDAY).counts, one().counts) == ({"level1": 4}, {"level1": 5})


def drawn(*rows: Sequence[Any], merged: tuple[str, ...]) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(list(row))
    for area in merged:
        workbook.active.merge_cells(area)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


GROUPS: list[list[Any]] = [
    ["KẾT QUẢ NGÀY 19/6/2023"],
    ["TT", "Xã", "Cài VNeID", "Định danh trong ngày", None, "Ghi chú"],
    [None, None, None, "Mức 1", "Mức 2", None],
]
MERGED = ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3")


def test_groups_over_indicators_are_read_and_asked_about_once(lead: Client) -> None:
    rows: list[list[Any]]
    rows = [[1, "Giao Tiến", 4, 3, 2, None], [2, "Hồng Thuận", 6, "5,5", 1, None]]
    page = send(lead, drawn(*GROUPS, *rows, merged=MERGED))
    assert "Tiêu đề có hai dòng (2 và 3): đã đọc như một." in page.content.decode()
    # A group may change what a column means (a plan, a sum to date): it is asked about.
    asked = {q["key"]: q["text"] for q in page.context["questions"]}
    assert asked["column-dinh danh trong ngay muc 1"] == ("Cột “Định danh trong ngày Mức 1” là gì?")
    assert len(asked) == 3
    meanings = ("level1", "level2", "=skip")
    answers = {f"answer-{key}": of for key, of in zip(asked, meanings, strict=True)}
    page = act(lead, page, asked="1", **answers)
    assert [(row, title) for row, title, _text in problems(page)] == [
        (5, "Định danh trong ngày Mức 1")
    ]
    rows[1][3] = 5
    page = act(lead, send(lead, drawn(*GROUPS, *rows, merged=MERGED)), asked="1", **answers)
    assert totals(page) == (2, 0, 0, 0)
    confirm(lead, page)
    # What was said is remembered.
    assert totals(send(lead, drawn(*GROUPS, *rows, merged=MERGED))) == (0, 0, 2, 0)
    assert one(day=YESTERDAY).counts == {"installed": 4, "level1": 3, "level2": 2}


def test_one_name_in_two_groups_is_two_columns(lead: Client) -> None:
    head: list[list[Any]]
    head = [["Xã", "Kế hoạch", None, "Thực hiện", None], [None, *("Cài VNeID", "Mức 1") * 2]]
    data = drawn(*head, ["Giao Tiến", 9, 9, 4, 3], merged=("A1:A2", "B1:C1", "D1:E1"))
    keys = [q["key"] for q in send(lead, data).context["questions"]]
    assert keys[:2] == ["column-ke hoach cai vneid", "column-ke hoach muc 1"]
    assert len(keys) == 4


def test_data_under_a_heading_of_two_columns_are_no_headings(lead: Client) -> None:
    """Two columns under one name are refused, as ever; the first row is not swallowed."""
    rows: list[list[Any]]
    rows = [["Xã", "Cài VNeID", None, "Mức 1"], ["Giao Tiến", 4, 3, 2]]
    page = send(lead, drawn(*rows, merged=("B1:C1",)))
    assert "Cột thứ 3 không có tên" in page.context["file"].result["refusal"]


def test_closed_lists_of_the_template_hold_every_label(lead: Client) -> None:
    """A label with a comma is one choice; the hidden sheet of the lists asks nothing."""
    template = lead.get(f"{PAGE}template/?first={YESTERDAY}&last={YESTERDAY}").content
    workbook = openpyxl.load_workbook(io.BytesIO(template))
    lists = workbook["DanhSach"]
    assert lists.sheet_state == "hidden"
    labels = [cell.value for cell in lists["B"] if cell.value]
    assert any("," in label for label in labels)
    rules = {rule.formula1 for rule in workbook.active.data_validations.dataValidation}
    assert f"DanhSach!$B$1:$B${len(labels)}" in rules
    sheet = workbook.active
    sheet["D4"], sheet["I4"] = 5, next(label for label in labels if "," in label)
    out = io.BytesIO()
    workbook.save(out)
    page = send(lead, out.getvalue())
    assert (problems(page), totals(page)) == ([], (1, 0, 0, 0))
    assert "đang ẩn" not in page.content.decode()
