"""What a table hides from whoever only reads its values: said, asked about, never guessed.

Each check goes through a ``Grid``, mends what has one meaning and says so (``notes``), and asks
where there are two (``questions``). An answer comes back by the name of its question.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.importing.old_fonts import convert, find_old_font
from core.text_gate import is_stacked, normal
from core.validators import STACKED

MOST_NAMED = 5
# Marks without width or that turn the line round, and the blanks that are not a space.
INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
STRANGE_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
TYPED_DAY = re.compile(r"\s*([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})\s*")


@dataclass(frozen=True)
class OldText:
    """A text in a cell whose font is one of before Unicode."""

    text: str
    font: str


@dataclass(frozen=True)
class Unread:
    """What stands in a cell that could not be read: it changes nothing."""

    cell: str
    error: str = ""

    @property
    def text(self) -> str:
        if self.error:
            return _(
                "Ô %(cell)s báo lỗi %(error)s của Excel. Sửa công thức hoặc gõ thẳng giá trị."
            ) % {"cell": self.cell, "error": self.error}
        return _(
            "Ô %(cell)s có công thức chưa có kết quả. Mở tệp bằng Excel, lưu lại, hoặc gõ thẳng "
            "giá trị."
        ) % {"cell": self.cell}


@dataclass(frozen=True)
class Question:
    name: str
    text: str
    choices: list[tuple[str, str]]


@dataclass
class Grid:
    """The cells of a sheet by the number of their row; a blank cell is None."""

    rows: dict[int, list[Any]]
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    # First row, last row, first column, last column.
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    # Where the columns stand in the sheet, once some of them were left.
    positions: list[int] | None = None

    def address(self, row: int, index: int) -> str:
        return address(row, index if self.positions is None else self.positions[index])

    def column(self, index: int) -> dict[int, Any]:
        return {n: cells[index] for n, cells in self.rows.items() if index < len(cells)}


def letters(column: int) -> str:
    name = ""
    while column >= 0:
        name, column = chr(65 + column % 26) + name, column // 26 - 1
    return name


def address(row: int, column: int) -> str:
    return f"{letters(column)}{row}"


def named(cells: Iterable[Any]) -> str:
    """Return the first names of a list, and how many more there are."""
    cells = [str(cell) for cell in cells]
    shown = ", ".join(cells[:MOST_NAMED])
    more = len(cells) - MOST_NAMED
    return shown if more <= 0 else _("%(shown)s và %(n)s nữa") % {"shown": shown, "n": more}


class Inspection:
    """The checks of one sheet; of several its questions and notes say which it is."""

    def __init__(
        self, grid: Grid, answers: Mapping[str, str], prefix: str = "", sheet: str = ""
    ) -> None:
        self.grid, self.answers, self.prefix = grid, answers, prefix
        self.sheet = f"{sheet}: " if sheet else ""
        self.questions: list[Question] = []
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(self.sheet + text)

    def ask(self, name: str, text: str, *choices: tuple[str, str]) -> str | None:
        """Return the answer; note the question where there is none yet."""
        name = self.prefix + name
        if self.answers.get(name) in dict(choices):
            return self.answers[name]
        self.questions.append(Question(name, self.sheet + text, list(choices)))
        return None

    def read_texts(self) -> None:
        """Convert old fonts, if wanted, and take out what nobody sees."""
        texts = [
            (cell.text, cell.font) if isinstance(cell, OldText) else (cell, "")
            for cells in self.grid.rows.values()
            for cell in cells
            if isinstance(cell, str | OldText)
        ]
        old = find_old_font(texts)
        is_named = any(font for _text, font in texts)
        wants_new = False
        if old is not None:
            before, after = next(
                (text, made)
                for text, font in texts
                for made in [convert(text, old, font, is_named=is_named)]
                if made.casefold() != text.casefold()
            )
            wants_new = (
                self.ask(
                    "font",
                    _("Chữ trong tệp gõ bằng phông cũ %(font)s. Chuyển sang Unicode?")
                    % {"font": old.name},
                    (
                        "convert",
                        _("Chuyển: “%(before)s” thành “%(after)s”")
                        % {"before": before[:60], "after": after[:60]},
                    ),
                    ("keep", _("Không chuyển, lấy chữ như trong tệp")),
                )
                == "convert"
            )
        cleaned = []
        for number, cells in self.grid.rows.items():
            for index, cell in enumerate(cells):
                if not isinstance(cell, str | OldText):
                    continue
                font = cell.font if isinstance(cell, OldText) else ""
                text = cell.text if isinstance(cell, OldText) else cell
                if old is not None and wants_new:
                    text = convert(text, old, font, is_named=is_named)
                bare = STRANGE_BLANK.sub(" ", INVISIBLE.sub("", text))
                if bare != text:
                    cleaned.append(address(number, index))
                if is_stacked(bare):
                    raise ValidationError(STACKED)
                bare = normal("NFC", bare)
                cells[index] = bare if bare.strip() else None
        self.grid.rows = {
            number: cells
            for number, cells in self.grid.rows.items()
            if any(cell is not None for cell in cells)
        }
        if cleaned:
            self.note(
                ngettext(
                    "Đã bỏ ký tự không nhìn thấy ở %(n)s ô: %(cells)s.",
                    "Đã bỏ ký tự không nhìn thấy ở %(n)s ô: %(cells)s.",
                    len(cleaned),
                )
                % {"n": len(cleaned), "cells": named(cleaned)}
            )

    def leave_hidden(self, header: int) -> None:
        """Ask about rows and columns that the sheet does not show."""
        grid = self.grid
        columns = [
            c
            for c in sorted(grid.hidden_columns)
            if any(v is not None for v in grid.column(c).values())
        ]
        if columns:
            names = [grid.column(c).get(header) or letters(c) for c in columns]
            if (
                self.ask(
                    "columns",
                    ngettext(
                        "Có %(n)s cột đang ẩn: %(names)s. Lấy cả cột ẩn không?",
                        "Có %(n)s cột đang ẩn: %(names)s. Lấy cả cột ẩn không?",
                        len(columns),
                    )
                    % {"n": len(columns), "names": named(names)},
                    ("take", _("Lấy cả cột ẩn")),
                    ("leave", _("Bỏ cột ẩn, giữ nguyên dữ liệu đang có")),
                )
                == "leave"
            ):
                for cells in grid.rows.values():
                    cells[:] = [c for i, c in enumerate(cells) if i not in columns]
                grid.positions = sorted(set(range(1000)) - set(columns))
        rows = [n for n in grid.rows if n in grid.hidden_rows and n > header]
        if rows:
            all_of_them = sum(n > header for n in grid.rows)
            if (
                self.ask(
                    "rows",
                    ngettext(
                        "Có %(n)s dòng đang ẩn (bộ lọc hoặc lệnh ẩn): dòng %(rows)s. "
                        "Lấy cả dòng ẩn không?",
                        "Có %(n)s dòng đang ẩn (bộ lọc hoặc lệnh ẩn): dòng %(rows)s. "
                        "Lấy cả dòng ẩn không?",
                        len(rows),
                    )
                    % {"n": len(rows), "rows": named(rows)},
                    ("take", _("Lấy cả %(n)s dòng") % {"n": all_of_them}),
                    ("leave", _("Chỉ lấy %(n)s dòng đang hiện") % {"n": all_of_them - len(rows)}),
                )
                == "leave"
            ):
                for number in rows:
                    del grid.rows[number]

    def fill_merged(self, header: int) -> None:
        """Copy the value of merged cells into the rows below, as a reader of the sheet does."""
        filled, across = [], []
        for top, bottom, left, right in self.grid.merged:
            if top <= header or top not in self.grid.rows:
                continue
            value = (self.grid.rows[top] + [None] * left)[left : left + 1]
            below = [n for n in range(top + 1, bottom + 1) if n in self.grid.rows]
            area = f"{address(top, left)}:{address(bottom, right)}"
            if value in ([], [None]):
                continue
            for number in below:
                cells = self.grid.rows[number]
                cells += [None] * (left + 1 - len(cells))
                cells[left] = value[0]
            if below:
                filled.append(area)
            elif right > left:
                across.append(area)
        if filled:
            self.note(
                _("Ô gộp %(cells)s: đã điền giá trị xuống các dòng bên dưới.")
                % {"cells": named(filled)}
            )
        if across:
            self.note(
                _("Ô gộp ngang %(cells)s: giá trị chỉ tính cho cột đầu.") % {"cells": named(across)}
            )

    def read_days(self, headers: list[str], header: int) -> None:
        """Ask about days of which it is unclear what is the day and what the month."""
        for index, title in enumerate(headers):
            cells = {n: c for n, c in self.grid.column(index).items() if n > header}
            typed = {
                n: tuple(map(int, match.groups()))
                for n, c in cells.items()
                if isinstance(c, str) and (match := TYPED_DAY.fullmatch(c))
            }
            if typed:
                self._ask_about_excels_days(index, title, cells, next(iter(typed)))
                self._ask_about_the_order(index, title, cells, typed)

    def _ask_about_excels_days(
        self, index: int, title: str, cells: dict[int, Any], text: int
    ) -> None:
        """Ask whether Excel took the month for the day.

        An Excel set to English makes 4 March of “03/04/2023” and leaves “20/06/2023” a text.
        """
        turned = {
            n: c.replace(day=c.month, month=c.day)
            for n, c in cells.items()
            if isinstance(c, dt.date) and c.day <= 12 and c.day != c.month
        }
        if not turned:
            return
        first = next(iter(turned))
        if (
            self.ask(
                f"excel{index}",
                _(
                    "Cột “%(title)s” có cả ngày của Excel (ô %(day)s) lẫn ngày gõ thành chữ "
                    "(ô %(text)s). Excel có thể đã lấy nhầm tháng làm ngày. Ô %(day)s là ngày nào?"
                )
                % {
                    "title": title,
                    "day": self.grid.address(first, index),
                    "text": self.grid.address(text, index),
                },
                ("keep", _in_words(cells[first])),
                ("turn", _in_words(turned[first])),
            )
            == "turn"
        ):
            for number, day in turned.items():
                self.grid.rows[number][index] = day
            self.note(
                _("Cột “%(title)s”: đã đổi chỗ ngày và tháng ở ô %(cells)s.")
                % {"title": title, "cells": named(self.grid.address(n, index) for n in turned)}
            )

    def _ask_about_the_order(
        self,
        index: int,
        title: str,
        cells: dict[int, Any],
        typed: dict[int, tuple[int, ...]],
    ) -> None:
        month_first = [n for n, (one, two, _y) in typed.items() if one <= 12 < two]
        if not month_first:
            return
        open_ones = [n for n, (one, two, _y) in typed.items() if max(one, two) <= 12 and one != two]
        order = "day"
        if open_ones:
            one, two, year = typed[open_ones[0]]
            order = (
                self.ask(
                    f"order{index}",
                    _(
                        "Cột “%(title)s” có ngày ghi tháng trước (ô %(cell)s: “%(text)s”). "
                        "Ô %(open)s: “%(unclear)s” là ngày nào?"
                    )
                    % {
                        "title": title,
                        "cell": self.grid.address(month_first[0], index),
                        "text": cells[month_first[0]],
                        "open": self.grid.address(open_ones[0], index),
                        "unclear": cells[open_ones[0]],
                    },
                    ("day", _in_words(dt.date(year, two, one))),
                    ("month", _in_words(dt.date(year, one, two))),
                )
                or ""
            )
        if not order:
            return
        for number, (one, two, year) in typed.items():
            is_turned = number in month_first or (number in open_ones and order == "month")
            day, month = (two, one) if is_turned else (one, two)
            self.grid.rows[number][index] = f"{day:02}/{month:02}/{year:04}"
        self.note(
            _("Cột “%(title)s”: ô %(cells)s ghi tháng trước ngày, đã đọc đúng theo đó.")
            % {"title": title, "cells": named(self.grid.address(n, index) for n in month_first)}
        )

    def name_unread(self, header: int) -> None:
        unread = [
            cell
            for number, cells in self.grid.rows.items()
            for cell in cells
            if isinstance(cell, Unread) and number > header
        ]
        without_value = [cell.cell for cell in unread if not cell.error]
        broken = [f"{cell.cell} ({cell.error})" for cell in unread if cell.error]
        if without_value:
            self.note(
                _(
                    "Công thức chưa có kết quả ở ô %(cells)s: mục đó giữ nguyên như đang có. Muốn "
                    "lấy giá trị thì mở tệp bằng Excel, lưu lại rồi gửi."
                )
                % {"cells": named(without_value)}
            )
        if broken:
            self.note(
                _(
                    "Excel báo lỗi ở ô %(cells)s: mục đó giữ nguyên như đang có. Muốn lấy giá trị "
                    "thì sửa ô đó rồi gửi lại."
                )
                % {"cells": named(broken)}
            )


def _in_words(day: dt.date) -> str:
    return _("ngày %(day)s tháng %(month)s năm %(year)s") % {
        "day": day.day,
        "month": day.month,
        "year": day.year,
    }
