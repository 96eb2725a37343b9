"""Teams with their members as a file: what people send, what it does, and who gets it back."""

import datetime as dt
import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from campaign.models import Appointment
from core.importing.marked_copy import NOTES
from tests.conftest import World
from tests.factories import make_membership, make_team, make_volunteer
from tests.importing import as_csv, as_xlsx, problems, rows_of, take_in, totals, upload
from volunteers.teams.models import Affiliation, MemberRole, Membership, Team, TeamKind, Volunteer

Browse = Callable[[User], Client]
HEAD = ["Tên tổ", "Mã xã", "Họ và tên", "Số điện thoại", "Vai trò", "Thuộc"]
TEAM = "Tổ CNSCĐ xóm 5"
LEADER = [TEAM, "14173", "Nguyễn Văn An", "0911222333", "Tổ trưởng", "Đoàn viên"]


def send(client: Client, data: bytes, name: str = "to.xlsx") -> Any:
    """Choose a file on the portal's page and return what it shows."""
    response = client.post(
        "/c/de-an-06-2023/teams/import/", {"import_file": SimpleUploadedFile(name, data)}
    )
    assert response.status_code == 200
    return response


def confirm(client: Client, preview: Any) -> Any:
    return client.post("/c/de-an-06-2023/teams/import/", {"token": preview.context["token"]})


def take(client: Client, data: bytes) -> Any:
    """Import a file that is good and return its preview."""
    preview = send(client, data)
    assert problems(preview) == []
    assert confirm(client, preview).status_code == 302
    return preview


def one_problem(page: Any) -> tuple[int | None, str, str]:
    [problem] = problems(page)
    assert "token" not in page.context
    return problem


@pytest.fixture
def lead(world: World, browse: Browse) -> Client:
    return browse(world.lead)


# What a file does


def district_rows() -> list[list[Any]]:
    """Return 196 teams with 1,073 members, of whom 202 are Youth Union in key roles."""
    rows: list[list[Any]] = []
    key = 202
    for team in range(196):
        for place in range(6 if team < 93 else 5):
            role = ("Tổ trưởng", "Tổ phó")[place] if place < 2 else "Thành viên"
            in_key = place < 2 and key > 0 and (place == 0 or team < 6)
            key -= in_key
            rows.append(
                [
                    len(rows) + 1,
                    f"Tổ công nghệ số cộng đồng số {team + 1}",
                    ("14173", "14158")[team % 2],
                    f"Nguyễn Văn {len(rows)}",
                    f"09{len(rows):08d}" if place < 3 else None,
                    role,
                    "ĐVTN" if in_key or place > 1 else "Hội viên phụ nữ",
                    1990 + place,
                    dt.date(2023, 4, 1),
                ]
            )
    return rows


DISTRICT_HEAD = [
    "STT",
    "TÊN TỔ",
    "Ma xa",
    "Họ tên",
    "SĐT",
    "Chức vụ",
    "Đối tượng",
    "Năm sinh",
    "Ngày thành lập",
]


def test_a_districts_1073_members_come_in_at_once_and_the_same_rows_change_nothing(
    lead: Client, world: World, api: Any
) -> None:
    world.team.memberships.all().delete()
    world.team.delete()
    rows = district_rows()
    preview = send(lead, as_xlsx(DISTRICT_HEAD, *rows))
    assert totals(preview) == (1073, 0, 0)
    assert Team.objects.count() == 0
    assert confirm(lead, preview).status_code == 302
    listed = api(world.lead).get("/api/v1/teams/", {"within": "365"}).json()
    assert listed["count"] == 196
    assert Membership.objects.count() == 1073
    page = lead.get("/c/de-an-06-2023/teams/").context["totals"]
    assert (page.teams, page.members, page.youth_key_members) == (196, 1073, 202)
    # Sent once more, by somebody who had saved the sheet as text.
    again = send(lead, as_csv(DISTRICT_HEAD, *([*row[:-1], "01/04/2023"] for row in rows)))
    assert totals(again) == (0, 0, 1073)
    assert "không có gì khác" in again.content.decode()


