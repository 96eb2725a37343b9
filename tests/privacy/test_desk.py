"""The desk for data subjects: found, shown, handed over, deleted, in time, and then forgotten."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import ApiToken, User
from accounts.services import issue_token
from core import clock
from privacy.models import SubjectRequest
from privacy.selectors import holdings_of
from privacy.services.requests import enter_request
from privacy.working_days import after
from tests.conftest import TODAY, World
from tests.factories import (
    make_appointment,
    make_help_request,
    make_session,
    make_user,
    make_volunteer,
)
from volunteers.certificates.services import issue_link
from volunteers.help_requests.models import HelpRequest
from volunteers.sessions.services.calendar_links import make_calendar_link
from volunteers.teams.services import invite_leader

Browse = Callable[[User], Client]
DESK = "/c/de-an-06-2023/personal-data/"
NAME, PHONE = "Quách Thị Tìm", "0977000123"


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2023-06-19", "2023-06-21"),  # Monday
        ("2023-06-22", "2023-06-26"),  # Thursday
        ("2023-06-23", "2023-06-27"),  # Friday
        ("2023-06-24", "2023-06-27"),  # Saturday
        ("2023-06-25", "2023-06-27"),  # Sunday
    ],
)
def test_due_is_the_second_working_day(received: str, due: str) -> None:
    assert after(dt.date.fromisoformat(received)) == dt.date.fromisoformat(due)


@pytest.fixture
def person(world: World) -> User:
    """Let one person be all that the portal knows people as."""
    volunteer = make_volunteer(full_name=NAME, phone=PHONE, birth_year=1990)
    member = world.team.memberships.create(volunteer=volunteer, role="deputy")
    user, _secret = invite_leader(actor=world.owner, member=member)
    session = make_session(campaign=world.campaign, branch=world.branch, teams=[world.team])
    session.attendance.create(volunteer=volunteer, checked_in_at=clock.now())
    issue_link(actor=world.owner, volunteer=volunteer)
    issue_token(user=user)
    make_calendar_link(actor=user)
    make_help_request(
        campaign=world.campaign, unit=world.commune, name=NAME, phone=PHONE, hamlet="Xóm Bí Mật"
    )
    return user


def ask(world: World, **given: Any) -> SubjectRequest:
    asked = {"kind": "delete", "name": NAME, "phone": PHONE, "received_on": TODAY, **given}
    return enter_request(actor=world.staff, **asked)


def all_text() -> str:
    """Return every row of every table, but for what Django keeps of a visit."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)


def test_all_that_is_held_is_found_and_shown(world: World, browse: Browse, person: User) -> None:
    browse(world.owner).get(f"/c/de-an-06-2023/teams/{world.team.pk}/")
    page = browse(world.staff).get(f"{DESK}{ask(world).pk}/")
    found = {one.kind: dict(one.sections) for one, _picked in page.context["holdings"]}
    assert set(found) == {"Tình nguyện viên", "Tài khoản", "Người nhờ hỗ trợ"}
    assert set(found["Tình nguyện viên"]) == {
        "Thông tin", "Tổ", "Lượt tham gia", "Đường link riêng", "Ai đã xem",
    }  # fmt: skip
    assert {"Thông tin", "Phân công", "Lời mời", "Khóa API"} <= set(found["Tài khoản"])
    assert all(is_picked for _one, is_picked in page.context["holdings"])
    # Whoever hands it over need not know where the resident lives; the person is shown.
    assert "Xóm Bí Mật" not in page.content.decode()


def test_copy_is_a_plain_file_of_what_was_picked(
    world: World, browse: Browse, person: User
) -> None:
    asked = ask(world)
    keys = [one.key for one in holdings_of(asked)]
    answer = browse(world.staff).post(f"{DESK}{asked.pk}/", {"action": "copy", "pick": keys})
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/plain")
    for shown in (NAME, PHONE, "Xóm Bí Mật", "sinh năm 1990", world.team.name, "Đoàn xã Giao Tiến"):
        assert shown in text
    none = browse(world.staff).post(f"{DESK}{asked.pk}/", {"action": "copy"})
    assert none.status_code == 400


def test_deleting_leaves_no_name_in_any_table(world: World, browse: Browse, person: User) -> None:
    person.appointments.all().delete()
    client, asked = browse(world.staff), ask(world)
    keys = [one.key for one in holdings_of(asked)]
    sent = {"action": "erase", "pick": keys}
    assert client.post(f"{DESK}{asked.pk}/", sent).context["to_erase"]
    assert User.objects.get(pk=person.pk).full_name == NAME  # asked first
    assert client.post(f"{DESK}{asked.pk}/", {**sent, "confirm": "1"}).status_code == 302
    left = all_text()
    for text in (NAME, PHONE, "Xóm Bí Mật", "quach thi tim"):
        assert text not in left
    asked.refresh_from_db()
    assert (asked.outcome, asked.deleted) == (
        "deleted", {"volunteer": 1, "user": 1, "helprequest": 1},
    )  # fmt: skip
    assert not ApiToken.objects.filter(user=person).exists()
    assert HelpRequest.objects.get().is_withdrawn
    assert client.post(f"{DESK}{asked.pk}/", {**sent, "confirm": "1"}).status_code in (400, 409)


