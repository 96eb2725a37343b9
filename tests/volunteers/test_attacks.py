"""Curious people and broken programs: names stay where they belong, nothing falls over."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Branch
from tests.conftest import TODAY, World
from tests.factories import (
    make_help_request,
    make_membership,
    make_session,
    make_team,
    make_volunteer,
)
from tests.importing import rows_of
from tests.volunteers.sessions.examples import PLAN
from volunteers.certificates.services import issue_certificate
from volunteers.help_requests import services as help_requests
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.services import purge_requests
from volunteers.sessions.models import SupportSession
from volunteers.sessions.services.calendar_links import make_calendar_link
from volunteers.sessions.views import presence
from volunteers.sessions.views.presence import code_for
from volunteers.teams.models import Membership, Team, Volunteer

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
NAMES = {phone: name for name, phone, _may in (*PEOPLE.values(), *ASKING.values())}


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
        yield from self.lists_of_people()
        yield from (
            "/",
            "/c/de-an-06-2023/dashboard/",
            "/c/de-an-06-2023/units/",
            "/c/de-an-06-2023/branches/",
            "/c/de-an-06-2023/report/",
            "/public/",
        )
        yield from (
            "/c/de-an-06-2023/teams/import/",
            "/c/de-an-06-2023/teams/export/",
            "/c/de-an-06-2023/calendar/",
            "/c/de-an-06-2023/sessions/new/",
        )
        yield from (
            f"/c/de-an-06-2023/requests/?state={tab}"
            for tab in ("open", "overdue", "new", "assigned")
        )
        for view in ("day", "week", "month"):
            yield f"/c/de-an-06-2023/sessions/?view={view}&date=2023-06-25"
        for name in ("units", "branches", "campaigns", "indicators", "teams", "sessions"):
            yield f"/api/v1/{name}/"
        for code in ("14173", "14158", "14050", "365", "36"):
            yield from (f"/c/de-an-06-2023/units/{code}/", f"/api/v1/figures/?unit={code}")
            yield from (f"/public/?unit={code}", f"/api/v1/totals/?unit={code}")
        for team in self.teams:
            yield from (
                f"/c/de-an-06-2023/teams/{team.pk}/edit/",
                f"/c/de-an-06-2023/teams/{team.pk}/members/new/",
            )
            for member in team.memberships.all():
                for other in self.teams:
                    yield f"/c/de-an-06-2023/teams/{other.pk}/members/{member.pk}/"
        for session in self.sessions:
            yield f"/join/{session.join_key}/"
        # Today's of each branch: the later ones have the same pages.
        for session in self.sessions[::2]:
            page = f"/c/de-an-06-2023/sessions/{session.pk}/"
            yield from (f"{page}{name}/" for name in ("qr", "close", "edit", "cancel"))
            yield from (
                f"/here/{code_for(session)}/",
                f"/c/de-an-06-2023/sessions/new/?from={session.pk}",
            )
        yield from (f"/public/requests/{asked.pk}/" for asked in self.asked)
        for model in ("team", "volunteer", "membership", "helprequest", "supportsession"):
            yield from (f"/admin/volunteers/{model}/", f"/admin/volunteers/{model}/add/")
        yield from ("/admin/", "/admin/volunteers/")
        for asked in self.asked:
            yield f"/admin/volunteers/helprequest/{asked.pk}/change/"
        for person in self.people:
            yield f"/admin/volunteers/volunteer/{person.pk}/change/"

    def lists_of_people(self) -> Iterator[str]:
        """Yield the addresses that would show what somebody has sent."""
        yield from (
            "/c/de-an-06-2023/teams/",
            "/c/de-an-06-2023/requests/",
            "/c/de-an-06-2023/sessions/?view=day&date=2023-06-20",
        )
        yield from (f"/c/de-an-06-2023/teams/{team.pk}/" for team in self.teams)
        yield from (f"/c/de-an-06-2023/volunteers/{person.pk}/" for person in self.people)
        yield from (f"/c/de-an-06-2023/requests/{asked.pk}/" for asked in self.asked)
        for session in self.sessions:
            yield from (
                f"/c/de-an-06-2023/sessions/{session.pk}/",
                f"/c/de-an-06-2023/sessions/{session.pk}/people/",
            )
            yield f"/api/v1/sessions/{session.pk}/"

    def tries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what a curious person sends: numbers and ids of people elsewhere."""
        member = {"role": "member", "affiliation": "none"}
        # Whose numbers follow on one another, so that each session is tried with its own and
        # with those of two other places.
        phones = [who[key][1] for key in PEOPLE for who in (PEOPLE, ASKING) if key in who]
        for nth, session in enumerate(self.sessions[::2]):
            page = f"/c/de-an-06-2023/sessions/{session.pk}/people/"
            yield f"/c/de-an-06-2023/sessions/{session.pk}/cancel/", {"reason": ""}
            for phone in (phones * 3)[nth * 4 :][:4]:
                guest = {"phone": phone, "name": NAMES[phone]}
                yield f"/join/{session.join_key}/", guest
                yield f"/here/{code_for(session)}/", guest
                yield page, {"phone": phone, "was": ""}
                yield f"/api/v1/sessions/{session.pk}/checkins/", {"phone": phone}
            for person in self.people:
                yield page, {"on": str(person.pk), "was": ""}
        for team in self.teams:
            for _name, phone, _may in PEOPLE.values():
                sent = {"full_name": "Người Khác Tên", "phone": phone, **member}
                yield f"/c/de-an-06-2023/teams/{team.pk}/members/new/", sent
        for asked in self.asked:
            for action in ("assign", "done", "cannot", "withdraw"):
                yield f"/c/de-an-06-2023/requests/{asked.pk}/", {"action": action, "seen": "new."}


