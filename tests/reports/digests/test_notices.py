"""At the set time those who lead are told once that the digest is there."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import connection

from campaign.models import Appointment, Campaign
from campaign.permissions import Role
from core import clock
from reports.digests.notices import DIGEST
from reports.digests.services import announce_digests
from reports.notifications.delivery import deliver
from reports.notifications.models import Notice
from reports.rollup.services.rollup import drain
from tests.conftest import World, build_world
from tests.factories import make_appointment
from tests.reports.reporting import report

TAM = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Callable[..., None]:
    """Return a way to choose the moment; letters can be sent."""
    settings.EMAIL_IS_ON = True

    def choose(hour: int, minute: int, day: int = 20) -> None:
        moment = dt.datetime(2023, 6, day, hour, minute, tzinfo=TAM)
        monkeypatch.setattr(clock, "now", lambda: moment)

    choose(19, 0)
    return choose


def give_addresses(world: World) -> None:
    """Give everybody an address, whether they are to be told or not."""
    for user in type(world.lead).objects.all():
        user.email = f"{user.username}@example.org"
        user.save(update_fields=["email"])


@pytest.fixture
def reported(world: World, at: Callable[..., None]) -> World:
    give_addresses(world)
    report(world.owner, "XD-14173", {"level1": 320})
    drain()
    return world


def notices() -> list[tuple[str, str, str]]:
    """Return who is told of which unit, on which channel."""
    found = Notice.objects.filter(kind=DIGEST.code).order_by("user__username")
    return [(n.user.username, n.unit.code if n.unit else "", n.channel) for n in found]


ALL = [("lead", "365", "email"), ("other-lead", "363", "email"), ("staff", "36", "email")]


def test_those_who_lead_are_told_once(reported: World, at: Callable[..., None]) -> None:
    at(18, 59)
    assert announce_digests() == 0
    at(19, 0)
    assert announce_digests() == 3
    assert notices() == ALL
    assert announce_digests() == 0
    at(20, 30)
    assert announce_digests() == 0
    assert notices() == ALL


def test_the_letter_holds_the_whole_digest(reported: World) -> None:
    announce_digests()
    while deliver():
        pass
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert sorted(letters) == [f"{name}@example.org" for name, *_rest in ALL]
    letter = letters["lead@example.org"]
    assert letter.subject == "BÁO CÁO NHANH ngày 20/6/2023 – Huyện Giao Thủy"
    assert "Tài khoản kích hoạt trong ngày: 320." in str(letter.body)
    assert "Còn thiếu: Đoàn xã Hồng Thuận." in str(letter.body)
    assert "/c/de-an-06-2023/digests/365/2023-06-20/" in str(letter.body)


def test_who_leads_no_more_is_told_nothing(reported: World) -> None:
    announce_digests()
    Appointment.objects.filter(user=reported.lead).update(ends_on=dt.date(2023, 6, 19))
    while deliver():
        pass
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "other-lead@example.org",
        "staff@example.org",
    ]


def test_who_leads_in_two_places_is_told_of_the_highest(reported: World) -> None:
    make_appointment(user=reported.lead, role=Role.PROVINCE_STAFF, unit=reported.province)
    announce_digests()
    assert ("lead", "36", "email") in notices()
    assert len(notices()) == 3


@pytest.mark.parametrize(
    ("day", "hour", "due"),
    [
        (20, 22, True),  # the job was away for three hours
        (20, 23, False),  # and for four
        (21, 8, False),
    ],
)
def test_a_digest_that_is_hours_old_is_no_news(
    reported: World, at: Callable[..., None], day: int, hour: int, due: bool
) -> None:
    at(hour, 5 if due else 1, day)
    announce_digests()
    assert bool(Notice.objects.filter(day=dt.date(2023, 6, 20)).count()) is due


def test_the_set_time_is_the_campaigns(reported: World, at: Callable[..., None]) -> None:
    Campaign.objects.update(digest_at=dt.time(23, 50))
    assert announce_digests() == 0
    # After midnight it is still that day's digest, announced when the quiet hours end.
    at(0, 10, 21)
    assert announce_digests() == 3
    found = Notice.objects.first()
    assert found is not None
    assert found.day == dt.date(2023, 6, 20)
    assert found.due_at.astimezone(TAM).time() == dt.time(6, 30)


@pytest.mark.parametrize(
    "change",
    [
        {"weekdays": "1345"},  # 2023-06-20 is a Tuesday
        {"starts_on": dt.date(2023, 6, 21)},
        {"ends_on": dt.date(2023, 6, 19)},
    ],
)
def test_on_a_day_without_reports_nobody_is_told(reported: World, change: dict[str, Any]) -> None:
    Campaign.objects.update(**change)
    assert announce_digests() == 0


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_tell_once(at: Callable[..., None]) -> None:
    world = build_world()
    give_addresses(world)
    ready = threading.Barrier(4)
    failures: list[BaseException] = []

    def job() -> None:
        try:
            ready.wait(10)
            announce_digests()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    jobs = [threading.Thread(target=job) for _ in range(4)]
    for one in jobs:
        one.start()
    for one in jobs:
        one.join(30)
    assert failures == []
    assert notices() == ALL
