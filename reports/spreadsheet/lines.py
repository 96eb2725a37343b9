"""The lines of a file of daily counts: what each says of which branch, unit and day."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from campaign.branch_names import BranchNames
from campaign.branches_by_day import BranchesByDay, absent_text
from campaign.models import Branch, Campaign, Unit
from core.counts import MOST
from core.form_fields import parse_day
from core.importing.drawn_tables import SUMS, key_of
from core.importing.inspection import Unread
from core.importing.table import Sheet
from core.importing.widgets import YesNoWidget, text_of
from core.number_parsing import read_whole
from reports.daily.models import Explanation
from reports.spreadsheet import columns as meaning
from reports.spreadsheet.columns import Columns

YES = YesNoWidget()

Key = tuple[int, int, dt.date]


@dataclass(frozen=True)
class CellProblem:
    """What is wrong in one cell; ``column`` is its place in the sheet, None for the whole row."""

    sheet: str
    row: int
    column: int | None
    title: str
    text: str


@dataclass
class Line:
    """One row: a branch's counts of a day. A cell that is blank says nothing."""

    sheet: str
    row: int
    branch: Branch | None = None
    unit: Unit | None = None
    day: dt.date | None = None
    counts: dict[str, int] = field(default_factory=dict)
    is_none: bool = False
    explanation: str = ""
    problems: list[CellProblem] = field(default_factory=list)
    # Where the columns stand in the sheet, and what they are called, by their meaning.
    positions: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def key(self) -> Key | None:
        if self.branch is None or self.unit is None or self.day is None:
            return None
        return self.branch.pk, self.unit.pk, self.day

    @property
    def says_nothing(self) -> bool:
        return not (self.counts or self.is_none or self.problems)

    def say(self, about: str, text: str) -> None:
        position, title = self.positions.get(about, (None, ""))
        self.problems.append(CellProblem(self.sheet, self.row, position, title, text))


class LineReader:
    """Reads the rows of tables whose columns are known."""

    def __init__(
        self,
        campaign: Campaign,
        branches: BranchesByDay,
        units: Callable[[Branch, dt.date], list[Unit] | None],
    ) -> None:
        self.campaign, self.units = campaign, units
        self.branches, self._everywhere = branches, BranchNames(branches.everywhere)
        self._names: dict[dt.date | None, BranchNames] = {}
        self._names_of: dict[tuple[Branch, ...], BranchNames] = {}
        self.sums = 0

    def read(self, table: Sheet, columns: Columns, day: dt.date | None) -> Iterator[Line]:
        """Yield the lines that say something; ``day`` is that of a table without a column of it."""
        positions = {
            m: (table.positions[index], table.headings[index])
            for index, m in enumerate(columns.meanings)
            if m != meaning.SKIP
        }
        for number, cells in zip(table.numbers, table, strict=True):
            row = dict(zip(columns.meanings, cells, strict=True))
            if self._is_sum(row):
                self.sums += 1
                continue
            line = Line(table.name, number, positions=positions)
            self._read_counts(line, row)
            if line.says_nothing:
                continue
            self._read_branch_and_day(line, row, day)
            yield line

    def _is_sum(self, row: dict[str, Any]) -> bool:
        names = [key_of(text_of(row.get(m))) for m in (meaning.CODE, meaning.BRANCH)]
        return any(name in SUMS for name in names)

    def _read_counts(self, line: Line, row: dict[str, Any]) -> None:
        for code, cell in row.items():
            try:
                if isinstance(cell, Unread):
                    raise ValidationError(cell.text)
                if code == meaning.NOTHING:
                    line.is_none = bool(YES.clean(cell))
                elif code == meaning.REASON:
                    line.explanation = _explanation(text_of(cell))
                elif not code.startswith("="):
                    count = _count(cell)
                    if count is not None:
                        line.counts[code] = count
            except ValidationError as error:
                line.say(code, " ".join(error.messages))

    def _read_branch_and_day(self, line: Line, row: dict[str, Any], day: dt.date | None) -> None:
        try:
            code, name = text_of(row.get(meaning.CODE)), text_of(row.get(meaning.BRANCH))
            if meaning.DAY in row:
                about = meaning.DAY
                day = self._day(row[meaning.DAY])
            about = meaning.CODE if code else meaning.BRANCH
            line.branch, line.day = self._branch(code, name, day), day
            about = meaning.UNIT
            line.unit = self._unit(line.branch, line.day, text_of(row.get(meaning.UNIT)))
        except ValidationError as error:
            line.say(about, " ".join(error.messages))

    def _branch(self, code: str, name: str, day: dt.date | None) -> Branch:
        """Return who bore a code or a name on the day; say who did where that was another."""
        names = self._names_on(day)
        if not code + name and names.only is not None:
            return names.only
        try:
            return names.get(code, name)
        except ValidationError as error:
            try:
                other = self._everywhere.get(code, name)
            except ValidationError:
                raise error from None
            if day is None or other.exists_on(day):
                raise
            text = absent_text(other, day, self.branches.others_of(other, day))
            raise ValidationError(text) from error

    def _names_on(self, day: dt.date | None) -> BranchNames:
        if day not in self._names:
            there = tuple(self.branches.on(day))
            if there not in self._names_of:
                self._names_of[there] = BranchNames(there)
            self._names[day] = self._names_of[there]
        return self._names[day]

    def _day(self, cell: Any) -> dt.date:
        if isinstance(cell, dt.datetime):
            return cell.date()
        if isinstance(cell, dt.date):
            return cell
        if cell is None:
            raise ValidationError(_("Ghi ngày của dòng này."))
        first, last = self.campaign.starts_on, self.campaign.ends_on
        return parse_day(text_of(cell), first.year if first.year == last.year else None)

    def _unit(self, branch: Branch, day: dt.date | None, code: str) -> Unit:
        if day is None:
            raise ValidationError(_("Ghi ngày của dòng này."))
        communes = self.units(branch, day)
        if communes is None:
            return branch.home_unit
        found = next((unit for unit in communes if unit.code == code), None)
        if found is None:
            raise ValidationError(
                _("%(branch)s hỗ trợ ở nhiều xã: ghi mã xã vào cột “Mã địa bàn”.")
                % {"branch": branch.name}
            )
        return found


def _count(cell: Any) -> int | None:
    if isinstance(cell, dt.date | dt.time):
        raise ValidationError(
            _("Excel đã đổi ô này thành ngày giờ (%(value)s). Định dạng lại ô là số rồi gõ lại.")
            % {"value": text_of(cell)}
        )
    return read_whole(cell, MOST)


def _explanation(text: str) -> str:
    if not text:
        return ""
    # The template has them in Vietnamese, whoever sends it back.
    with translation.override("vi"):
        words = {key_of(str(label)): str(value) for value, label in Explanation.choices}
    if key_of(text) in words:
        return words[key_of(text)]
    raise ValidationError(_("Chọn một lý do trong danh sách."))
