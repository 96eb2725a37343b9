"""Reads a workbook (.xlsx) in a process of its own, which may take only so much.

Run as a script, with the file on standard input and the names of the sheets to take (or nothing)
as JSON in the first argument; answers in JSON on standard output. It needs nothing but the
standard library, so that it starts in a moment, and goes through each part once, cell by cell:
beside the values it sees what a spreadsheet hides from whoever only reads values. What that
means, and in which words it is said, is decided in ``inspection``.
"""

import datetime as dt
import io
import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 15

# An .xlsx of 10 MB can unpack to gigabytes; 20,000 rows of people, or 60,000 of figures, to less
# than 20 MB.
MOST_UNPACKED = 40 * 1024 * 1024
# Excel itself ends at 64,000 formats of cells.
MOST_FORMATS = 65_000
MOST_STYLES = 16 * 1024 * 1024
MOST_PARTS = 2_000
# Of all doors; what one takes may be less (``table.USUAL_ROWS``).
MOST_ROWS = 60_000
# People put the name of a list above it, across all columns.
MOST_TITLES = 10
MOST_COLUMNS = 200
EXCELS_COLUMNS = 16_384
MOST_CELLS = 1_000_000

TRUE = ("1", "true")
EPOCH = dt.datetime.fromisoformat("1899-12-30")
EPOCH_1904 = dt.datetime.fromisoformat("1904-01-01")
LEGACY_FONT = re.compile(r"\.Vn|VNI[- ]", re.IGNORECASE)
# The formats of days and times that have a number instead of a text.
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
TIME_FORMATS = {18, 19, 20, 21, 45, 46, 47}
NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


class Refused(Exception):
    """The workbook is not read; the argument says why, as ``table.REFUSALS`` knows it."""


class Stop(Exception):
    """Enough has been read of a part."""


Start = Callable[[str, dict[str, str]], None]


