"""How files are made as people have them, and what the reader must see in one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.core.workbooks import (
    MAIN,
    Raw,
    sheet,
    table,
)

HEAD = ["Họ tên", "Ngày sinh", "Xã"]
AN = ["Nguyễn Văn An", "20/06/1990", "Giao Tiến"]
BINH = ["Trần Thị Bình", "21/07/1991", "Giao An"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def csv_of(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def locked() -> bytes:
    """Return a package whose parts are encrypted one by one, as some packers do."""
    data = bytearray(table(HEAD, AN))
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1
    return bytes(data)


def rows_xml(count: int, row: str) -> str:
    return f"<worksheet {MAIN}><sheetData>{row * count}</sheetData></worksheet>"


@dataclass(frozen=True)
class Ugly:
    """A file and what must come of it.

    Either it is ``refused`` in such words, or it asks the ``questions``, says the ``notes`` and,
    once the ``answers`` are given, has these ``rows`` (only as many columns as are given).
    """

    make: Callable[[], bytes]
    refused: str = ""
    questions: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    rows: list[list[str]] | None = None


def refused(words: str, make: Callable[[], bytes]) -> Ugly:
    return Ugly(make, refused=words)


def plain(make: Callable[[], bytes], rows: list[list[str]] | None = None) -> Ugly:
    """Return a file that looks odd and is read without a word."""
    return Ugly(make, rows=rows or [AN])


def asked(
    name: str, answer: str, make: Callable[[], bytes], rows: list[list[str]], *notes: str
) -> Ugly:
    return Ugly(make, questions=(name,), answers={name: answer}, rows=rows, notes=notes)


TWO = {"Xóm 1": sheet(HEAD, AN), "Xóm 2": sheet(HEAD, BINH), "Xóm 3": sheet(HEAD, AN, BINH)}
HEAD_TCVN3 = ["Hä vµ tªn", "N¨m sinh", "X·"]
AN_TCVN3 = ["NguyÔn V¨n B×nh", 1990, "Giao TiÕn"]
HEAD_VNI = ["Hoï vaø teân", "Naêm sinh", "Xaõ"]
AN_VNI = ["Nguyeãn Vaên Bình", 1990, "Giao Tieán"]
BINH_READ = ["Nguyễn Văn Bình", "1990", "Giao Tiến"]
STRINGS = "".join(f"<si><t>{text}</t></si>" for text in [*HEAD, *AN])
SHARED = [[Raw(' t="s"', f"<v>{n}</v>") for n in numbers] for numbers in (range(3), range(3, 6))]
