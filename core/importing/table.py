"""Reads the files of imports: CSV (UTF-8) and Excel (.xlsx).

A file is looked at, not trusted: what it is shows in its first bytes, whatever its name says.
Whatever is wrong with it as a whole is answered in one sentence with what to do; what can be
read in two ways is asked about (``inspection``).
"""

import csv
import datetime as dt
import itertools
import json
import logging
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.importing import closed_lists, workbook
from core.importing.citizen_ids import refuse_columns_of_ids
from core.importing.encodings import text_of
from core.importing.headings import header_row, headers_of, join_headings
from core.importing.inspection import (
    Grid,
    Inspection,
    OldText,
    Question,
    Unread,
    address,
    named,
)
from core.importing.kinds import kind_by_content, refusal
from core.importing.marked_copy import NOTES
from core.importing.workbook import EXCELS_COLUMNS, MOST_CELLS, MOST_ROWS, MOST_TITLES
from core.text_gate import LONGEST

MOST_BYTES = 10 * 1024 * 1024
USUAL_ROWS = 20_000
# The reader's own limit is on its work; this one is on waiting for a processor.
MOST_SECONDS = 40

SEPARATORS = ",;\t|"
# A line with its end, or the beginning of one that is too long.
LINE = re.compile(rf"[^\r\n]{{0,{LONGEST + 1}}}+(?:\r\n?|\n)?")

logger = logging.getLogger(__name__)


class Sheet(tablib.Dataset):  # type: ignore[misc]
    """A table whose rows know their number in the file; a blank cell is None.

    ``name`` is that of the sheet, blank where there are none; ``titles`` what stands above the
    header; ``headings`` the header as it is written, with the groups that stand above it;
    ``positions`` are the columns as they stand in the file.
    """

    def __init__(self, headers: list[str], rows: dict[int, list[Any]]) -> None:
        super().__init__(*rows.values(), headers=headers)
        self.numbers = list(rows)
        self.name = ""
        self.titles: list[str] = []
        self.headings = headers
        self.positions = list(range(len(headers)))

    def __delitem__(self, key: Any) -> None:
        if isinstance(key, str):
            del self.positions[self.headers.index(key)]
        super().__delitem__(key)


@dataclass
class Reading:
    """What a file says, what was seen in it, and what must be asked before it counts.

    ``tables`` is empty as long as it is not clear which sheet is meant; ``leaves_sheets`` is
    whether the file has others, of which nothing was read.
    """

    tables: list[Sheet] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    leaves_sheets: bool = False
    most_rows: int = USUAL_ROWS

    @property
    def table(self) -> Sheet | None:
        return self.tables[0] if self.tables else None


# An answer to which sheet is meant: all of them, where each is a day.
ALL_SHEETS = "*"


def read_table(
    data: bytes,
    answers: Mapping[str, str] | None = None,
    *,
    is_part: Callable[[str], bool] = lambda _name: False,
    most_rows: int = USUAL_ROWS,
) -> Reading:
    """Read an uploaded file; raise ``ValidationError`` if there is no table in it.

    ``is_part`` says by the name of a sheet whether it is one of several that belong together:
    where all are, all may be taken. ``most_rows`` are taken in all, at most what a workbook is
    read for.
    """
    answers = answers or {}
    if not data.strip():
        raise ValidationError(_("Tệp trống. Chọn tệp có dòng tiêu đề và các dòng dữ liệu."))
    if len(data) > MOST_BYTES:
        raise ValidationError(_("Tệp lớn quá 10 MB. Chia thành nhiều tệp nhỏ."))
    if kind := kind_by_content(data):
        raise ValidationError(refusal(kind))
    reading = Reading(most_rows=most_rows)
    grids = (
        _excel_grids(data, answers, reading, is_part)
        if data.startswith(b"PK")
        else {"": _csv_grid(data)}
    )
    for number, (name, grid) in enumerate(grids.items()):
        # Of a single sheet nothing needs to be said twice.
        before = (f"{number}-", name) if len(grids) > 1 else ("", "")
        _leave_notes(grid)
        inspection = Inspection(grid, answers, *before)
        if len(grid.rows) > most_rows + MOST_TITLES:
            raise ValidationError(refusal("long", most_rows))
        reading.tables.append(_inspected(grid, inspection, name))
        reading.questions += inspection.questions
        reading.notes += inspection.notes
    if sum(map(len, reading.tables)) > most_rows:
        raise ValidationError(refusal("long", most_rows))
    return reading