@pytest.fixture
def village(world: World) -> Village:
    """Settle people in four branches."""
    return Village(world)


def client_of(world: World, browse: Browse, role: str) -> Client:
    return Client() if role == "anonymous" else browse(getattr(world, role))


def foreign(role: str, text: str, typed: str = "") -> list[str]:
    """Return what stands in a text that the role may not read and has not typed itself."""
    return [
        wording
        for name, phone, may in [*PEOPLE.values(), *ASKING.values()]
        if role not in may
        for wording in (name, phone)
        if wording in text and wording != typed
    ]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_and_no_answer_names_other_peoples_people(
    world: World, village: Village, browse: Browse, role: str
) -> None:
    """Before anybody has tried anything, at every address, and after every try."""
    client, found = client_of(world, browse, role), {}
    client.raise_request_exception = False
    addresses = list(village.addresses())
    if role != "anonymous":
        user = User.objects.get(pk=getattr(world, role).pk)
        addresses.append(f"/calendar/{make_calendar_link(actor=user)}.ics")
    for url, sent in [(url, {}) for url in addresses] + list(village.tries()):
        answer = client.post(url, sent, follow=True) if sent else client.get(url)
        assert (url, sent, answer.status_code < 500) == (url, sent, True)
        typed = sent.get("phone", "")
        if wording := foreign(role, answer.content.decode(errors="replace"), typed):
            found[url, typed or sent.get("on", "")] = wording
    # What was tried and not shown at once must not stand in a list or on a page later either.
    for url in village.lists_of_people():
        if wording := foreign(role, client.get(url).content.decode(errors="replace")):
            found[url, "later"] = wording
    assert found == {}


@pytest.mark.parametrize("role", ["owner", "neighbour", "lead", "other_lead", "staff", "officer"])
def test_the_file_of_teams_holds_the_own_people_only(
    world: World, village: Village, browse: Browse, role: str
) -> None:
    text = (
        browse(getattr(world, role))
        .post("/c/de-an-06-2023/teams/export/", {"format": "csv"})
        .content.decode()
    )
    assert foreign(role, text) == []
    assert sum(phone in text for _name, phone, may in PEOPLE.values() if role in may) >= 1


def test_calling_a_branch_to_a_session_tells_nobody_who_is_in_it(
    world: World, village: Village, browse: Browse, api: Api
) -> None:
    """Any branch may be named as a partner: its people come by their own act or secretary."""
    session = make_session(
        campaign=world.campaign,
        branch=world.branch,
        partners=[world.neighbour_branch, world.far_branch, world.police],
        ends_at=dt.time(23, 59),
    )
    page, ids = (
        f"/c/de-an-06-2023/sessions/{session.pk}/people/",
        [person.pk for person in village.people],
    )
    for role in ("owner", "leader"):
        client = browse(getattr(world, role))
        assert foreign(role, client.get(page).content.decode()) == []
        # Not by their numbers in the database either, which anybody can count through.
        for pk in ids[1:]:
            answer = client.post(page, {"on": pk, "was": ""}, follow=True)
            assert foreign(role, answer.content.decode()) == []
            sent = {"id": str(uuid4()), "volunteer": pk}
            entrance = f"/api/v1/sessions/{session.pk}/checkins/"
            wording = api(getattr(world, role)).post(entrance, sent, format="json")
            assert (wording.status_code, list(wording.json())) == (400, ["volunteer"])
    assert session.attendance.count() == 0
    # Nor by their telephone: a partner's number is one that nobody knows.
    texts = [
        client.post(page, {"phone": phone, "was": ""}).content.decode()
        for phone in (PEOPLE["next"][1], "0933999999")
    ]
    assert [("Số này không có trong các tổ" in text) for text in texts] == [True, True]
    assert session.attendance.count() == 0


