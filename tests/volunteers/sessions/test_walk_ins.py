"""Whoever comes may leave name and number; the leader confirms, and nothing counts before."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from core import lookups
from privacy.models import PersonalDataRead
from privacy.services.expiry import purge
from tests.conftest import TODAY, World
from tests.factories import make_membership, make_session, make_team, make_volunteer
from tests.pages import read as read_page
from tests.reports.notifications.notification_fixtures import at, clock_at
from tests.test_matrix import Browse
from volunteers.certificates.services import issue_certificate, issue_link
from volunteers.sessions.models import Participation, SupportSession, WalkIn
from volunteers.sessions.services import walk_ins
from volunteers.sessions.services.presence import check_in
from volunteers.sessions.services.sessions import close_session
from volunteers.sessions.views.presence import code_for
from volunteers.teams.models import Volunteer

DAY = dt.timedelta(days=1)
NEW = {"phone": "0977000001", "name": "Bùi Thị Mới"}
MEMBER = {"phone": "0911000002", "name": "Viên"}
OVER = {"state": "closed", "headcount": 0, "participations": 0}


@pytest.fixture
def session(world: World) -> SupportSession:
    return meeting(world)


def meeting(world: World, **given: Any) -> SupportSession:
    """Make a session of the team that lasts all day."""
    plan = {"teams": [world.team], "ends_at": dt.time(23, 59), "branch": world.branch, **given}
    return make_session(campaign=world.campaign, **plan)


def come(session: SupportSession, **sent: str) -> Any:
    return Client().post(f"/here/{code_for(session)}/", {**NEW, **sent})


def page(session: SupportSession, name: str = "walk-ins/") -> str:
    return f"/c/de-an-06-2023/sessions/{session.pk}/{name}"


def confirm(client: Client, session: SupportSession, **sent: Any) -> str:
    one = WalkIn.objects.get(session=session)
    row = {"walk_in": one.pk, "full_name": one.full_name, "phone": one.phone, **sent}
    return client.post(page(session), row, follow=True).content.decode()


def close(world: World, session: SupportSession) -> None:
    close_session(
        actor=world.owner, session=session, counts={"installed": 1}, headcount=0, base_version=1
    )


def test_a_newcomer_waits_is_confirmed_and_then_counts_from_when_they_came(
    world: World, browse: Browse, session: SupportSession
) -> None:
    owner = browse(world.owner)
    with clock_at(at("08:05")):
        for name in ("Mới", "Bùi Thị Mới"):
            assert "Đã nhận" in come(session, name=name).content.decode()
    one = WalkIn.objects.get()
    assert {"phone": one.phone, "name": one.full_name} == NEW
    assert not Participation.objects.exists()
    for shown in ("people/", "qr/", "close/"):
        assert "1 người mới chờ bạn xác nhận" in owner.get(page(session, shown)).content.decode()
    with clock_at(at("08:20")):
        assert "Đã điểm danh Bùi Thị Mới." in confirm(owner, session)
    person = Volunteer.objects.get(phone=NEW["phone"])
    row = Participation.objects.get(volunteer=person)
    assert (row.checked_in_at, person.memberships.count()) == (at("08:05"), 0)
    assert not WalkIn.objects.exists()
    # From now on a tap is enough at the host's sessions, and at nobody else's.
    again, strange = meeting(world), meeting(world, branch=world.far_branch, teams=[])
    for other in (again, strange):
        come(other, name="mới")
    assert again.attendance.present().get().volunteer == person
    assert strange.walk_ins.get().full_name == "mới"
    close(world, session)
    close(world, again)
    # Those who run the host's work give out hours and certificate; others do not see the person.
    paper = issue_certificate(actor=world.owner, volunteer=person, campaign=world.campaign)
    assert paper.participations == 2
    own = Client().get(f"/me/{issue_link(actor=world.owner, volunteer=person)}/")
    assert "Bùi Thị Mới" in own.content.decode()
    url = f"/c/de-an-06-2023/volunteers/{person.pk}/"
    people = {
        who: browse(getattr(world, who)).get(url).status_code
        for who in ("owner", "leader", "lead", "staff", "neighbour", "other_lead", "liaison")
    }
    seeing = {"owner", "leader", "lead", "staff"}
    assert people == {who: 200 if who in seeing else 404 for who in people}


@pytest.mark.parametrize("who", ["owner", "leader"])
def test_the_number_of_somebody_known_is_that_person_or_is_asked_about(
    world: World, browse: Browse, session: SupportSession, who: str
) -> None:
    stranger = make_volunteer(full_name="Ngô Văn Xa", phone=NEW["phone"])
    make_membership(team=make_team(branch=world.far_branch), volunteer=stranger)
    client = browse(getattr(world, who))
    come(session)
    shown = confirm(client, session)
    assert "Số này đã thuộc tình nguyện viên có tên khác" in shown
    assert ("Ngô Văn" in shown, "Bùi Thị Mới" in shown) == (False, True)
    assert "Đã điểm danh Ngô Văn Xa" in confirm(client, session, full_name="xa")
    assert Participation.objects.get().volunteer == stranger
    # A member of the own team is named.
    come(session, phone=MEMBER["phone"], name="Nhầm")
    assert "Số này là của Lê Thị Thành Viên" in confirm(client, session)


@pytest.mark.parametrize("refused", [1, 2])
def test_who_was_seen_and_is_refused_is_forgotten(
    world: World, browse: Browse, session: SupportSession, refused: int
) -> None:
    other, numbers = meeting(world, place="Chợ"), ["0977000001", "0977000002", "0977000003"]
    for phone in numbers[:2]:
        come(session, phone=phone)
    come(other)
    owner = browse(world.owner)
    seen = [w.pk for w in session.walk_ins.all()]
    # Came after the page was opened.
    come(session, phone=numbers[2])
    sent = {"walk_in": seen[:refused], "refuse": "1"}
    answers = [owner.post(page(session), sent, follow=True).content.decode() for _turn in range(2)]
    assert [("Đã từ chối" in one, "không còn chờ" in one) for one in answers] == [
        (True, False),
        (False, True),
    ]
    assert [w.phone for w in session.walk_ins.all()] == numbers[refused:]
    assert (other.walk_ins.count(), Participation.objects.count()) == (1, 0)


def test_who_is_checked_in_by_any_door_waits_no_more(world: World, browse: Browse) -> None:
    """A member who mistyped the own name has come twice: once as a stranger."""
    leader, number = browse(world.leader), MEMBER["phone"]
    actions: dict[str, Callable[[SupportSession], object]] = {
        "the own phone": lambda one: come(one, **MEMBER),
        "a tick": lambda one: leader.post(
            page(one, "people/"), {"was": "", "on": world.member.pk, "phone": "", "full_name": ""}
        ),
        "a number and a name": lambda one: leader.post(
            page(one, "people/"), {"was": "", "phone": number, "full_name": "viên"}
        ),
        "a program": lambda one: check_in(actor=world.leader, session=one, volunteer=world.member),
    }
    for name, enter in actions.items():
        session = meeting(world, place=name)
        come(session, **{**MEMBER, "name": "Nhầm"})
        come(session)
        enter(session)
        assert session.attendance.present().get().volunteer == world.member, name
        assert [w.phone for w in session.walk_ins.all()] == [NEW["phone"]], name


def test_a_page_that_comes_back_keeps_what_another_leader_ticked(
    world: World, browse: Browse, session: SupportSession
) -> None:
    leader, owner = browse(world.leader), browse(world.owner)
    people = page(session, "people/")
    leader.post(people, {"was": "", "on": world.member.pk})
    wrong = {"was": "", "phone": "", "full_name": "Vũ Mới", "on": world.leader.volunteer.pk}
    answer = owner.post(people, wrong)
    was, boxes = read_page(answer).fields["was"], answer.content.decode()
    ticked = re.findall(r'name="on"\s+value="(\d+)" checked', boxes)
    assert (was, len(ticked)) == (str(world.member.pk), 2)
    again = {**wrong, "was": was, "on": ticked, "phone": "0977000009"}
    owner.post(people, again)
    assert session.attendance.present().count() == 3


def test_the_leader_adds_a_newcomer_with_two_fields(
    world: World, browse: Browse, session: SupportSession
) -> None:
    leader, people = browse(world.leader), page(session, "people/")
    sent = {"was": "", "on": world.member.pk, "phone": "0977000009", "full_name": ""}
    for wrong, text in (
        (sent, "ghi thêm họ tên"),
        ({**sent, "phone": "", "full_name": "Vũ Mới"}, "Ghi số điện thoại của người mới"),
        ({**sent, "phone": MEMBER["phone"], "full_name": "Vũ Mới"}, "là của Lê Thị Thành Viên"),
    ):
        assert text in leader.post(people, wrong).content.decode()
        assert not Participation.objects.exists()
    assert leader.post(people, {**sent, "full_name": "Vũ Mới"}).status_code == 302
    present = session.attendance.present().values_list("volunteer__full_name", flat=True)
    assert set(present) == {"Lê Thị Thành Viên", "Vũ Mới"}


def test_a_newcomer_kept_on_the_leaders_phone_is_sent_once(
    world: World, browse: Browse, session: SupportSession
) -> None:
    sent = {"id": str(uuid4()), "phone": "0977 000 001", "full_name": NEW["name"]}

    def send(who: str = "leader", **changes: str) -> int:
        row = {name: value for name, value in {**sent, **changes}.items() if value}
        url = f"/api/v1/sessions/{session.pk}/checkins/"
        answer = browse(getattr(world, who)).post(url, row, content_type="application/json")
        return answer.status_code

    with clock_at(at("08:05")):
        come(session)
    with clock_at(at("09:30")):
        assert [send(), send(), send(id=str(uuid4()))] == [201, 200, 200]
    row = session.attendance.get()
    # Since the moment of coming, not of the network's return.
    assert (str(row.checkin_id), row.checked_in_at) == (sent["id"], at("08:05"))
    assert not WalkIn.objects.exists()
    refused = {
        "no number": (send(phone=""), 400),
        "a number of another name": (send(phone=MEMBER["phone"]), 400),
        "the id of somebody else": (send(phone="0977000008", full_name="Vũ Mới"), 409),
        "no given name": (send(id=str(uuid4()), phone="0977000008", full_name="()"), 400),
        "not the own session": (send("liaison"), 403),
        "nobody's": (send("neighbour"), 404),
    }
    assert {name: code for name, (code, expected) in refused.items() if code != expected} == {}
    close(world, session)
    assert send(id=str(uuid4()), phone="0977000008", full_name="Vũ Mới") == 409
    assert session.attendance.count() == 1


def test_nobody_waits_where_nobody_can_be_checked_in(world: World, browse: Browse) -> None:
    """Before its day, once it is over, by the group's link; and at another session."""
    tomorrow, over = meeting(world, date=TODAY + DAY), meeting(world, **OVER)
    session, owner = meeting(world), browse(world.owner)
    for one in (tomorrow, over):
        come(one)
    for one in (tomorrow, session):
        Client().post(f"/join/{one.join_key}/", NEW)
    assert not WalkIn.objects.exists()
    come(session)
    other = meeting(world, place="Chợ")
    row = {"walk_in": WalkIn.objects.get().pk, "full_name": "Bùi Mới", "phone": NEW["phone"]}
    assert "không còn chờ" in owner.post(page(other), row).content.decode()
    for odd in ("", "abc", "-1", "9" * 40, "\0"):
        assert owner.post(page(other), {**row, "walk_in": odd}).status_code in (200, 404), odd
    SupportSession.objects.filter(pk=session.pk).update(**OVER)
    assert "đã kết thúc" in owner.post(page(session), row).content.decode()
    assert (WalkIn.objects.count(), Participation.objects.count()) == (1, 0)


