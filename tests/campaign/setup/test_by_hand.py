"""A province without a file: its levels by their words, one unit a line."""

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Unit
from tests.campaign.setup.test_guide import first_comer, text_of

pytestmark = pytest.mark.django_db
PAGE = "/setup/units/by-hand/"
TYPED = {
    "top": "Tỉnh Tân Tiến",
    "middle": "cụm, thành phố",
    "lowest": "xã, thị trấn",
    "valid_from": "2023-01-01",
    "lines": "Cụm Đông\nXã An Bình, 101\nthị trấn Chợ\n\nThành phố Tân\nXã An Bình\n",
}


def test_levels_are_typed_and_units_lie_below_what_stands_before_them(client: Client) -> None:
    browser = first_comer(client)
    wrong = browser.post(PAGE, {**TYPED, "lines": "Xã Lạc\nLàng Hồ\nCụm Đông"})
    assert "Dòng 1" in text_of(wrong)
    assert "Dòng 2" in text_of(wrong)
    assert "Làng Hồ" in text_of(wrong)
    assert not Unit.objects.exists()
    assert browser.post(PAGE, TYPED)["Location"] == "/setup/"
    found = {
        (unit.code, unit.name, unit.kind, unit.level, unit.parent.name if unit.parent else "")
        for unit in Unit.objects.select_related("parent")
    }
    assert found == {
        ("0001", "Tỉnh Tân Tiến", "tỉnh", "province", ""),
        ("0002", "Cụm Đông", "cụm", "district", "Tỉnh Tân Tiến"),
        ("101", "Xã An Bình", "xã", "commune", "Cụm Đông"),
        ("0003", "Thị trấn Chợ", "thị trấn", "commune", "Cụm Đông"),
        ("0004", "Thành phố Tân", "thành phố", "district", "Tỉnh Tân Tiến"),
        ("0005", "Xã An Bình", "xã", "commune", "Thành phố Tân"),
    }
    assert User.objects.get().appointments.get().unit.name == "Tỉnh Tân Tiến"
    # The rest is as with a list: branches are made, and units are added one by one.
    browser.post("/setup/branches/")
    assert "Cụm Đoàn Đông" in text_of(browser.get("/setup/branches/list/"))
    assert "Địa bàn đã có" in text_of(browser.get(PAGE))


def test_without_a_middle_level_all_lie_below_the_province(client: Client) -> None:
    browser = first_comer(client)
    browser.post(PAGE, {**TYPED, "middle": "", "lines": "Xã Một\nXã Hai"})
    top = Unit.objects.get(parent=None)
    assert [unit.parent for unit in Unit.objects.filter(level="commune")] == [top, top]
