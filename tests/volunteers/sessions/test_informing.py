"""Who signed up is told of a session that was moved or called off, and asked once more."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from core import clock
from reports.notifications.channel import PermanentFailure
from reports.notifications.delivery import deliver
from reports.notifications.models import Notice
from reports.notifications.session_notices import MOVED, MOVED_UP, OVERLAPPING
from tests.conftest import TODAY, World
from tests.factories import make_membership, make_session, make_team, make_volunteer
from tests.pages import read
from tests.reports.notifications.notification_fixtures import at, clock_at, fake_channel
from tests.test_matrix import Browse
from volunteers.certificates.services import issue_link
from volunteers.sessions.models import SupportSession
from volunteers.sessions.selectors.informing import informed_people
from volunteers.sessions.services.presence import put_down, sign_up
from volunteers.sessions.services.waiting_list import move_up

DAY = dt.timedelta(days=1)
NOON = at("12:00")
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
MEMBER = {"phone": "0911000002", "name": "Viên"}


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """Nobody is asleep, and no day is young: the tests run at any hour."""
    with clock_at(NOON):
        yield


@pytest.fixture
def session(world: World) -> SupportSession:
    """Return tomorrow's session, for which a member, the leader and an aunt have signed up."""
    session = make_session(
        campaign=world.campaign, branch=world.branch, teams=[world.team], date=TODAY + DAY
    )
    aunt = make_volunteer(full_name="Vũ Thị Dì", phone="0911000009")
    make_membership(team=world.team, volunteer=aunt)
    with clock_at(NOON - HOUR):
        for volunteer in (world.member, world.leader.volunteer, aunt):
            sign_up(session=session, volunteer=volunteer)
    return session


def page(session: SupportSession, name: str = "") -> str:
    return f"/c/de-an-06-2023/sessions/{session.pk}/{name}"


def move(owner: Client, session: SupportSession, **changes: str) -> None:
    """Change the plan by its form, a minute later than the last."""
    form = read(owner.get(page(session, "edit/"))).fields
    sent = {name: value for name, value in form.items() if name not in ("teams", "partners")}
    now = SupportSession.objects.get(pk=session.pk)
    plan = {**sent, "place_kind": now.place_kind, "teams": now.teams.get().pk, **changes}
    answer = owner.post(page(session, "edit/"), plan)
    assert answer.status_code == 302, read(answer)


def informed(world: World, session: SupportSession) -> dict[str, tuple[bool, str]]:
    """Return whether each knows, and what they answered."""
    found = informed_people(world.owner, SupportSession.objects.get(pk=session.pk))
    return {one.volunteer.full_name.split()[-1]: (one.is_informed, one.answer) for one in found}


@pytest.mark.parametrize(
    ("changes", "is_informed", "answer"),
    [
        ({"date": "2023-06-23"}, False, "open"),
        ({"begins_at": "01:15"}, False, "open"),
        ({"ends_at": "23:50"}, False, "open"),
        ({"place": "Chợ mới"}, False, "yes"),
        ({"note": "Mang theo máy"}, True, "yes"),
    ],
    ids=str,
)
def test_what_moves_is_told_and_a_new_time_is_asked_about(
    world: World,
    browse: Browse,
    session: SupportSession,
    changes: Any,
    is_informed: bool,
    answer: str,
) -> None:
    with clock_at(NOON + MINUTE):
        move(browse(world.owner), session, **changes)
    assert set(informed(world, session).values()) == {(is_informed, answer)}
    page_text = Client().get(f"/join/{session.join_key}/").content.decode()
    assert ("Lịch của buổi này đổi lúc" in page_text) is not is_informed


