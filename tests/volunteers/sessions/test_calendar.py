"""The calendar feed: a secret link that shows what its owner may see when it is read."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from accounts.models import User
from campaign.permissions import Role
from tests.accounts.test_invitations import at_once
from tests.conftest import TODAY, World, build_world
from tests.factories import make_appointment, make_session
from volunteers.errors import NotNow
from volunteers.sessions.models import CalendarLink, State, SupportSession
from volunteers.sessions.selectors import calendar
from volunteers.sessions.services import calendar_links
from volunteers.sessions.services.calendar_links import make_calendar_link
from volunteers.sessions.services.session_planning import change_session
from volunteers.sessions.services.session_validation import Plan

Browse = Callable[[User], Client]


def read_feed(user: User, **headers: str) -> Any:
    """Return the answer to a telephone with a new link of the user."""
    return Client().get(f"/calendar/{make_calendar_link(actor=user)}.ics", headers=headers)


def parsed(answer: Any) -> Any:
    """Return the file, read back with the library."""
    return Calendar.from_ical(answer.content)


def events(user: User) -> list[Any]:
    """Return the events of a user's feed, read back with the library."""
    answer = read_feed(user)
    assert answer.status_code == 200
    return [*parsed(answer).walk("VEVENT")]


def locations(user: User) -> set[str]:
    """Return the places of the user's feed."""
    return {str(event["location"]).split(",")[0] for event in events(user)}


def session_at(world: World, place: str, **given: Any) -> SupportSession:
    """Make a session of Giao Tiến, or of the branch given."""
    given = {"branch": world.branch, "campaign": world.campaign, **given}
    return make_session(place=place, **given)


def test_a_session_is_an_event_with_its_hours_and_no_person(world: World) -> None:
    session = session_at(
        world,
        "Chợ Bể, đình; xóm \\ 5",
        begins_at=dt.time(19, 0),
        ends_at=dt.time(21, 30),
        teams=[world.team],
        partners=[world.police],
    )
    session.attendance.create(volunteer=world.member)
    answer = read_feed(world.owner)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    feed = parsed(answer)
    assert feed["version"] == "2.0"
    assert feed["x-wr-calname"] == "Buổi hỗ trợ · Tiên Phong 06"
    assert feed["refresh-interval"].dt == dt.timedelta(hours=1)
    (event,) = feed.walk("VEVENT")
    assert event["summary"] == "Chợ Bể, đình; xóm \\ 5"
    assert event["location"] == "Chợ Bể, đình; xóm \\ 5, Xã Giao Tiến"
    assert event["description"] == (
        "Chiến dịch: Đề án 06\nĐơn vị chủ trì: Đoàn xã Giao Tiến\n"
        "Phối hợp: Công an tỉnh\nCác tổ: Tổ công nghệ số xóm 1"
    )
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 1)
    assert event["url"] == f"http://testserver/c/de-an-06-2023/sessions/{session.pk}/"
    assert event["uid"] == f"session-{session.pk}@tienphong06"
    assert event["last-modified"].dt == session.updated_at.replace(microsecond=0)
    begins = event["dtstart"].dt
    assert begins == dt.datetime(2023, 6, 20, 12, 0, tzinfo=dt.UTC)
    assert event["dtend"].dt - begins == dt.timedelta(hours=2, minutes=30)
    for word in (world.member.full_name, "0911", world.leader.full_name):
        assert word not in answer.content.decode()


def test_the_zone_is_ours_and_knows_no_summer_time(world: World) -> None:
    session_at(world, "Chợ Bể", begins_at=dt.time(0, 30), ends_at=dt.time(1, 0))
    content = read_feed(world.owner).content
    assert b"DTSTART;TZID=Asia/Ho_Chi_Minh:20230620T003000\r\n" in content
    feed: Any = Calendar.from_ical(content)
    (zone,) = feed.walk("VTIMEZONE")
    assert zone["tzid"] == "Asia/Ho_Chi_Minh"
    rules = [part for part in zone.walk() if part.name in ("STANDARD", "DAYLIGHT")]
    assert [part.name for part in rules] == ["STANDARD"]
    assert rules[0]["tzoffsetto"].td == rules[0]["tzoffsetfrom"].td == dt.timedelta(hours=7)
    (event,) = feed.walk("VEVENT")
    assert event["dtstart"].dt.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).time() == dt.time(0, 30)
    assert rules[0]["dtstart"].dt.date() < event["dtstart"].dt.date()


