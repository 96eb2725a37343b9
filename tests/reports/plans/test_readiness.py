"""What stands ready before a peak drive: each line true from rows."""

import datetime as dt
from typing import Any

import pytest
from django.conf import LazySettings

from campaign.models import Appointment, Branch, Campaign
from reports.plans.readiness import Readiness, readiness_of
from tests.conftest import TODAY, World
from tests.factories import (
    make_help_request,
    make_membership,
    make_phase,
    make_session,
    make_team,
    make_volunteer,
)
from tests.reports.plans.planning import DAY
from volunteers.sessions.models import Participation, State, SupportSession
from volunteers.teams.models import Membership, Volunteer

# From when to when, as days from today, and whether it is a peak: None for none to come.
PEAK, PLAIN = True, False
DRIVES: dict[str, tuple[list[tuple[int, int, bool]], tuple[int, int] | None]] = {
    "none": ([], None),
    "all over": ([(-9, -5, PEAK)], None),
    "one to come": ([(-9, -5, PEAK), (4, 8, PEAK)], (4, 4)),
    "the peak before the next": ([(1, 2, PLAIN), (4, 8, PEAK)], (4, 4)),
    "the next where no peak is": ([(-9, -5, PEAK), (3, 4, PLAIN)], (3, 3)),
    "its last day": ([(-3, 0, PEAK), (4, 8, PEAK)], (-3, 0)),
}


@pytest.mark.parametrize("case", DRIVES)
def test_the_drive_is_the_peak_that_runs_or_is_next(world: World, case: str) -> None:
    phases, expected = DRIVES[case]
    for first, last, is_peak in phases:
        make_phase(
            campaign=world.campaign,
            is_peak=is_peak,
            starts_on=TODAY + DAY * first,
            ends_on=TODAY + DAY * last,
        )
    found = readiness_of(Campaign.objects.get(), world.branch)
    begins = found and (found.phase.starts_on - TODAY).days
    assert (found and (begins, found.days_left)) == expected


@pytest.fixture
def drive(world: World) -> None:
    make_phase(
        campaign=world.campaign,
        name="Cao điểm",
        is_peak=True,
        starts_on=TODAY + DAY * 4,
        ends_on=TODAY + DAY * 8,
    )


def lines(branch: Branch) -> dict[str, bool]:
    found = readiness_of(Campaign.objects.get(), branch)
    assert isinstance(found, Readiness)
    assert found.ready == sum(line.is_ready for line in found.lines)
    return {line.text: line.is_ready for line in found.lines}


def session(world: World, **given: Any) -> SupportSession:
    given = {"campaign": world.campaign, "branch": world.branch, "date": TODAY + DAY * 5, **given}
    return make_session(**given)


def say_yes(one: SupportSession, volunteer: Volunteer | None = None, **given: Any) -> None:
    agreed = {"date": one.date, "begins_at": one.begins_at, "ends_at": one.ends_at}
    Participation.objects.create(
        session=one,
        volunteer=volunteer or make_volunteer(),
        **{f"agreed_{name}": value for name, value in agreed.items()} | given,
    )


@pytest.mark.usefixtures("drive")
def test_nothing_is_ready_until_it_is(world: World, settings: LazySettings) -> None:
    settings.EMAIL_IS_ON = True
    assert lines(world.branch) == {
        "Chưa có buổi nào trong đợt": False,
        "1/1 tổ có tổ trưởng": True,
        "1/1 tổ gọi được tổ trưởng": True,
        "Bí thư chưa bật kênh nhắc nào": False,
    }
    say_yes(session(world, teams=[world.team], planned_volunteers=1))
    world.owner.email = "bithu@example.vn"
    world.owner.save()
    assert lines(world.branch) == {
        "1 buổi trong đợt": True,
        "Buổi sắp tới nào cũng đã giao tổ": True,
        "1/1 lượt người đã nhận lời": True,
        "1/1 tổ có tổ trưởng": True,
        "1/1 tổ gọi được tổ trưởng": True,
        "Bí thư nhận được lời nhắc": True,
    }