def test_team_and_people_of_a_row_are_made_with_what_it_says(lead: Client, world: World) -> None:
    head = [*HEAD, "Loại tổ", "Năm sinh", "Ngày thành lập", "Tham gia từ"]
    take(
        lead,
        as_csv(
            head,
            [*LEADER[:3], "+84 911 222 333", *LEADER[4:], "Tổ tư vấn", "1998", "2/4/2023", ""],
            [TEAM, "14173", "Trần Thị Bé", "", "thanh vien", "PHU NU", "", "", "", "3/4/2023"],
        ),
    )
    team = Team.objects.get(name=TEAM)
    assert (team.unit, team.branch, team.kind) == (world.commune, world.branch, TeamKind.ADVISORY)
    assert (team.founded_on, team.fold) == (dt.date(2023, 4, 2), "to cnscd xom 5")
    first, second = team.memberships.order_by("pk")
    assert (first.role, first.volunteer.phone) == (MemberRole.LEADER, "0911222333")
    assert (first.volunteer.affiliation, first.volunteer.birth_year) == ("youth_union", 1998)
    assert (second.volunteer.phone, second.joined_on) == (None, dt.date(2023, 4, 3))
    assert second.volunteer.affiliation == Affiliation.WOMENS_UNION
    assert first.volunteer.fold == "nguyen van an"


def test_a_number_that_excel_made_of_a_telephone_number_is_read(lead: Client) -> None:
    take(lead, as_xlsx(HEAD, [TEAM, 14173, "Nguyễn Văn An", 911222333.0, None, None]))
    volunteer = Volunteer.objects.get(phone="0911222333")
    # Whose organisation is not said does not count as a member of the Youth Union.
    assert volunteer.affiliation == Affiliation.NONE


def test_place_may_be_named_and_code_and_name_must_agree(lead: Client, world: World) -> None:
    head = ["Tên tổ", "Xã", "Họ và tên"]
    take(lead, as_csv(head, [TEAM, "giao tiến", "Nguyễn Văn An"]))
    assert Team.objects.get(name=TEAM).unit == world.commune
    head = ["Tên tổ", "Đơn vị", "Đơn vị quản lý", "Họ và tên"]
    take(lead, as_csv(head, ["Tổ 2", "Đoàn xã Giao Tiến", "đoàn xã giao tiến", "Lê Văn Ba"]))
    assert Team.objects.get(name="Tổ 2").branch == world.branch
    wrong = ["Tên tổ", "Mã xã", "Tên xã", "Họ và tên"]
    page = send(lead, as_csv(wrong, [TEAM, "14173", "Xã Hồng Thuận", "Nguyễn Văn An"]))
    number, column, text = one_problem(page)
    assert (number, column) == (2, "Tên địa bàn")
    assert "Mã 14173 là Xã Giao Tiến" in text


def test_changes_are_shown_before_and_after_and_blank_columns_keep(
    lead: Client, world: World
) -> None:
    take(lead, as_csv(HEAD, LEADER))
    changed = [*LEADER[:4], "Tổ phó", "Công an"]
    preview = take(lead, as_csv(HEAD, changed))
    assert totals(preview) == (0, 1, 0)
    assert "<del>Tổ trưởng</del> <ins>Tổ phó</ins>" in preview.content.decode()
    member = Membership.objects.get(team__name=TEAM)
    assert (member.role, member.volunteer.affiliation) == ("deputy", "police")
    assert totals(send(lead, as_csv(HEAD[:4], LEADER[:4]))) == (0, 0, 1)


def test_somebody_may_be_in_two_teams_and_a_number_that_becomes_known_is_added(
    lead: Client,
) -> None:
    take(lead, as_csv(HEAD, [TEAM, "14173", "Nguyễn Văn An", "", "", ""]))
    rows = [LEADER, ["Tổ khác", "14158", "NGUYỄN VĂN AN", "84911222333", "Thành viên", ""]]
    preview = take(lead, as_csv(HEAD, *rows))
    assert totals(preview) == (1, 1, 0)
    person = Volunteer.objects.get(full_name="Nguyễn Văn An")
    assert (person.phone, person.memberships.count()) == ("0911222333", 2)


