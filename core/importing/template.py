"""An empty file of a resource: its headings, what goes into each column, and the closed lists."""

import io
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from core.importing.resource import StrictResource
from core.importing.widgets import ChoiceWidget, YesNoWidget
from core.importing.workbook import MOST_ROWS

# What Excel takes as a list written out in a cell's rule.
MOST_LISTED = 255
REQUIRED = PatternFill("solid", fgColor="E8EEF7")


def template_of(resource: StrictResource) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title, sheet.freeze_panes = "Mẫu", "A2"
    for number, column in enumerate(resource.fields.values(), start=1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, column.column_name)
        cell.font = Font(bold=column.required)
        if column.required:
            cell.fill = REQUIRED
        if column.help:
            cell.comment = Comment(str(column.help), "Cổng", width=320, height=90)
        sheet.column_dimensions[letter].width = max(14, len(column.column_name) + 4)
        # A code keeps its noughts, and Excel makes no day of a name.
        sheet.column_dimensions[letter].number_format = "@"
        if words := _closed_list(column.widget):
            rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            rule.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            sheet.add_data_validation(rule)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _closed_list(widget: Any) -> str:
    """Return the choices of a column as Excel takes them; blank where there is no room for them."""
    if isinstance(widget, YesNoWidget):
        return f"{widget.render(True)},{widget.render(False)}"
    if not isinstance(widget, ChoiceWidget):
        return ""
    words = [str(widget.render(value)) for value, _label in widget.choices]
    # A comma ends a choice.
    whole = ",".join(words)
    return whole if len(whole) <= MOST_LISTED and whole.count(",") == len(words) - 1 else ""
