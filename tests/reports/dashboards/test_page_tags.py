"""Whole pages are answered before they are made while nothing of them has changed: for nobody else,
and not a moment longer."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from campaign.models import Campaign
from core import clock
from core.models import Heartbeat
from reports.daily.models import DailyReport
from reports.digests.publications import publish
from reports.digests.selectors import digest
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_appointment
from tests.pages import TOKEN
from tests.reports.reporting import report

Browse = Callable[[User], Client]
BASE = "/c/de-an-06-2023/"
PAGES = ["dashboard/", "units/365/", f"digests/365/{TODAY}/", "review/"]
# Session, user, appointments, and what stands for all the rest.
QUERIES = 4
# The seal of a digest tells the second in which it was made.
SEALED = re.compile(rb'(?<=name="sealed" value=")[^"]+')
YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    moment = clock.at(TODAY, dt.time(12))
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def ask(client: Client, page: str, tag: str = "") -> Any:
    return client.get(BASE + page, headers={"if-none-match": tag} if tag else {})


def tag_of(client: Client, page: str) -> str:
    """Return the tag of a page in a browser that has the form's token already."""
    ask(client, page)
    answer = ask(client, page)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    return str(answer.headers["ETag"])


def change_name(world: World) -> None:
    world.lead.full_name = "Tên Khác"
    world.lead.save()


def end_appointment(world: World) -> None:
    world.lead.appointments.update(ends_on=YESTERDAY)


def appoint_besides(world: World) -> None:
    make_appointment(user=world.lead, branch=world.branch)


def report_for_review(world: World) -> None:
    """The badge of the menu counts it before it is added up."""
    report(world.neighbour, "XD-14158", {"level1": 1})


def decide_past_every_service(_world: World) -> None:
    DailyReport.objects.update(status="approved")


def add_up(world: World) -> None:
    report_for_review(world)
    drain()


def write_notice(_world: World) -> None:
    Campaign.objects.update(notice="Số liệu minh họa")


def turn_language(_world: World, client: Client) -> None:
    client.cookies["django_language"] = "en"


def take_another_token(_world: World, client: Client) -> None:
    client.cookies["csrftoken"] = "x" * 32


CHANGES: list[Callable[..., None]] = [
    change_name,
    end_appointment,
    appoint_besides,
    report_for_review,
    decide_past_every_service,
    add_up,
    write_notice,
    turn_language,
    take_another_token,
]


@pytest.mark.parametrize("page", PAGES)
def test_page_that_is_held_costs_four_queries(
    active_world: World, browse: Browse, page: str
) -> None:
    client = browse(active_world.lead)
    tag = tag_of(client, page)
    with CaptureQueriesContext(connection) as asked:
        answer = ask(client, page, tag)
    assert (answer.status_code, answer.content, len(asked)) == (304, b"", QUERIES)
    assert answer.headers["ETag"] == tag


@pytest.mark.parametrize("change", CHANGES)
def test_page_is_made_again_whatever_changes(
    active_world: World, browse: Browse, change: Callable[..., None]
) -> None:
    client = browse(active_world.lead)
    tags = {page: tag_of(client, page) for page in PAGES}
    assert {ask(client, page, tag).status_code for page, tag in tags.items()} == {304}
    change(active_world, client) if change.__code__.co_argcount == 2 else change(active_world)
    answers = {page: ask(client, page, tag).status_code for page, tag in tags.items()}
    assert set(answers.values()) == {404 if change is end_appointment else 200}, answers


def test_publication_is_on_the_page_of_the_digest(active_world: World, browse: Browse) -> None:
    client = browse(active_world.lead)
    tag = tag_of(client, PAGES[2])
    found = digest(campaign=active_world.campaign, unit=active_world.district, day=TODAY)
    publish(actor=active_world.lead, digest=found, text="Đã nói")
    assert ask(client, PAGES[2], tag).status_code == 200


def test_alarm_of_the_portal_is_for_who_may_know(active_world: World, browse: Browse) -> None:
    staff, lead = browse(active_world.staff), browse(active_world.lead)
    tags = [tag_of(client, "dashboard/") for client in (staff, lead)]
    Heartbeat.objects.create(name="history", at=clock.now(), is_fine=False, message="khác")
    answers = [
        ask(client, "dashboard/", tag).status_code
        for client, tag in zip((staff, lead), tags, strict=True)
    ]
    assert answers == [200, 304]


def test_minute_that_goes_by_is_a_change(
    active_world: World, browse: Browse, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page tells it, and hours by which windows open and close."""
    client = browse(active_world.lead)
    tags = {page: tag_of(client, page) for page in PAGES}
    for seconds, expected in ((59, 304), (60, 200)):
        monkeypatch.setattr(clock, "now", lambda s=seconds: noon + dt.timedelta(seconds=s))
        assert {ask(client, page, tag).status_code for page, tag in tags.items()} == {expected}


def test_message_that_is_shown_once_stays_on_no_page(active_world: World, browse: Browse) -> None:
    client = browse(active_world.lead)
    tag = tag_of(client, "dashboard/")
    message = Message(constants.SUCCESS, "Đã xong việc")
    storage: Any = CookieStorage(RequestFactory().get("/"))
    client.cookies["messages"] = storage._encode([message])
    answer = ask(client, "dashboard/", tag)
    assert answer.status_code == 200
    assert "Đã xong việc" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers
    assert ask(client, "dashboard/", tag).status_code == 304


def test_nobody_is_answered_by_what_somebody_else_holds(
    active_world: World, browse: Browse
) -> None:
    """Each role asks with the tag of each other, all with one token, and finds her own page."""
    users = [user for user in vars(active_world).values() if isinstance(user, User)]
    clients = {user.username: browse(user) for user in users}
    for client in clients.values():
        client.cookies["csrftoken"] = "x" * 32
    for page in PAGES:
        cold = {name: ask(client, page) for name, client in clients.items()}
        tags = {name: one.headers["ETag"] for name, one in cold.items() if one.status_code == 200}
        assert len(set(tags.values())) == len(tags) > 2
        for name, client in clients.items():
            for owner, tag in tags.items():
                answer = ask(client, page, tag)
                if name == owner:
                    assert answer.status_code == 304
                    continue
                assert answer.status_code == cold[name].status_code, (page, name, owner)
                own = [SEALED.sub(b"", TOKEN.sub(b"", one.content)) for one in (answer, cold[name])]
                assert own[0] == own[1]