def _leave_notes(grid: Grid) -> None:
    """Cut off what the portal itself has written into a copy of the file."""
    top = next(iter(grid.rows.values()), [])
    if NOTES in top:
        cut = ((number, cells[: top.index(NOTES)]) for number, cells in grid.rows.items())
        grid.rows = _grid_of(cut)


def _inspected(grid: Grid, inspection: Inspection, name: str) -> Sheet:
    inspection.read_texts()
    header = header_row(grid)
    above = join_headings(grid, header)
    if above is not None:
        note = _("Tiêu đề có hai dòng (%(one)s và %(two)s): đã đọc như một.")
        inspection.note(note % {"one": header, "two": header + 1})
        header += 1
    refuse_columns_of_ids(grid.rows)
    inspection.fill_merged(header)
    inspection.leave_hidden(header)
    headers = headers_of(grid.rows[header])
    inspection.read_days(headers, header)
    inspection.name_unread(header)
    rows = {number: cells for number, cells in grid.rows.items() if number > header}
    sheet = Sheet(headers, _rows(rows, len(headers)))
    sheet.name, sheet.positions = name, (grid.positions or sheet.positions)[: len(headers)]
    written = [" ".join(str(cell).split()) for cell in grid.rows[header][: len(headers)]]
    groups = [(above or {}).get(column, "") for column in sheet.positions]
    sheet.headings = [" ".join(both).strip() for both in zip(groups, written, strict=True)]
    sheet.titles = [
        cell
        for number, cells in grid.rows.items()
        for cell in cells
        if number < header and isinstance(cell, str)
    ]
    return sheet


def _rows(lines: Mapping[int, list[Any]], width: int) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = {}
    for number, cells in lines.items():
        if any(c is not None for c in cells[width:]):
            raise ValidationError(
                _("Dòng %(n)s có nhiều ô hơn dòng tiêu đề. Xem lại dấu phẩy, dấu ngoặc kép.")
                % {"n": number}
            )
        rows[number] = (cells + [None] * width)[:width]
    if not rows:
        raise ValidationError(_("Tệp chỉ có dòng tiêu đề, chưa có dòng dữ liệu nào."))
    return rows


def _grid_of(lines: Iterable[tuple[int, list[Any]]]) -> dict[int, list[Any]]:
    """Return the rows that are not blank, no more than it takes to see that they are too many."""
    filled = ((number, cells) for number, cells in lines if any(cell is not None for cell in cells))
    return dict(itertools.islice(filled, MOST_ROWS + MOST_TITLES + 1))


# CSV


def _csv_grid(data: bytes) -> Grid:
    text = text_of(data)
    named_mark = re.match(r"sep=(.)\r?\n", text)
    lines = enumerate(_csv_lines(text, named_mark[1] if named_mark else _separator(text)), start=1)
    return Grid(_grid_of(itertools.islice(lines, 1 if named_mark else 0, None)))


def _csv_lines(text: str, separator: str) -> Iterator[list[Any]]:
    number, length, left = 0, 0, 2 * MOST_CELLS

    def lines() -> Iterator[str]:
        nonlocal number, length
        for line in LINE.finditer(text):
            number, length = number + 1, length + len(line[0])
            if length > LONGEST:
                raise csv.Error
            if line[0]:
                yield line[0]

    try:
        for cells in csv.reader(lines(), strict=True, delimiter=separator):
            # A row without cells is work too.
            length, left = 0, left - len(cells) - 20
            if left < 0 or len(cells) > EXCELS_COLUMNS:
                raise ValidationError(refusal("large"))
            yield [cell if cell and not cell.isspace() else None for cell in cells]
    except csv.Error as error:
        raise ValidationError(
            _("Dòng %(n)s của tệp hỏng: dấu ngoặc kép không khép kín hoặc ô quá dài.")
            % {"n": number}
        ) from error


def _separator(text: str) -> str:
    """Return what stands between the cells: what divides most lines in the same way."""

    def regularity(separator: str) -> tuple[int, int]:
        try:
            lines = list(itertools.islice(_csv_lines(text, separator), 1 + MOST_TITLES))
        except ValidationError:
            return 0, 0
        widths = Counter(len(cells) for cells in lines if len(cells) > 1)
        width, times = max(widths.items(), key=lambda item: item[::-1], default=(0, 0))
        return times, width

    return max(SEPARATORS, key=regularity)


# Excel


