"""Units and branches that come in by files."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.test import Client

from campaign.models import (
    Branch,
    Unit,
)
from tests.campaign.resources.files import UNIT
from tests.conftest import World
from tests.factories import make_user
from tests.importing import (
    as_csv,
    as_xlsx,
    confirm,
    export,
    problems,
    take_in,
    totals,
    upload,
)

Browse = Callable[[Any], Client]


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
