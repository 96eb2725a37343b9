"""A session that takes so many: who comes, who waits, who moves up and is told."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from reports.notifications.models import Notice
from reports.notifications.session_notices import MOVED_UP
from tests.conftest import TODAY, World
from tests.factories import make_membership, make_session, make_user, make_volunteer
from tests.pages import read
from tests.reports.notifications.notification_fixtures import fake_channel
from volunteers.certificates.services import issue_link
from volunteers.errors import InvalidInput
from volunteers.sessions.models import Participation, State, SupportSession
from volunteers.sessions.selectors.participants import record_of, upcoming_for
from volunteers.sessions.services.presence import (
    check_in,
    put_down,
    put_present,
    sign_up,
    tick,
    withdraw,
)
from volunteers.sessions.services.session_planning import Plan, change_session
from volunteers.teams.models import Volunteer

Browse = Callable[[User], Client]
PLAN: dict[str, Any] = {
    "campaign": "de-an-06-2023",
    "branch": "XD-14173",
    "place_kind": "market",
    "place": "Chợ Bể",
    "date": TODAY,
    "begins_at": dt.time(0, 0),
    "ends_at": dt.time(23, 59),
}


@pytest.fixture
def session(world: World) -> SupportSession:
    """Return a session of today that takes two."""
    given = {name: value for name, value in PLAN.items() if name not in ("campaign", "branch")}
    return make_session(
        campaign=world.campaign, branch=world.branch, teams=[world.team], capacity=2, **given
    )


@pytest.fixture
def people(world: World) -> list[Volunteer]:
    """Return five members with accounts: A, B, C, D, E."""
    found = []
    for n, name in enumerate("ABCDE"):
        one = make_volunteer(full_name=f"Người {name}", phone=f"091300000{n}", user=make_user())
        make_membership(team=world.team, volunteer=one)
        found.append(one)
    return found


def stand(session: SupportSession) -> tuple[str, str]:
    """Return who comes and who waits, by their letters; those who wait in their order."""
    coming = session.attendance.coming().values_list("volunteer__full_name", flat=True)
    waiting = session.attendance.waiting().values_list("volunteer__full_name", flat=True)
    return "".join(sorted(name[-1] for name in coming)), "".join(name[-1] for name in waiting)


def moved_up() -> list[int | None]:
    notices = Notice.objects.filter(kind=MOVED_UP.code).order_by("pk")
    return list(notices.values_list("user", flat=True))


STEPS = {
    "all places": ("ABC", [], ("AB", "C")),
    "again": ("ABCA", [], ("AB", "C")),
    "who waits says it again": ("ABCC", [], ("AB", "C")),
    "one withdraws": ("ABCD", ["-A"], ("BC", "D")),
    "two withdraw": ("ABCD", ["-A", "-B"], ("CD", "")),
    "who waits withdraws": ("ABCD", ["-C"], ("AB", "D")),
    "back at the end": ("ABCD", ["-A", "+A"], ("BC", "DA")),
    "the leader takes one off": ("ABC", ["off A"], ("BC", "")),
    "the leader puts one down": ("ABC", ["on C"], ("ABC", "")),
    "said by oneself after all": ("", ["on A", "+A", "tick A", "untick A"], ("A", "")),
    "a slip of the leader": ("ABC", ["tick E", "off B", "untick E"], ("AC", "")),
    "the leader puts down beyond": ("AB", ["on D", "+E", "-A"], ("BD", "E")),
    "who waits is there": ("ABCD", ["tick D"], ("ABD", "C")),
    "who waits is checked in": ("ABC", ["in C"], ("ABC", "")),
    "who waits is confirmed": ("ABC", ["present C"], ("ABC", "")),
    "more places": ("ABCDE", ["capacity 4"], ("ABCD", "E")),
    "no limit": ("ABCDE", ["capacity 0"], ("ABCDE", "")),
    "fewer places": ("ABC", ["capacity 1", "-A"], ("B", "C")),
}


@pytest.mark.parametrize("case", STEPS)
def test_steps(world: World, session: SupportSession, people: list[Volunteer], case: str) -> None:
    first, steps, expected = STEPS[case]
    by_name = {one.full_name[-1]: one for one in people}
    for name in first:
        sign_up(session=session, volunteer=by_name[name])
    waited = stand(session)[1]
    with fake_channel():
        for step in steps:
            do(world, session, by_name, step)
    assert stand(session) == expected
    by_themselves = any(step[0] == "-" or step.startswith(("on", "off", "cap")) for step in steps)
    risen = {name for name in waited if name in expected[0]} if by_themselves else set()
    assert set(moved_up()) == {by_name[name].user_id for name in risen}
    waiting = session.attendance.to_be_informed().exclude(moved_up_at=None)
    assert {one.volunteer.full_name[-1] for one in waiting} == risen


def do(world: World, session: SupportSession, people: dict[str, Volunteer], step: str) -> None:
    act, _blank, name = step.partition(" ") if " " in step else (step[0], "", step[1:])
    by: dict[str, Any] = {"actor": world.owner, "session": session}
    if act == "capacity":
        session.refresh_from_db()
        plan = Plan(**PLAN, teams=[world.team.pk], capacity=int(name) or None)
        change_session(**by, plan=plan, base_version=session.version)
        return
    one = people[name]
    match act:
        case "+":
            sign_up(session=session, volunteer=one)
        case "-":
            withdraw(session=session, volunteer=one)
        case "on":
            put_down(**by, on=[one.pk])
        case "off":
            put_down(**by, on=[], off=[one.pk])
        case "untick":
            tick(**by, on=[], off=[one.pk])
        case "tick":
            tick(**by, on=[one.pk])
        case "in":
            check_in(**by, volunteer=one)
        case "present":
            put_present(session, one)


def test_the_door_answers_every_number_alike(
    world: World, session: SupportSession, people: list[Volunteer]
) -> None:
    url, seen = f"/join/{session.join_key}/", set()
    opened = plain(Client().get(url))
    sent = [("0913000000", "A"), ("0913000001", "B"), ("0913000002", "C"), ("0999999999", "Không")]
    for phone, name in sent:
        seen.add(plain(Client().post(url, {"phone": phone, "name": name})))
    assert stand(session) == ("AB", "C")
    (answer,) = seen
    assert "nhận nhiều nhất 2 người" in answer
    # Nor does the door say whether there is room: one's own sign-up would be seen in it.
    assert plain(Client().get(url)) == opened


def plain(answer: Any) -> str:
    return re.sub(r"đuôi \d+", "đuôi", " ".join(read(answer).text.split()))


def test_who_waits_is_seen_by_the_leader_and_by_oneself(
    world: World, session: SupportSession, people: list[Volunteer], browse: Browse
) -> None:
    SupportSession.objects.update(date=TODAY + dt.timedelta(days=1))
    session.refresh_from_db()
    for one in people[:3]:
        sign_up(session=session, volunteer=one)
    own = Client()
    mine = f"/me/{issue_link(actor=world.owner, volunteer=people[3])}/"
    signed = own.post(mine, {"sign_up": session.pk}, follow=True).content.decode()
    assert ("vào danh sách chờ" in signed, "Hẹn gặp bạn" in signed) == (True, False)
    assert [one["turn"] for one in upcoming_for(people[3])] == [2]
    client, url = browse(world.owner), f"/c/de-an-06-2023/sessions/{session.pk}/"
    shown = client.get(f"{url}people/")
    page = " ".join(read(shown).text.split())
    assert "danh sách chờ, thứ 1" in page
    assert "danh sách chờ, thứ 2" in page
    assert "2/2 (2 người chờ)" in " ".join(read(client.get(url)).text.split())
    # To save the list as it is changes nothing; to tick who waits is to let them come.
    was = read(shown).fields["was"]
    listed = [pk for pk in was.split(",") if pk]
    client.post(f"{url}people/", {"was": was, "on": listed})
    assert stand(session) == ("AB", "CD")
    client.post(f"{url}people/", {"was": was, "on": [*listed, str(people[3].pk)]})
    assert stand(session) == ("ABD", "C")


def test_who_only_waited_has_missed_nothing(
    world: World, session: SupportSession, people: list[Volunteer]
) -> None:
    for one in people[:3]:
        sign_up(session=session, volunteer=one)
    SupportSession.objects.update(state=State.CLOSED, headcount=0, participations=0)
    assert [record_of(one, world.campaign).missed for one in people[:3]] == [1, 1, 0]
    assert Participation.objects.count() == 3


def test_no_place_at_all_is_no_session(world: World, session: SupportSession) -> None:
    plan = Plan(**PLAN, teams=[world.team.pk], capacity=0)
    with pytest.raises(InvalidInput) as refused:
        change_session(actor=world.owner, session=session, plan=plan, base_version=1)
    assert list(refused.value.errors) == ["capacity"]
