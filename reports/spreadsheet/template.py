"""The file that a district fills in: its units and the days asked for, one row each."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from campaign.models import Branch, Campaign
from campaign.reporting_window import reporting_days
from campaign.selectors import AT_HOME, IndicatorSet
from campaign.takes_part import takes_part
from core.counts import MOST
from core.importing.closed_lists import ClosedLists
from core.importing.formats import excel_cell, text_cell
from reports.daily.models import Explanation
from reports.spreadsheet import columns as meaning

# A file may hold so many rows; more days are asked for in several files.
MOST_ROWS = 10_000
HEADER = 3
GIVEN = (meaning.CODE, meaning.BRANCH, meaning.DAY)
LINE = Side(style="thin", color="BBBBBB")
FILL = PatternFill("solid", fgColor="E8EEF7")
BORDER = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)


def rows_of(
    campaign: Campaign, branches: Sequence[Branch], first: dt.date, last: dt.date
) -> list[tuple[Branch, dt.date]]:
    """Return who is asked for which day: those who report daily, at home in one commune."""
    at_home = [branch for branch in branches if branch.home_unit.level in AT_HOME]
    return [
        (branch, day)
        for day in reporting_days(campaign, first, last)
        for branch in at_home
        if branch.exists_on(day) and takes_part(campaign, branch, day)
    ]


def make_template(
    campaign: Campaign, indicators: IndicatorSet, rows: Sequence[tuple[Branch, dt.date]]
) -> bytes:
    """Return the workbook: units, days and headings locked, the cells of counts open."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Số liệu")
    headings = [
        *map(meaning.header_of, GIVEN),
        *(i.label for i in indicators.entered),
        meaning.header_of(meaning.NOTHING),
        meaning.header_of(meaning.REASON),
    ]
    sheet.freeze_panes = f"D{HEADER + 1}"
    widths = [12, 28, 12, *(14 for _i in indicators.entered), 13, 30]
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    last_row = HEADER + len(rows)
    lists = ClosedLists()
    _validate(sheet, lists, len(indicators.entered), last_row)
    sheet.protection.sheet = True
    for name in ("formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(sheet.protection, name, False)
    title = text_cell(sheet, campaign.name)
    title.font = Font(bold=True, size=14)
    sheet.append([title])
    sheet.append(
        [
            _(
                "Chỉ điền các ô trắng. Ô để trống là không báo; không có gì trong ngày thì chọn "
                "“có” ở cột Không phát sinh. Lưu rồi gửi lại tệp này."
            )
        ]
    )
    sheet.append([_heading(sheet, text) for text in headings])
    blanks = len(headings) - len(GIVEN)
    for branch, day in rows:
        given = [_given(sheet, value) for value in (branch.code, branch.name, day)]
        sheet.append([*given, *(_open(sheet) for _n in range(blanks))])
    lists.write(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _validate(sheet: Any, lists: ClosedLists, indicators: int, last_row: int) -> None:
    def area(first: int, last: int) -> str:
        return f"{get_column_letter(first)}{HEADER + 1}:{get_column_letter(last)}{max(last_row, 4)}"

    counts = DataValidation(
        type="whole",
        operator="between",
        formula1="0",
        formula2=str(MOST),
        allow_blank=True,
        errorTitle=_("Số nguyên"),
        error=_("Nhập số nguyên từ 0, chỉ gồm chữ số. Không có số thì để trống."),
    )
    if indicators:
        counts.add(area(4, 3 + indicators))
    none = lists.rule([_("có")])
    none.add(area(4 + indicators, 4 + indicators))
    reason = lists.rule([str(label) for label in Explanation.labels])
    reason.add(area(5 + indicators, 5 + indicators))
    for one in (*([counts] if indicators else []), none, reason):
        sheet.data_validations.append(one)


def _heading(sheet: Any, text: str) -> WriteOnlyCell:
    cell = text_cell(sheet, text)
    cell.font, cell.fill, cell.border = Font(bold=True), FILL, BORDER
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _given(sheet: Any, value: str | dt.date) -> WriteOnlyCell:
    cell = excel_cell(sheet, value)
    cell.fill, cell.border = FILL, BORDER
    return cell


def _open(sheet: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    cell.protection, cell.border = Protection(locked=False), BORDER
    return cell
