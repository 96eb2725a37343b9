"""An empty file of a resource: its headings, what goes into each column, and the closed lists."""

import io
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from core.importing.closed_lists import ClosedLists
from core.importing.resource import StrictResource
from core.importing.table import USUAL_ROWS
from core.importing.widgets import ChoiceWidget, YesNoWidget

REQUIRED = PatternFill("solid", fgColor="E8EEF7")


def template_of(resource: StrictResource) -> bytes:
    workbook = openpyxl.Workbook()
    sheet, lists = workbook.active, ClosedLists()
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
            rule = lists.rule(words)
            rule.add(f"{letter}2:{letter}{USUAL_ROWS + 1}")
            sheet.add_data_validation(rule)
    lists.write(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _closed_list(widget: Any) -> list[str]:
    if isinstance(widget, YesNoWidget):
        return [str(widget.render(value)) for value in (True, False)]
    if isinstance(widget, ChoiceWidget):
        return [str(widget.render(value)) for value, _label in widget.choices]
    return []