def test_a_leader_whom_a_file_makes_a_member_loses_the_appointment(
    lead: Client, world: World
) -> None:
    row = [world.team.name, "14173", "Phạm Văn Trưởng", "0911000001", "Thành viên", ""]
    preview = send(lead, as_csv(HEAD, row))
    assert Appointment.objects.filter(user=world.leader, ends_on=None).exists()
    confirm(lead, preview)
    assert not Appointment.objects.filter(user=world.leader, ends_on=None).exists()


# What is wrong with a file


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (["", *LEADER[1:]], "Tên tổ", "Chưa điền"),
        ([TEAM, "99999", *LEADER[2:]], "Mã địa bàn", "Không có địa bàn mang mã “99999”"),
        ([TEAM, "", *LEADER[2:]], "Mã địa bàn", "Ghi mã hoặc tên xã"),
        ([*LEADER[:3], "12345", *LEADER[4:]], "Số điện thoại", "10 chữ số"),
        ([*LEADER[:4], "Sếp", "Đoàn viên"], "Vai trò", "Không có “Sếp”. Ghi một trong: Tổ trưởng"),
        ([*LEADER[:2], "036099012345", *LEADER[3:]], "Họ và tên", "12 chữ số"),
        ([*LEADER[:2], "An " * 60, *LEADER[3:]], "Họ và tên", "Dài quá 150"),
        ([*LEADER[:2], "Lê Văn Khác", "0911000001", "", ""], "Số điện thoại", "Phạm Văn Trưởng"),
    ],
)
def test_a_bad_row_is_told_with_number_column_and_way_out(
    lead: Client, row: list[str], column: str, says: str
) -> None:
    good = [TEAM, "14173", "Trần Thị Hoa", "0911222444", "", ""]
    number, where, text = one_problem(send(lead, as_csv(HEAD, good, row)))
    assert (number, where) == (3, column)
    assert says in text
    assert not Team.objects.filter(name=TEAM).exists()


@pytest.mark.parametrize(
    ("rows", "column", "says"),
    [
        ([LEADER, [TEAM, "14173", "Lê Văn Ba", "0911 222 333", "", ""]], "Số điện thoại", "Dòng 2"),
        ([LEADER, ["tổ CNSCĐ xóm 5", *LEADER[1:]]], "", "Trùng với dòng 2"),
        ([LEADER, ["Tổ khác", *LEADER[1:5], "Công an"]], "Thuộc đoàn thể", "Dòng 2 ghi khác"),
    ],
)
def test_rows_that_contradict_each_other_are_named(
    lead: Client, rows: list[list[str]], column: str, says: str
) -> None:
    number, where, text = one_problem(send(lead, as_csv(HEAD, *rows)))
    assert (number, where) == (3, column)
    assert says in text


def test_two_names_with_one_number_are_both_named(lead: Client) -> None:
    other = [TEAM, "14173", "Lê Văn Ba", "0911222333", "", ""]
    _number, _column, text = one_problem(send(lead, as_csv(HEAD, LEADER, other)))
    assert "Nguyễn Văn An" in text


def test_unknown_and_doubled_columns_are_told(lead: Client) -> None:
    page = send(lead, as_csv([*HEAD, "Cân nặng"], [*LEADER, "50"]))
    texts = " ".join(text for _n, _c, text in problems(page))
    assert "cân nặng" in texts
    assert "Số điện thoại" in texts
    twice = one_problem(send(lead, as_csv([*HEAD, "SĐT"], [*LEADER, ""])))
    assert "cùng một nghĩa" in twice[2]


def test_a_picture_an_empty_file_and_too_many_rows_are_told(lead: Client) -> None:
    assert "ảnh PNG" in one_problem(send(lead, b"\x89PNG\r\n\x1a\n" + b"0" * 50, "to.xlsx"))[2]
    assert "Tệp trống" in one_problem(send(lead, b""))[2]
    many = as_csv(["Tên tổ", "Họ và tên"], *([TEAM, f"Người {n}"] for n in range(20_001)))
    assert "hơn 20.000 dòng" in one_problem(send(lead, many))[2]
    none = lead.post("/c/de-an-06-2023/teams/import/", {})
    assert "Chưa chọn tệp" in none.content.decode()


