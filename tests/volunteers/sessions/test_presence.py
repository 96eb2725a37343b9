"""Who comes to a session: signing up, putting down, checking in; and who sees whom."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from core import clock, lookups
from tests.conftest import TODAY, World
from tests.factories import make_membership, make_session, make_team, make_volunteer
from tests.pages import read
from volunteers.errors import NotNow
from volunteers.sessions.models import Participation, State, SupportSession
from volunteers.sessions.selectors.participants import upcoming_for
from volunteers.sessions.services.presence import check_in, put_down, sign_up, withdraw
from volunteers.sessions.views import presence
from volunteers.sessions.views.presence import code_for

ID = UUID("6f1d10aa-5a0c-4a5e-9a55-3f2b6f6f0b0e")
DAY = dt.timedelta(days=1)
QUERIES = 12
MEMBER = {"phone": "0911000002", "name": "Viên"}


@pytest.fixture
def session(world: World) -> SupportSession:
    """Return today's session of the team of Giao Tiến."""
    return meeting(world)


def meeting(world: World, **given: Any) -> SupportSession:
    """Make a session of the team that lasts all day."""
    return make_session(
        **{
            "campaign": world.campaign,
            "branch": world.branch,
            "teams": [world.team],
            "ends_at": dt.time(23, 59),
            **given,
        }
    )


def names(session: SupportSession) -> dict[str, bool]:
    """Return who is on the list, and whether they are there."""
    rows = Participation.objects.filter(session=session).select_related("volunteer")
    return {row.volunteer.full_name: row.checked_in_at is not None for row in rows}


def join(session: SupportSession) -> str:
    return f"/join/{session.join_key}/"


def here(session: SupportSession) -> str:
    return f"/here/{code_for(session)}/"


# Signing up by the link of the team's group


def test_a_member_signs_up_with_number_and_given_name(
    world: World, session: SupportSession
) -> None:
    sent = {"phone": "+84 911 000 002", "name": " lê thị  THÀNH vien "}
    answer = Client().post(join(session), sent)
    assert "bạn đã được ghi tên" in answer.content.decode()
    row = Participation.objects.get()
    assert (row.volunteer, row.is_own_choice, row.checked_in_at) == (world.member, True, None)


@pytest.mark.parametrize("name", ["Trưởng", "Thành", "Lê Thị", "Vien Le", "Viênn"])
def test_who_knows_the_number_alone_does_nothing(session: SupportSession, name: str) -> None:
    for url in (join(session), here(session)):
        assert "Đã nhận" in Client().post(url, {**MEMBER, "name": name}).content.decode()
    assert names(session) == {}


def test_the_phone_is_known_the_next_time_and_can_be_forgotten(
    world: World, session: SupportSession
) -> None:
    phone, later = Client(), meeting(world, date=TODAY + DAY)
    phone.post(join(session), MEMBER)
    page = phone.get(join(later)).content.decode()
    assert ('name="phone"' in page, "đuôi 002" in page) == (False, True)
    assert 'name="phone"' in phone.get(f"{join(later)}?other=1").content.decode()
    phone.post(join(later), {"act": "1"})
    assert names(later) == {"Lê Thị Thành Viên": False}
    phone.post(join(later), {"withdraw": "1"})
    assert names(later) == {}


@pytest.mark.parametrize("cookie", ["1:khong-phai-chu-ky", "phone=0911000002", "%00", "name=Vien"])
def test_a_cookie_without_number_and_name_is_nobody(session: SupportSession, cookie: str) -> None:
    phone = Client()
    phone.cookies["volunteer"] = cookie
    answer = phone.post(join(session), {"act": "1"})
    assert "Nhập số điện thoại." in answer.content.decode()
    assert names(session) == {}


