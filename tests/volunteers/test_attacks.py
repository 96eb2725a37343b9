"""Curious people and broken programs: names stay where they belong, nothing falls over."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Branch
from tests.conftest import World
from tests.factories import (
    make_help_request,
    make_membership,
    make_session,
    make_team,
    make_volunteer,
)
from volunteers.models import HelpRequest, SupportSession, Team, Volunteer
from volunteers.services.links import make_calendar_link
from volunteers.services.papers import issue_link
from volunteers.views.presence import code_for

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]

ROLES = (
    "anonymous",
    "stranger",
    "owner",
    "neighbour",
    "lead",
    "other_lead",
    "staff",
    "liaison",
    "partner",
    "officer",
    "leader",
)
# Name and number of people, and who may read them.
PEOPLE = {
    "own": ("Vũ Thị Giao Tiến", "0933000001", {"owner", "lead", "staff", "leader"}),
    "next": ("Đặng Hồng Thuận", "0933000002", {"neighbour", "lead", "staff"}),
    "far": ("Bùi Trực Hưng", "0933000003", {"other_lead", "staff"}),
    "police": ("Hoàng Xung Kích", "0933000004", {"officer", "staff"}),
}
# Those who ask for help: the province knows that somebody waits, and not who.
ASKING = {
    "own": ("Cụ Ngô Thị Mận", "0944000001", {"owner", "lead"}),
    "next": ("Cụ Dương Văn Bưởi", "0944000002", {"neighbour", "lead"}),
    "far": ("Cụ Lý Thị Hồng", "0944000003", {"other_lead"}),
}


class Village:
    """Teams, sessions and requests of four branches, with people in all of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.teams: list[Team] = []
        self.sessions: list[SupportSession] = []
        self.people: list[Volunteer] = []
        self.asked: list[HelpRequest] = []
        for key, branch in {
            "own": world.branch,
            "next": world.neighbour_branch,
            "far": world.far_branch,
            "police": world.police,
        }.items():
            self._settle(key, branch)

    def _settle(self, key: str, branch: Branch) -> None:
        name, phone, _may = PEOPLE[key]
        person = make_volunteer(full_name=name, phone=phone)
        team = self.world.team if key == "own" else make_team(name=f"Tổ {key}", branch=branch)
        make_membership(team=team, volunteer=person)
        unit = self.world.commune if key == "police" else branch.home_unit
        for day in (dt.date(2023, 6, 20), dt.date(2023, 6, 25)):
            session = make_session(
                campaign=self.world.campaign,
                branch=branch,
                unit=unit,
                date=day,
                teams=[team],
                ends_at=dt.time(23, 59),
            )
            session.attendance.create(volunteer=person)
            self.sessions.append(session)
        self.teams.append(team)
        self.people.append(person)
        if key in ASKING:
            name, phone, _may = ASKING[key]
            self.asked.append(
                make_help_request(campaign=self.world.campaign, unit=unit, name=name, phone=phone)
            )

    def addresses(self) -> Iterator[str]:
        """Yield every address at which people may be met."""
        yield from ("/", "/dashboard/", "/units/", "/branches/", "/report/", "/public/")
        yield from ("/teams/", "/teams/?q=0933000002", "/teams/?q=Đặng Hồng Thuận", "/requests/")
        yield from ("/teams/import/", "/teams/export/", "/calendar/", "/sessions/new/")
        yield from (f"/requests/?state={tab}" for tab in ("open", "overdue", "new", "assigned"))
        for view in ("day", "week", "month"):
            yield f"/sessions/?view={view}&date=2023-06-25"
        for name in ("units", "branches", "campaigns", "indicators", "teams", "sessions"):
            yield f"/api/v1/{name}/"
        for code in ("14173", "14158", "14050", "365", "36"):
            yield from (f"/units/{code}/", f"/api/v1/figures/?unit={code}")
            yield from (f"/public/?unit={code}", f"/api/v1/totals/?unit={code}")
        for team in self.teams:
            yield from (f"/teams/{team.pk}/", f"/teams/{team.pk}/edit/")
            yield f"/teams/{team.pk}/members/new/"
            for member in team.memberships.all():
                for other in self.teams:
                    yield f"/teams/{other.pk}/members/{member.pk}/"
        for session in self.sessions:
            page = f"/sessions/{session.pk}/"
            yield from (page, f"/api/v1{page}", f"/join/{session.join_key}/")
            yield from (f"{page}{name}/" for name in ("people", "qr", "close", "edit", "cancel"))
            yield from (f"/here/{code_for(session)}/", f"/sessions/new/?from={session.pk}")
        for person in self.people:
            yield f"/volunteers/{person.pk}/"
        for asked in self.asked:
            yield from (f"/requests/{asked.pk}/", f"/public/requests/{asked.pk}/")
        for model in ("team", "volunteer", "membership", "helprequest", "supportsession"):
            yield from (f"/admin/volunteers/{model}/", f"/admin/volunteers/{model}/add/")
        yield from ("/admin/", "/admin/volunteers/")
        for asked in self.asked:
            yield f"/admin/volunteers/helprequest/{asked.pk}/change/"
        for person in self.people:
            yield f"/admin/volunteers/volunteer/{person.pk}/change/"

    def tries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what a curious person sends: numbers and ids of people elsewhere."""
        member = {"role": "member", "affiliation": "none"}
        for session in self.sessions:
            page = f"/sessions/{session.pk}/people/"
            for name, phone, _may in [*PEOPLE.values(), *ASKING.values()]:
                yield f"/join/{session.join_key}/", {"phone": phone}
                yield f"/here/{code_for(session)}/", {"phone": phone}
                yield page, {"phone": phone, "was": ""}
                yield f"/api/v1/sessions/{session.pk}/checkins/", {"phone": phone}
                yield f"/sessions/{session.pk}/cancel/", {"reason": ""}
                del name
            for person in self.people:
                yield page, {"on": str(person.pk), "was": ""}
        for team in self.teams:
            for _name, phone, _may in PEOPLE.values():
                sent = {"full_name": "Người Khác Tên", "phone": phone, **member}
                yield f"/teams/{team.pk}/members/new/", sent
        for asked in self.asked:
            for action in ("assign", "done", "cannot", "withdraw"):
                yield f"/requests/{asked.pk}/", {"action": action, "seen": "new."}


@pytest.fixture
def village(world: World) -> Village:
    """Settle people in four branches."""
    return Village(world)


def client_of(world: World, browse: Browse, role: str) -> Client:
    return Client() if role == "anonymous" else browse(getattr(world, role))


def foreign(role: str, text: str, typed: str = "") -> list[str]:
    """Return what stands in a text that the role may not read and has not typed itself."""
    return [
        said
        for name, phone, may in [*PEOPLE.values(), *ASKING.values()]
        if role not in may
        for said in (name, phone)
        if said in text and said != typed
    ]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_and_no_answer_names_other_peoples_people(
    world: World, village: Village, browse: Browse, role: str
) -> None:
    client, found = client_of(world, browse, role), {}
    client.raise_request_exception = False
    addresses = list(village.addresses())
    if role != "anonymous":
        user = User.objects.get(pk=getattr(world, role).pk)
        addresses.append(f"/calendar/{make_calendar_link(actor=user)}.ics")
    for url in addresses:
        answer = client.get(url)
        assert (url, answer.status_code < 500) == (url, True)
        if said := foreign(role, answer.content.decode(errors="replace")):
            found[url] = said
    assert found == {}


@pytest.mark.parametrize("role", ROLES)
def test_no_try_makes_a_page_name_other_peoples_people(
    world: World, village: Village, browse: Browse, role: str
) -> None:
    client, found = client_of(world, browse, role), {}
    client.raise_request_exception = False
    for url, sent in village.tries():
        answer = client.post(url, sent, follow=True)
        assert (url, sent, answer.status_code < 500) == (url, sent, True)
        typed = sent.get("phone", "")
        if said := foreign(role, answer.content.decode(errors="replace"), typed):
            found[url, typed or sent.get("on", "")] = said
    for url in village.addresses():
        if said := foreign(role, client.get(url).content.decode(errors="replace")):
            found[url, "later"] = said
    assert found == {}


@pytest.mark.parametrize("role", ["owner", "neighbour", "lead", "other_lead", "staff", "officer"])
def test_the_file_of_teams_holds_the_own_people_only(
    world: World, village: Village, browse: Browse, role: str
) -> None:
    text = browse(getattr(world, role)).post("/teams/export/", {"format": "csv"}).content.decode()
    assert foreign(role, text) == []
    assert sum(phone in text for _name, phone, may in PEOPLE.values() if role in may) >= 1