def test_ten_thousand_members_are_previewed_without_a_query_for_each(
    lead: Client, django_assert_max_num_queries: Any
) -> None:
    rows = ([f"Tổ {n // 6}", "14173", f"Nguyễn {n}", f"09{n:08d}", "", ""] for n in range(10_000))
    data = as_csv(HEAD, *rows)
    with django_assert_max_num_queries(60):
        page = send(lead, data)
    assert totals(page) == (10_000, 0, 0)
    assert len(page.context["changes"]) == 200


# Whose rows


def test_a_row_outside_the_scope_is_refused(world: World, browse: Browse) -> None:
    secretary, lead = browse(world.owner), browse(world.lead)
    beside = [TEAM, "14158", *LEADER[2:]]
    number, column, _text = one_problem(send(secretary, as_csv(HEAD, LEADER, beside)))
    assert (number, column) == (3, "Mã địa bàn")
    far = [TEAM, "14050", *LEADER[2:]]
    number, column, _text = one_problem(send(lead, as_csv(HEAD, LEADER, far)))
    assert (number, column) == (3, "Mã địa bàn")
    branch = as_csv([*HEAD, "Tổ chức"], [*LEADER, "XD-14158"])
    assert one_problem(send(secretary, branch))[1] == "Mã cơ sở Đoàn"


def test_a_team_of_the_police_in_the_commune_is_not_the_secretarys_to_fill(
    world: World, browse: Browse
) -> None:
    make_team(name=TEAM, branch=world.police, unit=world.commune)
    number, column, text = one_problem(send(browse(world.owner), as_csv(HEAD, LEADER)))
    assert (number, column) == (2, "Tên tổ")
    assert "ngoài phạm vi" in text


def test_a_secretary_need_not_name_the_own_commune(world: World, browse: Browse) -> None:
    take(browse(world.owner), as_csv(["Tổ", "Họ tên"], [TEAM, "Nguyễn Văn An"]))
    assert Team.objects.get(name=TEAM).branch == world.branch


def test_a_stranger_behind_a_number_is_not_named(world: World, browse: Browse) -> None:
    make_membership(
        team=make_team(branch=world.far_branch),
        volunteer=make_volunteer(full_name="Người Nơi Khác", phone="0911222333"),
    )
    page = send(browse(world.owner), as_csv(HEAD, LEADER))
    assert "có tên khác" in one_problem(page)[2]
    assert "Người Nơi Khác" not in page.content.decode()


def test_a_waiting_file_is_confirmed_by_its_owner_only(world: World, browse: Browse) -> None:
    preview = send(browse(world.owner), as_csv(HEAD, LEADER))
    form = {"token": preview.context["token"]}
    other = browse(world.lead).post("/c/de-an-06-2023/teams/import/", form, follow=True)
    assert "Chọn lại tệp" in other.content.decode()
    assert not Team.objects.filter(name=TEAM).exists()


# Out


def test_an_export_holds_the_own_people_and_reads_back_unchanged(
    world: World, browse: Browse
) -> None:
    far = make_volunteer(full_name="Người Nơi Khác", phone="0911222555")
    make_membership(team=make_team(branch=world.far_branch), volunteer=far)
    client = browse(world.owner)
    for kind in ("csv", "xlsx"):
        response = client.post("/c/de-an-06-2023/teams/export/", {"format": kind})
        assert response["Content-Disposition"].endswith(f'.{kind}"')
        assert totals(send(client, response.content, f"to.{kind}")) == (0, 0, 2)
    sent: Any = client.post("/c/de-an-06-2023/teams/export/", {"format": "csv"})
    head, *rows = rows_of(sent)
    place = head.index("Số điện thoại")
    assert {row[place] for row in rows} == {"0911000001", "0911000002"}
    assert LogEntry.objects.filter(user=world.owner, change_message="Xuất ra tệp").count() == 3


