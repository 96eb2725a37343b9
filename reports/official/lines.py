"""The rows of the police's tables: which unit, which day, which figures."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from campaign.models import Campaign, Unit
from core.form_fields import parse_day
from core.importing.drawn_tables import SUMS, key_of
from core.importing.inspection import Question, Unread
from core.importing.table import Sheet
from core.importing.widgets import text_of
from core.number_parsing import read_whole
from reports.official.columns import CODE, DAY, DISTRICT, UNIT, Column
from reports.official.models import MapOfUnits
from reports.official.services import MOST, Figure
from reports.official.unit_names import Unclear, UnitNames

# “Cộng huyện Giao Thủy”; and communes there are that are called Cộng Hòa.
PARTIAL_SUM = re.compile(r"(tong )?(cong|so) (huyen|xa|phuong|thanh pho|tinh|cac|toan)\b.*")
NUMBERED = re.compile(r"\(?([A-Za-z]|\d{1,2})\)?(\s*=.*)?")
SERIAL = re.compile(r"[3-6]\d{4}(\.0+)?")
EPOCH = dt.date(1899, 12, 30)
MIDNIGHT = re.compile(r"[ T]00:00(:00)?$")
GROUPED = re.compile(r"\s*\d{1,3}([ .,]\d{3})+\s*")
GROUPS, GROUPS_ARE = "groups", "thousands"
WHICH_UNIT = "unit-"


@dataclass(frozen=True)
class CellProblem:
    """What is wrong in one cell; ``column`` is its place in the sheet, None for the whole row."""

    sheet: str
    row: int
    column: int | None
    title: str
    text: str


@dataclass
class Read:
    """What tables say; figures by what they are of, with the place of each."""

    figures: dict[tuple[int, dt.date, str, str], int] = field(default_factory=dict)
    row_of: dict[tuple[int, dt.date, str, str], tuple[str, int]] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)
    rows: int = 0
    problems: list[CellProblem] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    # Rows of which the unit was not found: the other map may know it.
    unknown: int = 0

    def as_figures(self, ids: Mapping[str, int]) -> list[Figure]:
        """Return them as they are taken; ``ids`` are those of the indicators by code."""
        rows = self.figures.items()
        return [Figure(unit, day, kind, ids[code], n) for (unit, day, kind, code), n in rows]


class LineReader:
    """Reads the rows of tables whose columns are known, on one map of the units."""

    def __init__(
        self,
        campaign: Campaign,
        units: Iterable[Unit],
        of: str,
        answers: Mapping[str, str],
        today: dt.date,
        *,
        has_sheets: bool = False,
    ) -> None:
        self.campaign, self.answers, self.today = campaign, answers, today
        self.has_sheets = has_sheets
        self.units, self.of, self.read = list(units), of, Read()
        self._names: dict[tuple[int, ...], UnitNames] = {}
        self._names_on: dict[dt.date, UnitNames] = {}

    def take(self, table: Sheet, columns: list[Column], day: dt.date | None) -> None:
        """Read the rows; ``day`` is that of a table without a column of it."""
        figures = [(index, one) for index, one in enumerate(columns) if one.is_figures]
        at = {one.meaning: index for index, one in enumerate(columns)}
        titles = {one.meaning: one for one in columns}
        sums: list[tuple[int, dt.date | None, dict[int, int]]] = []
        counted: dict[tuple[int, dt.date | None, str], int] = defaultdict(int)
        for place, (number, cells) in enumerate(zip(table.numbers, table, strict=True)):
            if place == 0 and _is_numbering(cells, at):
                continue
            line = _Line(self, table.name, number, cells, at, titles)
            values = line.values(figures)
            if not values and not line.is_wrong:
                continue
            self.read.rows += 1
            if line.is_sum:
                sums.append((number, line.day_or(day, may_fail=False), values))
                continue
            of = day if line.is_wrong and DAY not in at else line.day_or(day)
            unit = line.unit(of)
            if unit is None or (of is None and not all(one.day for _i, one in figures)):
                continue
            self.read.units[unit.pk] = unit
            for index, value in values.items():
                column = columns[index]
                counted[index, None, unit.level] += value
                counted[index, of, unit.level] += value if of is not None else 0
                self._add(line, unit, column, column.day or of, value)
        self._compare(table, columns, sums, counted)

    def _add(
        self, line: "_Line", unit: Unit, column: Column, day: dt.date | None, value: int
    ) -> None:
        if day is None:
            return
        key = unit.pk, day, column.kind, column.meaning
        if key in self.read.row_of:
            sheet, row = self.read.row_of[key]
            where = f"{sheet}, " if sheet != line.sheet else ""
            text = _("Đơn vị và ngày này đã có ở %(where)sdòng %(n)s. Chỉ giữ một dòng.")
            if not line.is_double:
                line.say(UNIT, text % {"where": where, "n": row})
            line.is_double = True
            return
        self.read.figures[key], self.read.row_of[key] = value, (line.sheet, line.number)

    def _compare(
        self,
        table: Sheet,
        columns: list[Column],
        sums: list[tuple[int, dt.date | None, dict[int, int]]],
        counted: Mapping[tuple[int, dt.date | None, str], int],
    ) -> None:
        """Hold the rows that add up against the sum of the others, of whichever level."""
        where = f"{table.name}: " if self.has_sheets else ""
        for number, day, values in sums:
            for index, value in values.items():
                found = {n for (i, d, _l), n in counted.items() if i == index and day in (None, d)}
                if found and value not in found | {sum(found)}:
                    closest = min(found, key=lambda n: abs(n - value))
                    text = _(
                        "%(where)sdòng cộng %(row)s, cột “%(column)s” ghi %(written)s, các dòng "
                        "cộng lại được %(sum)s."
                    )
                    self.read.notes.append(
                        text
                        % {
                            "where": where,
                            "row": number,
                            "column": columns[index].heading[:60],
                            "written": number_format(value, force_grouping=True),
                            "sum": number_format(closest, force_grouping=True),
                        }
                    )
        if sums:
            self.read.notes.append(
                _("%(where)skhông lấy dòng cộng: %(rows)s.")
                % {"where": where, "rows": ", ".join(str(number) for number, _d, _v in sums[:10])}
            )

    def names_on(self, day: dt.date) -> UnitNames:
        if self.of == MapOfUnits.NOW:
            day = self.today
        if day not in self._names_on:
            there = [unit for unit in self.units if unit.exists_on(day)]
            ids = tuple(unit.pk for unit in there)
            if ids not in self._names:
                self._names[ids] = UnitNames(unit.on(day) for unit in there)
            self._names_on[day] = self._names[ids]
        return self._names_on[day]


class _Line:
    """One row while it is read."""

    def __init__(
        self,
        reader: LineReader,
        sheet: str,
        number: int,
        cells: list[Any],
        at: Mapping[str, int],
        titles: Mapping[str, Column],
    ) -> None:
        self.reader, self.sheet, self.number = reader, sheet, number
        self.cells, self.at, self.titles = cells, at, titles
        self.is_wrong = self.is_double = False

    def text(self, meaning: str) -> str:
        return text_of(self.cells[self.at[meaning]]) if meaning in self.at else ""

    @property
    def is_sum(self) -> bool:
        names = [key_of(text) for text in map(text_of, self.cells) if text]
        own = [key_of(self.text(meaning)) for meaning in (UNIT, CODE)]
        is_partial = any(PARTIAL_SUM.fullmatch(name) for name in own)
        # A merged “Tổng cộng” stands in the column of numbers.
        is_first = bool(names) and names[0] in SUMS and not any(own)
        return is_partial or is_first or any(name in SUMS for name in own)

    def say(self, about: str | Column, text: str) -> None:
        column = self.titles.get(about) if isinstance(about, str) else about
        position, title = (column.position, column.heading) if column else (None, "")
        self.reader.read.problems.append(
            CellProblem(self.sheet, self.number, position, title, text)
        )
        self.is_wrong = True

    def values(self, figures: list[tuple[int, Column]]) -> dict[int, int]:
        found = {}
        for index, column in figures:
            try:
                value = self._value(self.cells[index])
            except ValidationError as error:
                self.say(column, " ".join(error.messages))
                continue
            if value is not None:
                found[index] = value
        return found

    def _value(self, cell: Any) -> int | None:
        if isinstance(cell, Unread):
            raise ValidationError(cell.text)
        if isinstance(cell, dt.date | dt.time):
            raise ValidationError(
                _("Excel đã đổi ô này thành ngày giờ (%(value)s). Định dạng lại ô là số.")
                % {"value": text_of(cell)}
            )
        if isinstance(cell, str):
            if key_of(cell) == "" and not any(char.isdigit() for char in cell):
                # A dash is what people write where there is nothing to say.
                return None
            is_grouped = GROUPED.fullmatch(cell) is not None
            if is_grouped and self.reader.answers.get(GROUPS) == GROUPS_ARE:
                return read_whole(re.sub(r"[ .,]", "", cell), MOST)
            if is_grouped and GROUPS not in self.reader.answers:
                self._ask_about_groups(cell.strip())
                return None
        return read_whole(cell, MOST)

    def _ask_about_groups(self, text: str) -> None:
        digits = re.sub(r"[ .,]", "", text)
        question = Question(
            GROUPS,
            _("Trong tệp có số viết như “%(text)s”. Số ấy là bao nhiêu?") % {"text": text},
            [
                (GROUPS_ARE, _("%(digits)s: dấu chỉ tách hàng nghìn") % {"digits": digits}),
                ("unclear", _("Không chắc: báo lỗi từng ô để sửa trong tệp")),
            ],
        )
        self.reader.read.questions.setdefault(GROUPS, question)

    def day_or(self, day: dt.date | None, *, may_fail: bool = True) -> dt.date | None:
        """Return the day of the row, or that of the table; say what is wrong with it."""
        if DAY not in self.at:
            return day
        try:
            return self._day(self.cells[self.at[DAY]])
        except ValidationError as error:
            if may_fail:
                self.say(DAY, " ".join(error.messages))
            return None

    def _day(self, cell: Any) -> dt.date:
        campaign = self.reader.campaign
        first, last = campaign.starts_on, campaign.ends_on
        text = MIDNIGHT.sub("", text_of(cell))
        if isinstance(cell, dt.datetime):
            day = cell.date()
        elif isinstance(cell, dt.date):
            day = cell
        elif not text:
            raise ValidationError(_("Ghi ngày của dòng này."))
        elif SERIAL.fullmatch(text):
            # A day without its format: Excel counts days from the end of 1899.
            day = EPOCH + dt.timedelta(days=int(float(text)))
        else:
            day = parse_day(text, first.year if first.year == last.year else None)
        check_day(day, campaign, self.reader.today)
        return day

    def unit(self, day: dt.date | None) -> Unit | None:
        """Return the unit of the row; say, or ask, where it is not known."""
        read, answers = self.reader.read, self.reader.answers
        try:
            return self.reader.names_on(day or self.reader.today).find(
                self.text(CODE), self.text(UNIT), self.text(DISTRICT)
            )
        except Unclear as unclear:
            name = WHICH_UNIT + key_of(f"{unclear.name} {self.text(DISTRICT)}")
            chosen = [unit for unit in unclear.units if str(unit.pk) == answers.get(name)]
            if chosen:
                return chosen[0]
            choices = [(str(unit.pk), _with_parent(unit)) for unit in unclear.units]
            text = _("“%(name)s” là đơn vị nào?") % {"name": unclear.name[:60]}
            read.questions.setdefault(name, Question(name, text, choices))
        except ValidationError as error:
            read.unknown += 1
            self.say(CODE if self.text(CODE) else UNIT, " ".join(error.messages))
        return None


def check_day(day: dt.date, campaign: Campaign, today: dt.date) -> None:
    """Raise ``ValidationError`` for a day to come, and one that is not the campaign's."""
    shown = f"{day:%d/%m/%Y}"
    if not campaign.starts_on <= day <= campaign.ends_on:
        raise ValidationError(_("Ngày %(day)s ở ngoài chiến dịch.") % {"day": shown})
    if day > today:
        raise ValidationError(_("Ngày %(day)s chưa tới.") % {"day": shown})


def _with_parent(unit: Unit) -> str:
    above = f", {unit.parent.name}" if unit.parent is not None else ""
    return f"{unit.name}{above} ({unit.code})"


def _is_numbering(cells: list[Any], at: Mapping[str, int]) -> bool:
    """Whether the row below the headings only numbers the columns: (1), (2), A, B."""
    texts = [text_of(cell) for cell in cells if cell is not None]
    named = [text_of(cells[at[meaning]]) for meaning in (UNIT, CODE) if meaning in at]
    return bool(texts) and any(named) and all(NUMBERED.fullmatch(text) for text in texts)
