"""What a bad file is answered."""

import io
import zipfile

import openpyxl
import pytest
from django.test import Client

from campaign.models import (
    Unit,
)
from core.models import PendingUpload
from tests.campaign.resources.files import GOOD, UNIT
from tests.importing import (
    address,
    as_csv,
    as_xlsx,
    problems,
    totals,
    upload,
)


def _png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(200)


def _broken_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


BAD_FILES = {
    "png": (_png(), "ảnh PNG"),
    "old-excel": (b"\xd0\xcf\x11\xe0" + bytes(100), "đời cũ"),
    "pdf": (b"%PDF-1.7\n", "tệp PDF"),
    "zip": (_broken_zip(), "tệp nén .zip"),
    "cut-xlsx": (as_xlsx(UNIT, ["1"])[:900], "Không đọc được tệp Excel"),
    "utf-16-no-mark": (GOOD.encode("utf-16-le"), "UTF-16"),
    "windows-1258": ("code,name\n1,Tỉnh".encode("cp1258", "ignore") + b"\xcc", "Windows-1258"),
    "empty": (b"", "Tệp trống"),
    "blank": (b"\n \r\n", "Tệp trống"),
    "header-only": (b"code,name\n", "chỉ có dòng tiêu đề"),
    "unknown-column": (
        GOOD.replace("kind", "approved").encode(),
        "Không có cột nào tên là: approved",
    ),
    "missing-column": (GOOD.replace("kind,", "").replace("xã,", "").encode(), "Thiếu cột: kind"),
    "column-twice": (GOOD.replace("kind", "name").encode(), "Cột “name” có hai lần"),
    "nameless-column": (GOOD.replace("kind", "").encode(), "Cột thứ 3 không có tên"),
    "too-wide": (GOOD.encode() + b"1,2,3,4,5,6\n", "Dòng 3 có nhiều ô hơn"),
    "open-quote": (GOOD.encode() + b'1,"2,3\n', "dấu ngoặc kép"),
    "too-many-rows": (GOOD.encode() + b"1,a,b,c,d\n" * 100_000, "hơn 20.000 dòng"),
    "nul": (GOOD.encode() + b"1,a\x00b,x,365,2023-01-01\n" + b"x" * 2000, "UTF-16"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_file_is_told_in_words(client: Client, kind: str) -> None:
    data, words = BAD_FILES[kind]
    page = upload(client, Unit, data)
    texts = [text for _row, _column, text in problems(page)]
    assert any(words in text for text in texts), texts
    assert page.context.get("token") is None
    assert Unit.objects.count() == 6
    assert not PendingUpload.objects.exists()


def test_file_over_ten_megabytes_is_refused(client: Client) -> None:
    page = upload(client, Unit, GOOD.encode() + b"\n" * (10 * 1024 * 1024))
    assert problems(page) == [(None, "", "Tệp lớn quá 10 MB. Chia thành nhiều tệp nhỏ.")]


def test_xlsx_of_too_many_rows_is_refused(client: Client) -> None:
    snapshot = openpyxl.Workbook(write_only=True)
    sheet = snapshot.create_sheet()
    for _n in range(20_002):
        sheet.append(["code"])
    out = io.BytesIO()
    snapshot.save(out)
    found = problems(upload(client, Unit, out.getvalue(), "tep.xlsx"))
    assert "hơn 20.000 dòng" in found[0][2]


def test_no_file_is_told(client: Client) -> None:
    page = client.post(address(Unit, "import"), {"csrfmiddlewaretoken": "x"})
    assert "Chưa chọn tệp" in page.content.decode()


def test_control_characters_are_refused(client: Client) -> None:
    page = upload(client, Unit, as_csv(UNIT, ["1", "Xã \x07 An", "xã", "365", "2023-01-01"]))
    assert [(row, column) for row, column, _text in problems(page)] == [(2, "name")]


def test_decomposed_vietnamese_is_the_same_name(client: Client) -> None:
    rows = as_csv(UNIT, ["14173", "Xã Giao Tiến", "xã", "365", "2023-01-01"]).decode()
    import_rows = rows.encode()
    assert totals(upload(client, Unit, import_rows)) == (0, 0, 1)
