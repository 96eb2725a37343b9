"""Who does what, and single targets, on pages of the portal's own."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Appointment, Target
from campaign.scopes import scope_of
from campaign.services.publication import findings
from tests.campaign.test_settings_pages import answered, sent, text_of, words_on
from tests.conftest import TODAY, World
from tests.factories import make_appointment, make_user

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
LIST, NEW = "/setup/people/list/", "/setup/people/new/"
TARGETS = "/c/de-an-06-2023/settings/targets/"


def test_lead_liaison_and_partner_are_appointed_found_and_ended(
    world: World, browse: Browse
) -> None:
    client = browse(world.staff)
    typed = sent(client.get(NEW), full_name="Vũ Văn Phụ", phone="0912 000 111")
    first = TODAY - dt.timedelta(days=9)
    assert typed["starts_on"] == TODAY.isoformat()
    typed["starts_on"] = first.isoformat()
    assert client.post(NEW, typed).context["form"].errors.keys() == {"role"}
    typed |= {"role": "district_lead", "place": "Huyện Không Có"}
    assert "Không có địa bàn" in text_of(client.post(NEW, typed))
    assert not User.objects.filter(phone="0912000111").exists()
    typed |= {"place": world.district.name}
    appointed = client.post(NEW, typed, follow=True)
    given = Appointment.objects.get(user__phone="0912000111")
    assert (given.role, given.unit, given.starts_on) == ("district_lead", world.district, first)
    assert (given.awaits_owner, given.user.has_usable_password()) == (False, False)
    assert "chưa đăng nhập lần nào" in text_of(appointed)
    # Twice is once; another name with the number is another person's.
    assert "đã giữ vai trò này ở đây" in text_of(client.post(NEW, typed))
    assert "người tên khác" in text_of(client.post(NEW, {**typed, "full_name": "Vũ Thị Khác"}))
    for role in ("police_liaison", "partner"):
        client.post(NEW, {**typed, "role": role, "place": ""})
    assert set(given.user.appointments.values_list("role", "unit__parent")) == {
        ("district_lead", world.district.parent_id),
        ("police_liaison", None),
        ("partner", None),
    }
    found = text_of(client.get(f"{LIST}?q=vũ"))
    assert (found.count("Vũ Văn Phụ"), world.lead.full_name in found) == (3, False)

    page = f"/setup/people/{given.pk}/"
    form = client.get(page)
    early = sent(form, ends_on="2023-01-01")
    assert "Phải từ ngày bắt đầu" in text_of(client.post(page, early))
    ended = client.post(page, sent(form, ends_on=TODAY.isoformat()), follow=True)
    given.refresh_from_db()
    assert given.ends_on == TODAY
    history = text_of(ended)
    assert f"Đến hết ngày: {TODAY:%d/%m/%Y}" in history
    assert "Phân công" in history
    assert str(world.staff) in history
    # Somebody who has the page open from before is shown it.
    late = client.post(page, sent(form, ends_on=(TODAY + dt.timedelta(days=9)).isoformat()))
    assert f"nay là: {TODAY:%d/%m/%Y}" in text_of(late)
    Appointment.objects.filter(pk=given.pk).update(ends_on=TODAY - dt.timedelta(days=1))
    assert f'{page}"' not in text_of(client.get(LIST))
    assert f'{page}"' in text_of(client.get(f"{LIST}?ended=1"))
    assert "district_lead" not in scope_of(User.objects.get(pk=given.user_id)).roles


def test_who_sets_up_waits_for_a_second_person_and_does_not_lock_all_out(
    world: World, browse: Browse
) -> None:
    client = browse(world.staff)
    typed = sent(client.get(NEW), full_name="Cao Thị Hai", phone="0912000222")
    page = client.post(NEW, {**typed, "role": "province_staff"}, follow=True)
    given = Appointment.objects.get(user__phone="0912000222")
    assert given.proposed_by == world.staff
    assert "chờ người thứ hai" in text_of(page)
    own = f"/setup/people/{world.staff.appointments.get().pk}/"
    last = client.post(own, {"ends_on": TODAY.isoformat()})
    assert "Chưa có ai khác thiết lập được cổng" in text_of(last)
    make_appointment(user=make_user(), role="province_staff", unit=world.province)
    assert client.post(own, {"ends_on": TODAY.isoformat()}).status_code == 302
    # To go on is a new right, which waits for somebody else.
    client.post(own, {"ends_on": ""})
    assert world.staff.appointments.get().proposed_by == world.staff


def test_nobody_is_given_what_is_not_theirs(world: World, browse: Browse) -> None:
    client = browse(world.staff)
    boss = make_user(phone="0912000333", full_name="Trưởng Ban", is_superuser=True)
    typed = sent(client.get(NEW), full_name=boss.full_name, phone=boss.phone)
    refused = client.post(NEW, {**typed, "role": "partner"})
    assert "còn giữ việc khác" in text_of(refused)
    assert not boss.appointments.exists()
    assert "team_leader" not in dict(refused.context["form"].fields["role"].choices)


def test_single_target_is_given_changed_from_a_day_and_taken_back(
    world: World, browse: Browse
) -> None:
    client = browse(world.staff)
    indicator = world.campaign.indicators.get(code="level2")
    new = f"{TARGETS}new/"
    data = sent(client.get(new), indicator=indicator.pk, value="1200", of_unit="khong co")
    assert "Không có địa bàn" in text_of(client.post(new, data))
    data |= {"of_unit": world.commune.code, "due_on": "2022-01-01"}
    assert "Hạn phải từ ngày bắt đầu" in text_of(client.post(new, data))
    data["due_on"] = world.campaign.ends_on.isoformat()
    asked = client.post(new, data)
    assert client.post(new, answered(asked, data)).status_code == 302
    made = Target.objects.get(unit=world.commune, indicator=indicator)
    assert (made.value, made.value_on(TODAY - dt.timedelta(days=1))) == (1200, None)
    assert "đã có chỉ tiêu của chỉ số đó" in text_of(client.post(new, data))

    page = f"{TARGETS}{made.pk}/"
    data = sent(client.get(page), value="1500")
    asked = client.post(page, data)
    assert "1.200 → 1.500" in text_of(asked)
    tomorrow = TODAY + dt.timedelta(days=1)
    data |= {"since": tomorrow.isoformat(), "shown": tomorrow.isoformat(), "reason": "Giao thêm"}
    assert client.post(page, data).status_code == 302
    made.refresh_from_db()
    assert (made.value_on(TODAY), made.value_on(tomorrow)) == (1200, 1500)
    listed = client.get(f"{TARGETS}?q={world.commune.code}")
    assert made in listed.context["page_obj"]
    assert "Giao thêm" in text_of(listed)
    change: Any = client.get(page).context["history"][0]
    back = client.post(f"/setup/changes/{change.change.pk}/take-back/", follow=True)
    assert words_on(back) == "Đã lấy lại như trước."
    made.refresh_from_db()
    assert made.value_on(tomorrow) == 1200
    # What the check before publishing finds leads to these pages.
    paths = {finding.path for finding in findings(world.campaign)}
    assert {TARGETS, "/setup/people/"} & paths
    world.campaign.state = "closed"
    world.campaign.save()
    assert "đã đóng" in text_of(client.post(page, data))