def test_account_in_use_is_not_deleted(world: World, browse: Browse, person: User) -> None:
    asked = ask(world)
    sent = {"action": "erase", "confirm": "1", "pick": [f"user:{person.pk}"]}
    answer = browse(world.staff).post(f"{DESK}{asked.pk}/", sent)
    assert (answer.status_code, "đang được phân công" in answer.content.decode()) == (409, True)
    assert User.objects.get(pk=person.pk).is_active


def test_namesakes_are_shown_and_not_picked_and_requesters_found_by_number_only(
    world: World, browse: Browse, person: User
) -> None:
    make_volunteer(full_name="Quách Thị  TÌM".replace("  ", " "), phone="0977000999")
    page = browse(world.staff).get(f"{DESK}{ask(world, phone='').pk}/")
    found = page.context["holdings"]
    assert [(one.kind, is_picked) for one, is_picked in found] == [
        ("Tình nguyện viên", False), ("Tình nguyện viên", False), ("Tài khoản", False),
    ]  # fmt: skip


def test_who_wrote_it_down_sees_that_it_waits_and_nothing_found(
    world: World, browse: Browse, person: User
) -> None:
    client = browse(world.owner)
    sent = {"kind": "copy", "name": "", "phone": "0977 000 123", "received_on": "2023-06-20"}
    assert client.post(f"{DESK}new/", sent).status_code == 302
    asked = SubjectRequest.objects.get()
    assert (asked.phone, asked.due_on, asked.entered_by) == (
        PHONE,
        dt.date(2023, 6, 22),
        world.owner,
    )
    assert client.get(f"{DESK}{asked.pk}/").status_code == 403
    assert browse(world.lead).get(f"{DESK}{asked.pk}/").status_code == 404
    assert [one.pk for one in client.get(DESK).context["waiting"]] == [asked.pk]


@pytest.mark.parametrize(
    "sent",
    [
        {"phone": "", "name": ""},
        {"phone": "12"},
        {"name": "036201001234"},
        {"kind": "steal"},
        {"received_on": "2023-06-21"},
        {"received_on": "2023-01-01"},
    ],
)
def test_what_cannot_be_is_asked_again(world: World, browse: Browse, sent: dict[str, str]) -> None:
    whole = {"kind": "copy", "name": NAME, "phone": PHONE, "received_on": "2023-06-20"}
    answer = browse(world.owner).post(f"{DESK}new/", {**whole, **sent})
    assert (answer.status_code, SubjectRequest.objects.count()) == (200, 0)
    assert answer.context["form"].errors


def test_closing_takes_the_name_out_of_the_request(world: World, browse: Browse) -> None:
    asked = ask(world, kind="copy")
    client = browse(world.staff)
    url = f"{DESK}{asked.pk}/"
    assert client.post(url, {"action": "close", "outcome": "deleted"}).status_code == 400
    assert client.post(url, {"action": "erase", "pick": "user:1"}).status_code == 404
    assert client.post(url, {"action": "close", "outcome": "nothing"}).status_code == 302
    assert PHONE not in all_text()
    assert client.post(url, {"action": "close", "outcome": "given"}).status_code == 409
    assert client.get(url).status_code == 200


def test_overdue_requests_stand_on_the_dashboard_of_the_province(
    world: World, browse: Browse
) -> None:
    enter_request(
        actor=world.owner, kind="copy", name=NAME, phone="", received_on=dt.date(2023, 6, 15)
    )  # Thursday: due on Monday the 19th
    shown = {
        role: bool(re.search("đã quá hạn trả lời", page.content.decode()))
        for role in ("staff", "lead", "owner")
        for page in [browse(getattr(world, role)).get("/c/de-an-06-2023/dashboard/")]
    }
    assert shown == {"staff": True, "lead": False, "owner": False}


def test_secretaries_of_another_time_are_found_too(world: World) -> None:
    user = make_user(username="xa-cu", full_name=NAME, phone=PHONE)
    make_appointment(user=user, branch=world.branch, ends_on=dt.date(2023, 5, 1))
    (found,) = holdings_of(ask(world, name=""))
    assert (found.kind, found.is_sure, found.is_in_use) == ("Tài khoản", True, False)