def test_lines_end_and_fold_as_the_standard_says(world: World) -> None:
    session_at(world, "Nhà văn hóa " + "ộ" * 180)
    content = read_feed(world.owner).content
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # no letter is cut in two


def test_a_change_and_a_cancellation_reach_the_telephone(world: World) -> None:
    session = session_at(world, "Chợ Bể")
    first = events(world.owner)[0]
    plan = Plan(
        campaign="de-an-06-2023",
        branch="XD-14173",
        date=TODAY,
        begins_at=dt.time(8, 0),
        ends_at=dt.time(9, 0),
        place_kind="market",
        place="Chợ Bể",
    )
    change_session(actor=world.owner, session=session, plan=plan, base_version=1)
    moved = events(world.owner)[0]
    assert (moved["uid"], moved["sequence"]) == (first["uid"], 2)
    assert moved["dtstart"].dt.hour == 8
    SupportSession.objects.update(state=State.CANCELLED, cancel_reason="Mưa bão", version=3)
    off = events(world.owner)[0]
    assert (off["uid"], off["sequence"], off["status"]) == (first["uid"], 3, "CANCELLED")
    assert off["summary"] == "ĐÃ HỦY: Chợ Bể"
    assert "Mưa bão" in off["description"]


def test_unchanged_it_is_not_sent_again(world: World) -> None:
    session = session_at(world, "Chợ Bể", teams=[world.team])
    first = read_feed(world.owner)
    tag = first.headers["ETag"]
    again = read_feed(world.owner, if_none_match=tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert "private" in first.headers["Cache-Control"]
    session.version = 2
    session.save()
    assert read_feed(world.owner, if_none_match=tag).status_code == 200
    tag = read_feed(world.owner).headers["ETag"]
    world.team.name = "Tổ xóm Một"
    world.team.save()
    renamed = read_feed(world.owner, if_none_match=tag)
    assert renamed.status_code == 200
    assert "Tổ xóm Một" in parsed(renamed).walk("VEVENT")[0]["description"]


def test_everybody_gets_what_is_their_business(world: World) -> None:
    session_at(world, "own")
    session_at(world, "of police here", branch=world.police, unit=world.commune)
    session_at(world, "joined", branch=world.neighbour_branch, partners=[world.branch])
    session_at(world, "beside", branch=world.neighbour_branch)
    session_at(world, "far", branch=world.far_branch)
    session_at(world, "with police", branch=world.far_branch, partners=[world.police])
    session_at(world, "of district", branch=world.district_union, unit=world.sibling)
    assert locations(world.owner) == {"own", "joined"}
    assert locations(world.leader) == {"own", "joined"}
    assert locations(world.neighbour) == {"joined", "beside"}
    assert locations(world.lead) == {"own", "of police here", "joined", "beside", "of district"}
    assert locations(world.other_lead) == {"far", "with police"}
    assert locations(world.officer) == {"of police here", "with police"}
    assert locations(world.staff) == {"of police here", "with police", "of district"}
    assert locations(world.liaison) == locations(world.partner) == locations(world.staff)


def test_the_window_reaches_from_two_months_back_to_the_end(world: World) -> None:
    for place, day in (
        ("too old", TODAY - dt.timedelta(days=61)),
        ("oldest", TODAY - dt.timedelta(days=60)),
        ("last", dt.date(2023, 6, 30)),
    ):
        session_at(world, place, date=day)
    session_at(world, "of another campaign", campaign=None)
    assert locations(world.owner) == {"oldest", "last", "of another campaign"}


def test_what_comes_soonest_is_not_left_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "MOST_IN_FEED", 3)
    for shift in (-2, -1, 0, 1):
        session_at(world, f"day {shift}", date=TODAY + dt.timedelta(days=shift))
    assert locations(world.owner) == {"day 0", "day 1", "day -1"}


def test_unknown_and_revoked_links_open_nothing(world: World, browse: Browse) -> None:
    secret = make_calendar_link(actor=world.owner)
    url = f"/calendar/{secret}.ics"
    assert Client().get(url).status_code == 200
    assert Client().get("/calendar/khong-co.ics").status_code == 404
    link = CalendarLink.objects.get()
    assert secret not in link.digest
    stranger = browse(world.neighbour).post("/c/de-an-06-2023/calendar/", {"revoke": str(link.pk)})
    assert (stranger.status_code, Client().get(url).status_code) == (404, 200)
    assert (
        browse(world.owner).post("/c/de-an-06-2023/calendar/", {"revoke": str(link.pk)}).status_code
        == 302
    )
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize("sent", ["", "abc", "-1", "9" * 30, "１"])
def test_wrong_ids_of_links_are_not_found(world: World, browse: Browse, sent: str) -> None:
    assert (
        browse(world.owner).post("/c/de-an-06-2023/calendar/", {"revoke": sent}).status_code == 404
    )


