"""A table as a file: numbers as numbers, headings as on the page, and what was asked."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from core.formula_guard import guarded
from core.importing.formats import text_cell
from core.templatetags.formatting import day as written_day
from reports.explore.axes import AXES
from reports.explore.measures import Value
from reports.explore.table import Question, Row, Table

BOM = "\ufeff"
# How Excel writes the numbers, by the measure's shape.
FORMATS = {"count": "#,##0", "signed": "+#,##0;-#,##0;0", "percent": '0.0"%"', "rate": "0.0"}


def file_of(table: Table, kind: str, as_of: dt.datetime) -> bytes:
    return _csv(table) if kind == "csv" else _xlsx(table, as_of)


def asked_in_words(asked: Question) -> list[tuple[str, str]]:
    """Return what was asked for, line by line."""
    named = asked.indicator.label if asked.indicator is not None else ""
    rows = [
        (_("Chiến dịch"), asked.campaign.name),
        (_("Địa bàn"), f"{asked.top} ({asked.top.code})"),
        (_("Số liệu"), _("đã duyệt") if asked.basis == "approved" else _("đã báo cáo")),
        (_("Thước đo"), str(asked.measure.label)),
        *([] if asked.measure.of_reports else [(_("Chỉ số"), named)]),
        (_("Từ ngày"), written_day(asked.first)),
        (_("Đến ngày"), written_day(asked.last)),
        (_("Hàng"), str(AXES[asked.rows])),
        (_("Cột"), str(AXES[asked.columns]) if asked.columns else ""),
        (_("Lọc tên"), asked.names),
        (_("Từ"), "" if asked.at_least is None else f"{asked.at_least:g}"),
        (_("Đến"), "" if asked.at_most is None else f"{asked.at_most:g}"),
    ]
    return [(name, value) for name, value in rows if value]


def _lines(table: Table) -> Iterator[tuple[str, str, tuple[Value, ...]]]:
    """Yield code, name and numbers of each line, that of all at the end."""
    last = [row for row in (table.rest, table.shown, table.total) if row is not None]
    for row in (*table.rows, *last):
        yield row.entry.key, row.entry.label, _cells(table, row)


def _cells(table: Table, row: Row) -> tuple[Value, ...]:
    return (*row.cells, row.total) if table.has_total else row.cells


def _headings(table: Table) -> list[str]:
    total = [_("Cả kỳ") if table.columns[0].period else _("Tất cả")] if table.has_total else []
    return [_("Mã"), str(AXES[table.question.rows]), *(one.label for one in table.columns), *total]


def _csv(table: Table) -> bytes:
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow([guarded(cell) for cell in _headings(table)])
    for code, name, cells in _lines(table):
        numbers = [round(one, 4) if isinstance(one, float) else one for one in cells]
        lines.writerow([guarded(code), guarded(name), *numbers])
    return (BOM + out.getvalue()).encode()


def _xlsx(table: Table, as_of: dt.datetime) -> bytes:
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet(_("Số liệu"))
    sheet.freeze_panes = "C2"
    headings = _headings(table)
    for number, width in enumerate([12, 30, *(12 for _one in headings[2:])], start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_bold(sheet, text) for text in headings])
    number_format = FORMATS[table.question.measure.shape]
    for code, name, cells in _lines(table):
        words = [text_cell(sheet, code), text_cell(sheet, name)]
        sheet.append([*words, *(_number(sheet, one, number_format) for one in cells)])
    about = workbook.create_sheet(_("Đã hỏi gì"))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 20, 60
    moment = timezone.localtime(as_of)
    for name, value in (
        *asked_in_words(table.question),
        (_("Số của lúc"), f"{moment:%H:%M %d/%m/%Y}"),
        (_("Ô trống (–)"), str(table.question.measure.blank)),
    ):
        about.append([_bold(about, name), text_cell(about, value)])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _bold(sheet: Any, text: str) -> Any:
    cell = text_cell(sheet, text)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="center")
    return cell


def _number(sheet: Any, value: Value, number_format: str) -> Any:
    if value is None:
        return None
    cell = openpyxl.cell.WriteOnlyCell(sheet, value=value)
    cell.number_format = number_format
    return cell
