"""Files as people have them, made by this script: each with what the reader must see in it.

Nothing of it lies in the repository as a binary: parts of workbooks are written here as the
programs that people use write them, so that a case holds exactly what it is about.
"""

from functools import partial

from tests.core.ugly_making import (
    AN,
    BINH,
    HEAD,
    TWO,
    Ugly,
    asked,
    plain,
    refused,
)
from tests.core.ugly_texts import TEXTS
from tests.core.workbooks import (
    DAY,
    MONEY,
    TIME,
    WORDY_DAY,
    error,
    formula,
    merged,
    sheet,
    styled,
    table,
    workbook,
)

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
    **TEXTS,
}