def test_the_organiser_sees_who_was_told_and_who_answered(
    world: World, browse: Browse, session: SupportSession
) -> None:
    owner, own, phone = browse(world.owner), Client(), Client()
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    with clock_at(NOON + MINUTE):
        move(owner, session, date="2023-06-23")
    with clock_at(NOON + 2 * MINUTE):
        own.post(mine, {"sign_up": session.pk})
        phone.post(
            f"/join/{session.join_key}/", {"phone": "0911000009", "name": "dì", "withdraw": 1}
        )
    assert informed(world, session) == {
        "Viên": (True, "yes"),
        "Dì": (True, "no"),
        "Trưởng": (False, "open"),
    }
    shown = owner.get(page(session)).content.decode()
    assert "2 người đã đăng ký, 1 người chưa được báo" in shown
    assert "1 người chưa trả lời" in shown
    shown = owner.get(page(session, "inform/")).content.decode()
    for part in ("sms:0911000001?&amp;body=", "tel:0911000001", "báo không đi được", "Nay là"):
        assert part in shown, part
    leader = world.leader.volunteer
    with clock_at(NOON + 3 * MINUTE):
        owner.post(page(session, "inform/"), {"on": leader.pk, "was": ""})
    assert informed(world, session)["Trưởng"] == (True, "open")
    owner.post(page(session, "inform/"), {"was": leader.pk})
    assert informed(world, session)["Trưởng"] == (False, "open")
    with clock_at(NOON + 4 * MINUTE):
        owner.post(page(session, "cancel/"), {"reason": "Mưa to"})
    assert informed(world, session) == {
        "Viên": (False, ""),
        "Trưởng": (False, ""),
        "Dì": (True, "no"),
    }
    assert "Mưa to" in phone.get(f"/join/{session.join_key}/").content.decode()
    assert "đã HỦY. Lý do: Mưa to" in owner.get(page(session, "inform/")).content.decode()
    # Who comes after all has said no no more.
    later = make_session(campaign=world.campaign, branch=world.branch, date=TODAY + DAY)
    for act in ({}, {"withdraw": 1}, {}):
        phone.post(f"/join/{later.join_key}/", {**MEMBER, **act})
    assert (later.attendance.count(), later.declines.count()) == (1, 0)


def test_who_has_an_account_is_told_by_notice_and_ticked_when_it_went_out(
    world: World, browse: Browse, session: SupportSession
) -> None:
    owner = browse(world.owner)
    with fake_channel() as letters:
        letters.trouble = [PermanentFailure("no such box")]
        for turn, (day, is_informed) in enumerate([("2023-06-23", False), ("2023-06-24", True)]):
            with clock_at(NOON + (2 * turn + 1) * MINUTE):
                move(owner, session, date=day)
            with clock_at(NOON + (2 * turn + 2) * MINUTE):
                deliver()
            assert informed(world, session)["Trưởng"] == (is_informed, "open"), day
            assert informed(world, session)["Viên"] == (False, "open")
        # Moved twice before it went out: told once, how it stands.
        for turn, day in enumerate(("2023-06-25", "2023-06-26")):
            with clock_at(NOON + (6 + turn) * MINUTE):
                move(owner, session, date=day)
        with clock_at(NOON + 10 * MINUTE):
            deliver()
    bodies = [message.body for _user, message, _key in letters.sent]
    assert [("24/06" in bodies[0], "26/06" in bodies[1]), len(bodies)] == [(True, True), 2]


@pytest.mark.parametrize("act", ["cancel", "move", "overlap", "free place"])
def test_what_is_over_is_no_news(
    world: World, browse: Browse, session: SupportSession, act: str
) -> None:
    """Neither said late nor offered to be said: who has signed up was to come at eight."""
    kind, owner = (MOVED, browse(world.owner))
    began = clock.at(session.date, session.begins_at)
    with fake_channel() as letters:
        if act == "overlap":
            kind = OVERLAPPING
            other = make_session(
                campaign=world.campaign, branch=world.branch, date=session.date, place="Chợ Đình"
            )
            put_down(actor=world.owner, session=other, on=[world.leader.volunteer.pk])
        elif act == "free place":
            kind = MOVED_UP
            session.attendance.update(waiting_since=began)
            move_up(session, session.attendance.waiting())
        elif act == "cancel":
            owner.post(page(session, "cancel/"), {"reason": "Mưa"})
        else:
            move(owner, session, place="Chợ mới")
        (notice,) = Notice.objects.filter(kind=kind.code, user=world.leader)
        assert kind.message(notice) is not None
        with clock_at(clock.at(session.date, session.ends_at)):
            deliver()
            assert kind.message(notice) is None
            assert "người chưa được báo" not in owner.get(page(session)).content.decode()
            shown = owner.get(page(session, "inform/")).content.decode()
            assert ("Buổi này đã qua" in shown, "sms:" in shown) == (True, False)
            if act == "move":
                owner.post(page(session, "cancel/"), {"reason": "Không ai đến"})
                deliver()
    assert letters.sent == []
    session.refresh_from_db()
    assert (session.moved_at is None) is (act not in ("cancel", "move"))


