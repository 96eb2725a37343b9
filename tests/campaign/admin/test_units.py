"""Units and branches in the admin: how they are found, and what is refused."""

import unicodedata
from typing import Any

import pytest
from django.test import Client

from campaign.models import (
    Appointment,
    Branch,
    Target,
    Unit,
)
from tests.campaign.admin.forms import (
    errors,
    suggestions,
    unit_form,
)
from tests.conftest import World
from tests.factories import make_unit
from tests.importing import address


def test_new_unit_is_planted_and_found_without_marks(client: Client, world: World) -> None:
    client.post(address(Unit, "add"), unit_form(parent=world.district.pk))
    unit = Unit.objects.get(code="14199")
    assert unit.path == f"{world.district.path}{unit.pk}."
    for text in ("giao an", "GIAO  AN", "14199", "Giao An"):
        page = client.get(address(Unit, "changelist"), {"q": text})
        assert [u.pk for u in page.context["cl"].result_list] == [unit.pk]


def test_name_is_kept_in_one_form(client: Client, world: World) -> None:
    spread = unicodedata.normalize("NFD", "Xã Giao Tiến")
    form = unit_form(name=spread, code="14173", parent=world.district.pk)
    client.post(address(Unit, "change", world.commune.pk), form)
    world.commune.refresh_from_db()
    assert world.commune.name == "Xã Giao Tiến"
    form["name"] = "Xã \u202eGiao"
    assert "ký tự điều khiển" in errors(
        client.post(address(Unit, "change", world.commune.pk), form)
    )


def test_renamed_unit_is_found_by_its_new_name(client: Client, world: World) -> None:
    form = unit_form(name="Xã Đổi Tên", code="14173", parent=world.district.pk)
    client.post(address(Unit, "change", world.commune.pk), form)
    assert Unit.objects.search("doi ten").get() == world.commune


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"parent": ""}, "chỉ cấp tỉnh không có cấp trên"),
        ({"level": "province", "parent": ""}, "do người quản trị hệ thống tạo"),
        ({"level": "district"}, "không phải cấp trên của cấp này"),
        ({"code": "14173"}, "Mã 14173 thuộc “Xã Giao Tiến”"),
        ({"valid_to": "01/01/2023"}, "Phải sau ngày có hiệu lực"),
        ({"valid_to": "31/12/2022", "valid_from": "01/01/2020"}, "không có hiệu lực"),
    ],
)
def test_unit_is_checked(client: Client, world: World, given: dict[str, Any], words: str) -> None:
    form = unit_form(**{"parent": world.district.pk, **given})
    assert words in errors(client.post(address(Unit, "add"), form))


def test_branch_cannot_hang_below_itself(client: Client, world: World) -> None:
    union = world.union
    form = {
        "code": union.code,
        "name": union.name,
        "kind": union.kind,
        "home_unit": union.home_unit_id,
        "parent": world.branch.pk,
    }
    page = client.post(address(Branch, "change", union.pk), form)
    assert "trực thuộc chính nó" in errors(page)


def test_suggestions_tell_namesakes_apart(client: Client, world: World) -> None:
    make_unit(code="14083", name="Xã Trực Hùng", parent=world.other_district)
    assert suggestions(client, Target, "unit", "trực hùng") == [
        "Xã Trực Hùng · Huyện Trực Ninh · 14083",
        "Xã Trực Hưng · Huyện Trực Ninh · 14050",
    ]
    assert suggestions(client, Appointment, "branch", "giao tien") == [
        "Đoàn xã Giao Tiến · Xã Giao Tiến · XD-14173"
    ]


def test_levels_are_called_by_the_kinds_of_units_that_a_province_has(
    world: World, client: Client
) -> None:
    Unit.objects.filter(pk=world.commune.pk).update(kind="phường")
    html = client.get("/admin/campaign/unit/").content.decode()
    assert "phường, xã" in html
    assert "Giữa tỉnh và xã" not in html
    found = client.get("/admin/campaign/unit/?level__exact=commune").content.decode()
    assert world.commune.name in found
    assert f">{world.province.name}</a>" not in found