CROWD = 40
ASK = {
    "unit": "14173",
    "wish": "visit",
    "reason": "elderly",
    "name": "Bà Nguyễn Thị A.",
    "hamlet": "Xóm 3",
    "consent": "on",
}


def ask(number: int, address: str, **given: str) -> int:
    """Send one request and return the status of the answer."""
    sent = {**ASK, "phone": f"09{number:08d}", **given}
    return Client(REMOTE_ADDR=address).post("/public/requests/", sent).status_code


def test_a_flood_from_one_address_is_stopped_and_others_are_heard(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(help_requests, "MOST_PER_ADDRESS", 30)
    answers = [ask(number, "203.0.113.9") for number in range(50)]
    assert answers == [303] * 30 + [429] * 20
    assert HelpRequest.objects.count() == 30
    assert ask(999, "203.0.113.10") == 303


def test_a_house_full_of_people_asks_through_one_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone that sends again and again spends what is its own, and no more."""
    monkeypatch.setattr(help_requests, "MOST_PER_ADDRESS", 60)
    answers = [ask(1, "203.0.113.9", name=f"Bà {n}") for n in range(20)]
    assert answers == [303] * 3 + [429] * 17
    assert {ask(number, "203.0.113.9") for number in range(100, 150)} == {303}


def test_a_crowd_signs_up_through_one_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is right is not counted with the others: not a thousand at a culture house."""
    monkeypatch.setattr(presence, "TRIES", 1)
    session = make_session(
        campaign=world.campaign, branch=world.branch, teams=[world.team], ends_at=dt.time(23, 59)
    )
    people = [
        make_volunteer(full_name="Trần Thị Hoa", phone=f"09{number:08d}") for number in range(CROWD)
    ]
    Membership.objects.bulk_create(Membership(team=world.team, volunteer=one) for one in people)
    for one in people:
        sent = {"phone": one.phone, "name": "Hoa"}
        assert Client().post(f"/join/{session.join_key}/", sent).status_code < 400
    assert session.attendance.count() == CROWD


def test_one_address_does_not_close_a_commune_to_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(help_requests, "MOST_OF_COMMUNE", 3)
    monkeypatch.setattr(help_requests, "MOST_PER_COMMUNE", 5)
    answers = [ask(number, "203.0.113.9") for number in range(6)]
    assert answers == [303] * 3 + [429] * 3
    assert ask(7, "203.0.113.9", unit="14158") == 303
    assert ask(8, "203.0.113.10") == 303


def test_a_flood_from_many_addresses_fills_one_commune_only(world: World) -> None:
    answers = [ask(number, f"198.51.{number // 200}.{number % 200}") for number in range(203)]
    assert answers == [303] * 200 + [429] * 3
    assert ask(999, "203.0.113.10", unit="14158") == 303


def test_a_dead_counter_closes_no_public_door(world: World, settings: LazySettings) -> None:
    dead = {**settings.CACHES["default"], "LOCATION": "unix:///khong-co/valkey.sock"}
    settings.CACHES = {"default": dead}
    session = make_session(
        campaign=world.campaign, branch=world.branch, teams=[world.team], ends_at=dt.time(23, 59)
    )
    assert ask(1, "203.0.113.9") == 303
    wording = {"phone": "0911000002", "name": "Viên"}
    assert Client().post(f"/join/{session.join_key}/", wording).status_code == 200
    assert Client().post(f"/here/{code_for(session)}/", wording).status_code == 200
    assert session.attendance.present().count() == 1
    assert Client().get("/verify/AAAA-BBBB-CCCC/").status_code == 410


def test_after_the_purge_nobody_who_asked_stands_in_the_database(
    world: World, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    person = {"name": "Cụ Ngô Thị Mận", "phone": "0944000001", "hamlet": "Xóm Ngõ Tre"}
    sent = {**ASK, **person, "note": "Nhà cạnh giếng làng"}
    assert Client().post("/public/requests/", sent).status_code == 303
    asked = HelpRequest.objects.get()
    owner, page = browse(world.owner), f"/c/de-an-06-2023/requests/{asked.pk}/"
    owner.post(page, {"action": "assign", "team": world.team.pk, "seen": "new."})
    seen = f"assigned.{world.team.pk}"
    done = {"action": "done", "count-level1": "1", "day": "20/6/2023", "people": "1", "seen": seen}
    done |= {"begins_at": "00:00", "ends_at": "00:15"}
    owner.post(page, done)
    assert HelpRequest.objects.get().state == "done"
    HelpRequest.objects.update(closed_at=asked.asked_at - dt.timedelta(days=400))
    assert purge_requests() == 1
    secrets = [*person.values(), "Nhà cạnh giếng làng"]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows = "\n".join(row[0] for row in cursor.fetchall())
            assert (table, [s for s in secrets if s in rows]) == (table, [])
    assert [s for s in secrets if s in caplog.text] == []


@pytest.mark.parametrize("route", ["delete", "tick", "replace"])
def test_a_leader_taken_out_in_the_admin_leads_no_more(
    world: World, browse: Browse, route: str
) -> None:
    session = make_session(campaign=world.campaign, branch=world.branch, ends_at=dt.time(23, 59))
    mine = world.team.memberships.get(volunteer=world.leader.volunteer)
    url, staff = f"/admin/volunteers/membership/{mine.pk}/", browse(world.staff)
    people = f"/c/de-an-06-2023/sessions/{session.pk}/people/"
    assert browse(world.leader).get(people).status_code == 200
    if route == "delete":
        answer = staff.post(f"{url}delete/", {"post": "yes"})
    elif route == "tick":
        ticked = {"action": "delete_selected", "_selected_action": mine.pk, "post": "yes"}
        answer = staff.post("/admin/volunteers/membership/", ticked)
    else:
        other = make_volunteer(full_name="Người Thay")
        sent = {"team": world.team.pk, "volunteer": other.pk, "role": "leader"}
        answer = staff.post(f"{url}change/", sent)
    assert answer.status_code == 302
    later = browse(User.objects.get(pk=world.leader.pk))
    assert later.get(people).status_code == 404


def test_somebody_in_no_team_is_found_by_the_province_staff_only(
    world: World, browse: Browse
) -> None:
    staff, sent = browse(world.staff), {"full_name": "Chưa Vào Tổ", "affiliation": "none"}
    assert staff.post("/admin/volunteers/volunteer/add/", sent).status_code == 302
    person = Volunteer.objects.get(full_name="Chưa Vào Tổ")
    for url in ("/admin/volunteers/volunteer/", f"/c/de-an-06-2023/volunteers/{person.pk}/"):
        assert "Chưa Vào Tổ" in staff.get(url).content.decode()
    for role in ("owner", "lead", "officer", "leader"):
        assert (
            browse(getattr(world, role))
            .get(f"/c/de-an-06-2023/volunteers/{person.pk}/")
            .status_code
            == 404
        )


def test_ids_of_other_peoples_papers_and_members_open_nothing(
    world: World, village: Village, browse: Browse
) -> None:
    """Every id is asked for under one's own address too: the two must belong together."""
    session, foreigner = village.sessions[2], village.people[1]
    end = {"state": "closed", "headcount": 0, "participations": 1}
    SupportSession.objects.filter(pk=session.pk).update(**end)
    session.attendance.update(checked_in_at=dt.datetime(2023, 6, 20, 1, tzinfo=dt.UTC))
    paper = issue_certificate(actor=world.neighbour, volunteer=foreigner, campaign=world.campaign)
    owner, own, team = browse(world.owner), village.people[0], world.team
    other = foreigner.memberships.get()
    for url in (
        f"/c/de-an-06-2023/volunteers/{foreigner.pk}/certificates/{paper.code}.pdf",
        f"/c/de-an-06-2023/volunteers/{own.pk}/certificates/{paper.code}.pdf",
        f"/c/de-an-06-2023/teams/{team.pk}/members/{other.pk}/",
        f"/c/de-an-06-2023/teams/{other.team_id}/members/{other.pk}/",
    ):
        assert (url, owner.get(url).status_code) == (url, 404)
    sent = {"full_name": "Đổi", "role": "member", "affiliation": "none", "phone": ""}
    for url, body in (
        (f"/c/de-an-06-2023/volunteers/{own.pk}/", {"revoke": paper.code}),
        (f"/c/de-an-06-2023/volunteers/{foreigner.pk}/", {"link": "1"}),
        (f"/c/de-an-06-2023/teams/{team.pk}/members/{other.pk}/", sent),
        (f"/c/de-an-06-2023/teams/{team.pk}/members/{other.pk}/invite/", {}),
    ):
        assert (url, owner.post(url, body).status_code) == (url, 404)
    paper.refresh_from_db()
    foreigner.refresh_from_db()
    assert (paper.revoked_at, foreigner.full_name) == (None, PEOPLE["next"][0])


@pytest.mark.parametrize("role", ["owner", "lead", "leader", "officer"])
def test_an_appointment_that_ended_yesterday_opens_nothing(
    world: World, village: Village, browse: Browse, role: str
) -> None:
    user = getattr(world, role)
    secret = make_calendar_link(actor=user)
    user.appointments.update(ends_on=TODAY - dt.timedelta(days=1))
    client = browse(User.objects.get(pk=user.pk))
    for url in village.addresses():
        if url.startswith(("/teams", "/sessions", "/requests", "/volunteers")):
            is_self = (
                role == "leader" and url == f"/c/de-an-06-2023/volunteers/{user.volunteer.pk}/"
            )
            assert (url, client.get(url).status_code in (404, 405)) == (url, not is_self)
    assert b"BEGIN:VEVENT" not in client.get(f"/calendar/{secret}.ics").content


EVIL = "<script>alert(1)</script>"


def test_names_that_are_code_stay_text(world: World, browse: Browse) -> None:
    """In pages escaped, in the calendar one line, in a file no formula, on paper letters."""
    person = make_volunteer(full_name='=HYPERLINK("http://x.vn")', phone="0955000001")
    team = make_team(name=f"{EVIL};\\, END:VEVENT", branch=world.branch)
    make_membership(team=team, volunteer=person)
    session = make_session(
        campaign=world.campaign, branch=world.branch, teams=[team], place=EVIL, note=EVIL
    )
    client = browse(world.owner)
    session_page = f"/c/de-an-06-2023/sessions/{session.pk}/"
    for url in (
        session_page,
        f"{session_page}people/",
        f"/c/de-an-06-2023/teams/{team.pk}/",
        "/c/de-an-06-2023/sessions/",
    ):
        page = client.get(url).content.decode()
        assert (url, EVIL in page, "&lt;script&gt;" in page) == (url, False, True)
    feed = client.get(f"/calendar/{make_calendar_link(actor=world.owner)}.ics").content.decode()
    assert feed.count("\r\nEND:VEVENT") == 1
    file: Any = client.post("/c/de-an-06-2023/teams/export/", {"format": "csv"})
    cells = rows_of(file)
    assert '\'=HYPERLINK("http://x.vn")' in [cell for row in cells for cell in row]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("place_kind", "casino"),
        ("teams", "1"),
        ("teams", None),
        ("teams", list(range(10_000))),
        ("partners", ["XD-14158"] * 10_000),
        ("but", {"a": 1}),
        ("rule", "FREQ=SECONDLY"),
        ("rule", "FREQ=DAILY;INTERVAL=0"),
        ("rule", "FREQ=DAILY;COUNT=1000000000"),
        ("begins_at", "24:00"),
        ("date", "9999-12-31"),
    ],
)
def test_programs_are_told_in_vietnamese_what_to_send(
    world: World, api: Api, name: str, value: Any
) -> None:
    plan = {**PLAN, "until": "2023-06-30"} if name == "rule" else PLAN
    answer = api(world.owner).post("/api/v1/sessions/", {**plan, name: value}, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [name])
    text = str(answer.json())
    assert not any(word in text for word in ("valid", "Expected", "Ensure", "This field"))


def test_a_place_written_with_its_marks_elsewhere_is_the_same_place(world: World, api: Api) -> None:
    plan = {**PLAN, "place": "Nhà văn hóa xóm 5"}
    assert api(world.owner).post("/api/v1/sessions/", plan, format="json").status_code == 201
    again = {**plan, "place": "nhà  văn hoá xóm 5", "begins_at": "19:30"}
    answer = api(world.owner).post("/api/v1/sessions/", again, format="json")
    assert (answer.status_code, list(answer.json())) == (400, ["date"])