def test_who_may_not_sign_in_any_more_reads_nothing(world: World, settings: LazySettings) -> None:
    url = f"/calendar/{make_calendar_link(actor=world.owner)}.ics"
    User.objects.filter(pk=world.owner.pk).update(is_demo=True)
    settings.DEBUG = True
    assert Client().get(url).status_code == 200
    settings.DEBUG = False
    assert Client().get(url).status_code == 404
    User.objects.filter(pk=world.owner.pk).update(is_demo=False, is_active=False)
    assert Client().get(url).status_code == 404


def test_after_the_appointment_the_calendar_is_empty(world: World) -> None:
    session_at(world, "Chợ Bể")
    url = f"/calendar/{make_calendar_link(actor=world.owner)}.ics"
    assert b"VEVENT" in Client().get(url).content
    world.owner.appointments.update(ends_on=TODAY - dt.timedelta(days=1))
    answer = Client().get(url)
    assert answer.status_code == 200
    assert parsed(answer).walk("VEVENT") == []
    make_appointment(user=world.owner, branch=world.far_branch, role=Role.SECRETARY)
    assert b"VEVENT" not in Client().get(url).content


def test_feed_takes_the_same_queries_for_one_and_for_three(world: World) -> None:
    secret = make_calendar_link(actor=world.owner)
    taken = []
    for number in (1, 2):
        for _more in range(number):
            session_at(world, "Chợ Bể", teams=[world.team], partners=[world.police])
        CalendarLink.objects.update(read_at=None)
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(f"/calendar/{secret}.ics").status_code == 200
        taken.append(len(queries))
    assert taken == [7, 7]


def test_reading_is_noted(world: World) -> None:
    secret = make_calendar_link(actor=world.owner)
    assert CalendarLink.objects.get().read_at is None
    Client().get(f"/calendar/{secret}.ics")
    read_at = CalendarLink.objects.get().read_at
    assert read_at is not None
    Client().get(f"/calendar/{secret}.ics")
    assert CalendarLink.objects.get().read_at == read_at


def test_a_new_link_is_shown_once(world: World, browse: Browse) -> None:
    client = browse(world.owner)
    page = client.post("/c/de-an-06-2023/calendar/").content.decode()
    (link,) = CalendarLink.objects.all()
    assert "webcal://testserver/calendar/" in page
    secret = page.split("webcal://testserver/calendar/")[1].split(".ics")[0]
    assert Client().get(f"/calendar/{secret}.ics").status_code == 200
    later = client.get("/c/de-an-06-2023/calendar/").content.decode()
    assert secret not in later
    assert f'value="{link.pk}"' in later
    assert "Tạo đường link lịch" not in browse(world.neighbour).get(
        "/c/de-an-06-2023/calendar/"
    ).content.decode() or (
        f'value="{link.pk}"'
        not in browse(world.neighbour).get("/c/de-an-06-2023/calendar/").content.decode()
    )


def test_nobody_needs_more_than_some_links(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_links, "MOST_LINKS", 2)
    client = browse(world.owner)
    for _tap in range(3):
        page = client.post("/c/de-an-06-2023/calendar/")
    assert "Thu hồi đường link không dùng" in page.content.decode()
    assert CalendarLink.objects.count() == 2
    # Those of others and the revoked ones do not count.
    assert make_calendar_link(actor=world.neighbour)
    CalendarLink.objects.filter(user=world.owner).update(revoked_at="2023-06-20T00:00:00Z")
    assert make_calendar_link(actor=world.owner)


@pytest.mark.django_db(transaction=True)
def test_many_taps_at_once_make_no_more_links_than_allowed(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_links, "MOST_LINKS", 2)
    stage = build_world()
    results = at_once(*[lambda: make_calendar_link(actor=stage.owner)] * 6)
    assert sum(isinstance(result, NotNow) for result in results) == 4
    assert CalendarLink.objects.count() == 2


def test_who_has_no_appointment_has_no_calendar(world: World, browse: Browse) -> None:
    assert browse(world.stranger).get("/c/de-an-06-2023/calendar/").status_code == 404
    assert browse(world.stranger).post("/c/de-an-06-2023/calendar/").status_code == 404
    assert not CalendarLink.objects.exists()
