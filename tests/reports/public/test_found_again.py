"""A request found again by number and telephone; points on a map and in a calendar."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from icalendar import Calendar

from core import guesses
from tests.conftest import TODAY, World
from tests.factories import make_help_request, make_session
from tests.pages import read
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.services import withdraw
from volunteers.sessions.models import State
from volunteers.sessions.services.sessions import cancel_session

pytestmark = pytest.mark.django_db

FIND = "/public/requests/find/"


@pytest.fixture(autouse=True)
def _no_tries_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def asked(world: World) -> HelpRequest:
    made: HelpRequest = make_help_request(
        campaign=world.campaign, unit=world.commune, phone="02283648123"
    )
    return made


def find(number: str, phone: str) -> Any:
    return Client().post(FIND, {"number": number, "phone": phone})


@pytest.mark.parametrize("phone", ["0228 3648 123", "+842283648123", "(0228) 364.8123"])
def test_number_and_telephone_as_people_write_them_lead_to_it(
    asked: HelpRequest, phone: str
) -> None:
    for number in (asked.number, asked.number.lower().replace("-", " "), asked.id.hex[:8]):
        answer = find(number, phone)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/public/requests/{asked.key}/"
    assert dict(answer.cookies) == {}


def test_wrong_pairs_are_answered_alike_and_have_an_end(world: World, asked: HelpRequest) -> None:
    gone = make_help_request(campaign=world.campaign, unit=world.commune, phone="0190000001")
    withdraw(request=gone)
    pairs = [
        (asked.number, "0190000009"),
        ("00000000", asked.phone),
        (gone.number, "0190000001"),
    ]
    answers = [find(*pair) for pair in pairs]
    texts = {read(one).text.replace("\n", "") for one in answers}
    assert ({one.status_code for one in answers}, len(texts)) == ({400}, 1)
    for _again in range(guesses.FREE):
        find(asked.number, "0190000009")
    refused = find(asked.number, asked.phone)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize("sent", [("", ""), ("xyz", "1"), ("0" * 4000, "9" * 4000), ("\0", "0\0")])
def test_nonsense_is_told_what_to_write(asked: HelpRequest, sent: tuple[str, str]) -> None:
    answer = find(*sent)
    assert answer.status_code == 400


def test_a_desk_finds_by_number_and_those_whose_person_it_knows_by_telephone(
    world: World, asked: HelpRequest, browse: Any
) -> None:
    url = "/c/de-an-06-2023/requests/"
    for who, called, is_found in (
        ("owner", "0228 3648 123", True),
        ("lead", asked.number, True),
        ("staff", asked.number, True),
        ("staff", asked.phone, False),
        ("other_lead", asked.number, False),
        ("owner", "bà A", False),
    ):
        page = browse(getattr(world, who)).post(url, {"called": called})
        assert (f"requests/{asked.pk}/" in page.content.decode()) == is_found, (who, called)


def test_the_communes_contact_and_the_next_point_stand_with_the_answer(
    world: World, asked: HelpRequest
) -> None:
    type(world.commune).objects.filter(pk=world.commune.pk).update(contact="Đoàn xã, 0228 3895 123")
    make_session(
        campaign=world.campaign,
        branch=world.branch,
        date=TODAY + dt.timedelta(days=1),
        place="Nhà văn hóa xóm 7 & chợ",
    )
    for url in (f"/public/requests/{asked.key}/", "/public/?unit=14173"):
        page = Client().get(url).content.decode()
        assert "Đoàn xã, 0228 3895 123" in page
        assert "openstreetmap.org/search?query=Nh%C3%A0%20v%C4%83n%20h%C3%B3a%20x" in page
        assert "%26" in page
        assert ".ics" in page


def events(url: str) -> list[Any]:
    answer = Client().get(url)
    assert answer.status_code == 200, url
    assert answer.headers["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_an_event_stays_itself_when_the_point_is_moved_or_cancelled(world: World) -> None:
    session = make_session(
        campaign=world.campaign,
        branch=world.branch,
        date=TODAY + dt.timedelta(days=1),
        begins_at=dt.time(19),
        ends_at=dt.time(21),
        teams=[world.team],
        note="Gọi bà B.",
    )
    url = f"/public/points/{session.pk}.ics"
    [first] = events(url)
    assert str(first["DTSTART"].dt) == "2023-06-21 19:00:00+07:00"
    assert first["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    text = first.to_ical().decode().replace("\r\n ", "")
    for private in (world.team.name, "Gọi bà B.", "/sessions/"):
        assert private not in text
    cancel_session(actor=world.owner, session=session, reason="Anh C. ốm")
    [second] = events(url)
    assert (second["UID"], second["STATUS"]) == (first["UID"], "CANCELLED")
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert "Anh C." not in second.to_ical().decode()
    assert [one["UID"] for one in events("/public/points/14173/points.ics")] == [first["UID"]]


def test_what_is_not_open_to_all_is_in_no_calendar(world: World) -> None:
    given = {"campaign": world.campaign, "branch": world.branch, "date": TODAY}
    at_home = make_session(**given, place_kind="home_visits", state=State.PLANNED)
    for url in (
        f"/public/points/{at_home.pk}.ics",
        f"/public/points/{'9' * 40}.ics",
        "/public/points/99999/points.ics",
    ):
        assert Client().get(url).status_code == 404
    assert events("/public/points/14173/points.ics") == []