def _excel_grids(
    data: bytes, answers: Mapping[str, str], reading: Reading, is_part: Callable[[str], bool]
) -> dict[str, Grid]:
    """Return the cells of the sheets to take, by their names; where that is unclear, ask."""
    chosen = answers.get("sheet")
    seen = _look_into(
        data, [chosen] if chosen and chosen != ALL_SHEETS else None, reading.most_rows
    )
    filled = [sheet for sheet in seen["sheets"] if sheet["rows"]]
    shown = [sheet for sheet in filled if not sheet["hidden"]]
    hidden = [s["name"] for s in filled if s["hidden"] and s["name"] != closed_lists.SHEET]
    belong = len(shown) > 1 and all(is_part(sheet["name"]) for sheet in shown)
    if belong and chosen == ALL_SHEETS:
        seen = _look_into(data, [sheet["name"] for sheet in shown], reading.most_rows)
    if "taken" not in seen:
        if shown:
            every = [(ALL_SHEETS, _("Cả %(n)s trang, mỗi trang một ngày") % {"n": len(shown)})]
            reading.questions.append(
                Question(
                    "sheet",
                    _("Tệp có %(n)s trang tính có dữ liệu. Nhập trang nào?") % {"n": len(shown)},
                    [
                        *(every if belong else []),
                        *((sheet["name"], _sheet_in_words(sheet)) for sheet in shown),
                    ],
                )
            )
            return {}
        if hidden:
            raise ValidationError(
                _("Mọi trang tính có dữ liệu đều đang ẩn: %(names)s. Hiện trang cần nhập rồi lưu.")
                % {"names": named(hidden)}
            )
        raise ValidationError(_("Tệp trống. Chọn tệp có dòng tiêu đề và các dòng dữ liệu."))
    if hidden:
        reading.notes.append(
            _("Không lấy trang tính đang ẩn: %(names)s.") % {"names": named(hidden)}
        )
    reading.leaves_sheets = len(seen["taken"]) < len(filled)
    return {name: _grid(sheet) for name, sheet in seen["taken"].items()}


def _grid(sheet: dict[str, Any]) -> Grid:
    lines = (
        (number, [_cell(value, number, column) for column, value in enumerate(values)])
        for number, values in sheet["rows"]
    )
    return Grid(
        _grid_of(lines),
        hidden_rows=set(sheet["hidden_rows"]),
        hidden_columns={
            column
            for first, last in sheet["hidden_columns"]
            for column in range(first, min(last, workbook.MOST_COLUMNS) + 1)
        },
        merged=[area for text in sheet["merged"] if (area := _area(text))],
    )


def _sheet_in_words(sheet: dict[str, Any]) -> str:
    rows = sheet["rows"]
    return f"{sheet['name']} ({ngettext('%(n)s dòng', '%(n)s dòng', rows) % {'n': rows}})"


def _cell(value: Any, row: int, column: int) -> Any:
    """Return a cell as it came from ``workbook``."""
    if isinstance(value, str):
        return value if value.strip() else None
    if not isinstance(value, dict):
        return value
    if "text" in value:
        return OldText(value["text"], value["font"])
    if "day" in value:
        try:
            day = dt.datetime.fromisoformat(value["day"])
        except ValueError:
            return value["day"]
        return day
    if "time" in value:
        return dt.time.fromisoformat(value["time"])
    return Unread(address(row, column), value.get("error", ""))


def _area(text: str) -> tuple[int, int, int, int] | None:
    match = re.fullmatch(r"([A-Z]{1,3})([0-9]+):([A-Z]{1,3})([0-9]+)", text)
    if match is None:
        return None
    left, right = (_index(match[group]) for group in (1, 3))
    top, bottom = int(match[2]), int(match[4])
    # What is merged beyond any table is decoration.
    return (top, min(bottom, top + MOST_ROWS), left, right)


def _index(name: str) -> int:
    index = 0
    for letter in name:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _look_into(data: bytes, sheets: list[str] | None, most_rows: int) -> dict[str, Any]:
    """Let another process read a workbook; see ``workbook``."""
    try:
        seen: dict[str, Any] = json.loads(_run_reader(data, json.dumps(sheets)))
    except (subprocess.SubprocessError, ValueError) as error:
        logger.warning("a workbook went beyond the limits: %r", error)
        seen = {"refused": "large"}
    if "why" in seen:
        logger.info("unreadable workbook: %s", seen["why"])
    if "refused" in seen:
        raise ValidationError(refusal(seen["refused"], most_rows))
    return seen


def _run_reader(data: bytes, sheets: str) -> bytes:
    command = [sys.executable, "-I", "-S", str(Path(workbook.__file__)), sheets]
    done = subprocess.run(
        command, input=data, capture_output=True, timeout=MOST_SECONDS, check=True, env={}
    )
    return done.stdout
