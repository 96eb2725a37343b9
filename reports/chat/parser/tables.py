"""Rows that were copied from a spreadsheet: cells between tabs or bars, under a head."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.chat.parser.lexicon import IndicatorEntry, Lexicon
from reports.chat.parser.normalise import plain
from reports.chat.parser.tagging import TaggedLine, tag_line
from reports.chat.parser.tokens import TokenRole

UNIT_HEADS = (
    "đơn vị", "tên đơn vị", "xã", "xã phường", "xã phường thị trấn", "tên xã", "phường",
    "địa phương", "địa bàn", "đoàn xã", "tổ chức", "cơ sở", "cơ sở đoàn", "đoàn cơ sở",
)  # fmt: skip
NUMBER_HEADS = ("stt", "tt", "số tt", "số thứ tự", "#", "no")
DAY_HEADS = ("ngày", "ngày báo cáo", "thời gian", "ngày tháng")
NOTE_HEADS = ("ghi chú", "note", "người báo cáo", "người gửi")
NEVER = dt.date.min
RULE = re.compile(r"^[\s|:+\-–—=]*$")


@dataclass(frozen=True)
class Table:
    roles: list[IndicatorEntry | str]
    rows: list[str]
    mark: str
    length: int


@dataclass
class TableRow:
    """One row: the place's cell as tagged, the counts, and the cells that are not certain."""

    text: str
    unit_cell: TaggedLine
    day: TaggedLine | None = None
    counts: dict[str, int] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    is_total: bool = False


def cells_of(row: str, mark: str) -> list[str]:
    bare = row.strip(" ")
    if mark == "|":
        bare = bare.strip().strip("|")
    return [cell.strip() for cell in bare.split(mark)]


def table_at(rows: Sequence[str], at: int, lexicon: Lexicon) -> Table | None:
    """Return the table whose head is the line ``at``, or None."""
    for mark in ("\t", "|"):
        head = cells_of(plain(rows[at]), mark)
        if len(head) < 2:
            continue
        roles = [_role(cell, lexicon) for cell in head]
        if "unit" not in roles or not any(isinstance(r, IndicatorEntry) for r in roles):
            continue
        end = at + 1
        while (
            end < len(rows) and (mark in rows[end] or RULE.match(rows[end])) and rows[end].strip()
        ):
            end += 1
        if end > at + 1:
            below = [r for r in rows[at + 1 : end] if not RULE.match(r)]
            return Table(roles, [rows[at], *below], mark, end - at)
    return None


def _role(cell: str, lexicon: Lexicon) -> IndicatorEntry | str:
    """Return what a column holds: an indicator, or unit, number, day, note, nothing known."""
    name = " ".join(re.findall(r"[^\W\d_]+|#", cell.lower()))
    for heads, role in (
        (UNIT_HEADS, "unit"),
        (NUMBER_HEADS, "number"),
        (DAY_HEADS, "day"),
        (NOTE_HEADS, "note"),
    ):
        if name in heads:
            return role
    found = tag_line(cell, lexicon)
    indicators = list(dict.fromkeys(t.value for t in found.indicators))
    if len(indicators) == 1 and not (found.unknown or found.numbers or found.alarms):
        indicator: IndicatorEntry = indicators[0]
        return indicator
    return "unknown"


def read_table(table: Table, lexicon: Lexicon) -> list[TableRow]:
    return [_row(table, text, lexicon) for text in table.rows[1:]]


def _row(table: Table, text: str, lexicon: Lexicon) -> TableRow:
    cells = cells_of(plain(text), table.mark)
    found: TableRow = TableRow(text, tag_line("", lexicon))
    if len(cells) > len(table.roles):
        found.odd.append(text.strip())
        cells = cells[: len(table.roles)]
    codes = [r.code for r in table.roles if isinstance(r, IndicatorEntry)]
    for role, cell in zip(table.roles, cells, strict=False):
        if role == "unit":
            found.unit_cell = tag_line(cell, lexicon)
        elif role == "day" and cell:
            found.day = tag_line(f"ngày {cell}", lexicon)
        elif isinstance(role, IndicatorEntry) and not (role.terms and cell):
            _count(found, role, cell, is_double=codes.count(role.code) > 1)
        elif role == "unknown" and re.search(r"\d", cell):
            found.odd.append(cell)
        elif role == "note" and cell:
            found.odd.extend([cell] if re.search(r"\d", cell) else [])
    found.is_total = found.unit_cell.has("cumulative")
    _check_sums(table, cells, found)
    return found


def _count(row: TableRow, indicator: IndicatorEntry, cell: str, *, is_double: bool) -> None:
    if cell in ("", "-", "–", "—"):
        return
    tokens = tag_line(cell, Lexicon((), (), NEVER, NEVER, NEVER)).tokens
    if len(tokens) == 1 and tokens[0].role is TokenRole.NUMBER and not is_double:
        row.counts[indicator.code] = tokens[0].value
    else:
        row.odd.append(cell)


def _check_sums(table: Table, cells: Sequence[str], row: TableRow) -> None:
    for role, cell in zip(table.roles, cells, strict=False):
        if isinstance(role, IndicatorEntry) and role.terms and cell not in ("", "-"):
            total = sum(factor * row.counts.get(code, 0) for code, factor in role.terms)
            if cell != str(total):
                row.odd.append(f"{role.label}: {cell}")