class Part:
    """One part of a workbook, read as a stream of elements by their local name."""

    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self.package, self.name = package, name

    def read(
        self,
        start: Start,
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def refuse(*_args: Any) -> None:
            # A declared entity can make gigabytes of one line.
            raise Refused("broken")

        parser.StartDoctypeDeclHandler = refuse
        parser.StartElementHandler = lambda tag, attrs: start(
            tag.rpartition(":")[2] if ":" in tag else tag, attrs
        )
        if end is not None:
            parser.EndElementHandler = lambda tag: end(
                tag.rpartition(":")[2] if ":" in tag else tag
            )
        parser.CharacterDataHandler = text
        try:
            with self.package.open(self.name) as stream:
                parser.ParseFile(stream)
        except Stop:
            pass


class Workbook:
    def __init__(self, data: bytes) -> None:
        self.package = zipfile.ZipFile(io.BytesIO(data))
        entries = self.package.infolist()
        # Some programs write the parts with other capitals, or with the strokes of Windows.
        self.parts = {
            entry.filename.replace("\\", "/").lower(): entry.filename for entry in entries
        }
        self._check_kind(entries)
        sizes = {entry.filename: entry.file_size for entry in entries}
        if len(entries) > MOST_PARTS or sum(sizes.values()) > MOST_UNPACKED:
            raise Refused("large")
        main = self._targets("_rels/.rels", "").get("officedocument") or ["xl/workbook.xml"]
        self.main = main[0]
        folder, name = posixpath.split(self.main)
        self.rels = f"{folder}/_rels/{name}.rels"
        targets = self._targets(self.rels, folder)
        self.strings: list[str] = []
        self._read_strings(next(iter(targets.get("sharedstrings", [])), None))
        self.kinds: list[str] = []
        self.fonts: list[str] = []
        styles = next(iter(targets.get("styles", [])), None)
        if styles and sizes[self.parts[styles]] > MOST_STYLES:
            raise Refused("styles")
        self._read_styles(styles)

    def _check_kind(self, entries: list[zipfile.ZipInfo]) -> None:
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused("password")
        for name, kind in (
            ("xl/workbook.bin", "xlsb"),
            ("word/document.xml", "word"),
            ("ppt/presentation.xml", "slides"),
            ("index/document.iwa", "numbers"),
        ):
            if name in self.parts:
                raise Refused(kind)
        if (
            "mimetype" in self.parts
            and self.package.getinfo(self.parts["mimetype"]).file_size < 200
        ):
            mimetype = self.package.read(self.parts["mimetype"])
            raise Refused("ods" if b"spreadsheet" in mimetype else "zip")
        if "[content_types].xml" not in self.parts:
            raise Refused("zip")

    def part(self, name: str | None) -> Part | None:
        found = self.parts.get(name or "")
        return None if found is None else Part(self.package, found)

    def _relations(self, name: str, folder: str) -> list[tuple[str, str, str]]:
        """Return id, kind and target of what a part refers to."""
        found: list[tuple[str, str, str]] = []

        def start(tag: str, attrs: dict[str, str]) -> None:
            if tag == "Relationship" and attrs.get("TargetMode") != "External":
                target = attrs.get("Target", "").replace("\\", "/")
                path = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
                kind = attrs.get("Type", "").rpartition("/")[2].lower()
                found.append((attrs.get("Id", ""), kind, path.lower()))

        if part := self.part(name.lower()):
            part.read(start)
        return found

    def _targets(self, name: str, folder: str) -> dict[str, list[str]]:
        targets: dict[str, list[str]] = {}
        for _id, kind, path in self._relations(name, folder):
            if path in self.parts:
                targets.setdefault(kind, []).append(path)
        return targets

    def _read_strings(self, name: str | None) -> None:
        pieces: list[str] = []
        inside = {"t": False, "rPh": False}

        def start(tag: str, _attrs: dict[str, str]) -> None:
            if tag == "si":
                pieces.clear()
            elif tag in inside:
                inside[tag] = True

        def end(tag: str) -> None:
            if tag == "si":
                self.strings.append("".join(pieces))
            elif tag in inside:
                inside[tag] = False

        def text(data: str) -> None:
            # Above the letters of Eastern languages stands how to say them: no part of them.
            if inside["t"] and not inside["rPh"]:
                pieces.append(data)

        if part := self.part(name):
            part.read(start, end, text)

    def _read_styles(self, name: str | None) -> None:
        """Read of each format of cells whether it shows a day, and an old font."""
        formats: dict[int, str] = {}
        fonts: list[str] = []
        cells: list[tuple[int, int]] = []
        above: list[str] = []

        def start(tag: str, attrs: dict[str, str]) -> None:
            parent = above[-1] if above else ""
            above.append(tag)
            if tag == "numFmt":
                formats[int(attrs["numFmtId"])] = attrs.get("formatCode", "")
            elif tag == "font" and parent == "fonts":
                fonts.append("")
            elif tag == "name" and parent == "font" and fonts:
                fonts[-1] = attrs.get("val", "")
            elif tag == "xf":
                if parent == "cellXfs":
                    cells.append((int(attrs.get("numFmtId", 0)), int(attrs.get("fontId", 0))))
                counted[0] += 1
                if counted[0] > MOST_FORMATS:
                    raise Refused("styles")

        def end(_tag: str) -> None:
            above.pop()

        counted = [0]
        if part := self.part(name):
            part.read(start, end)
        for number, font in cells:
            self.kinds.append(_kind(number, formats.get(number)))
            face = fonts[font] if font < len(fonts) else ""
            self.fonts.append(face if LEGACY_FONT.match(face) else "")

    def sheets(self) -> list[tuple[str, bool, Part]]:
        """Return name, whether it is hidden, and part of each sheet of cells."""
        folder = posixpath.dirname(self.main)
        paths = {
            key: part
            for key, kind, path in self._relations(self.rels, folder)
            if kind == "worksheet" and (part := self.part(path))
        }
        found: list[tuple[str, bool, Part]] = []
        self.epoch = EPOCH

        def start(tag: str, attrs: dict[str, str]) -> None:
            if tag == "workbookPr" and attrs.get("date1904") in TRUE:
                self.epoch = EPOCH_1904
            elif tag == "sheet":
                key = next((v for k, v in attrs.items() if k.endswith(":id")), "")
                if key in paths:
                    is_hidden = attrs.get("state", "visible") != "visible"
                    found.append((attrs.get("name", ""), is_hidden, paths[key]))

        part = self.part(self.main)
        if part is None:
            raise Refused("broken")
        part.read(start)
        return found


def _kind(number: int, code: str | None) -> str:
    """Return what a format of numbers shows: ``date``, ``time`` or nothing of both."""
    if code is None:
        return "time" if number in TIME_FORMATS else "date" if number in DATE_FORMATS else ""
    first = NOT_CODE.sub("", code.split(";")[0]).lower()
    if "general" in first or not re.search("[dmyhs]", first):
        return ""
    return "date" if re.search("[dy]|mmm", first) or not re.search("[hs]", first) else "time"


class Sheet:
    """The cells of one sheet, and what a spreadsheet shows of them."""

    def __init__(self, workbook: Workbook, part: Part) -> None:
        self.workbook = workbook
        self.rows: list[tuple[int, dict[int, Any]]] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[str] = []
        # Why it cannot be taken whole.
        self.problem = ""
        self._letters: dict[str, int] = {}
        self._number, self._column, self._cells = 0, -1, 0
        self._row: dict[int, Any] = {}
        self._type, self._style, self._formula = "n", 0, False
        self._pieces: list[str] | None = None
        self._in_phonetic = False
        part.read(self._start, self._end, self._text)

    def _start(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "c":
            ref = attrs.get("r", "")
            letters = ref.rstrip("0123456789")
            self._column = self._index(letters) if letters else self._column + 1
            self._type, self._formula = attrs.get("t", "n"), False
            self._style = int(attrs.get("s", 0))
            self._value: list[str] = []
        elif tag == "v" or (tag == "t" and not self._in_phonetic):
            self._pieces = self._value if self._column >= 0 else None
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._in_phonetic = True
        elif tag == "row":
            self._number = int(attrs.get("r", self._number + 1))
            self._column, self._row = -1, {}
            if attrs.get("hidden") in TRUE or attrs.get("ht") == "0":
                self.hidden_rows.append(self._number)
        elif tag == "col":
            if attrs.get("hidden") in TRUE or attrs.get("width") == "0":
                self.hidden_columns.append((int(attrs["min"]) - 1, int(attrs["max"]) - 1))
        elif tag == "mergeCell" and len(self.merged) < MOST_ROWS:
            self.merged.append(attrs.get("ref", ""))

    def _end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._pieces = None
        elif tag == "c":
            value = self._cell("".join(self._value))
            if value not in (None, ""):
                if self._column < MOST_COLUMNS:
                    self._row[self._column] = value
                else:
                    self.problem = "wide"
                self._cells += 1
            if self._column >= EXCELS_COLUMNS or self._cells > MOST_CELLS:
                self.problem = "large"
                raise Stop
        elif tag == "row" and self._row:
            if len(self.rows) > MOST_ROWS + MOST_TITLES:
                self.problem = "long"
                raise Stop
            self.rows.append((self._number, self._row))
        elif tag == "rPh":
            self._in_phonetic = False

    def _text(self, data: str) -> None:
        if self._pieces is not None:
            self._pieces.append(data)

    def _index(self, letters: str) -> int:
        if letters not in self._letters:
            index = 0
            for letter in letters.upper():
                index = index * 26 + ord(letter) - 64
            self._letters[letters] = index - 1
        return self._letters[letters]

    def _cell(self, text: str) -> Any:
        """Return a value of JSON; days, times, what is not there and old fonts as one key each."""
        kind = self._type
        if kind == "s":
            text = self.workbook.strings[int(text)] if text.strip() else ""
        elif kind == "e":
            return {"error": text or "#N/A"}
        elif kind == "b":
            return text.strip() in TRUE if text else None
        elif kind == "d":
            return {"day": text}
        elif kind == "n":
            text = text.strip()
            if text:
                return self._quantity(text)
            return {"formula": 1} if self._formula else None
        fonts = self.workbook.fonts
        font = fonts[self._style] if self._style < len(fonts) else ""
        return {"text": text, "font": font} if font and text.strip() else text

    def _quantity(self, text: str) -> Any:
        kinds = self.workbook.kinds
        kind = kinds[self._style] if self._style < len(kinds) else ""
        number = int(text) if text.lstrip("-").isdecimal() else float(text)
        if not kind or not 0 <= number < 2_958_466:
            return number
        if kind == "time" and number < 1:
            return {"time": (self.workbook.epoch + self._span(number)).time().isoformat()}
        if number < 60 and self.workbook.epoch is EPOCH:
            number += 1  # Excel takes 1900 for a leap year.
        return {"day": (self.workbook.epoch + self._span(number)).isoformat()}

    @staticmethod
    def _span(days: float) -> dt.timedelta:
        return dt.timedelta(seconds=round(days * 86_400))


def look(data: bytes, chosen: list[str] | None) -> dict[str, Any]:
    """Return the sheets of a workbook, and the cells of those to take if that is clear."""
    opened = Workbook(data)
    listed: list[dict[str, Any]] = []
    taken: dict[str, Sheet] = {}
    for name, is_hidden, part in opened.sheets():
        sheet = Sheet(opened, part)
        is_filled = bool(sheet.rows or sheet.problem)
        listed.append({"name": name, "hidden": is_hidden, "rows": len(sheet.rows) or is_filled})
        if not is_hidden and is_filled and (name in chosen if chosen else len(taken) < 2):
            taken[name] = sheet
    if not taken or len(taken) != len(chosen or "1"):
        return {"sheets": listed}
    if problem := next((sheet.problem for sheet in taken.values() if sheet.problem), ""):
        raise Refused(problem)
    if sum(len(sheet.rows) for sheet in taken.values()) > MOST_ROWS + MOST_TITLES:
        raise Refused("long")
    return {"sheets": listed, "taken": {name: _cells(sheet) for name, sheet in taken.items()}}


def _cells(sheet: Sheet) -> dict[str, Any]:
    return {
        "rows": [
            (number, [cells.get(column) for column in range(max(cells) + 1)])
            for number, cells in sheet.rows
        ],
        "hidden_rows": sheet.hidden_rows,
        "hidden_columns": sheet.hidden_columns,
        "merged": sheet.merged,
    }


def answer(data: bytes, chosen: list[str] | None) -> dict[str, Any]:
    """Return what ``look`` does, or why the workbook is refused."""
    try:
        return look(data, chosen)
    except Refused as refusal:
        return {"refused": refusal.args[0]}
    except MemoryError:
        return {"refused": "large"}
    except Exception as error:
        # Whatever the broken part makes it stumble over.
        return {"refused": "broken", "why": repr(error)[:200]}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    json.dump(answer(sys.stdin.buffer.read(), json.loads(sys.argv[1])), sys.stdout)


if __name__ == "__main__":
    main()
