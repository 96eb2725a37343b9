"""A copy of a file with what is wrong written at its cells: colour, comment, and in words.

Like the reader it works in a process of its own that may take only so much: run as a script it
takes the file on standard input behind one line of JSON with the marks.
"""

import csv
import io
import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

# The heading of the column in which a copy says what is wrong; the reader knows it again, so that
# the copy, put right, may be sent as it is. Vietnamese in every language: files go round.
NOTES = "Cổng ghi: cần sửa"
AUTHOR = "Cổng báo lỗi"
MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30
MOST_SECONDS = 60
COLOUR = "FFC7CE"


@dataclass(frozen=True)
class Mark:
    """What is wrong at a cell; ``column`` counts from 0, None marks the row."""

    sheet: str
    row: int
    column: int | None
    text: str


class NoCopy(Exception):
    """The file is too large to be written again."""


def marked_copy(data: bytes, marks: Sequence[Mark]) -> bytes:
    """Return a workbook like ``data`` (.xlsx, or CSV in UTF-8) with the marks in it.

    A column behind the last one says in words what is wrong with the row. Marks of an earlier
    copy go. Raises ``NoCopy``.
    """
    asked = json.dumps([asdict(mark) for mark in marks])
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(
            command,
            input=asked.encode() + b"\n" + data,
            capture_output=True,
            timeout=MOST_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise NoCopy from error
    return done.stdout


def mark(data: bytes, marks: Sequence[dict[str, Any]]) -> bytes:
    workbook = _open(data)
    for sheet in workbook.worksheets:
        _unmark(sheet)
    fill = PatternFill("solid", fgColor=COLOUR)
    words: dict[tuple[str, int], list[str]] = {}
    for one in marks:
        is_named = one["sheet"] in workbook.sheetnames
        sheet = workbook[one["sheet"]] if is_named else workbook.worksheets[0]
        words.setdefault((sheet.title, one["row"]), []).append(one["text"])
        cell = sheet.cell(one["row"], (one["column"] or 0) + 1)
        if type(cell).__name__ == "MergedCell":
            continue
        cell.fill = fill
        before = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment(before + one["text"], AUTHOR, width=320, height=120)
    for name in {name for name, _row in words}:
        sheet = workbook[name]
        sheet.protection.sheet = False
        last = sheet.max_column + 1
        rows = {row: texts for (title, row), texts in words.items() if title == name}
        for row, texts in rows.items():
            cell = sheet.cell(row, last, " ".join(texts))
            cell.data_type, cell.font = "s", Font(color="9C0006")
        head = sheet.cell(1, last, NOTES)
        head.font = Font(bold=True, color="9C0006")
        sheet.column_dimensions[head.column_letter].width = 60
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _unmark(sheet: Any) -> None:
    last = sheet.max_column
    if last > 1 and sheet.cell(1, last).value == NOTES:
        sheet.delete_cols(last)
    for cell in [cell for row in sheet for cell in row if cell.comment]:
        if cell.comment.author == AUTHOR:
            cell.comment, cell.fill = None, PatternFill()


def _open(data: bytes) -> Any:
    if data.startswith(b"PK"):
        return openpyxl.load_workbook(io.BytesIO(data))
    workbook = openpyxl.Workbook()
    text = data.decode("utf-8-sig")
    separator = max(",;\t|", key=text.partition("\n")[0].count)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        workbook.active.append(row)
    # All at once: to ask for the last row goes through every cell.
    for cells in workbook.active.rows:
        for cell in cells:
            cell.data_type = "s" if cell.value else cell.data_type
    return workbook


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    asked = json.loads(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(mark(sys.stdin.buffer.read(), asked))


if __name__ == "__main__":
    main()
