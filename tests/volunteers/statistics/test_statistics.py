"""People, sessions and requests, counted by unit and by branch."""

import datetime as dt
from collections.abc import Callable

from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import TODAY, World
from tests.factories import (
    make_help_request,
    make_membership,
    make_session,
    make_team,
    make_volunteer,
)
from volunteers.help_requests.models import HelpState
from volunteers.sessions.models import Participation, SupportSession
from volunteers.sessions.selectors.participants import record_of
from volunteers.sessions.services.sessions import cancel_session, close_session
from volunteers.statistics.selectors import statistics_of
from volunteers.teams.models import Affiliation, MemberRole

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
URL = "/api/v1/figures/"


def fill(world: World) -> None:
    """Let the world's team, and one of the police, work for two hours each."""
    aunt = make_volunteer(full_name="Vũ Thị Phụ Nữ", affiliation=Affiliation.WOMENS_UNION)
    make_membership(team=world.team, volunteer=aunt, role=MemberRole.DEPUTY)
    gone = make_membership(team=world.team)
    gone.left_on = TODAY
    gone.save()
    old = make_team(branch=world.branch, dissolved_on=TODAY)
    make_membership(team=old)
    session = make_session(campaign=world.campaign, branch=world.branch, teams=[world.team])
    for volunteer in (world.member, aunt):
        Participation.objects.create(
            session=session, volunteer=volunteer, checked_in_at=timezone.now()
        )
    Participation.objects.create(session=session, volunteer=gone.volunteer)
    close_session(
        actor=world.owner, session=session, counts={"installed": 9}, headcount=3, base_version=1
    )
    night = make_session(
        campaign=world.campaign, branch=world.police, unit=world.commune, date=TODAY
    )
    close_session(
        actor=world.officer, session=night, counts={"installed": 5}, headcount=10, base_version=1
    )
    wet = make_session(campaign=world.campaign, branch=world.branch)
    cancel_session(actor=world.owner, session=wet, reason="Mưa")
    make_session(campaign=world.campaign, branch=world.branch, date=dt.date(2023, 6, 25))


def test_figures_by_unit_and_by_branch(world: World, api: Api) -> None:
    fill(world)
    client = api(world.staff)
    of_commune = client.get(f"{URL}?unit=14173").json()
    as_of = dt.datetime.fromisoformat(of_commune.pop("as_of"))
    assert as_of.date() == TODAY
    assert of_commune == {
        "teams": 1,
        "team_members": 3,
        "youth_key_members": 1,
        "volunteers": 2,
        "sessions": {"planned": 1, "closed": 2, "cancelled": 1},
        "participations": 15,
        "hours": 30.0,
        "help_requests": {"open": 0, "overdue": 0, "done": 0, "median_days": None},
    }
    of_branch = client.get(f"{URL}?branch=XD-14173").json()
    assert (of_branch["participations"], of_branch["hours"]) == (5, 10.0)
    of_police = client.get(f"{URL}?branch=CA-36").json()
    assert (of_police["sessions"]["closed"], of_police["participations"]) == (1, 10)
    for query in ("?unit=365", "?unit=36", "", "?branch=TD-36"):
        assert client.get(URL + query).json()["participations"] == 15, query
    assert client.get(f"{URL}?unit=14158").json()["participations"] == 0


def test_figures_of_a_range(world: World, api: Api) -> None:
    fill(world)
    client = api(world.staff)
    later = client.get(f"{URL}?from=2023-06-21&to=2023-06-30").json()
    assert later["sessions"] == {"planned": 1, "closed": 0, "cancelled": 0}
    assert (later["participations"], later["volunteers"]) == (0, 0)
    assert client.get(f"{URL}?from=2023-06-21&to=2023-06-20").status_code == 400
    for far in ("from=0001-01-01", "to=9999-12-31", "from=9999-12-31", "to=0001-01-01"):
        assert client.get(f"{URL}?{far}").status_code == 200, far