def test_a_list_that_is_full_says_so_to_everybody_and_lets_members_in(
    world: World, session: SupportSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_ins, "MOST_WAITING", 1)
    for who in (NEW, {**NEW, "phone": "0977000002"}, MEMBER):
        assert "quá nhiều người mới đang chờ" in come(session, **who).content.decode()
    assert (session.walk_ins.count(), session.attendance.present().count()) == (1, 1)


def test_what_is_not_confirmed_goes_after_a_week_and_reads_are_recorded(
    world: World, browse: Browse, session: SupportSession
) -> None:
    come(session)
    one = session.walk_ins.get()
    browse(world.leader).get(page(session))
    read = PersonalDataRead.objects.filter(reader=world.leader).latest("pk")
    assert (read.people, read.numbers) == ([f"walkin:{one.pk}"], 1)
    for days, left in ((7, 1), (8, 0)):
        SupportSession.objects.filter(pk=session.pk).update(date=TODAY - days * DAY)
        purge()
        assert WalkIn.objects.count() == left, days
    read.refresh_from_db()
    assert read.people == []


def test_numbers_are_not_tried_out_by_confirming(
    world: World, browse: Browse, session: SupportSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "LOOKUPS", 2)
    stranger = make_volunteer(full_name="Ngô Văn Xa", phone="0977000005")
    make_membership(team=make_team(branch=world.far_branch), volunteer=stranger)
    owner = browse(world.owner)
    come(session)
    for _turn in range(2):
        assert "tên khác" in confirm(owner, session, phone="0977000005")
    assert "Đợi 10 phút" in confirm(owner, session, phone="0977000005")
    assert not Participation.objects.exists()
