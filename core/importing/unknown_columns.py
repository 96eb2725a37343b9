"""Columns whose names nobody knows: the sender of the file says what they are."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.importing.column_names import name_columns
from core.importing.inspection import Question, named
from core.importing.resource import StrictResource
from core.importing.table import Reading, Sheet

LEAVE = "leave"


def settle_columns(
    resource: StrictResource, reading: Reading, table: Sheet, answers: Mapping[str, str]
) -> None:
    """Name the columns as they are known or answered, and ask about the others.

    What is answered to be of no use is taken out; where every column is there, so are the others.
    Raises ``ValidationError`` where two columns are to be one.
    """
    titles = {name: column.column_name for name, column in resource.fields.items()}
    name_columns(table, titles, resource.aliases)
    free = [title for title in titles.values() if title not in table.headers]
    choices = [*((title, title) for title in free), (LEAVE, _("Không dùng cột này"))]
    taken: dict[str, str] = {}
    left = []
    for header in [header for header in table.headers if header not in titles.values()]:
        name = f"column{table.positions[table.headers.index(header)]}"
        answer = answers.get(name, "") if free else LEAVE
        if answer == LEAVE:
            left.append(header)
        elif answer not in free:
            reading.questions.append(Question(name, _question(table, header), choices))
        elif answer in taken:
            text = _("Cột “%(one)s” và cột “%(other)s” cùng một nghĩa. Chỉ giữ một cột.")
            raise ValidationError(text % {"one": taken[answer][:40], "other": header[:40]})
        else:
            taken[answer] = header
    for header in left:
        del table[header]
    by_header = {header: title for title, header in taken.items()}
    table.headers = [by_header.get(header, header) for header in table.headers]
    if left:
        reading.notes.append(_("Không dùng cột: %(names)s.") % {"names": named(left)})


def _question(table: Sheet, header: str) -> str:
    """Ask by the name of the column, and by what stands in it."""
    example = next((str(cell) for cell in table[header] if cell is not None), "")
    if not example:
        return _("Cột “%(name)s” (trống) là gì?") % {"name": header[:60]}
    shown = {"name": header[:60], "example": example[:40]}
    return _("Cột “%(name)s” (ví dụ: %(example)s) là gì?") % shown