def test_cells_of_an_exported_workbook_are_text_and_no_formula(
    world: World, browse: Browse, tmp_path: Path
) -> None:
    make_membership(team=world.team, volunteer=make_volunteer(full_name="=1+1"))
    response = browse(world.owner).post("/c/de-an-06-2023/teams/export/", {"format": "xlsx"})
    (tmp_path / "to.xlsx").write_bytes(response.content)
    sheet = openpyxl.load_workbook(tmp_path / "to.xlsx").active
    cells = {cell.value: cell for line in sheet.iter_rows() for cell in line}
    assert cells["=1+1"].data_type == "s"
    assert cells["0911000001"].data_type == "s"


def test_the_admin_takes_the_same_file(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    data = as_csv(HEAD, LEADER)
    take_in(client, Membership, data)
    assert totals(upload(client, Membership, data)) == (0, 0, 1)
    assert Membership.objects.get(team__name=TEAM).volunteer.phone == "0911222333"


def test_a_file_made_elsewhere_is_read_as_it_is(lead: Client, world: World) -> None:
    """Titles above the table, other words for the columns, numbers in every way."""
    data = as_xlsx(
        ["DANH SÁCH THÀNH VIÊN TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG"],
        ["Huyện Giao Thủy, năm 2023"],
        [],
        ["TT", "Tên tổ CNSCĐ", "Thị trấn/xã", "Họ tên", "Số ĐT", "Vai trò trong tổ", "Sinh năm"],
        [1, "Tổ xóm 8", "Giao Tiến", "Nguyễn Văn Một", 977000001, "Tổ trưởng", 1990],
        [2, "Tổ xóm 8", "Giao Tiến", "Nguyễn Văn Hai", "+84 977 000 002", "TV", "1991"],
        [3, "Tổ xóm 8", "Xã Giao Tiến", "Nguyễn Văn Ba", "0977.000.003", "Tổ phó", "01/02/1992"],
        [4, "Tổ xóm 8", "xã giao tiến", "Nguyễn Văn Bốn", 84977000004.0, None, None],
    )
    assert totals(take(lead, data)) == (4, 0, 0)
    phones = Volunteer.objects.filter(full_name__startswith="Nguyễn Văn ").order_by("phone")
    assert [v.phone for v in phones] == [f"097700000{n}" for n in (1, 2, 3, 4)]
    assert totals(send(lead, data)) == (0, 0, 4)


def test_a_row_below_titles_is_told_with_its_number(lead: Client) -> None:
    bad = [TEAM, "14173", "Nguyễn Văn An", "036099000001", "Tổ trưởng", "Đoàn viên"]
    number, column, text = one_problem(send(lead, as_xlsx(["Danh sách"], HEAD, LEADER[:3], bad)))
    assert (number, column) == (4, "Số điện thoại")
    assert "10 chữ số" in text


def test_a_workbook_that_fills_the_memory_is_refused_at_once(lead: Client) -> None:
    out, good = io.BytesIO(), zipfile.ZipFile(io.BytesIO(as_xlsx(HEAD, LEADER)))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            sheet = good.read(name)
            if name.startswith("xl/worksheets/"):
                head, _row, tail = sheet.partition(b'<row r="1"')
                cells = b"<c><v>1</v></c>" * 900_000
                sheet = head + b'<row r="1">' + cells + b'</row><row r="2"' + tail
            bad.writestr(name, sheet)
    began = time.monotonic()
    assert "Tệp lớn quá. Chia" in one_problem(send(lead, out.getvalue()))[2]
    assert time.monotonic() - began < 5


# What the reader of files asks and says (more of it in tests/core/test_ugly_files.py)


def answer(client: Client, page: Any, **answers: str) -> Any:
    """Answer what a page asks about a file."""
    form: dict[str, Any] = {f"answer-{name}": value for name, value in answers.items()}
    form |= {"asked": page.context["asked"], "question": list(answers) or ["rows"]}
    return client.post("/c/de-an-06-2023/teams/import/", form)


def test_a_year_that_could_not_be_read_stays_and_its_cell_is_named(lead: Client) -> None:
    head = [*HEAD, "Năm sinh"]
    take(lead, as_csv(head, [*LEADER, "1990"]))
    preview = send(lead, as_xlsx(head, [*LEADER, "=1980+10"]))
    assert totals(preview) == (0, 0, 1)
    assert "Công thức chưa có kết quả ở ô G2" in preview.content.decode()
    changed = take(lead, as_xlsx(head, [*LEADER[:4], "Tổ phó", LEADER[5], "=1980+10"]))
    assert totals(changed) == (0, 1, 0)
    assert Volunteer.objects.get(full_name="Nguyễn Văn An").birth_year == 1990
    blank = take(lead, as_xlsx(head, [*LEADER, None]))
    assert totals(blank) == (0, 1, 0)
    assert Volunteer.objects.get(full_name="Nguyễn Văn An").birth_year is None


def test_a_number_that_says_who_it_is_must_be_read(lead: Client) -> None:
    row = [*LEADER[:3], "=A9", *LEADER[4:]]
    number, column, text = one_problem(send(lead, as_xlsx(HEAD, row)))
    assert (number, column) == (2, "Số điện thoại")
    assert "Ô D2 có công thức chưa có kết quả" in text


def test_a_name_that_excel_made_a_day_of_is_told(lead: Client) -> None:
    row = [dt.date(2023, 5, 1), *LEADER[1:]]
    number, column, text = one_problem(send(lead, as_xlsx(HEAD, row)))
    assert (number, column) == (2, "Tên tổ")
    assert "Excel đã đổi ô này thành ngày giờ (2023-05-01)" in text


def test_sheets_and_hidden_rows_are_asked_about_one_after_the_other(lead: Client) -> None:
    snapshot = openpyxl.Workbook()
    for name, person in (("Xóm 1", "Nguyễn Văn An"), ("Xóm 2", "Trần Thị Hoa")):
        sheet = snapshot.create_sheet(name)
        sheet.append(["Tên tổ", "Mã xã", "Họ tên"])
        for one in (person, f"{person} Em"):
            sheet.append([TEAM, "14173", one])
        sheet.row_dimensions[3].hidden = True
    out = io.BytesIO()
    snapshot.save(out)
    page = send(lead, out.getvalue(), "to.xlsx")
    text = page.content.decode()
    assert "Tệp có 2 trang tính có dữ liệu. Nhập trang nào?" in text
    assert "Xóm 2 (3 dòng)" in text
    assert page.context.get("token") is None
    again = answer(lead, page)
    assert [q["key"] for q in again.context["questions"]] == ["sheet"]
    page = answer(lead, page, sheet="Xóm 2")
    assert "Có 1 dòng đang ẩn (bộ lọc hoặc lệnh ẩn): dòng 3" in page.content.decode()
    assert "Chọn một ý." not in page.content.decode()
    assert "Chọn một ý." in answer(lead, page).content.decode()
    preview = answer(lead, page, rows="leave")
    assert totals(preview) == (1, 0, 0)
    confirm(lead, preview)
    assert Volunteer.objects.filter(full_name__startswith="Trần Thị Hoa").count() == 1
    assert not Volunteer.objects.filter(full_name__startswith="Nguyễn Văn An").exists()


def test_questions_are_answered_by_the_sender_only(world: World, browse: Browse) -> None:
    file = as_csv(["Tªn tæ", "M· x·", "Hä tªn"], ["Tæ xãm 5", "14173", "NguyÔn V¨n B×nh"])
    lead = browse(world.lead)
    page = send(lead, file)
    other = answer(browse(world.owner), page, font="convert")
    assert "Chọn lại tệp" in other.content.decode()
    confirm(lead, answer(lead, page, font="convert"))
    assert Volunteer.objects.filter(full_name="Nguyễn Văn Bình").exists()
    assert Team.objects.filter(name="Tổ xóm 5").exists()


def test_a_mark_that_nobody_sees_makes_no_second_person(lead: Client) -> None:
    rows = [[f"Tổ{mark} 1", "14173", f"Nguyễn Văn{mark} Zét"] for mark in ("", "\u200b")]
    preview = take(lead, as_csv(["Tên tổ", "Mã xã", "Họ tên"], rows[0]))
    assert totals(preview) == (1, 0, 0)
    again = send(lead, as_csv(["Tên tổ", "Mã xã", "Họ tên"], rows[1]))
    assert totals(again) == (0, 0, 1)
    assert "Đã bỏ ký tự không nhìn thấy ở 2 ô: A2, C2" in again.content.decode()


def test_a_file_is_previewed_where_nothing_can_be_written(
    lead: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "none" / "such"
    tmp_path.chmod(0o500)
    assert totals(take(lead, as_csv(HEAD, LEADER))) == (1, 0, 0)
    assert list(tmp_path.iterdir()) == []


# The empty file, and the own file with what is wrong in it


def test_the_template_has_the_columns_with_their_lists_and_is_read(lead: Client) -> None:
    data = lead.get("/c/de-an-06-2023/teams/import/?template=1").content
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    sheet = workbook.active
    heads = [cell.value for cell in sheet[1]]
    role = heads.index("Vai trò") + 1
    lists = {str(r.sqref).split(":")[0]: r.formula1 for r in sheet.data_validations.dataValidation}
    place = lists[f"{sheet.cell(2, role).coordinate}"].removeprefix("DanhSach!").replace("$", "")
    words = [cell.value for (cell,) in workbook["DanhSach"][place]]
    assert words == ["Tổ trưởng", "Tổ phó", "Thành viên"]
    for name, value in zip(HEAD, LEADER, strict=True):
        title = {"Mã xã": "Mã địa bàn", "Thuộc": "Thuộc đoàn thể"}.get(name, name)
        sheet.cell(2, heads.index(title) + 1, value)
    out = io.BytesIO()
    workbook.save(out)
    assert totals(send(lead, out.getvalue(), "mau.xlsx")) == (1, 0, 0)


def test_what_is_wrong_stands_at_its_cells_in_the_own_file(
    world: World, browse: Browse, lead: Client
) -> None:
    head, rows = ["TT", *HEAD], [[1, *LEADER], [2, *LEADER[:3], "12345", *LEADER[4:]]]
    page = send(lead, as_xlsx(["DANH SÁCH"], head, *rows), "to.xlsx")
    _number, _column, text = one_problem(page)
    form = {"marked": page.context["marked"]}
    copy = lead.post("/c/de-an-06-2023/teams/import/", form).content
    sheet = openpyxl.load_workbook(io.BytesIO(copy)).active
    assert sheet["E4"].comment.text == text
    assert (sheet["H1"].value, sheet["H4"].value) == (NOTES, text)
    assert sheet["E3"].comment is None
    other = browse(world.owner).post("/c/de-an-06-2023/teams/import/", form, follow=True)
    assert "Chọn lại tệp" in other.content.decode()


def test_the_marked_copy_put_right_is_taken_as_it_is(lead: Client) -> None:
    rows = [[1, *LEADER], [2, *LEADER[:3], "12", *LEADER[4:]], [3, *LEADER[:3], "34", *LEADER[4:]]]
    rows[1][5] = rows[2][5] = "Thành viên"
    page = send(lead, as_xlsx(["DANH SÁCH"], ["TT", *HEAD], *rows), "to.xlsx")
    for cell, phone, left in (("E4", "0911222334", 1), ("E5", "0911222335", 0)):
        form = {"marked": page.context["marked"]}
        data = lead.post("/c/de-an-06-2023/teams/import/", form).content
        workbook = openpyxl.load_workbook(io.BytesIO(data))
        sheet = workbook.active
        assert [c.value for c in sheet[1]].count(NOTES) == 1
        # What has been put right is marked no more.
        assert (sheet["E4"].comment is not None, sheet["E5"].comment is not None) == (
            left == 1,
            True,
        )
        sheet[cell] = phone
        out = io.BytesIO()
        workbook.save(out)
        page = send(lead, out.getvalue())
        assert len(problems(page)) == left
    assert totals(page)[0] == 3