def test_who_signed_up_is_not_left_standing_at_what_moved_into_the_past(
    world: World, browse: Browse, session: SupportSession
) -> None:
    owner = browse(world.owner)
    form = read(owner.get(page(session, "edit/"))).fields
    plan = {**form, "place_kind": session.place_kind, "teams": world.team.pk, "date": "2023-06-20"}
    plan.pop("partners", None)
    answer = owner.post(page(session, "edit/"), plan).content.decode()
    assert "Hủy buổi này để họ được báo" in answer
    session.attendance.all().delete()
    assert owner.post(page(session, "edit/"), plan).status_code == 302


def test_being_put_down_by_others_is_no_answer(world: World, session: SupportSession) -> None:
    session.attendance.all().delete()
    put_down(actor=world.owner, session=session, on=[world.member.pk])
    assert informed(world, session)["Viên"] == (False, "put")
    sign_up(session=session, volunteer=world.member)
    assert informed(world, session)["Viên"] == (True, "yes")
    session.attendance.update(waiting_since=NOON)
    assert informed(world, session)["Viên"] == (True, "waiting")


def test_two_sessions_at_one_time_are_shown_to_both_sides(
    world: World, browse: Browse, session: SupportSession
) -> None:
    other = make_session(
        campaign=world.campaign, branch=world.branch, place="Chợ Đình", date=session.date
    )
    later = make_session(
        campaign=world.campaign, branch=world.branch, place="Chợ Xa", date=TODAY + 2 * DAY
    )
    for one in (other, later):
        sign_up(session=one, volunteer=world.member)
    mine = f"/me/{issue_link(actor=world.owner, volunteer=world.member)}/"
    shown = Client().get(mine).content.decode()
    assert shown.count("Trùng giờ với buổi bạn cũng đã đăng ký") == 2
    assert "Viên cũng có buổi ở Chợ Đình" in browse(world.owner).get(page(session)).content.decode()
    shown = browse(world.owner).get(page(session, "inform/")).content.decode()
    assert (shown.count("trùng giờ với Chợ Đình"), "đã đổi lịch" in shown) == (1, False)
    Client().post(mine, {"withdraw": other.pk})
    assert "Trùng giờ" not in Client().get(mine).content.decode()


def test_a_partner_marks_the_own_people_only(
    world: World, browse: Browse, session: SupportSession
) -> None:
    session.partners.add(world.neighbour_branch)
    neighbour = browse(world.neighbour)
    assert neighbour.get(page(session, "inform/")).status_code == 403
    own = make_membership(team=make_team(branch=world.neighbour_branch)).volunteer
    with clock_at(NOON):
        sign_up(session=session, volunteer=own)
    SupportSession.objects.filter(pk=session.pk).update(moved_at=NOON + 600 * MINUTE)
    shown = neighbour.get(page(session, "inform/")).content.decode()
    assert (own.full_name in shown, "Thành Viên" in shown) == (True, False)
    with clock_at(NOON + 601 * MINUTE):
        neighbour.post(page(session, "inform/"), {"on": [own.pk, world.member.pk], "was": ""})
    found = informed(world, session)
    assert found["Viên"] == (False, "yes")
    marked = session.attendance.get(volunteer=own).informed_at
    assert marked == NOON + 601 * MINUTE
