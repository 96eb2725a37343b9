"""The two files of a change of boundaries, in the columns that people draw."""

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from campaign.models import BoundaryChange, Unit
from core.models import PendingUpload
from tests.conftest import TODAY, World

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
PAGE = "/setup/boundaries/"
DAY = {"holds_from": TODAY.isoformat()}


def sheet(*rows: tuple[object, ...], name: str = "xa-moi.xlsx") -> SimpleUploadedFile:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    data = BytesIO()
    workbook.save(data)
    return SimpleUploadedFile(name, data.getvalue())


def waits(page: str, field: str = "units-waits") -> dict[str, str]:
    """Return what the page's form sends again of a file."""
    _before, found, after = page.partition(f'name="{field}" value="')
    return {field: after.partition('"')[0]} if found else {}


def send(client: Client, **fields: object) -> str:
    return client.post(PAGE, {**DAY, **fields}).content.decode()


def test_a_list_is_taken_in_its_own_columns(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    commune, far = world.commune, world.far_commune
    rows = (
        ("DANH SÁCH ĐƠN VỊ MỚI",),
        ("STT", "Ký hiệu", "Tên xã", "Dân số", "Thuộc"),
        (1, 99, "Tỉnh Mới", "", ""),
        (2, int(commune.code), "Xã Hợp Nhất", 9_100, 99),
        (3, far.code, "phường Bờ Sông", "", "Tỉnh Mới"),
    )
    page = send(client, units=sheet(*rows), holds_from="")
    assert "xa-moi.xlsx: Cột “ký hiệu” (ví dụ: 99) là gì?" in page
    assert ("Cột “dân số”" in page, "Cột “tên xã”" in page) == (True, False)
    # The day was missing; the file waits beside it, and what is not answered is asked once more.
    question = {"question": ["units-column1", "units-column3"]}
    page = send(client, **waits(page), **{"answer-units-column3": "leave"}, **question)
    assert ("Chọn một ý." in page, "Cột “dân số”" in page) == (True, False)
    both = {"answer-units-column1": "Mã", "answer-units-column3": "Mã"}
    page = send(client, **waits(page), **both)
    assert ("cùng một nghĩa" in page, "Cột “ký hiệu”" in page) == (True, True)
    assert not BoundaryChange.objects.exists()
    answered = {**waits(page), "answer-units-column1": "Mã"}
    assert client.post(PAGE, {**DAY, **answered}).status_code == 302
    change = BoundaryChange.objects.get()
    assert change.source == "xa-moi.xlsx"
    assert change.rows == [
        ["99", "Tỉnh Mới", "tỉnh", ""],
        [commune.code, "Xã Hợp Nhất", "xã", "99"],
        [far.code, "phường Bờ Sông", "phường", "99"],
    ]
    assert not PendingUpload.objects.exists()


def test_who_follows_whom_is_read_by_name_and_what_is_wrong_by_row(
    world: World, browse: Browse
) -> None:
    client = browse(world.staff)
    commune, sibling = world.commune, world.sibling
    top = Unit.objects.get(parent=None)
    units = (("Mã xã", "Tên xã"), ("90001", "Xã Hợp Nhất"), ("90002", "Xã Bờ Sông"))
    heads = ("Đơn vị cũ", "Đơn vị mới", "STT")
    wrong = sheet(
        heads, (commune.name, "Xã Không Có", ""), ("", "Xã Hợp Nhất", ""), name="vao-dau.xlsx"
    )
    page = send(client, units=sheet(*units), successors=wrong)
    assert "Dòng 2: Không có địa bàn “Xã Không Có”." in page
    assert "Dòng 3: thiếu đơn vị cũ." in page
    # The list that is right waits; only the other file is sent again.
    again = sheet(
        heads,
        (commune.name, "Xã Hợp Nhất", "NQ 1"),
        (f"{sibling.code}; 77777", "90001;Bờ Sông", ""),
        (world.far_commune.name, "", ""),
    )
    answer = client.post(PAGE, {**DAY, **waits(page), "successors": again}, follow=True)
    change = BoundaryChange.objects.get()
    found = {code: change.successors[code] for code in (commune.code, sibling.code)}
    assert found == {commune.code: ["90001"], sibling.code: ["90001", "90002"]}
    assert change.successors[world.far_commune.code] == []
    assert change.rows[0] == [top.code, top.name, top.kind, ""]
    assert {row[3] for row in change.rows[1:]} == {top.code}
    text = answer.content.decode()
    assert f"Tệp không có cột cấp trên: mọi đơn vị xếp ngay dưới {top.name}." in text
    assert "Không lấy 1 dòng có mã cũ không phải của địa bàn ở đây." in text


def test_a_bad_list_names_its_rows(world: World, browse: Browse) -> None:
    exact = "code,name,kind,parent_code\n36,Tỉnh Mới,tỉnh,\n9x,Xã Một,xã,36\n901,Xóm,,36\n"
    file = SimpleUploadedFile("u.csv", exact.encode())
    page = send(browse(world.staff), units=file)
    assert "Dòng 3: mã “9x” phải gồm 1 đến 12 chữ số." in page
    assert "Dòng 4: không có loại" in page
    assert waits(page) == {}
    assert "Thiếu cột: Tên." in send(
        browse(world.staff), units=SimpleUploadedFile("u.csv", b"Code,STT\n1,1\n")
    )


def test_codes_stand_beside_names_and_have_lost_their_noughts(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    Unit.objects.filter(pk=world.commune.pk).update(code="00417")
    top = Unit.objects.get(parent=None)
    units = sheet(
        ("Mã xã", "Tên xã", "Thuộc"),
        (top.code, top.name, ""),
        (417, "Xã Hợp Nhất", top.code),
        (900, "Xã Bờ Sông", top.code),
    )
    heads = ("STT", "Mã cũ", "Tên cũ", "Mã mới", "Xã mới")
    sibling, far = world.sibling, world.far_commune
    wrong = sheet(heads, (1, sibling.code, far.name, 417, ""), name="vao-dau.xlsx")
    page = send(client, units=units, successors=wrong)
    assert f"Dòng 2: Mã {sibling.code} không phải của “{far.name}”." in page
    right = sheet(
        heads,
        (1, 417, world.commune.name, 417, "Xã Hợp Nhất"),
        (2, sibling.code, sibling.name, 900, ""),
        (3, "", far.name, "", "Xã Bờ Sông"),
    )
    answer = client.post(PAGE, {**DAY, **waits(page), "successors": right}, follow=True)
    change = BoundaryChange.objects.get()
    assert [row[0] for row in change.rows] == [top.code, "00417", "00900"]
    found = {code: after for code, after in change.successors.items() if after}
    assert found == {"00417": ["00417"], sibling.code: ["00900"], far.code: ["00900"]}
    assert "2 mã mất số 0 ở đầu, đã ghi lại cho đủ." in answer.content.decode()
    lacking = sheet(("Mã cũ", "STT"), (417, 1))
    assert "Thiếu cột: Mã mới hoặc Đơn vị mới." in send(
        client, units=sheet(("Mã xã", "Tên xã"), (1, "Xã Một")), successors=lacking
    )
