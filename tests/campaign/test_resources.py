"""Imports and exports through the admin: preview, all or nothing, and what a bad file gets."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client, override_settings
from django.utils import timezone

from campaign.models import (
    Appointment,
    Baseline,
    BaselineFigure,
    Branch,
    Campaign,
    FormulaTerm,
    Indicator,
    Phase,
    Target,
    Unit,
)
from campaign.permissions import Role
from core.models import PendingUpload
from core.sealing import unseal
from core.tasks import forget_uploads
from tests.conftest import World
from tests.factories import make_baseline, make_indicator, make_phase, make_target, make_user
from tests.importing import (
    address,
    as_csv,
    as_xlsx,
    confirm,
    export,
    problems,
    rows_of,
    take_in,
    totals,
    upload,
)

Browse = Callable[[Any], Client]
UNIT = ["code", "name", "kind", "parent_code", "valid_from"]


@pytest.fixture
def client(world: World, browse: Browse) -> Client:
    """Return the browser of the province staff."""
    return browse(world.staff)


# Units


def test_unit_import_is_previewed_then_written_and_planted(client: Client, world: World) -> None:
    data = as_csv(
        UNIT,
        ["14200", "Xóm 1", "xóm", "14199", "2023-01-01"],
        ["14199", "Xã Giao An", "xã", "365", "01/01/2023"],
    )
    preview = upload(client, Unit, data)
    assert totals(preview) == (2, 0, 0)
    assert not Unit.objects.filter(code="14199").exists()
    assert confirm(client, Unit, preview).status_code == 302
    commune, hamlet = Unit.objects.get(code="14199"), Unit.objects.get(code="14200")
    assert (commune.level, hamlet.level, hamlet.parent) == ("commune", "hamlet", commune)
    assert hamlet.path == f"{world.district.path}{commune.pk}.{hamlet.pk}."
    assert commune.fold == "xa giao an"


def test_unit_import_names_every_bad_row_and_takes_nothing(client: Client) -> None:
    data = as_csv(
        UNIT,
        ["14199", "Xã Giao An", "xã", "365", "2023-01-01"],
        ["14201", "", "xã", "365", "2023-01-01"],
        [],
        ["14202", "Xã Giao Lạc", "xã", "999", "30/02/2023"],
        ["14203", "Xã Giao Hải", "xã", "999", "2023-01-01"],
        ["14204", "Xã Giao Hà", "phum", "365", "2023-01-01"],
        ["14199", "Xã Giao An", "xã", "365", "2023-01-01"],
    )
    page = upload(client, Unit, data)
    assert [(row, column) for row, column, _text in problems(page)] == [
        (3, "name"),
        (5, "valid_from"),
        (6, "parent_code"),
        (7, "level"),
        (8, ""),
    ]
    assert page.context.get("token") is None
    assert "Dòng 5" in page.content.decode()
    assert Unit.objects.count() == 6


def test_unit_import_again_changes_nothing(client: Client) -> None:
    data = export(client, Unit, "csv").content
    page = upload(client, Unit, data)
    assert totals(page) == (0, 0, 6)
    assert page.context["changes"] == []
    assert "Xác nhận nhập" not in page.content.decode()


def test_unit_code_is_refused_while_another_unit_bears_it(client: Client) -> None:
    page = upload(client, Unit, as_csv(UNIT, ["14173", "Xã Mới", "xã", "365", "2024-09-01"]))
    assert problems(page) == [(2, "code", "Mã 14173 thuộc “Xã Giao Tiến” từ 01/01/2023.")]


def test_unit_code_goes_over_to_a_new_unit_in_one_file_in_any_order(
    client: Client, world: World
) -> None:
    data = as_csv(
        [*UNIT, "valid_to"],
        ["14173", "Xã Mới", "xã", "365", "2024-09-01", ""],
        ["14173", "Xã Giao Tiến", "xã", "365", "2023-01-01", "2024-09-01"],
    )
    take_in(client, Unit, data)
    assert Unit.objects.on(dt.date(2024, 9, 1)).get(code="14173").name == "Xã Mới"
    assert Unit.objects.on(dt.date(2024, 8, 31)).get(code="14173") == world.commune


def test_unit_at_the_top_is_not_for_staff_to_make(client: Client, browse: Browse) -> None:
    data = as_csv(UNIT, ["37", "Tỉnh Ninh Bình", "tỉnh", "", "2025-07-01"])
    assert [(r, c) for r, c, _t in problems(upload(client, Unit, data))] == [(2, "parent_code")]
    root = make_user(is_staff=True, is_superuser=True)
    take_in(browse(root), Unit, data)
    assert Unit.objects.get(code="37").depth == 1


def test_unit_outside_the_scope_is_neither_seen_nor_touched(
    client: Client, world: World, browse: Browse
) -> None:
    root = make_user(is_staff=True, is_superuser=True)
    data = as_csv(
        UNIT,
        ["34", "Tỉnh Thái Bình", "tỉnh", "", "2023-01-01"],
        ["340", "Huyện Tiền Hải", "huyện", "34", "2023-01-01"],
    )
    take_in(browse(root), Unit, data)
    assert "Tiền Hải" not in export(client, Unit, "csv").content.decode()
    page = upload(client, Unit, as_csv(UNIT, ["340", "Huyện Khác", "huyện", "36", "2023-01-01"]))
    assert problems(page) == [(2, "", "Mục này đã có và nằm ngoài phạm vi của bạn.")]
    page = upload(client, Unit, as_csv(UNIT, ["341", "Xã Lạ", "xã", "340", "2023-01-01"]))
    assert [(r, c) for r, c, _t in problems(page)] == [(2, "parent_code")]


def test_excel_codes_and_dates_keep_their_meaning(client: Client, world: World) -> None:
    data = as_xlsx(UNIT, [14199.0, "Xã Giao An", "xã", 365, dt.date(2023, 1, 1)])
    take_in(client, Unit, data, "tep.xlsx")
    unit = Unit.objects.get(code="14199")
    assert (unit.parent, unit.valid_from) == (world.district, dt.date(2023, 1, 1))


# Branches


def test_branch_import_finds_parents_in_the_file_and_units_by_day(
    client: Client, world: World
) -> None:
    header = ["code", "name", "kind", "parent_code", "home_unit", "home_unit_on", "reports_daily"]
    data = as_csv(
        header,
        ["TH-365-01", "Chi đoàn 10A", "school", "TH-365", "365", "2023-05-01", "không"],
        ["TH-365", "Trường THPT Giao Thủy", "Đoàn trường", "HD-365", "365", "", "có"],
    )
    take_in(client, Branch, data)
    school, group = Branch.objects.get(code="TH-365"), Branch.objects.get(code="TH-365-01")
    assert (school.kind, school.reports_daily, group.parent) == ("school", True, school)
    assert group.path.startswith(world.district_union.path)
    assert totals(upload(client, Branch, data)) == (0, 0, 2)


def test_branch_below_itself_is_refused(client: Client) -> None:
    data = as_csv(
        ["code", "name", "kind", "parent_code", "home_unit"],
        ["TD-36", "Tỉnh Đoàn", "youth_union", "XD-14173", "36"],
        ["A-1", "A", "school", "A-2", "36"],
        ["A-2", "B", "school", "A-1", "36"],
    )
    page = upload(client, Branch, data)
    assert [(row, column) for row, column, _text in problems(page)] == [
        (2, "parent_code"),
        (3, "parent_code"),
        (4, "parent_code"),
    ]


# A whole campaign


def test_whole_campaign_comes_in_by_files(client: Client, world: World) -> None:
    take_in(
        client,
        Campaign,
        as_csv(
            ["slug", "name", "starts_on", "ends_on", "structure_date", "due_at", "editable_days"],
            ["44-ngay", "44 ngày đêm", "01/07/2023", "13/08/2023", "2023-06-20", "18:30", "3"],
        ),
    )
    campaign = Campaign.objects.get(slug="44-ngay")
    assert (campaign.due_at, campaign.editable_days) == (dt.time(18, 30), 3)
    indicators = as_csv(
        ["campaign", "code", "label", "order", "required", "part_of", "terms", "is_headline"],
        ["44-ngay", "total", "Tổng", "9", "", "", "qr + 2*web − closed", "có"],
        ["44-ngay", "closed", "Đã đóng", "3", "không", "web", "", ""],
        ["44-ngay", "web", "Trang web", "2", "có", "", "", ""],
        ["44-ngay", "qr", "Hộ dùng QR", "1", "có", "", "", ""],
    )
    take_in(client, Indicator, indicators)
    total = campaign.indicators.get(code="total")
    assert {t.source.code: t.factor for t in total.terms.all()} == {"qr": 1, "web": 2, "closed": -1}
    assert (total.is_derived, total.is_headline) == (True, True)
    assert campaign.indicators.get(code="closed").at_most == campaign.indicators.get(code="web")
    assert totals(upload(client, Indicator, indicators)) == (0, 0, 4)
    phases = as_csv(
        ["campaign", "name", "starts_on", "ends_on", "is_peak", "weekdays"],
        ["44-ngay", "Cao điểm", "2023-07-10", "2023-07-16", "x", "67"],
    )
    take_in(client, Phase, phases)
    assert campaign.phases.get().weekdays == "67"
    assert totals(upload(client, Phase, phases)) == (0, 0, 1)
    targets = as_csv(
        ["campaign", "unit", "indicator", "value"],
        ["44-ngay", "36", "total", "10000"],
        ["44-ngay", "14173", "total", "500"],
    )
    take_in(client, Target, targets)
    target = Target.objects.get(campaign=campaign, unit=world.commune)
    assert (target.value, target.due_on) == (500, campaign.ends_on)
    assert totals(upload(client, Target, targets)) == (0, 0, 2)


def test_indicators_are_checked_against_each_other(client: Client) -> None:
    slug = "de-an-06-2023"
    data = as_csv(
        ["campaign", "code", "label", "required", "part_of", "terms", "is_headline"],
        [slug, "a", "A", "", "b", "", ""],
        [slug, "b", "B", "", "a", "", ""],
        [slug, "c", "C", "", "", "activated + a", ""],
        [slug, "d", "D", "", "", "nowhere", ""],
        [slug, "e", "E", "", "activated", "", ""],
        [slug, "f", "F", "có", "", "a", ""],
        [slug, "g", "G", "", "", "", "có"],
        [slug, "h", "H", "", "", "a plus b", ""],
        [slug, "Mã", "K", "", "", "", ""],
    )
    found = problems(upload(client, Indicator, data))
    assert [(row, column) for row, column, _text in found if row != 10] == [
        (2, "part_of"),
        (3, "part_of"),
        (4, "terms"),
        (5, "terms"),
        (6, "part_of"),
        (7, "required"),
        (8, "is_headline"),
        (9, "terms"),
    ]


def test_headline_moves_in_any_order_of_rows(client: Client, world: World) -> None:
    slug = "de-an-06-2023"
    rows = [[slug, "installed", "Cài VNeID", "có"], [slug, "activated", "Kích hoạt", "không"]]
    take_in(client, Indicator, as_csv(["campaign", "code", "label", "is_headline"], *rows))
    assert world.campaign.indicators.get(is_headline=True).code == "installed"
    assert FormulaTerm.objects.filter(indicator__code="activated").count() == 3


def test_missing_column_keeps_what_is_there_and_blank_clears(client: Client, world: World) -> None:
    slug = "de-an-06-2023"
    take_in(client, Indicator, as_csv(["campaign", "code", "label"], [slug, "activated", "Mới"]))
    assert FormulaTerm.objects.filter(indicator__code="activated").count() == 3
    header = ["campaign", "code", "label", "part_of", "measure", "order"]
    take_in(client, Indicator, as_csv(header, [slug, "upgraded", "Nâng mức", "", "", ""]))
    upgraded = world.campaign.indicators.get(code="upgraded")
    assert (upgraded.at_most, upgraded.measure, upgraded.order) == (None, "", 3)


def test_target_value_that_could_be_read_twice_is_asked_about(client: Client) -> None:
    header = ["campaign", "unit", "indicator", "value", "due_on"]
    slug = "de-an-06-2023"
    typed = ["1.000", "1,000", "12,5", "-1", "１２", "1e3", "", "9" * 40, 35.5]
    data = as_xlsx(header, *([slug, "14158", "level1", value, "2023-06-30"] for value in typed))
    found = problems(upload(client, Target, data, "tep.xlsx"))
    assert [(row, column) for row, column, _text in found] == [
        (n, "value") for n in range(2, 2 + len(typed))
    ]
    assert found[0][2] == "Chưa rõ “1.000” là bao nhiêu. Gõ liền các chữ số, ví dụ 1000."
    assert not Target.objects.filter(unit__code="14158").exists()


def test_target_value_of_excel_is_a_whole_number(client: Client) -> None:
    header = ["campaign", "unit", "indicator", "value"]
    data = as_xlsx(header, ["de-an-06-2023", 14158, "level1", 35.0])
    take_in(client, Target, data, "tep.xlsx")
    assert Target.objects.get(unit__code="14158").value == 35


def test_target_of_an_unknown_unit_is_named(client: Client) -> None:
    header = ["campaign", "unit", "indicator", "value"]
    found = problems(
        upload(client, Target, as_csv(header, ["de-an-06-2023", "99999", "level1", "5"]))
    )
    assert found == [(2, "unit", "Không có địa bàn mang mã “99999” trong phạm vi của bạn.")]


def test_baseline_figures_find_their_units_by_day(client: Client, world: World) -> None:
    take_in(
        client,
        Baseline,
        as_csv(
            ["slug", "name", "as_of", "source", "is_verified"],
            ["dan-so-2019", "Dân số", "2019-04-01", "Tổng điều tra", "không"],
        ),
    )
    header = ["baseline", "unit", "unit_on", "value"]
    page = upload(client, BaselineFigure, as_csv(header, ["dan-so-2019", "365", "", "166000"]))
    assert problems(page) == [
        (2, "unit", "Mã 365 không có hiệu lực ngày 01/04/2019; có từ 01/01/2023.")
    ]
    data = as_csv(header, ["dan-so-2019", "365", "2023-06-20", "166000"])
    take_in(client, BaselineFigure, data)
    assert BaselineFigure.objects.get(unit=world.district).value == 166000
    assert totals(upload(client, BaselineFigure, data)) == (0, 0, 1)


def test_appointments_come_in_once(client: Client, world: World) -> None:
    header = ["user", "role", "branch", "unit", "starts_on", "ends_on"]
    data = as_csv(
        header,
        ["stranger", "Bí thư", "XD-14173", "", "2023-04-01", ""],
        ["stranger", "partner", "", "36", "2023-04-01", "2023-06-30"],
    )
    take_in(client, Appointment, data)
    owned = Appointment.objects.filter(user=world.stranger)
    assert {(a.role, a.branch, a.unit) for a in owned} == {
        (Role.SECRETARY, world.branch, None),
        (Role.PARTNER, None, world.province),
    }
    assert totals(upload(client, Appointment, data)) == (0, 0, 2)


def test_appointment_that_cannot_be_is_refused(client: Client) -> None:
    header = ["user", "role", "branch", "unit", "starts_on"]
    data = as_csv(
        header,
        ["stranger", "secretary", "", "36", "2023-04-01"],
        ["stranger", "partner", "XD-14173", "36", "2023-04-01"],
        ["nobody", "partner", "", "36", "2023-04-01"],
        ["owner", "secretary", "XD-14173", "", "2023-05-01"],
        ["stranger", "king", "", "36", "2023-04-01"],
    )
    found = problems(upload(client, Appointment, data))
    assert [(row, column) for row, column, _text in found] == [
        (2, "branch"),
        (3, "branch"),
        (4, "user"),
        (5, "starts_on"),
        (6, "role"),
    ]


# Files


def _png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(200)


def _broken_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


GOOD = "code,name,kind,parent_code,valid_from\n14199,Xã Giao An,xã,365,2023-01-01\n"
BAD_FILES = {
    "png": (_png(), "ảnh PNG"),
    "old-excel": (b"\xd0\xcf\x11\xe0" + bytes(100), "đời cũ"),
    "pdf": (b"%PDF-1.7\n", "tệp PDF"),
    "zip": (_broken_zip(), "tệp nén .zip"),
    "cut-xlsx": (as_xlsx(UNIT, ["1"])[:900], "Không đọc được tệp Excel"),
    "utf-16": (GOOD.encode("utf-16"), "UTF-16"),
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


# Confirming


def test_confirming_needs_the_own_preview(client: Client, world: World, browse: Browse) -> None:
    preview = upload(client, Unit, GOOD.encode())
    colleague = make_user(is_staff=True, is_superuser=True)
    response = confirm(browse(colleague), Unit, preview)
    assert response.status_code == 302
    assert response["Location"] == address(Unit, "import")
    assert not Unit.objects.filter(code="14199").exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "x", ""])
def test_confirming_a_forged_file_name_starts_again(client: Client, name: str) -> None:
    response = client.post(address(Unit, "process_import"), {"token": name})
    assert (response.status_code, response["Location"]) == (302, address(Unit, "import"))


def test_confirming_twice_imports_once(client: Client) -> None:
    preview = upload(client, Unit, GOOD.encode())
    assert confirm(client, Unit, preview)["Location"] == address(Unit, "changelist")
    assert confirm(client, Unit, preview)["Location"] == address(Unit, "import")
    assert Unit.objects.filter(code="14199").count() == 1
    assert not PendingUpload.objects.exists()


def test_a_waiting_file_is_sealed_and_gone_within_the_hour(client: Client) -> None:
    preview = upload(client, Unit, GOOD.encode())
    stored = bytes(PendingUpload.objects.get().data)
    assert "Xã Giao An".encode() not in stored
    PendingUpload.objects.update(made_at=timezone.now() - dt.timedelta(minutes=56))
    assert confirm(client, Unit, preview)["Location"] == address(Unit, "import")
    assert not Unit.objects.filter(code="14199").exists()
    fresh = upload(client, Unit, GOOD.encode())
    forget_uploads()
    assert PendingUpload.objects.count() == 1
    assert unseal(stored) == GOOD.encode()
    with override_settings(SECRET_KEY="another" * 9), pytest.raises(ValueError, match="key"):
        unseal(stored)
    assert confirm(client, Unit, fresh)["Location"] == address(Unit, "changelist")


def test_what_went_wrong_since_the_preview_takes_nothing(client: Client, world: World) -> None:
    data = as_csv(
        ["campaign", "unit", "indicator", "value"],
        ["de-an-06-2023", "14158", "level1", "5"],
        ["de-an-06-2023", "14158", "level2", "6"],
    )
    preview = upload(client, Target, data)
    FormulaTerm.objects.all().delete()
    world.indicators["upgraded"].delete()
    world.indicators["level2"].delete()
    page = confirm(client, Target, preview)
    assert page.status_code == 200
    assert [(row, column) for row, column, _text in problems(page)] == [(3, "indicator")]
    assert not Target.objects.filter(unit=world.sibling).exists()


def test_import_is_logged_with_its_author(client: Client, world: World) -> None:
    take_in(client, Unit, GOOD.encode())
    entry = LogEntry.objects.latest("pk")
    assert (entry.user, entry.change_message) == (world.staff, "Nhập từ tệp")


# Exports


def _furnish(world: World) -> None:
    make_phase(campaign=world.campaign)
    make_baseline(figures={world.district: 166000, world.commune: 9000})
    make_target(indicator=world.indicators["level1"], unit=world.far_commune, value=7)
    make_indicator(campaign=world.campaign, code="twice", terms={"level1": 2})


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "model",
    [
        Unit,
        Branch,
        Campaign,
        Phase,
        Indicator,
        Baseline,
        BaselineFigure,
        Target,
        Appointment,
    ],
)
def test_what_is_exported_comes_back_unchanged(
    client: Client, world: World, model: type[Model], kind: str
) -> None:
    _furnish(world)
    count = model._default_manager.count()
    assert count > 0
    data = export(client, model, kind).content
    page = upload(client, model, data, f"tep.{kind}")
    assert problems(page) == []
    assert totals(page) == (0, 0, count)


def test_export_is_safe_from_formulas_and_comes_back(client: Client, world: World) -> None:
    name = '=HYPERLINK("http://x")'
    Campaign.objects.filter(pk=world.campaign.pk).update(name=name)
    csv_file = export(client, Campaign, "csv")
    assert csv_file.content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in csv_file.content
    assert rows_of(csv_file)[1][1] == "'" + name
    snapshot = openpyxl.load_workbook(io.BytesIO(export(client, Campaign, "xlsx").content))
    cell = snapshot.active["B2"]
    assert (cell.value, cell.data_type) == (name, "s")
    assert totals(upload(client, Campaign, csv_file.content)) == (0, 0, 1)


def test_xlsx_has_days_as_days_and_codes_as_text(client: Client, world: World) -> None:
    snapshot = openpyxl.load_workbook(io.BytesIO(export(client, Unit, "xlsx").content))
    header = [cell.value for cell in snapshot.active[1]]
    row = dict(zip(header, snapshot.active[2], strict=True))
    assert row["code"].value == "36"
    assert row["valid_from"].value.date() == dt.date(2023, 1, 1)


def test_export_follows_the_filters_of_the_list(client: Client) -> None:
    rows = rows_of(export(client, Unit, "csv", "?level__exact=commune"))
    assert [row[0] for row in rows[1:]] == ["14173", "14158", "14050"]


def test_export_is_recorded(client: Client, world: World) -> None:
    export(client, Unit, "csv")
    entry = LogEntry.objects.latest("pk")
    assert (entry.user, entry.object_repr) == (world.staff, "6 dòng xuất ra tệp")


@pytest.mark.parametrize("who", ["lead", "owner", "liaison", "partner", "stranger"])
def test_nobody_but_staff_imports_or_exports(world: World, browse: Browse, who: str) -> None:
    client = browse(getattr(world, who))
    file = SimpleUploadedFile("tep.csv", GOOD.encode())
    for response in (
        client.get(address(Unit, "import"), follow=True),
        client.post(address(Unit, "import"), {"import_file": file}, follow=True),
        client.post(address(Unit, "process_import"), {}, follow=True),
        client.get(address(Unit, "export"), follow=True),
        client.post(address(Unit, "export"), {"format": "1"}, follow=True),
    ):
        assert response.status_code == 403
    assert Unit.objects.count() == 6


def test_staff_whose_appointment_has_ended_imports_nothing(world: World, browse: Browse) -> None:
    world.staff.appointments.update(ends_on=dt.date(2023, 6, 19))
    client = browse(world.staff)
    assert client.get(address(Unit, "import"), follow=True).status_code == 403
    assert client.get(address(Unit, "changelist"), follow=True).status_code == 403


def test_import_of_many_rows_takes_few_queries(
    client: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    rows = [[f"2{n:04}", f"Xóm {n}", "xóm", "14173", "2023-01-01"] for n in range(300)]
    with django_assert_max_num_queries(60):
        preview = upload(client, Unit, as_csv(UNIT, *rows))
    assert totals(preview) == (300, 0, 0)
    assert len(preview.context["changes"]) == 200
    assert "Còn 100 mục nữa" in preview.content.decode()
