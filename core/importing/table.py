"""Reads the files of imports: CSV (UTF-8) and Excel (.xlsx).

A file is looked at, not trusted: what it is shows in its first bytes, whatever its name
says. Whatever is wrong with it as a whole is answered in one sentence with what to do.
"""

import csv
import io
import itertools
import logging
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import openpyxl
import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_ROWS = 20_000
MOST_BYTES = 10 * 1024 * 1024
# An .xlsx of 10 MB can unpack to gigabytes; 20,000 rows of people to less than 20 MB. A
# row is read as one piece, and a hundred columns do not fill a megabyte.
MOST_UNPACKED = 4 * MOST_BYTES
LONGEST_ROW = 1024 * 1024
ROW = re.compile(rb"<(?:\w+:)?row[\s>]")
MOST_COLUMNS = 100
# People put the name of a list above it, across all columns.
MOST_TITLES = 10

# What other kinds of file begin with.
MAGIC = (
    (b"\x89PNG", gettext_lazy("ảnh PNG")),
    (b"\xff\xd8\xff", gettext_lazy("ảnh JPEG")),
    (b"GIF8", gettext_lazy("ảnh GIF")),
    (b"%PDF", gettext_lazy("tệp PDF")),
    (b"\xd0\xcf\x11\xe0", gettext_lazy("tệp Excel hoặc Word đời cũ (.xls, .doc)")),
    (b"{\\rtf", gettext_lazy("tệp văn bản RTF")),
    (b"\x1f\x8b", gettext_lazy("tệp nén")),
    (b"Rar!", gettext_lazy("tệp nén")),
)

logger = logging.getLogger(__name__)


class Sheet(tablib.Dataset):  # type: ignore[misc]
    """A table whose rows know their number in the file; a blank cell is None."""

    def __init__(self, headers: list[str], rows: dict[int, list[Any]]) -> None:
        super().__init__(*rows.values(), headers=headers)
        self.numbers = list(rows)


def read_table(data: bytes) -> Sheet:
    """Return the table of an uploaded file; raise ``ValidationError`` if there is none."""
    if not data.strip():
        raise ValidationError(_("Tệp trống. Chọn tệp có dòng tiêu đề và các dòng dữ liệu."))
    if len(data) > MOST_BYTES:
        raise ValidationError(_("Tệp lớn quá 10 MB. Chia thành nhiều tệp nhỏ."))
    for magic, what in MAGIC:
        if data.startswith(magic):
            raise ValidationError(
                _("Đây là %(what)s, không phải bảng. Chọn tệp Excel (.xlsx) hoặc CSV UTF-8.")
                % {"what": what}
            )
    lines = map(_blank_as_none, _excel_lines(data) if data.startswith(b"PK") else _csv_lines(data))
    above = list(itertools.islice(lines, 1 + MOST_TITLES))
    header = _header_index(above)
    headers = _headers(above[header] if above else [])
    rows = itertools.chain(above[header + 1 :], lines)
    return Sheet(headers, _rows(rows, len(headers), header + 2))


def _blank_as_none(cells: Iterable[Any]) -> list[Any]:
    return [None if c is None or str(c).strip() == "" else c for c in cells]


def _header_index(lines: list[list[Any]]) -> int:
    """Return which line is the header: below lines with a single cell, which are titles."""
    filled = [len(cells) - cells.count(None) for cells in lines]
    if filled and filled[0] == 1:
        return next((index for index, count in enumerate(filled) if count > 1), 0)
    return 0


