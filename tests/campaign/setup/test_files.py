"""Files as offices have them: any columns, a title above, whatever encoding Excel chose."""

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from campaign.models import Appointment, Level, Unit
from tests.conftest import World
from tests.factories import make_user

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
UNITS = """TỈNH ĐOÀN TÂN TIẾN;;;;ĐOÀN TNCS HỒ CHÍ MINH
DANH SÁCH XÃ, PHƯỜNG;;;;

STT;Dân số;Tên xã, phường;Mã xã;Ghi chú
1;;Thành phố Tân Tiến;99;
2;12000;Phường Cư M'gar;90001;mới
3;8000;Xã Đắk Liêng;90002;
"""
PEOPLE = """Danh sách bí thư;;;;
TT;Đơn vị công tác;Họ tên;Zalo;Danh xưng;Quê quán
1;Giao Tiến;Lê Thị Mái;0912 000 001;Bí thư;Huế
"""


def windows_1258(text: str) -> bytes:
    """Return a text as Vietnamese Windows writes it: the tone after its vowel."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        bare = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        out += (bare + "".join(p for p in parts if p in tones)).encode("cp1258")
    return out


def send(client: Client, page: str, data: bytes) -> Any:
    return client.post(page, {"import_file": SimpleUploadedFile("tep.csv", data)})


def answer(client: Client, page: str, asked: Any, answers: dict[str, str]) -> Any:
    """Answer by the beginning of a column's name."""
    given = {
        question["name"]: value
        for question in asked.context["questions"]
        for header, value in answers.items()
        if f"“{header}”" in question["text"]
    }
    assert len(given) == len(answers)
    return client.post(page, {"asked": asked.context["asked"], **given})


@pytest.mark.parametrize("encode", [windows_1258, lambda text: text.encode("utf-16")])
def test_units_come_from_a_list_as_an_office_has_it(
    client: Client, encode: Callable[[str], bytes]
) -> None:
    client.force_login(make_user(is_superuser=True, is_staff=True))
    page = "/setup/units/file/"
    asked = send(client, page, encode(UNITS))
    preview = answer(client, page, asked, {"dân số": "leave", "ghi chú": "leave"})
    assert preview.context["totals"]["new"] == 3, preview.content.decode()
    done = {"token": preview.context["token"], "reason": "Danh sách"}
    assert client.post(page, done).status_code == 302
    found = {
        (u.code, u.name, u.kind, u.level, u.parent and u.parent.code) for u in Unit.objects.all()
    }
    assert found == {
        ("99", "Thành phố Tân Tiến", "thành phố", Level.PROVINCE, None),
        ("90001", "Phường Cư M'gar", "phường", Level.COMMUNE, "99"),
        ("90002", "Xã Đắk Liêng", "xã", Level.COMMUNE, "99"),
    }
    # The same list once more changes nothing.
    asked = send(client, page, encode(UNITS))
    again = answer(client, page, asked, {"dân số": "leave", "ghi chú": "leave"})
    assert (again.context["totals"]["skip"], again.context["totals"]["new"]) == (3, 0)


def test_a_list_without_its_province_says_what_is_missing(client: Client) -> None:
    client.force_login(make_user(is_superuser=True, is_staff=True))
    page = send(
        client, "/setup/units/file/", "Mã;Tên\n90002;Xã Đắk Liêng\n90003;Buôn Hồ\n".encode()
    )
    texts = [(problem.number, problem.text) for problem in page.context["problems"]]
    assert [number for number, _text in texts] == [2, 3]
    assert "thiếu dòng của tỉnh" in texts[0][1]
    assert "Chưa rõ loại" in texts[1][1]


def test_who_sends_people_says_what_a_strange_column_is(world: World, browse: Browse) -> None:
    staff, page = browse(world.staff), "/setup/people/"
    asked = send(staff, page, windows_1258(PEOPLE))
    assert "token" not in asked.context
    preview = answer(staff, page, asked, {"danh xưng": "Vai trò", "quê quán": "leave"})
    staff.post(page, {"token": preview.context["token"]})
    given = Appointment.objects.get(user__phone="0912000001")
    assert (given.branch, given.user.full_name) == (world.branch, "Lê Thị Mái")
    asked = send(staff, page, windows_1258(PEOPLE))
    twice = answer(staff, page, asked, {"danh xưng": "Vai trò", "quê quán": "Vai trò"})
    assert "cùng một nghĩa" in twice.content.decode()
