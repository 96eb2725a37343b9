"""Writes the files of exports: Excel (.xlsx) and CSV (UTF-8)."""

import csv
import datetime as dt
import io
from typing import Any

import openpyxl
import tablib
from django.utils.translation import gettext as _
from import_export.formats.base_formats import CSV, XLSX
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from core.formula_guard import guarded


class ExcelFile(XLSX):  # type: ignore[misc]
    """An .xlsx whose codes stay text and in which nothing is a formula."""

    def get_title(self) -> str:
        return _("Excel (.xlsx)")

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        snapshot = openpyxl.Workbook(write_only=True)
        sheet = snapshot.create_sheet("Dữ liệu")
        sheet.freeze_panes = "A2"
        for number, name in enumerate(dataset.headers, start=1):
            letter = openpyxl.utils.get_column_letter(number)
            sheet.column_dimensions[letter].width = max(12, min(40, len(name) + 6))
        heading = [WriteOnlyCell(sheet, value=name) for name in dataset.headers]
        for cell in heading:
            cell.font = Font(bold=True)
        sheet.append(heading)
        for row in dataset:
            sheet.append([excel_cell(sheet, value) for value in row])
        out = io.BytesIO()
        snapshot.save(out)
        return out.getvalue()


def excel_cell(sheet: Any, value: Any) -> Any:
    """Return a cell: numbers and days as such, everything else as text."""
    if isinstance(value, dt.date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "dd/mm/yyyy"
        return cell
    if value is None or isinstance(value, int | float):
        return value
    return text_cell(sheet, str(value))


def text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    """Return a cell that Excel leaves the text that it is: no formula, no number, no day."""
    cell = WriteOnlyCell(sheet, value=openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


class CsvFile(CSV):  # type: ignore[misc]
    """A CSV in UTF-8 that Excel opens with its marks right and takes nothing for a formula."""

    CONTENT_TYPE = "text/csv; charset=utf-8"

    def get_title(self) -> str:
        return _("CSV UTF-8")

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        """Return the file: byte order mark, CRLF, RFC 4180."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(dataset.headers)
        writer.writerows([guarded(cell) for cell in row] for row in dataset)
        return out.getvalue().encode("utf-8-sig")


EXPORT_FORMATS: dict[str, Any] = {"xlsx": ExcelFile, "csv": CsvFile}