def _headers(cells: list[Any]) -> list[str]:
    names = ["" if c is None else " ".join(str(c).split()).lower() for c in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise ValidationError(_("Dòng đầu trống. Dòng đầu phải là tên các cột."))
    if len(names) > MOST_COLUMNS:
        raise ValidationError(_("Tệp có quá nhiều cột. Xóa các cột thừa."))
    if "" in names:
        raise ValidationError(
            _("Cột thứ %(n)s không có tên ở dòng đầu. Đặt tên hoặc xóa cột đó.")
            % {"n": names.index("") + 1}
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValidationError(
            _("Cột “%(name)s” có hai lần. Chỉ giữ một cột.") % {"name": twice[0][:40]}
        )
    return names


def _rows(lines: Iterable[list[Any]], width: int, first: int) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = {}
    for number, cells in enumerate(lines, start=first):
        if cells.count(None) == len(cells):
            continue
        if any(c is not None for c in cells[width:]):
            raise ValidationError(
                _("Dòng %(n)s có nhiều ô hơn dòng tiêu đề. Xem lại dấu phẩy, dấu ngoặc kép.")
                % {"n": number}
            )
        if len(rows) >= MOST_ROWS:
            raise ValidationError(
                _("Tệp có hơn 20.000 dòng. Chia thành nhiều tệp nhỏ rồi nhập lần lượt.")
            )
        rows[number] = (cells + [None] * width)[:width]
    if not rows:
        raise ValidationError(_("Tệp chỉ có dòng tiêu đề, chưa có dòng dữ liệu nào."))
    return rows


def _csv_lines(data: bytes) -> Iterator[list[Any]]:
    """Yield the lines of a CSV in UTF-8, separated by commas."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:1000]:
        raise ValidationError(
            _("Tệp lưu ở dạng Unicode (UTF-16). Trong Excel chọn “CSV UTF-8”, hoặc gửi tệp .xlsx.")
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _(
                "Tệp không phải UTF-8 (có thể là Windows-1258 hay TCVN3), chữ có dấu sẽ sai. "
                "Trong Excel chọn “CSV UTF-8”, hoặc gửi tệp .xlsx."
            )
        ) from error
    header = text.split("\n", 1)[0]
    for mark, name in ((";", _("dấu chấm phẩy")), ("\t", _("dấu tab")), ("|", _("dấu gạch đứng"))):
        if mark in header and "," not in header:
            raise ValidationError(
                _("Các cột cách nhau bằng %(mark)s, cần dấu phẩy. Chắc nhất là gửi tệp .xlsx.")
                % {"mark": name}
            )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield [unicodedata.normalize("NFC", c).removeprefix("\ufeff") for c in cells]
    except csv.Error as error:
        raise ValidationError(
            _("Dòng %(n)s của tệp hỏng: dấu ngoặc kép không khép kín hoặc ô quá dài.")
            % {"n": reader.line_num}
        ) from error


def _excel_lines(data: bytes) -> Iterator[list[Any]]:
    """Yield the lines of the first sheet of a workbook: values, not formulas."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
        unpacked = sum(entry.file_size for entry in packed.infolist())
        if unpacked > MOST_UNPACKED or _has_giant_row(packed):
            raise ValidationError(_("Tệp Excel lớn quá. Chia thành nhiều tệp nhỏ."))
        snapshot = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = snapshot.worksheets[0]
        # The size that a file claims for its sheet may be wrong; what is in it counts.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True):
            yield [unicodedata.normalize("NFC", c) if isinstance(c, str) else c for c in row]
    except ValidationError:
        raise
    except Exception as error:
        # openpyxl raises whatever the broken part makes it stumble over.
        logger.info("unreadable workbook: %r", error)
        raise ValidationError(
            _("Không đọc được tệp Excel này. Mở lại bằng Excel, lưu dạng .xlsx rồi gửi lại.")
        ) from error


def _has_giant_row(packed: zipfile.ZipFile) -> bool:
    """Whether a sheet has a row that only a program makes, to fill the memory."""
    for name in packed.namelist():
        if not name.startswith("xl/worksheets/"):
            continue
        length = 0
        with packed.open(name) as sheet:
            while chunk := sheet.read(2**16):
                begins = [match.start() for match in ROW.finditer(chunk)]
                length = len(chunk) - begins[-1] if begins else length + len(chunk)
                if length > LONGEST_ROW:
                    return True
    return False