def test_waiting_time_is_that_of_those_who_were_helped(world: World, api: Api) -> None:
    asked = dt.datetime(2023, 6, 10, 8, 0, tzinfo=dt.UTC)
    for days in (1, 2, 9):
        make_help_request(
            campaign=world.campaign,
            unit=world.commune,
            asked_at=asked,
            state=HelpState.DONE,
            closed_at=asked + dt.timedelta(days=days),
        )
    make_help_request(campaign=world.campaign, unit=world.commune, due_on=dt.date(2023, 6, 19))
    make_help_request(campaign=world.campaign, unit=world.commune, due_on=TODAY)
    wanted = {"open": 2, "overdue": 1, "done": 3, "median_days": 2.0}
    for query in ("unit=14173", "unit=36", "branch=XD-14173", "branch=TD-36"):
        assert api(world.staff).get(f"{URL}?{query}").json()["help_requests"] == wanted, query
    other = api(world.staff).get(f"{URL}?branch=XD-14158").json()["help_requests"]
    assert other["open"] == 0


def test_figures_of_others_are_not_found(world: World, api: Api) -> None:
    assert api(world.neighbour).get(f"{URL}?unit=14173").status_code == 404
    assert api(world.neighbour).get(f"{URL}?branch=XD-14173").status_code == 404
    assert api(world.neighbour).get(f"{URL}?unit=14173&branch=XD-14158").status_code == 400
    assert api(world.stranger).get(URL).status_code == 404


# By hand: of one day and another, at the commune and at the neighbour's, touching and within.
TWICE = (
    ("commune", TODAY, 8, 10), ("commune", TODAY, 9, 12), ("sibling", TODAY, 8, 11),
    ("commune", TODAY, 12, 13), ("sibling", TODAY, 14, 20), ("commune", TODAY, 15, 16),
    ("commune", TODAY - dt.timedelta(days=1), 8, 10),
)  # fmt: skip


def test_an_hour_at_two_sessions_counts_once(world: World) -> None:
    """Held by the page of the person too, which is worked out by another way."""
    helper = make_volunteer()
    for place, day, begins, ends in TWICE:
        session = make_session(
            campaign=world.campaign,
            branch=world.branch if place == "commune" else world.neighbour_branch,
            date=day,
            begins_at=dt.time(begins),
            ends_at=dt.time(ends),
        )
        for volunteer in (helper, world.member):
            Participation.objects.create(
                session=session, volunteer=volunteer, checked_in_at=timezone.now()
            )
        SupportSession.objects.filter(pk=session.pk).update(
            state="closed", headcount=1, participations=3
        )
    span = (world.campaign.starts_on, TODAY)
    nodes = [world.commune, world.sibling, world.district]
    found = statistics_of(world.campaign, nodes, *span)
    # Of two people by name, and of one without a name who is in every session's hours whole.
    hours = {"commune": (2 * 8, 9), "sibling": (2 * 9, 9), "district": (2 * 13, 18)}
    for node, name in zip(nodes, hours, strict=True):
        assert found[node.pk].hours == sum(hours[name]), name
        assert found[node.pk].volunteers == 2
    assert record_of(helper, world.campaign).minutes == 13 * 60
    of_branch = statistics_of(world.campaign, [world.branch], *span)[world.branch.pk]
    assert of_branch.hours == 25
    assert (
        statistics_of(world.campaign, nodes, TODAY, TODAY)[world.district.pk].hours == 2 * 11 + 16
    )


def test_pages_show_the_figures(world: World, browse: Browse) -> None:
    fill(world)
    client = browse(world.staff)
    for url in (
        "/c/de-an-06-2023/dashboard/",
        "/c/de-an-06-2023/units/14173/",
        "/c/de-an-06-2023/branches/XD-14173/",
        "/c/de-an-06-2023/branches/CA-36/",
    ):
        page = client.get(url).content.decode()
        assert "Lực lượng và buổi hỗ trợ" in page, url
    assert "Lực lượng" not in client.get("/c/de-an-06-2023/units/14158/").content.decode()
