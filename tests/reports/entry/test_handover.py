"""Who may not send any more is told why, and one person to whom the numbers go; nobody else is."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Appointment, Campaign
from campaign.permissions import Role
from core import clock
from privacy.models import PersonalDataRead
from reports.daily.models import DailyReport
from tests.conftest import TODAY, World
from tests.factories import make_appointment
from tests.reports.entry.test_queue_owner import URL, entry, send

Api = Callable[[User], APIClient]
YESTERDAY = TODAY - dt.timedelta(days=1)


def end_appointment(world: World) -> None:
    world.owner.appointments.update(ends_on=YESTERDAY)


def move(world: World) -> None:
    end_appointment(world)
    make_appointment(user=world.owner, role=Role.SECRETARY, branch=world.far_branch)


def close_branch(world: World) -> None:
    world.branch.closed_on = TODAY
    world.branch.save()


def close_branch_and_appointment(world: World) -> None:
    close_branch(world)
    end_appointment(world)


def end_campaign(world: World) -> None:
    Campaign.objects.update(ends_on=YESTERDAY - dt.timedelta(days=1), editable_days=0)


def delete_campaign(world: World) -> None:
    Campaign.objects.update(slug="ten-moi")


def close_days(world: World) -> None:
    Campaign.objects.update(editable_days=0)


# What has happened, the day of the report, and how it is answered and explained.
KINDS: dict[Callable[[World], None], tuple[dt.date, int, str, str]] = {
    end_appointment: (TODAY, 404, "appointment_ended", "đã hết ngày 19/06/2023"),
    move: (TODAY, 404, "appointment_ended", "Nay bạn phụ trách Đoàn"),
    close_branch: (TODAY, 400, "branch_closed", "đã giải thể từ ngày 20/06/2023"),
    close_branch_and_appointment: (TODAY, 404, "branch_closed", "đã giải thể"),
    end_campaign: (YESTERDAY - dt.timedelta(days=1), 409, "campaign_over", "đã kết thúc ngày 18"),
    delete_campaign: (TODAY, 404, "campaign_gone", "không còn chiến dịch này"),
    close_days: (YESTERDAY, 409, "", "Đã khóa sổ ngày 19/06/2023"),
}


@pytest.mark.parametrize("change", KINDS, ids=lambda change: change.__name__)
def test_phone_is_told_why_and_to_whom(
    world: World, api: Api, change: Callable[[World], None]
) -> None:
    day, status, code, wording = KINDS[change]
    User.objects.filter(pk=world.lead.pk).update(full_name="Trần Văn Nam", phone="0190000365")
    change(world)
    answer = send(api(User.objects.get(pk=world.owner.pk)), world.owner.pk, date=str(day))
    body = answer.json()
    assert (answer.status_code, body.get("code", "")) == (status, code)
    assert wording in body["detail"]
    assert body["contact"] == {
        "role": "Phụ trách địa bàn",
        "area": str(world.district_union),
        "name": "Trần Văn Nam",
        "phone": "0190000365",
    }
    assert not DailyReport.objects.exists()
    # Whose number was told is noted.
    assert [read.page for read in PersonalDataRead.objects.all()] == ["api-daily-reports"]


def test_phone_learns_when_it_is_not_too_early_any_more(world: World, api: Api) -> None:
    Campaign.objects.update(opens_at=dt.time(23, 58), due_at=dt.time(23, 59))
    answer = send(api(world.owner), world.owner.pk)
    opens = clock.at(TODAY, dt.time(23, 58))
    assert (answer.status_code, answer.json()) == (
        409,
        {
            "detail": f"Chưa đến giờ nhận báo cáo. Mở lúc 23:58 {TODAY:%d/%m/%Y}. "
            "Số đã lưu trên điện thoại; từ giờ đó mở trang này là tự gửi.",
            "code": "early",
            "opens_at": opens.isoformat(),
        },
    )
    # Nobody has to be called for it, nor is a day ahead only early.
    assert not PersonalDataRead.objects.exists()
    ahead = send(api(world.owner), world.owner.pk, date=str(TODAY + dt.timedelta(days=1)))
    assert (ahead.status_code, ahead.json().get("code")) == (400, None)


def test_nobody_else_is_told(world: World, api: Api) -> None:
    others = (world.neighbour, world.stranger, world.partner, world.leader, world.liaison)
    for user in (*others, world.officer, world.other_lead):
        answer = send(api(user), user.pk)
        assert answer.status_code in (403, 404), user
        assert "contact" not in answer.json(), user
    # Nor is who was only proposed, nor a program, which has no numbers of its own to hand over.
    owned = Appointment.objects.filter(user=world.owner)
    owned.update(ends_on=YESTERDAY)
    assert "contact" not in api(User.objects.get(pk=world.owner.pk)).post(URL, entry()).json()
    owned.update(proposed_by=world.staff)
    assert "contact" not in send(api(world.owner), world.owner.pk).json()
    assert not PersonalDataRead.objects.exists()


def test_wrong_counts_name_nobody(world: World, api: Api) -> None:
    answer: Any = send(api(world.owner), world.owner.pk, counts={"installed": -1})
    assert (answer.status_code, "contact" in answer.json()) == (400, False)
    assert not PersonalDataRead.objects.exists()
    # A day ahead is put right on the phone, and whoever leads there can be asked all the same.
    ahead = send(api(world.owner), world.owner.pk, date=str(TODAY + dt.timedelta(days=1))).json()
    assert ahead["date"]
    assert "detail" not in ahead


def test_province_takes_the_numbers_where_no_district_lead_is(world: World, api: Api) -> None:
    end_appointment(world)
    world.lead.appointments.update(ends_on=YESTERDAY)
    contact = send(api(world.owner), world.owner.pk).json()["contact"]
    assert (contact["role"], contact["area"]) == (
        "Cán bộ cấp tỉnh",
        str(world.province),
    )
    world.staff.appointments.update(ends_on=YESTERDAY)
    assert send(api(world.owner), world.owner.pk).json()["contact"] is None