@pytest.mark.parametrize(
    "typed",
    [
        {"phone": "abc"},
        {"phone": ""},
        {"phone": "0" * 5000},
        {"phone": "\0"},
        {"name": ""},
        {"name": "123"},
        {"name": "v" * 5000},
        {"name": "Viên\0"},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_shown_as_such(
    session: SupportSession, typed: dict[str, str]
) -> None:
    answer = Client().post(join(session), MEMBER | typed)
    assert "Có mục cần sửa" in answer.content.decode()
    assert (answer.status_code, "volunteer" in answer.cookies) == (200, False)
    assert names(session) == {}


def test_the_page_shows_no_person(world: World, session: SupportSession) -> None:
    Participation.objects.create(session=session, volunteer=world.member)
    phone = Client()
    pages = [
        phone.get(join(session)),
        phone.post(join(session), MEMBER),
        phone.get(join(session)),
        phone.get(here(session)),
    ]
    for page in (page.content.decode() for page in pages):
        assert session.place in page
        for secret in ("Viên", "Trưởng", "0911000002", "0911000001"):
            assert secret not in page


def test_partners_members_may_sign_up(world: World) -> None:
    session = meeting(world, partners=[world.neighbour_branch])
    guest = make_volunteer(full_name="Khách", phone="0922000001")
    make_membership(team=make_team(branch=world.neighbour_branch), volunteer=guest)
    Client().post(join(session), {"phone": "0922000001", "name": "khách"})
    assert names(session) == {"Khách": False}


def test_who_has_left_the_team_is_unknown(world: World, session: SupportSession) -> None:
    world.member.memberships.update(left_on=TODAY)
    Client().post(join(session), MEMBER)
    assert names(session) == {}


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_nobody_signs_up_for_what_is_over(
    world: World, session: SupportSession, state: State
) -> None:
    end(session, state)
    answer = Client().post(join(session), MEMBER)
    assert (answer.status_code, "Đã nhận" in answer.content.decode()) == (200, False)
    assert names(session) == {}


def end(session: SupportSession, state: State) -> None:
    """Close or cancel a session without the services."""
    session.state = state
    if state == State.CLOSED:
        session.headcount, session.participations = 0, 0
    else:
        session.cancel_reason = "Mưa bão"
    session.save()


def test_names_for_one_number_are_not_tried_through(
    session: SupportSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that nobody has waits as long, and no other number nor address waits with it."""
    monkeypatch.setattr(presence, "TRIES", 3)
    for phone in ("0911000002", "0922000009"):
        sent = [{"phone": phone, "name": name} for name in ("An", "Hà", "Lan", "Viên")]
        answers = [Client().post(join(session), one) for one in sent]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert "Đợi 10 phút" in answers[-1].content.decode()
    assert names(session) == {}
    assert Client().post(join(session), {**MEMBER, "phone": "0911000003"}).status_code == 200
    Client().post(join(session), MEMBER, REMOTE_ADDR="192.0.2.1")
    assert names(session) == {"Lê Thị Thành Viên": False}


def test_a_crowd_is_let_in_through_one_address(world: World, session: SupportSession) -> None:
    numbers = [f"09333{n:05}" for n in range(30)]
    for n, phone in enumerate(numbers):
        person = make_volunteer(full_name=f"Trần Văn Đông {n}", phone=phone)
        make_membership(team=world.team, volunteer=person)
    for phone in numbers:
        Client().post(here(session), {"phone": phone, "name": "dong"})
    assert session.attendance.present().count() == len(numbers)


# The code at the place


def test_opening_the_code_writes_nothing_and_one_tap_checks_in(
    world: World, session: SupportSession
) -> None:
    phone, url = Client(), here(session)
    assert phone.get(url).status_code == 200
    assert names(session) == {}
    answer = phone.post(url, MEMBER)
    assert "bạn đã được điểm danh" in answer.content.decode()
    assert names(session) == {"Lê Thị Thành Viên": True}
    session.refresh_from_db()
    assert session.state == State.UNDER_WAY


def test_a_known_phone_checks_in_by_one_tap_and_a_second_tap_changes_nothing(
    world: World, session: SupportSession
) -> None:
    phone, url = Client(), here(session)
    phone.post(join(session), MEMBER)
    assert 'name="phone"' not in phone.get(url).content.decode()
    phone.post(url, {"act": "1"})
    first = Participation.objects.get().checked_in_at
    assert first is not None
    phone.post(url, {"act": "1"})
    # Who is there is not taken off the list, and is not told that they are on it.
    assert "Đã nhận" in phone.post(join(session), {"withdraw": "1"}).content.decode()
    assert Participation.objects.get().checked_in_at == first


@pytest.mark.parametrize("days", [-1, 1])
def test_a_code_of_another_day_is_refused_and_says_so(
    world: World, session: SupportSession, days: int
) -> None:
    other = meeting(world, date=TODAY + days * DAY)
    answer = Client().post(here(other), MEMBER)
    assert answer.status_code == 410
    assert f"của ngày {other.date:%d/%m/%Y}" in answer.content.decode()
    assert not Participation.objects.exists()


def test_a_code_made_before_the_session_was_moved_is_refused(
    world: World, session: SupportSession
) -> None:
    url = here(session)
    SupportSession.objects.update(date=TODAY + DAY)
    assert Client().get(url).status_code == 410


def test_a_code_of_another_teams_session_does_not_take_the_number(world: World) -> None:
    other = make_session(
        campaign=world.campaign, branch=world.neighbour_branch, ends_at=dt.time(23, 59)
    )
    assert "Đã nhận" in Client().post(here(other), MEMBER).content.decode()
    assert not Participation.objects.exists()


@pytest.mark.parametrize("code", ["abc", "1-20230620", "1-20230620.sai", "%2e%2e"])
def test_a_code_that_is_not_ours_is_not_found(session: SupportSession, code: str) -> None:
    assert Client().get(f"/here/{code}/").status_code == 404


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_after_the_end_the_code_says_so(
    world: World, session: SupportSession, state: State
) -> None:
    end(session, state)
    assert Client().post(here(session), MEMBER).status_code == 410
    assert names(session) == {}


# The leader's list


def test_the_leader_puts_people_down_before_the_day(world: World, browse: Any) -> None:
    session = meeting(world, date=TODAY + DAY)
    page = f"/c/de-an-06-2023/sessions/{session.pk}/people/"
    browse(world.leader).post(page, {"on": [world.member.pk], "was": ""})
    assert names(session) == {"Lê Thị Thành Viên": False}
    browse(world.leader).post(page, {"was": str(world.member.pk)})
    assert names(session) == {}


def test_the_leader_ticks_who_is_there_and_can_undo_it(
    world: World, session: SupportSession, browse: Any
) -> None:
    sign_up(session=session, volunteer=world.member)
    page, sent = (
        f"/c/de-an-06-2023/sessions/{session.pk}/people/",
        {"on": [world.member.pk], "was": ""},
    )
    for _double_tap in range(2):
        assert browse(world.leader).post(page, sent).status_code == 302
    assert names(session) == {"Lê Thị Thành Viên": True}
    browse(world.leader).post(page, {"was": str(world.member.pk)})
    assert names(session) == {"Lê Thị Thành Viên": False}


def test_two_who_tick_at_once_do_not_untick_each_others(
    world: World, session: SupportSession, browse: Any
) -> None:
    other = world.leader.volunteer
    page = f"/c/de-an-06-2023/sessions/{session.pk}/people/"
    browse(world.leader).post(page, {"on": [world.member.pk], "was": ""})
    browse(world.owner).post(page, {"on": [other.pk], "was": ""})
    assert names(session) == {"Lê Thị Thành Viên": True, "Phạm Văn Trưởng": True}


def test_somebody_not_on_the_list_is_added_by_number(
    world: World, session: SupportSession, browse: Any
) -> None:
    extra = make_volunteer(full_name="Đến Thêm", phone="0911000009")
    make_membership(team=make_team(branch=world.branch), volunteer=extra)
    page = f"/c/de-an-06-2023/sessions/{session.pk}/people/"
    browse(world.leader).post(page, {"phone": "0911 000 009"})
    assert names(session) == {"Đến Thêm": True}
    answer = browse(world.leader).post(page, {"phone": "0988888888", "on": [world.member.pk]})
    text = answer.content.decode()
    assert "ghi thêm họ tên" in text
    assert f'value="{world.member.pk}" checked' in text


@pytest.mark.parametrize("on", ["abc", "٣", "9" * 30, "-1", "999999999999"])
def test_ids_that_are_none_are_refused(
    world: World, session: SupportSession, browse: Any, on: str
) -> None:
    answer = browse(world.leader).post(
        f"/c/de-an-06-2023/sessions/{session.pk}/people/", {"on": on}
    )
    assert answer.status_code == 200
    assert "Tải lại trang" in answer.content.decode()
    assert names(session) == {}


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 200),
        ("leader", 200),
        ("lead", 200),
        ("staff", 200),
        ("liaison", 403),
        ("partner", 403),
        ("neighbour", 404),
        ("other_lead", 404),
        ("stranger", 404),
    ],
)
def test_the_list_is_for_those_who_lead(
    world: World, session: SupportSession, browse: Any, who: str, status: int
) -> None:
    Participation.objects.create(session=session, volunteer=world.member)
    for page in ("people", "qr"):
        answer = browse(getattr(world, who)).get(f"/c/de-an-06-2023/sessions/{session.pk}/{page}/")
        assert answer.status_code == status
        assert ("Thành Viên" in answer.content.decode()) == (status == 200 and page == "people")


def test_a_partners_secretary_sees_and_puts_down_the_own_people_only(
    world: World, browse: Any
) -> None:
    session = meeting(world, partners=[world.neighbour_branch])
    guest = make_volunteer(full_name="Khách Mời", phone="0922000001")
    make_membership(team=make_team(branch=world.neighbour_branch), volunteer=guest)
    Participation.objects.create(session=session, volunteer=world.member)
    client, page = browse(world.neighbour), f"/c/de-an-06-2023/sessions/{session.pk}/people/"
    text = client.get(page).content.decode()
    assert ("Khách Mời" in text, "Thành Viên" in text) == (True, False)
    client.post(page, {"on": [guest.pk], "was": ""})
    assert names(session) == {"Lê Thị Thành Viên": False, "Khách Mời": False}
    answer = client.post(page, {"was": str(world.member.pk)})
    assert "Tải lại trang" in answer.content.decode()
    assert len(names(session)) == 2


def test_a_call_link_stands_only_beside_ones_own_people(world: World, browse: Any) -> None:
    session = meeting(world, partners=[world.neighbour_branch])
    guest = make_volunteer(full_name="Khách Mời", phone="0922000001")
    team = make_team(branch=world.neighbour_branch)
    make_membership(team=team, volunteer=guest)
    session.teams.add(team)
    url = f"/c/de-an-06-2023/sessions/{session.pk}/people/"
    assert "Khách Mời" not in browse(world.leader).get(url).content.decode()
    Participation.objects.create(session=session, volunteer=guest)
    text = browse(world.leader).get(url).content.decode()
    assert "Khách Mời" in text
    assert ("tel:0911000002" in text, "tel:0922000001" in text) == (True, False)


def test_a_partners_number_is_a_number_that_nobody_knows(world: World, api: Any) -> None:
    session = meeting(world, partners=[world.neighbour_branch])
    guest = make_volunteer(full_name="Khách Mời", phone="0922000001")
    make_membership(team=make_team(branch=world.neighbour_branch), volunteer=guest)
    url = f"/api/v1/sessions/{session.pk}/checkins/"
    answers = [
        api(world.owner).post(url, {"id": str(uuid4()), "phone": phone})
        for phone in ("0922000001", "0922000002")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()
    assert names(session) == {}


def test_who_tries_numbers_one_after_the_other_is_slowed_down(
    world: World, session: SupportSession, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "LOOKUPS", 3)
    url = f"/c/de-an-06-2023/sessions/{session.pk}/people/"
    client = browse(world.owner)
    for n in range(4):
        text = client.post(url, {"was": "", "phone": f"092200000{n}"}).content.decode()
        assert ("Đợi 10 phút" in text) == (n == 3)
    # What is ticked needs no number.
    client.post(url, {"on": [world.member.pk], "was": ""})
    assert len(names(session)) == 1


def test_after_closing_the_list_stands(world: World, session: SupportSession, browse: Any) -> None:
    end(session, State.CLOSED)
    page = f"/c/de-an-06-2023/sessions/{session.pk}/people/"
    answer = browse(world.leader).post(page, {"on": [world.member.pk]})
    assert "danh sách có mặt đã chốt" in answer.content.decode()
    assert names(session) == {}


# From a program


def test_a_check_in_sent_again_is_the_same(world: World, session: SupportSession, api: Any) -> None:
    url = f"/api/v1/sessions/{session.pk}/checkins/"
    sent = {"id": str(ID), "phone": "0911 000 002"}
    answers = [api(world.leader).post(url, sent) for _twice in range(2)]
    assert [a.status_code for a in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["volunteer"] == world.member.pk
    other_id = {"id": str(uuid4()), "volunteer": world.member.pk}
    again = api(world.leader).post(url, other_id)
    assert (again.status_code, again.json()["id"]) == (200, str(ID))
    other = {"id": str(ID), "volunteer": world.leader.volunteer.pk}
    refused = api(world.leader).post(url, other)
    assert refused.status_code == 409
    assert names(session) == {"Lê Thị Thành Viên": True}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"id": "x", "volunteer": 1},
        {"id": str(ID)},
        {"id": str(ID), "volunteer": "1"},
        {"id": str(ID), "volunteer": 10**30},
        {"id": str(ID), "volunteer": 999_999},
        {"id": str(ID), "phone": "123"},
        {"id": str(ID), "phone": "0988888888"},
        {"id": str(ID), "phone": "0911000002", "volunteer": 1},
        {"id": str(ID), "volunteer": None},
        {"id": str(ID), "name": "Lê"},
    ],
)
def test_a_check_in_that_says_too_little_is_refused(
    world: World, session: SupportSession, api: Any, sent: dict[str, Any]
) -> None:
    answer = api(world.leader).post(f"/api/v1/sessions/{session.pk}/checkins/", sent)
    assert (answer.status_code, names(session)) == (400, {})


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 201), ("staff", 201), ("liaison", 403), ("neighbour", 404), ("stranger", 404)],
)
def test_only_those_who_lead_check_in(
    world: World, session: SupportSession, api: Any, who: str, status: int
) -> None:
    sent = {"id": str(ID), "volunteer": world.member.pk}
    url = f"/api/v1/sessions/{session.pk}/checkins/"
    assert api(getattr(world, who)).post(url, sent).status_code == status


def test_no_check_in_before_the_day_and_none_after_closing(
    world: World, session: SupportSession, api: Any
) -> None:
    later = meeting(world, date=TODAY + DAY)
    end(session, State.CLOSED)
    for one in (later, session):
        sent = {"id": str(uuid4()), "volunteer": world.member.pk}
        answer = api(world.leader).post(f"/api/v1/sessions/{one.pk}/checkins/", sent)
        assert (answer.status_code, list(answer.json())) == (409, ["detail"])
    assert not Participation.objects.exists()


def test_one_id_at_two_sessions_is_refused(world: World, session: SupportSession) -> None:
    other = meeting(world)
    check_in(actor=world.leader, session=session, volunteer=world.member, checkin_id=ID)
    with pytest.raises(NotNow):
        check_in(actor=world.leader, session=other, volunteer=world.member, checkin_id=ID)


def test_the_list_costs_the_same_queries_however_long_it_is(
    world: World, session: SupportSession, browse: Any, django_assert_num_queries: Any
) -> None:
    client, page = browse(world.leader), f"/c/de-an-06-2023/sessions/{session.pk}/people/"
    for more in (0, 3):
        for n in range(more):
            person = make_volunteer(full_name=f"Thêm {n}", phone=f"091200000{n}")
            make_membership(team=world.team, volunteer=person)
            sign_up(session=session, volunteer=person)
        with django_assert_num_queries(QUERIES):
            client.get(page)


# From the queue of a phone


def test_what_somebody_else_ticked_is_refused(
    world: World, session: SupportSession, api: Any
) -> None:
    url = f"/api/v1/sessions/{session.pk}/checkins/"
    sent = {"id": str(ID), "volunteer": world.member.pk}
    owner = world.leader.pk
    for who, claimed in (("owner", owner), ("stranger", owner), ("leader", "x"), ("leader", "")):
        # Also where the session is none of theirs: the tick waits for whoever made it.
        answer = api(getattr(world, who)).post(url, sent, headers={"X-Queue-Owner": str(claimed)})
        assert (answer.status_code, answer.json()["code"]) == (403, "other_owner")
    assert names(session) == {}
    own = api(world.leader).post(url, sent, headers={"X-Queue-Owner": str(owner)})
    assert (own.status_code, names(session)) == (201, {"Lê Thị Thành Viên": True})


# When it is, told by the clock

NOW = dt.time(14, 0)
HOURS = {
    "before": (dt.time(15, 0), dt.time(17, 30), True, None),
    "under way": (dt.time(8, 0), dt.time(17, 30), True, "Đang diễn ra, đến 17:30: vẫn đến được."),
    "over": (dt.time(8, 0), dt.time(14, 0), False, "đã hết giờ lúc 14:00 ngày 20/06/2023"),
}


@pytest.mark.parametrize("case", HOURS)
def test_signing_up_ends_with_the_session(
    world: World, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    begins, ends, is_open, wording = HOURS[case]
    moment = clock.at(TODAY, NOW)
    monkeypatch.setattr(clock, "now", lambda: moment)
    session = meeting(world, begins_at=begins, ends_at=ends)
    page = " ".join(read(Client().get(join(session))).text.split())
    assert ("Tôi sẽ tham gia" in page) == is_open
    assert wording is None or wording in page
    answer = " ".join(read(Client().post(join(session), MEMBER)).text.split())
    assert names(session) == ({"Lê Thị Thành Viên": False} if is_open else {})
    assert (case == "under way") == ("Đang diễn ra" in answer)
    sees = [one["session"] for one in upcoming_for(world.member)]
    assert sees == ([session] if is_open else [])
    if is_open:
        monkeypatch.setattr(clock, "now", lambda: clock.at(TODAY, ends))
    for act in (sign_up, withdraw):
        with pytest.raises(NotNow):
            act(session=session, volunteer=world.member)
    with pytest.raises(NotNow):
        put_down(actor=world.owner, session=session, on=[world.member.pk])
