"""A whole campaign set up in the browser, and what its page refuses."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from campaign.models import (
    Campaign,
)
from campaign.selectors import indicators_of
from tests.campaign.admin.forms import (
    CAMPAIGN,
    campaign_form,
    errors,
    indicator_lines,
    lines,
)
from tests.conftest import World
from tests.factories import make_phase
from tests.importing import address


def test_campaign_is_set_up_on_one_page(client: Client) -> None:
    form = {
        **CAMPAIGN,
        **lines(
            "indicators",
            {"order": 9, "code": "total", "label": "Tổng", "formula": "web + 2*qr − closed",
             "is_headline": "on"},
            {"order": 1, "code": "web", "label": "Trang web", "required": "on"},
            {"order": 2, "code": "qr", "label": "Hộ dùng QR"},
            {"order": 3, "code": "closed", "label": "Đã đóng", "part_of": "web"},
        ),
        **lines(
            "phases",
            {"name": "Cao điểm", "starts_on": "10/07/2023", "ends_on": "16/07/2023",
             "is_peak": "on", "due_at": "17:00"},
        ),
    }  # fmt: skip
    assert client.post(address(Campaign, "add"), form).status_code == 302
    campaign = Campaign.objects.get(slug="44-ngay")
    indicators = indicators_of(campaign)
    assert [i.code for i in indicators.entered] == ["web", "qr", "closed"]
    assert indicators.terms == {"total": {"web": 1, "qr": 2, "closed": -1}}
    assert indicators.headline is not None
    assert indicators.headline.code == "total"
    assert campaign.indicators.get(code="closed").at_most == campaign.indicators.get(code="web")
    assert campaign.phases.get().due_at == dt.time(17)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"formula": "web + total"}, "cũng được tính ra"),
        ({"formula": "nowhere"}, "không có chỉ số “nowhere”"),
        ({"formula": "web plus qr"}, "Chưa đọc được"),
        ({"formula": "web", "required": "on"}, "không thể bắt buộc"),
        ({"formula": "web", "part_of": "qr"}, "không thể là một phần"),
        ({"part_of": "total"}, "được tính ra, không nhập"),
        ({"part_of": "x"}, "Vòng tròn: x → x"),
        ({"is_headline": "on"}, "Chỉ một chỉ số chính"),
        ({"code": "web"}, "có hai lần"),
        ({"code": "Mã"}, "Mã chỉ gồm chữ thường"),
        ({"order": "1.000"}, "Chưa rõ “1.000”"),
        ({"label": ""}, "Chưa nhập ô này"),
    ],
)
def test_indicators_are_checked_together(client: Client, row: dict[str, Any], words: str) -> None:
    form = {
        **CAMPAIGN,
        **lines(
            "indicators",
            {"order": 1, "code": "web", "label": "Trang web"},
            {"order": 2, "code": "qr", "label": "Hộ dùng QR"},
            {"order": 3, "code": "total", "label": "Tổng", "formula": "web", "is_headline": "on"},
            {"order": 4, "code": "x", "label": "X", **row},
        ),
        **lines("phases"),
    }
    assert words in errors(client.post(address(Campaign, "add"), form))
    assert not Campaign.objects.filter(slug="44-ngay").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ends_on": "30/06/2023"}, "Phải từ ngày bắt đầu"),
        ({"due_at": "00:00", "opens_at": "07:00"}, "Hạn nộp phải sau giờ mở nhận"),
        ({"editable_days": "0", "closes_at": "17:00"}, "Khóa sổ trong ngày"),
        ({"weekdays": "75"}, "Ghi các chữ số từ 1 đến 7"),
        ({"editable_days": "1.000"}, "Chưa rõ “1.000”"),
        ({"starts_on": "30/02/2023"}, ""),
        ({"slug": "de-an-06-2023"}, ""),
    ],
)
def test_campaign_dates_and_times_are_checked(
    client: Client, given: dict[str, Any], words: str
) -> None:
    form = {**CAMPAIGN, **lines("indicators"), **lines("phases"), **given}
    assert words in errors(client.post(address(Campaign, "add"), form))


def test_phase_lies_within_the_campaign_as_it_is_to_be(client: Client, world: World) -> None:
    phase = make_phase(campaign=world.campaign)
    line = {"id": phase.pk, "name": "Lễ", "starts_on": "28/04/2023", "ends_on": "03/05/2023"}
    form = {
        **campaign_form(world.campaign, starts_on="01/05/2023"),
        **indicator_lines(world.campaign),
        **lines("phases", line, initial=1),
    }
    page = client.post(address(Campaign, "change", world.campaign.pk), form)
    assert "Đợt phải nằm trong chiến dịch: 01/05/2023 – 30/06/2023" in errors(page)


def test_headline_moves_on_the_campaign_page(client: Client, world: World) -> None:
    form = {
        **campaign_form(world.campaign),
        **indicator_lines(
            world.campaign, installed={"is_headline": "on"}, activated={"is_headline": None}
        ),
        **lines("phases"),
    }
    page = client.post(address(Campaign, "change", world.campaign.pk), form)
    assert page.status_code == 302
    assert world.campaign.indicators.get(is_headline=True).code == "installed"
    assert indicators_of(world.campaign).terms["activated"] == {
        "level1": 1,
        "level2": 1,
        "upgraded": -1,
    }


def test_campaign_without_units_on_its_day_is_told(client: Client) -> None:
    form = {
        **CAMPAIGN,
        "starts_on": "01/06/1999",
        "ends_on": "20/06/1999",
        **lines("indicators"),
        **lines("phases"),
    }
    page = client.post(address(Campaign, "add"), form, follow=True)
    assert "Chưa có địa bàn nào có hiệu lực ngày 20/06/1999" in page.content.decode()


def test_campaign_is_copied_with_its_indicators(client: Client, world: World) -> None:
    make_phase(campaign=world.campaign)
    form = {"action": "copy", "_selected_action": [world.campaign.pk]}
    page = client.post(address(Campaign, "changelist"), form)
    made = Campaign.objects.get(slug="de-an-06-2023-2")
    assert page["Location"] == address(Campaign, "change", made.pk)
    assert indicators_of(made).terms == indicators_of(world.campaign).terms
    assert made.indicators.get(code="upgraded").at_most == made.indicators.get(code="level2")
    assert (made.phases.count(), made.targets.count()) == (1, 0)


def test_formula_for_the_indicator_of_people_is_refused_in_words(
    client: Client, world: World
) -> None:
    campaign = world.campaign
    campaign.indicators.filter(code="level2").update(counts_people=True)
    form = {
        **campaign_form(campaign),
        **indicator_lines(campaign, level2={"formula": "level1"}, upgraded={"part_of": ""}),
        **lines("phases"),
    }
    page = client.post(address(Campaign, "change", campaign.pk), form)
    assert "Lượt tham gia được đếm" in errors(page)