@pytest.mark.usefixtures("drive")
def test_what_is_in_the_drive_is_what_people_meet_for_in_it(world: World) -> None:
    session(world, date=TODAY + DAY * 3)
    session(world, date=TODAY + DAY * 9)
    session(world, branch=world.neighbour_branch)
    session(world, state=State.CANCELLED, cancel_reason="Mưa")
    helped = session(world, state=State.CLOSED, participations=1, headcount=0)
    make_help_request(campaign=world.campaign, unit=world.commune, session=helped)
    assert lines(world.branch)["Chưa có buổi nào trong đợt"] is False
    session(world, date=TODAY + DAY * 4)
    session(world, date=TODAY + DAY * 8, teams=[world.team])
    found = lines(world.branch)
    assert found["2 buổi trong đợt"] is True
    assert found["1 buổi chưa giao tổ nào"] is False


def test_of_sessions_that_are_over_nothing_is_asked(world: World) -> None:
    make_phase(
        campaign=world.campaign, is_peak=True, starts_on=TODAY - DAY * 3, ends_on=TODAY + DAY
    )
    session(world, date=TODAY - DAY, state=State.CLOSED, participations=1, headcount=0)
    # Over, though nobody has closed it.
    session(world, date=TODAY - DAY * 2, planned_volunteers=5)
    assert lines(world.branch)["2 buổi trong đợt"] is True
    assert not [text for text in lines(world.branch) if "giao tổ" in text or "nhận lời" in text]


@pytest.mark.usefixtures("drive")
def test_who_agreed_is_who_said_yes_to_it_as_it_is(world: World) -> None:
    wanted = session(world, planned_volunteers=3)
    say_yes(wanted)
    # Put down by the leader, for another day or other hours, or waiting for a place.
    say_yes(wanted, agreed_date=None)
    say_yes(wanted, agreed_date=wanted.date - DAY)
    say_yes(wanted, agreed_begins_at=dt.time(1))
    say_yes(wanted, waiting_since=dt.datetime(2023, 6, 19, tzinfo=dt.UTC))
    # Too many at one session are none at another.
    small = session(world, planned_volunteers=1, date=TODAY + DAY * 6)
    free = session(world, date=TODAY + DAY * 7)
    for _n in range(3):
        say_yes(small)
        say_yes(free)
    assert lines(world.branch)["2/4 lượt người đã nhận lời"] is False
    SupportSession.objects.update(planned_volunteers=None)
    assert lines(world.branch)["7 lượt người đã nhận lời"] is True


@pytest.mark.usefixtures("drive")
def test_teams_and_secretaries_are_those_of_its_first_day(world: World) -> None:
    make_membership(team=make_team(branch=world.branch))
    lead = Membership.objects.get(team=world.team, role="leader")
    Volunteer.objects.filter(pk=lead.volunteer_id).update(phone=None)
    found = lines(world.branch)
    assert (found["1/2 tổ có tổ trưởng"], found["0/2 tổ gọi được tổ trưởng"]) == (False, False)
    lead.left_on = TODAY + DAY * 4
    lead.save()
    Appointment.objects.filter(user=world.owner).update(ends_on=TODAY + DAY * 3)
    found = lines(world.branch)
    assert found["0/2 tổ có tổ trưởng"] is False
    assert found["Chưa có bí thư được phân công"] is False


@pytest.mark.usefixtures("drive")
def test_above_it_is_how_many_branches_are_ready(world: World) -> None:
    session(world, planned_volunteers=0, teams=[world.team])
    Appointment.objects.filter(user=world.neighbour).delete()
    found = lines(world.district_union)
    assert (
        found.items()
        >= {
            "1/2 đơn vị có buổi trong đợt": False,
            "1/2 đơn vị có bí thư": False,
            "0/2 đơn vị có bí thư nhận được lời nhắc": False,
        }.items()
    )
