"""Whoever is put down for two sessions at one time is told, while it is so."""

import datetime as dt
from typing import Any

import pytest

from reports.notifications.models import Notice
from reports.notifications.session_notices import MOVED, OVERLAPPING
from tests.conftest import TODAY, World
from tests.factories import make_membership, make_session, make_user, make_volunteer
from tests.reports.notifications.notification_fixtures import fake_channel
from volunteers.sessions.models import SupportSession
from volunteers.sessions.services.presence import put_down, sign_up, withdraw
from volunteers.sessions.services.session_planning import Plan, change_session
from volunteers.teams.models import Volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(world: World) -> Volunteer:
    """Return a member with an account."""
    found = make_volunteer(user=make_user())
    make_membership(team=world.team, volunteer=found)
    return found


def plan(world: World, begins: int, ends: int, place: str, day: int = 1) -> SupportSession:
    return make_session(
        campaign=world.campaign,
        branch=world.branch,
        teams=[world.team],
        place=place,
        date=TODAY + dt.timedelta(days=day),
        begins_at=dt.time(begins),
        ends_at=dt.time(ends),
    )


def messages_of(kind: Any) -> list[str]:
    """Return what the notices of a kind say now, those that have nothing to say left out."""
    found = [kind.message(notice) for notice in Notice.objects.filter(kind=kind.code)]
    return [f"{one.title} {one.body}" for one in found if one is not None]


@pytest.mark.parametrize(
    ("begins", "ends", "day", "is_sent"),
    [(8, 10, 1, True), (9, 11, 1, True), (10, 12, 1, False), (8, 10, 2, False)],
)
def test_being_put_down_for_two_at_one_time_is_told(
    world: World, person: Volunteer, begins: int, ends: int, day: int, is_sent: bool
) -> None:
    first = plan(world, 8, 10, "Chợ Bể")
    other = plan(world, begins, ends, "Nhà văn hóa", day)
    sign_up(session=first, volunteer=person)
    with fake_channel():
        put_down(actor=world.owner, session=other, on=[person.pk])
    found = messages_of(OVERLAPPING)
    assert bool(found) == is_sent
    if is_sent:
        assert "Nhà văn hóa" in found[0]
        assert "Chợ Bể (08:00–10:00)" in found[0]
        withdraw(session=first, volunteer=person)
        assert messages_of(OVERLAPPING) == []


def test_move_onto_another_session_says_so(world: World, person: Volunteer) -> None:
    first, other = plan(world, 8, 10, "Chợ Bể"), plan(world, 13, 15, "Nhà văn hóa")
    for session in (first, other):
        sign_up(session=session, volunteer=person)
    moved = Plan(
        campaign=world.campaign.slug,
        branch=world.branch.code,
        date=other.date,
        begins_at=dt.time(9),
        ends_at=dt.time(11),
        place_kind=other.place_kind,
        place=other.place,
        teams=[world.team.pk],
    )
    with fake_channel():
        change_session(actor=world.owner, session=other, plan=moved, base_version=other.version)
    (text,) = messages_of(MOVED)
    assert "Trùng giờ với buổi khác bạn đã đăng ký: Chợ Bể (08:00–10:00)." in text
