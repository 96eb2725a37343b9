"""Ugly files that are about letters: old fonts, what cannot be seen, encodings, limits."""

from functools import partial

from tests.core.ugly_making import (
    AN,
    AN_TCVN3,
    AN_VNI,
    BINH_READ,
    HEAD,
    HEAD_TCVN3,
    HEAD_VNI,
    OLE,
    SHARED,
    STRINGS,
    Ugly,
    asked,
    csv_of,
    locked,
    plain,
    refused,
    rows_xml,
)
from tests.core.workbooks import (
    MAIN,
    TCVN3,
    TCVN3_CAPITALS,
    VNI,
    Raw,
    package,
    sheet,
    styled,
    table,
    workbook,
)

TEXTS: dict[str, Ugly] = {
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
    "parts with a password": refused("có mật khẩu", locked),
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
        lambda: workbook(rows_xml(900_000, f'<row><c t="n"><v>1</v></c>{" " * 20}</row>')),
    ),
    "900,000 short rows": refused(
        "hơn 20.000 dòng", lambda: workbook(rows_xml(900_000, "<row><c><v>1</v></c></row>"))
    ),
    "a row without end": refused(
        "lớn quá", lambda: workbook(rows_xml(1, f"<row>{'<c><v>1</v></c>' * 900_000}</row>"))
    ),
    "a cell in the last corner": refused(
        "quá nhiều cột",
        lambda: workbook(rows_xml(1, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
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
    "UTF-16": plain(lambda: csv_of("\t".join(HEAD), "\t".join(AN)).decode().encode("utf-16")),
    "Windows-1258": refused("không phải UTF-8", lambda: b"H\xf4 t\xean,X\xe3\n1,2\n"),
}
