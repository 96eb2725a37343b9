"""Files as people have them, made by this script: each with what the reader must see in it.

Nothing of it lies in the repository as a binary: parts of workbooks are written here as the
programs that people use write them, so that a case holds exactly what it is about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from tests.core.workbooks import (
    DAY,
    MAIN,
    MONEY,
    TCVN3,
    TCVN3_CAPITALS,
    TIME,
    VNI,
    WORDY_DAY,
    Raw,
    error,
    formula,
    merged,
    package,
    sheet,
    styled,
    table,
    workbook,
)

HEAD = ["Họ tên", "Ngày sinh", "Xã"]
AN = ["Nguyễn Văn An", "20/06/1990", "Giao Tiến"]
BINH = ["Trần Thị Bình", "21/07/1991", "Giao An"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def csv_of(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def _locked() -> bytes:
    """Return a package whose parts are encrypted one by one, as some packers do."""
    data = bytearray(table(HEAD, AN))
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        data[at + 8] |= 1
    return bytes(data)


def _rows_xml(count: int, row: str) -> str:
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

FILES: dict[str, Ugly] = {
    # Sheets
    "three sheets": asked("sheet", "Xóm 2", partial(workbook, TWO), [BINH]),
    "three sheets, the last": asked("sheet", "Xóm 3", partial(workbook, TWO), [AN, BINH]),
    "a sheet that is not there": Ugly(
        partial(workbook, TWO), questions=("sheet",), answers={"sheet": "Xóm 9"}
    ),
    "two sheets, one empty": plain(partial(workbook, {"A": sheet(), "B": sheet(HEAD, AN)})),
    "the first hidden": Ugly(
        partial(
            workbook, {"Cũ": sheet(HEAD, BINH), "Mới": sheet(HEAD, AN)}, states={"Cũ": "hidden"}
        ),
        notes=("trang tính đang ẩn: Cũ",),
        rows=[AN],
    ),
    "the first very hidden": Ugly(
        partial(
            workbook, {"Cũ": sheet(HEAD, BINH), "Mới": sheet(HEAD, AN)}, states={"Cũ": "veryHidden"}
        ),
        notes=("trang tính đang ẩn: Cũ",),
        rows=[AN],
    ),
    "all hidden": refused(
        "đều đang ẩn: Cũ", partial(workbook, {"Cũ": sheet(HEAD, AN)}, states={"Cũ": "hidden"})
    ),
    "a hidden one is no answer": Ugly(
        partial(workbook, {**TWO, "Cũ": sheet(HEAD, AN)}, states={"Cũ": "hidden"}),
        questions=("sheet",),
        answers={"sheet": "Cũ"},
    ),
    "no sheet filled": refused("Tệp trống", partial(workbook, {"A": sheet(), "B": sheet([None])})),
    "a chart beside the sheet": plain(
        partial(workbook, sheet(HEAD, AN), more={"xl/chartsheets/sheet1.xml": "<chartsheet/>"})
    ),
    "a name with quotes": asked(
        "sheet",
        'Tổ "A" & B',
        partial(workbook, {'Tổ "A" & B': sheet(HEAD, AN), "C": sheet(HEAD)}),
        [AN],
    ),
    # Formulas and errors
    "a formula without value": Ugly(
        partial(table, HEAD, [AN[0], formula("1980+10"), AN[2]]), notes=("ở ô B2",)
    ),
    "a formula with an empty value": Ugly(
        partial(table, HEAD, [AN[0], formula("1980+10", ""), AN[2]]), notes=("ở ô B2",)
    ),
    "seven formulas without value": Ugly(
        partial(table, HEAD, *([AN[0], formula("A1"), AN[2]] for _n in range(7))),
        notes=("B2, B3, B4, B5, B6 và 2 nữa",),
    ),
    "a formula with its value": plain(
        partial(table, HEAD, [AN[0], AN[1], formula("X", "Giao Tiến", "str")])
    ),
    "a formula that says nothing": plain(
        partial(table, HEAD, [AN[0], AN[1], formula("X", "", "str")]), [[*AN[:2], "None"]]
    ),
    "a formula in the header": refused(
        "Ô B1 có công thức", partial(table, ["Họ tên", formula("A9")], AN[:2])
    ),
    **{
        f"the error {text}": Ugly(
            partial(table, HEAD, [AN[0], AN[1], error(text)]), notes=(f"C2 ({text})",)
        )
        for text in ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?")
    },
    # Merged cells
    "merged downwards": Ugly(
        partial(table, HEAD, AN, ["Bình", AN[1]], ["Cúc", AN[1]], after=merged("C2:C4")),
        notes=("Ô gộp C2:C4",),
        rows=[AN, ["Bình", AN[1], AN[2]], ["Cúc", AN[1], AN[2]]],
    ),
    "merged far beyond the table": Ugly(
        partial(table, HEAD, AN, ["Bình", AN[1]], after=merged("C2:C1048576")),
        notes=("Ô gộp C2",),
        rows=[AN, ["Bình", AN[1], AN[2]]],
    ),
    "merged across": Ugly(
        partial(table, HEAD, [AN[0], AN[1]], after=merged("B2:C2")), notes=("gộp ngang B2:C2",)
    ),
    "a merged title": plain(partial(table, ["DANH SÁCH"], HEAD, AN, after=merged("A1:C1"))),
    "groups merged over headings": Ugly(
        partial(
            table,
            ["Họ tên", "Sinh và ở", None],
            [None, *HEAD[1:]],
            AN,
            after=merged("A1:A2", "B1:C1"),
        ),
        notes=("Tiêu đề có hai dòng (1 và 2)",),
        rows=[AN],
    ),
    "merged and empty": plain(partial(table, HEAD, AN, after=merged("E2:E9"))),
    "merged nonsense": plain(partial(table, HEAD, AN, after=merged("", "A", "A0:", "##"))),
    # Hidden rows and columns
    "a row hidden, left": asked("rows", "leave", partial(table, HEAD, AN, BINH, hidden=(3,)), [AN]),
    "a row hidden, taken": asked(
        "rows", "take", partial(table, HEAD, AN, BINH, hidden=(3,)), [AN, BINH]
    ),
    "two of four filtered": asked(
        "rows",
        "leave",
        partial(table, HEAD, AN, BINH, AN, BINH, hidden=(2, 4), after='<autoFilter ref="A1:C5"/>'),
        [BINH, BINH],
    ),
    "a row hidden above the table": plain(partial(table, ["DANH SÁCH"], HEAD, AN, hidden=(1,))),
    "all rows hidden, left": Ugly(
        partial(table, HEAD, AN, hidden=(2,)),
        refused="chưa có dòng dữ liệu nào",
        answers={"rows": "leave"},
    ),
    "a column hidden, left": asked(
        "columns",
        "leave",
        partial(table, HEAD, AN, columns='<col min="2" max="2" hidden="1"/>'),
        [[AN[0], AN[2]]],
    ),
    "a column hidden, taken": asked(
        "columns",
        "take",
        partial(table, HEAD, AN, columns='<col min="2" max="2" hidden="1"/>'),
        [AN],
    ),
    "a column of no width": asked(
        "columns",
        "leave",
        partial(table, HEAD, AN, columns='<col min="3" max="3" width="0" customWidth="1"/>'),
        [AN[:2]],
    ),
    "all empty columns hidden": plain(
        partial(table, HEAD, AN, columns='<col min="4" max="16384" hidden="1"/>')
    ),
    "a row and a column hidden": Ugly(
        partial(table, HEAD, AN, BINH, hidden=(2,), columns='<col min="2" max="2" hidden="true"/>'),
        questions=("columns", "rows"),
        answers={"columns": "leave", "rows": "leave"},
        rows=[[BINH[0], BINH[2]]],
    ),
    "merged from a hidden row on": Ugly(
        partial(
            table, HEAD, AN, ["Bình", AN[1]], ["Cúc", AN[1]], after=merged("C2:C4"), hidden=(2,)
        ),
        questions=("rows",),
        answers={"rows": "leave"},
        rows=[["Bình", AN[1], AN[2]], ["Cúc", AN[1], AN[2]]],
        notes=("Ô gộp C2:C4",),
    ),
    "both orders behind a hidden column": Ugly(
        partial(
            table,
            HEAD,
            *([AN[0], AN[0], day] for day in ("06/25/2023", "20/06/2023")),
            columns='<col min="2" max="2" hidden="1"/>',
        ),
        questions=("columns",),
        answers={"columns": "leave"},
        rows=[[AN[0], "25/06/2023"], [AN[0], "20/06/2023"]],
        notes=("ô C2 ghi tháng trước ngày",),
    ),
    # Days
    "a day beside a text, kept": asked(
        "excel1",
        "keep",
        partial(table, HEAD, [AN[0], styled(DAY, 44989), AN[2]], [BINH[0], "20/06/2023"]),
        [[AN[0], "2023-03-04"], [BINH[0], "20/06/2023"]],
    ),
    "a day beside a text, turned": asked(
        "excel1",
        "turn",
        partial(table, HEAD, [AN[0], styled(DAY, 44989), AN[2]], [BINH[0], "20/06/2023"]),
        [[AN[0], "2023-04-03"], [BINH[0], "20/06/2023"]],
        "đổi chỗ ngày và tháng ở ô B2",
    ),
    "days of Excel only": plain(
        partial(table, HEAD, [AN[0], styled(DAY, 44989), AN[2]]), [[AN[0], "2023-03-04"]]
    ),
    "a day that cannot be turned": plain(
        partial(table, HEAD, [AN[0], styled(DAY, 45097), AN[2]], BINH),
        [[AN[0], "2023-06-20"], BINH],
    ),
    "both orders, day first": asked(
        "order1",
        "day",
        partial(table, HEAD, *([AN[0], day] for day in ("20/06/2023", "06/25/2023", "03/04/2023"))),
        [[AN[0], day] for day in ("20/06/2023", "25/06/2023", "03/04/2023")],
        "ô B3 ghi tháng trước ngày",
    ),
    "both orders, month first": asked(
        "order1",
        "month",
        partial(table, HEAD, *([AN[0], day] for day in ("20/06/2023", "06/25/2023", "03/04/2023"))),
        [[AN[0], day] for day in ("20/06/2023", "25/06/2023", "04/03/2023")],
    ),
    "both orders, none in doubt": Ugly(
        partial(table, HEAD, [AN[0], "20/06/2023"], [AN[0], "06/25/2023"]),
        notes=("ô B3 ghi tháng trước ngày",),
        rows=[[AN[0], "20/06/2023"], [AN[0], "25/06/2023"]],
    ),
    "days in words of a country": plain(
        partial(table, HEAD, [AN[0], styled(WORDY_DAY, 45097)]), [[AN[0], "2023-06-20"]]
    ),
    "money is no day": plain(
        partial(table, HEAD, [AN[0], styled(MONEY, 45097)]), [[AN[0], "45097"]]
    ),
    "days from 1904": plain(
        partial(
            workbook,
            sheet(HEAD, [AN[0], styled(DAY, 43635)]),
            properties='<workbookPr date1904="1"/>',
        ),
        [[AN[0], "2023-06-20"]],
    ),
    "a time": plain(partial(table, HEAD, [AN[0], styled(TIME, 0.77083333)]), [[AN[0], "18:30:00"]]),
    # Old fonts
    "TCVN3 with its font": asked(
        "font",
        "convert",
        partial(
            table,
            [styled(TCVN3, t) for t in HEAD_TCVN3],
            [styled(TCVN3, AN_TCVN3[0]), 1990, styled(TCVN3, AN_TCVN3[2])],
        ),
        [BINH_READ],
    ),
    "TCVN3 by its words": asked(
        "font", "convert", partial(table, HEAD_TCVN3, AN_TCVN3), [BINH_READ]
    ),
    "TCVN3, kept": asked(
        "font", "keep", partial(table, HEAD_TCVN3, AN_TCVN3), [["NguyÔn V¨n B×nh", "1990"]]
    ),
    "TCVN3 in capitals": asked(
        "font",
        "convert",
        partial(table, HEAD, [styled(TCVN3_CAPITALS, "nguyÔn v¨n b×nh"), 1990, "Giao Tiến"]),
        [["NGUYỄN VĂN BÌNH", "1990", "Giao Tiến"]],
    ),
    "TCVN3 beside Unicode": asked(
        "font",
        "convert",
        partial(table, HEAD, AN, [styled(TCVN3, AN_TCVN3[0]), 1990, styled(TCVN3, AN_TCVN3[2])]),
        [AN, BINH_READ],
    ),
    "VNI with its font": asked(
        "font",
        "convert",
        partial(
            table,
            [styled(VNI, t) for t in HEAD_VNI],
            [styled(VNI, AN_VNI[0]), 1990, styled(VNI, AN_VNI[2])],
        ),
        [BINH_READ],
    ),
    "VNI by its words": asked("font", "convert", partial(table, HEAD_VNI, AN_VNI), [BINH_READ]),
    "TCVN3 in a CSV": asked(
        "font",
        "convert",
        partial(csv_of, ",".join(HEAD_TCVN3), "NguyÔn V¨n B×nh,1990,Giao TiÕn"),
        [BINH_READ],
    ),
    "an old font, new letters": plain(partial(table, HEAD, [styled(TCVN3, t) for t in AN])),
    "foreign names": plain(
        partial(table, HEAD, ["José Müller", "20/06/1990", "São Tomé"]),
        [["José Müller", "20/06/1990", "São Tomé"]],
    ),
    # Invisible characters
    **{
        f"the mark {ord(mark):04X}": Ugly(
            partial(table, HEAD, [f"Nguyễn{mark} Văn An", *AN[1:]]), notes=("A2",), rows=[AN]
        )
        for mark in "\u200b\u200d\u200e\u2060\ufeff\u00ad\u202a"
    },
    **{
        f"the blank {ord(mark):04X}": Ugly(
            partial(table, HEAD, [f"Nguyễn{mark}Văn An", *AN[1:]]), notes=("A2",), rows=[AN]
        )
        for mark in "\u00a0\u2009\u3000"
    },
    "a mark in a CSV": Ugly(
        partial(csv_of, ",".join(HEAD), "Nguyễn\u200b Văn An,20/06/1990,Giao Tiến"),
        notes=("A2",),
        rows=[AN],
    ),
    "a mark in the header": Ugly(
        partial(table, ["\ufeffHọ tên", *HEAD[1:]], AN), notes=("A1",), rows=[AN]
    ),
    "marks and nothing else": Ugly(
        partial(table, HEAD, AN, ["\u200b", "\u00a0"]), notes=("A3",), rows=[AN]
    ),
    "letters in pieces": plain(partial(table, HEAD, ["Nguye\u0302\u0303n Va\u0306n An", *AN[1:]])),
    # By its right name
    "with a password": refused(
        "có mật khẩu", lambda: OLE + "EncryptedPackage".encode("utf-16-le") + bytes(64)
    ),
    "parts with a password": refused("có mật khẩu", _locked),
    "an old workbook": refused("Excel đời cũ", lambda: OLE + "Workbook".encode("utf-16-le")),
    "an old document": refused("Word đời cũ", lambda: OLE + "WordDocument".encode("utf-16-le")),
    "an old something": refused("đời cũ", lambda: OLE),
    "a binary workbook": refused(".xlsb", lambda: package({"xl/workbook.bin": b"\0"})),
    "an OpenDocument": refused(
        ".ods", lambda: package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})
    ),
    "Apple's Numbers": refused("Numbers", lambda: package({"Index/Document.iwa": b"\0"})),
    "a document of Word": refused("Word (.docx)", lambda: package({"word/document.xml": "<a/>"})),
    "slides": refused("PowerPoint", lambda: package({"ppt/presentation.xml": "<a/>"})),
    "a packed folder": refused("tệp nén .zip", lambda: package({"danh sách.csv": "a,b"})),
    "7-Zip": refused("tệp nén", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(90)),
    "a web page named .xls": refused(
        "trang web", lambda: b"\xef\xbb\xbf<html><table><tr><td>1</td></tr></table></html>"
    ),
    "XML of 2003": refused("XML", lambda: b"<?xml version='1.0'?><Workbook/>"),
    "cut in two": refused("Không đọc được tệp Excel", lambda: table(HEAD, AN)[:700]),
    "a broken sheet": refused(
        "Không đọc được tệp Excel", partial(workbook, f"<worksheet {MAIN}><sheetData><row>")
    ),
    "a string that is not there": refused(
        "Không đọc được tệp Excel", partial(table, HEAD, [Raw(' t="s"', "<v>99</v>")])
    ),
    # What a program makes to fill the memory
    "1,200,000 formats": refused(
        "quá nhiều kiểu định dạng",
        lambda: workbook(
            sheet(HEAD, AN),
            styles=f"<styleSheet {MAIN}><cellXfs>{'<xf/>' * 1_200_000}</cellXfs></styleSheet>",
        ),
    ),
    "900,000 rows": refused(
        "lớn quá",
        lambda: workbook(_rows_xml(900_000, f'<row><c t="n"><v>1</v></c>{" " * 20}</row>')),
    ),
    "900,000 short rows": refused(
        "hơn 20.000 dòng", lambda: workbook(_rows_xml(900_000, "<row><c><v>1</v></c></row>"))
    ),
    "a row without end": refused(
        "lớn quá", lambda: workbook(_rows_xml(1, f"<row>{'<c><v>1</v></c>' * 900_000}</row>"))
    ),
    "a cell in the last corner": refused(
        "quá nhiều cột",
        lambda: workbook(_rows_xml(1, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    ),
    "an entity": refused(
        "Không đọc được tệp Excel",
        lambda: workbook('<!DOCTYPE a [<!ENTITY b "c">]>' + sheet(HEAD, AN)),
    ),
    "many parts": refused(
        "lớn quá", lambda: workbook(sheet(HEAD, AN), more={f"a{n}": "" for n in range(2_001)})
    ),
    # As other programs write it
    "cells without a place": plain(partial(table, HEAD, AN, is_placed=False)),
    "strings apart": plain(partial(workbook, sheet(*SHARED), strings=STRINGS)),
    "strings with how to say them": plain(
        partial(
            workbook,
            sheet(HEAD, [Raw(' t="s"', "<v>0</v>"), *AN[1:]]),
            strings="<si><r><t>Nguyễn </t></r><r><t>Văn An</t></r>"
            "<rPh sb='0' eb='1'><t>XYZ</t></rPh></si>",
        )
    ),
    "absolute addresses of parts": plain(partial(workbook, sheet(HEAD, AN), absolute=True)),
    "other capitals of parts": plain(
        partial(workbook, sheet(HEAD, AN), rename=lambda n: n.replace("sheet1", "Sheet1"))
    ),
    "strokes of Windows": plain(
        partial(workbook, sheet(HEAD, AN), rename=lambda n: n.replace("xl/", "xl\\"))
    ),
    "prefixed elements": plain(
        lambda: workbook(
            sheet(HEAD, AN)
            .replace("xmlns=", "xmlns:x=")
            .replace("</", "</x:")
            .replace("<", "<x:")
            .replace("<x:/x:", "</x:")
        )
    ),
    "no style sheet": plain(partial(workbook, sheet(HEAD, AN), styles=f"<styleSheet {MAIN}/>")),
    "a title of ten lines": plain(partial(table, *[["Đoàn xã"]] * 10, HEAD, AN)),
    "blank rows in between": plain(partial(table, HEAD, [None], [], AN)),
    # CSV
    "semicolons": plain(partial(csv_of, ";".join(HEAD), ";".join(AN))),
    "semicolons and a quoted header": plain(
        partial(csv_of, 'Họ tên;"Ngày, tháng, năm sinh";Xã', ";".join(AN))
    ),
    "semicolons and commas in texts": plain(
        partial(csv_of, ";".join(HEAD), "Nguyễn Văn An;20/06/1990;Giao Tiến, Giao Thủy"),
        [[*AN[:2], "Giao Tiến, Giao Thủy"]],
    ),
    "tabs": plain(partial(csv_of, "\t".join(HEAD), "\t".join(AN))),
    "strokes": plain(partial(csv_of, "|".join(HEAD), "|".join(AN))),
    "Excel's own word for it": plain(partial(csv_of, "sep=;", ";".join(HEAD), ";".join(AN))),
    "a title with a comma": plain(
        partial(csv_of, "Danh sách tổ, xã Giao Tiến", "", ";".join(HEAD), ";".join(AN))
    ),
    "a byte order mark": plain(lambda: b"\xef\xbb\xbf" + csv_of(",".join(HEAD), ",".join(AN))),
    "an open quote": refused(
        "dấu ngoặc kép", partial(csv_of, ",".join(HEAD), '"Nguyễn,20/06/1990,Giao Tiến')
    ),
    "UTF-16": refused("UTF-16", lambda: csv_of(",".join(HEAD)).decode().encode("utf-16")),
    "Windows-1258": refused("không phải UTF-8", lambda: b"H\xf4 t\xean,X\xe3\n1,2\n"),
}
