"""A list of units and who follows whom, from files in whatever columns."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    """The columns of who follows whom: the code of a unit, its name, or both.

    Each cell may hold the one or the other, and several with semicolons between them.
    """

    aliases = {
        "old_code": "Mã cũ | Mã đơn vị cũ | Mã xã cũ | Mã ĐVHC cũ",
        "old_name": (
            "Đơn vị cũ | Tên đơn vị cũ | Xã cũ | Tên xã cũ | Tên cũ | Địa bàn cũ | Trước sáp nhập"
        ),
        "new_code": "Mã mới | Mã đơn vị mới | Mã xã mới | Mã ĐVHC mới",
        "new_name": (
            "Đơn vị mới | Tên đơn vị mới | Xã mới | Tên xã mới | Tên mới | Địa bàn mới | "
            "Sau sáp nhập"
        ),
    }
    old_code = Column("old_id", TextWidget(), column_name="Mã cũ")
    old_name = Column("old__name", TextWidget(), column_name="Đơn vị cũ")
    new_code = Column("new_id", TextWidget(), column_name="Mã mới")
    new_name = Column("new__name", TextWidget(), column_name="Đơn vị mới")

    class Meta:
        model = Succession


# One column of each is there.
ENDS = (("Mã cũ", "Đơn vị cũ"), ("Mã mới", "Đơn vị mới"))
RESOURCES: dict[str, type[StrictResource]] = {
    "units": UnitListResource,
    "successors": SuccessorColumns,
}


@dataclass
class Read:
    """A file with its columns matched; ``questions`` come before there are ``lines``.

    ``lines`` are what each row says, by name of the column, with its number in the file.
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
        wanted = [(c.column_name,) for c in resource.fields.values() if c.required]
        missing = [
            _(" hoặc ").join(names)
            for names in (*wanted, *(ENDS if file == "successors" else ()))
            if not {*names} & {*reading.table.headers}
        ]
        if missing:
            raise ValidationError(_("Thiếu cột: %(names)s.") % {"names": ", ".join(missing)})
        found.lines = _lines(resource, reading.table)
    return found


def _lines(resource: StrictResource, table: Sheet) -> list[tuple[int, dict[str, str]]]:
    found: list[tuple[int, dict[str, str]]] = []
    problems: list[str] = []
    texts = {
        column.column_name: name
        for name, column in resource.fields.items()
        if isinstance(column.widget, TextWidget)
    }
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
                line[texts[title]] = " ".join(text.split())
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
    _restore_zeros(read, today)
    own = _Names((line.get("code", ""), line.get("name", "")) for _number, line in read.lines)
    lines: list[tuple[int, list[str]]] = []
    problems: list[str] = []
    for number, line in read.lines:
        name, above = line.get("name", ""), line.get("parent_code", "")
        try:
            above = above if own.lacks_number(above) else own.find(above)
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


def _restore_zeros(read: Read, today: Sequence[Unit]) -> None:
    """Give codes back the noughts that a spreadsheet took for those of a number.

    It did where the code of a unit of today lacks them; then all of its length are mended.
    """
    known = {unit.code for unit in today}
    short = _Names((code, "") for code in known)
    codes = ["".join(line.get("code", "").split()) for _number, line in read.lines]
    widths = {
        len(code): len(short.find(code))
        for code in codes
        if code not in known and not short.lacks_number(code) and code.isdecimal()
    }
    mended = 0
    for (_number, line), code in zip(read.lines, codes, strict=True):
        if code.isdecimal() and code not in known and len(code) in widths:
            line["code"] = code.zfill(widths[len(code)])
            mended += 1
    if mended:
        read.notes.append(_("%(n)s mã mất số 0 ở đầu, đã ghi lại cho đủ.") % {"n": mended})


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

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self.codes: dict[str, set[str]] = defaultdict(set)
        self.all: set[str] = set()
        # By what is left of a code where it was taken for a number.
        self.numbers: dict[str, set[str]] = defaultdict(set)
        for code, name in named:
            self.all.add(code)
            if code.startswith("0"):
                self.numbers[code.lstrip("0")].add(code)
            self.codes[fold(name)].add(code)
            self.codes[fold(bare_name(name))].add(code)

    def lacks_number(self, text: str) -> bool:
        """Whether ``text`` is blank, or a code that is not among these."""
        is_here = text in self.all or len(self.numbers.get(text, ())) == 1
        return not text or (text.isdecimal() and not is_here)

    def find(self, text: str) -> str:
        if text in self.all:
            return text
        found = self.numbers.get(text) or self.codes.get(fold(" ".join(text.split())), set())
        if len(found) != 1:
            raise ValidationError(_not_one(text, found))
        return next(iter(found))

    def of_cells(self, code: str, name: str) -> list[str]:
        """Return what a row names, by code or else by name; refuse two that are not the same."""
        parts = _parts(code) or _parts(name)
        if code and len(parts) == 1 and not self.lacks_number(parts[0]):
            called = self.codes.get(fold(name)) or self.codes.get(fold(bare_name(name)))
            if called and self.find(parts[0]) not in called:
                text = _("Mã %(code)s không phải của “%(name)s”.")
                raise ValidationError(text % {"code": parts[0], "name": name[:60]})
        return parts


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
            olds = old.of_cells(line.get("old_code", ""), line.get("old_name", ""))
            news = new.of_cells(line.get("new_code", ""), line.get("new_name", ""))
            if not olds:
                raise ValidationError(_("thiếu đơn vị cũ."))
            own = [one for one in olds if not old.lacks_number(one)]
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
