"""Leads, liaison and staff come by the same file as secretaries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from campaign.models import Appointment
from campaign.permissions import Role
from tests.conftest import World
from tests.factories import make_appointment, make_user

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
FILE = """Họ tên,SĐT,Vai trò,Cơ sở Đoàn
Lê Thị Mai,0912000001,,XD-14173
Vũ Văn Cụm,0912000002,Cụm trưởng,giao thuy
Vũ Văn Cụm,0912000002,Phụ trách,Huyện Trực Ninh
Trần Công An,0912000003,công an,
Đỗ Cán Bộ,0912000004,Cán bộ cấp tỉnh,
"""


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("nguoi.csv", text.encode(), "text/csv")


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_everybody_comes_by_one_file(world: World, browse: Browse) -> None:
    staff = browse(world.staff)
    for new in (5, 0):
        preview = staff.post("/setup/people/", {"import_file": upload(FILE)})
        assert preview.context["totals"]["new"] == new, text_of(preview)
        if new:
            staff.post("/setup/people/", {"token": preview.context["token"]})
    given = Appointment.objects.filter(user__phone__startswith="0912").select_related("user")
    found = {(one.user.phone[-1], one.role, one.place) for one in given}
    assert found == {
        ("1", Role.SECRETARY, world.branch),
        ("2", Role.DISTRICT_LEAD, world.district),
        ("2", Role.DISTRICT_LEAD, world.other_district),
        ("3", Role.POLICE_LIAISON, world.province),
        ("4", Role.PROVINCE_STAFF, world.province),
    }
    # Who sets up waits for a second person, who is not the one that asked.
    waiting = given.get(role=Role.PROVINCE_STAFF)
    assert waiting.proposed_by == world.staff
    assert "Đỗ Cán Bộ" in text_of(staff.get("/setup/people/"))
    staff.post("/setup/people/", {"confirm": str(waiting.pk)})
    waiting.refresh_from_db()
    assert waiting.proposed_by is not None
    second = make_user(username="thu-hai")
    make_appointment(user=second, role=Role.PROVINCE_STAFF, unit=world.province)
    browse(second).post("/setup/people/", {"confirm": str(waiting.pk)})
    waiting.refresh_from_db()
    assert Appointment.objects.get(pk=waiting.pk, proposed_by=None).confirmed_by == second

    sheet = text_of(staff.post("/setup/invitations/"))
    # One for each person; staff are nobody's to invite by a sheet but the superuser's.
    assert [sheet.count(name) > 0 for name in ("Mai", "Vũ Văn Cụm", "Trần Công An")] == [True] * 3
    assert sheet.count("0912000002") <= 1
    assert "Huyện Giao Thủy" in sheet


@pytest.mark.parametrize(
    ("line", "answer_says"),
    [
        ("A B,0912000001,Cụm trưởng,Không Đâu", "Không có địa bàn"),
        ("A B,0912000001,Trưởng ban,XD-14173", "Ghi một trong"),
        ("A B,0912000001,Bí thư,", "Chưa điền"),
    ],
)
def test_line_without_role_or_place_is_named(
    line: str, answer_says: str, world: World, browse: Browse
) -> None:
    text = f"Họ tên,SĐT,Vai trò,Cơ sở Đoàn\n{line}\n"
    answer = browse(world.staff).post("/setup/people/", {"import_file": upload(text)})
    assert answer_says in text_of(answer)
    assert not User.objects.filter(phone="0912000001").exists()
