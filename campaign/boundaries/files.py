"""A list of units and who follows whom, from files in whatever columns."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.boundaries.lists import Known
from campaign.models import Succession, Unit
from campaign.resources.unit_lists import UnitListResource, kind_of
from campaign.services.import_units import LEVEL_OF_KIND, UnitRow, checked_rows, row_problem
from core.importing.inspection import Question, Unread
from core.importing.resource import StrictResource
from core.importing.table import Sheet, read_table
from core.importing.unknown_columns import settle_columns
from core.importing.widgets import Column, TextWidget
from core.vietnamese import bare_name, fold


class SuccessorColumns(StrictResource):
    """The columns of who follows whom; a cell may hold the code or the name of a unit."""

    aliases = {
        "old_code": (
            "Mã cũ | Mã đơn vị cũ | Mã xã cũ | Đơn vị cũ | Tên đơn vị cũ | Xã cũ | Địa bàn cũ | "
            "Trước sáp nhập"
        ),
        "new_code": (
            "Mã mới | Mã đơn vị mới | Mã xã mới | Đơn vị mới | Tên đơn vị mới | Xã mới | "
            "Địa bàn mới | Sau sáp nhập"
        ),
    }
    old_code = Column("old_id", TextWidget(), required=True)
    new_code = Column("new_id", TextWidget(), required=True)

    class Meta:
        model = Succession


RESOURCES: dict[str, type[StrictResource]] = {
    "units": UnitListResource,
    "successors": SuccessorColumns,
}


@dataclass
class Read:
    """A file with its columns matched; ``questions`` come before there are ``lines``.

    ``lines`` are what each row says, by column, with its number in the file.
    """

    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def read_file(file: str, data: bytes, answers: Mapping[str, str]) -> Read:
    """Read one of the two files; raise ``ValidationError`` for what is wrong with it."""
    resource = RESOURCES[file]()
    reading = read_table(data, answers)
    if reading.table is not None:
        settle_columns(resource, reading, reading.table, answers)
    found = Read(reading.questions, reading.notes)
    if reading.table is not None and not found.questions:
        missing = [
            column.column_name
            for column in resource.fields.values()
            if column.required and column.column_name not in reading.table.headers
        ]
        if missing:
            raise ValidationError(_("Thiếu cột: %(names)s.") % {"names": ", ".join(missing)})
        found.lines = _lines(resource, reading.table)
    return found


def _lines(resource: StrictResource, table: Sheet) -> list[tuple[int, dict[str, str]]]:
    found: list[tuple[int, dict[str, str]]] = []
    problems: list[str] = []
    widgets = {column.column_name: column.widget for column in resource.fields.values()}
    texts = {title for title, widget in widgets.items() if isinstance(widget, TextWidget)}
    for number, cells in zip(table.numbers, table, strict=True):
        line: dict[str, str] = {}
        for title, cell in zip(table.headers, cells, strict=True):
            if title not in texts:
                continue
            try:
                if isinstance(cell, Unread):
                    raise ValidationError(cell.text)
                # A superior may be named: its blanks stay.
                text = TextWidget().clean(cell) or ""
                line[title] = " ".join(text.split())
            except ValidationError as error:
                problems += [row_problem(number, text) for text in error.messages]
        if any(line.values()):
            found.append((number, line))
    if problems:
        raise ValidationError(problems)
    return found


# Units


def units_of(read: Read, today: Sequence[Unit]) -> tuple[UnitRow, ...]:
    """Return the rows of a list; what cannot be found out is a problem of its row.

    The kind may stand in the name only, who stands above by code or by name; where nothing says
    what stands above, everything lies right below the province.
    """
    own = _Names((line.get("code", ""), line.get("name", "")) for _number, line in read.lines)
    lines: list[tuple[int, list[str]]] = []
    problems: list[str] = []
    for number, line in read.lines:
        name, above = line.get("name", ""), line.get("parent_code", "")
        try:
            above = above if not above or above.isdecimal() else own.find(above)
        except ValidationError as error:
            problems += [row_problem(number, text) for text in error.messages]
        kind = line.get("kind", "").lower()
        kind = kind if kind in LEVEL_OF_KIND else kind_of(name) or kind
        lines.append((number, ["".join(line.get("code", "").split()), name, kind, above]))
    if problems:
        raise ValidationError(problems)
    if not any(cells[3] for _number, cells in lines):
        lines = _below_the_province(lines, today, read)
    return tuple(checked_rows(lines))


def _not_one(text: str, codes: set[str]) -> str:
    if codes:
        shown = ", ".join(sorted(codes))[:120]
        return _("Có nhiều địa bàn tên này: %(codes)s. Ghi mã.") % {"codes": shown}
    return _("Không có địa bàn “%(text)s”.") % {"text": text[:60]}


def _below_the_province(
    lines: list[tuple[int, list[str]]], today: Sequence[Unit], read: Read
) -> list[tuple[int, list[str]]]:
    own = {unit.code: unit for unit in today if unit.parent_id is None}
    tops = [cells for _number, cells in lines if cells[2] == "tỉnh" or cells[0] in own]
    if not tops:
        tops = [[unit.code, unit.name, unit.kind, ""] for unit in own.values()]
        lines = [*((1, cells) for cells in tops), *lines]
    if len(tops) != 1:
        return lines
    top = tops[0]
    read.notes.append(
        _("Tệp không có cột cấp trên: mọi đơn vị xếp ngay dưới %(name)s.") % {"name": top[1]}
    )
    return [(number, cells if cells is top else [*cells[:3], top[0]]) for number, cells in lines]


# Who follows whom


class _Names:
    """Units by code, and by their name with or without marks and kind."""

    def __init__(self, named: Iterator[tuple[str, str]]) -> None:
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.all: set[str] = set()
        for code, name in named:
            self.all.add(code)
            self.codes[fold(name)].add(code)
            self.codes[fold(bare_name(name))].add(code)

    def find(self, text: str) -> str:
        if text in self.all:
            return text
        found = self.codes.get(fold(" ".join(text.split())), set())
        if len(found) != 1:
            raise ValidationError(_not_one(text, found))
        return next(iter(found))


def known_of(read: Read, before: Sequence[Unit], rows: Sequence[UnitRow]) -> Known:
    """Return the codes that come after each code; raise ``ValidationError`` by row.

    A cell may name several, with semicolons between them. A code that no unit of before
    bears is of another province, and passed over.
    """
    old = _Names((unit.code, unit.name) for unit in before)
    new = _Names((row.code, row.name) for row in rows)
    found: Known = {}
    problems: list[str] = []
    passed_over = 0
    for number, line in read.lines:
        try:
            olds = _parts(line.get("old_code", ""))
            news = _parts(line.get("new_code", ""))
            if not olds:
                raise ValidationError(_("thiếu đơn vị cũ."))
            own = [one for one in olds if not one.isdecimal() or one in old.all]
            passed_over += len(own) < len(olds)
            for one in own:
                after = found.setdefault(old.find(one), [])
                after += [code for text in news if (code := new.find(text)) not in after]
        except ValidationError as error:
            problems += [row_problem(number, text) for text in error.messages]
    if problems:
        raise ValidationError(problems)
    if passed_over:
        read.notes.append(
            _("Không lấy %(n)s dòng có mã cũ không phải của địa bàn ở đây.") % {"n": passed_over}
        )
    return found


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
