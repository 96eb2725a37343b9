"""Targets, baselines and appointments in the admin."""

import datetime as dt

import pytest
from django.test import Client

from campaign.models import (
    Appointment,
    Baseline,
    Target,
)
from tests.campaign.admin.forms import (
    errors,
    lines,
)
from tests.conftest import World
from tests.factories import make_baseline, make_target, make_unit
from tests.importing import address


def test_target_is_read_strictly_in_form_and_list(client: Client, world: World) -> None:
    form = {
        "campaign": world.campaign.pk,
        "indicator": world.indicators["level1"].pk,
        "unit": world.commune.pk,
        "value": "1.000",
        "due_on": "30/06/2023",
    }
    assert "Chưa rõ “1.000”" in errors(client.post(address(Target, "add"), form))
    target = Target.objects.get()
    rows = lines("form", {"id": target.pk, "value": "2.000", "due_on": "30/06/2023"}, initial=1)
    page = client.post(address(Target, "changelist"), {**rows, "_save": "1"})
    assert "Chưa rõ “2.000”" in page.content.decode()
    rows["form-0-value"] = "2000"
    client.post(address(Target, "changelist"), {**rows, "_save": "1"})
    target.refresh_from_db()
    assert target.value == 2000


def test_target_belongs_to_its_campaign(client: Client, world: World) -> None:
    old = make_unit(code="13001", name="Xã Cũ", parent=world.district, valid_to=dt.date(2023, 3, 1))
    other = make_target().indicator
    form = {
        "campaign": world.campaign.pk,
        "indicator": other.pk,
        "unit": old.pk,
        "value": "5",
        "due_on": "30/06/2023",
    }
    text = errors(client.post(address(Target, "add"), form))
    assert "Chỉ số này thuộc chiến dịch khác" in text
    assert "không có hiệu lực trong những ngày của chiến dịch" in text


def test_baseline_links_to_its_figures(client: Client, world: World) -> None:
    baseline = make_baseline(figures={world.commune: 9000, world.district: 90000})
    page = client.get(address(Baseline, "change", baseline.pk)).content.decode()
    assert f"?baseline__id__exact={baseline.pk}" in page
    assert "2 địa bàn" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Chọn một cơ sở Đoàn hoặc một địa bàn"),
        ({"unit": "commune"}, "gắn với một cơ sở Đoàn"),
        ({"unit": "commune", "branch": "branch", "role": "partner"}, "không cả hai"),
        ({"branch": "branch", "ends_on": "01/01/2023"}, "Phải từ ngày bắt đầu"),
    ],
)
def test_appointment_is_checked(
    client: Client, world: World, given: dict[str, str], words: str
) -> None:
    form = {"user": world.stranger.pk, "role": "secretary", "starts_on": "01/06/2023", **given}
    for name in ("unit", "branch"):
        if name in given:
            form[name] = getattr(world, given[name]).pk
    assert words in errors(client.post(address(Appointment, "add"), form))


def test_role_is_held_once_at_a_time(client: Client, world: World) -> None:
    form = {
        "user": world.owner.pk,
        "role": "secretary",
        "branch": world.branch.pk,
        "starts_on": "01/06/2023",
    }
    page = client.post(address(Appointment, "add"), form)
    assert "đã giữ vai trò này" in errors(page)
    world.owner.appointments.update(ends_on=dt.date(2023, 5, 31))
    assert client.post(address(Appointment, "add"), form).status_code == 302
