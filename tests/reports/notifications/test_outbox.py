"""The outbox: once, in the caller's transaction, tried again, given up; and its page."""

import datetime as dt
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import transaction

from core.retention import time_of
from reports.daily.models import DailyReport, Status
from reports.daily.notices import RETURNED
from reports.digests.notices import DIGEST
from reports.notifications.channel import PermanentFailure, TemporaryFailure
from reports.notifications.channels import installed
from reports.notifications.channels.web_push.contact_points import add_phone
from reports.notifications.channels.web_push.models import PushSubscription
from reports.notifications.delivery import deliver, key_of
from reports.notifications.models import Notice
from reports.notifications.notices import TEST
from reports.notifications.outbox import enqueue, purge_contact_points, purge_notices
from reports.notifications.registry import CHANNELS
from tests.conftest import TODAY, World
from tests.reports.browsers import Browser
from tests.reports.notifications.notification_fixtures import (
    FakeChannel,
    at,
    clock_at,
    fake_channel,
)
from tests.reports.reporting import report, set_status
from tests.test_matrix import Browse


@pytest.fixture
def letters() -> Iterator[FakeChannel]:
    """What goes out, to whom."""
    with fake_channel() as letters:
        yield letters


def tell_owner(world: World, about: str = "1") -> int:
    return enqueue([world.owner], kind=TEST, campaign=world.campaign, day=TODAY, about=about)


def test_told_twice_is_told_once(world: World, letters: FakeChannel) -> None:
    assert (tell_owner(world), tell_owner(world)) == (1, 0)
    assert tell_owner(world, about="2") == 1
    for _turn in range(2):
        deliver()
    assert letters.names == ["owner", "owner"]
    assert len({key for _name, _message, key in letters.sent}) == 2


def test_what_is_rolled_back_is_told_to_nobody(world: World, letters: FakeChannel) -> None:
    with transaction.atomic():
        assert tell_owner(world) == 1
        transaction.set_rollback(True)
    deliver()
    assert letters.sent == []


def test_who_cannot_be_reached_has_no_notice(world: World) -> None:
    assert tell_owner(world) == 0
    assert not Notice.objects.exists()


def test_failure_is_tried_again_ever_later_and_given_up(world: World, letters: FakeChannel) -> None:
    with clock_at(at("10:00")):
        tell_owner(world)
    letters.trouble = [TemporaryFailure(f"attempt {n}") for n in range(1, 6)]
    tries = []
    for minute in range(40):
        moment = at("10:00") + dt.timedelta(minutes=minute)
        with clock_at(moment):
            if deliver():
                tries.append(minute)
    assert tries == [0, 1, 3, 7, 15]
    notice = Notice.objects.get()
    assert (notice.attempts, notice.sent, notice.failed) == (5, False, "attempt 5")
    assert notice.closed_at is not None
    assert letters.sent == []


def test_failure_of_one_does_not_keep_the_others_back(world: World, letters: FakeChannel) -> None:
    letters.trouble = [RuntimeError("a fault of ours")]
    tell_owner(world, "1")
    tell_owner(world, "2")
    deliver()
    assert letters.names == ["owner"]
    assert Notice.objects.get(closed_at=None).failed == "RuntimeError"


def test_way_that_ended_is_not_tried_again(world: World, letters: FakeChannel) -> None:
    tell_owner(world)
    letters.trouble = [PermanentFailure("the phone has ended its subscription")]
    deliver()
    notice = Notice.objects.get()
    assert (notice.attempts, notice.failed) == (1, "the phone has ended its subscription")
    assert deliver() == 0


def test_key_is_the_same_at_every_attempt(world: World, letters: FakeChannel) -> None:
    with clock_at(at("10:00")):
        tell_owner(world)
        letters.trouble = [TemporaryFailure("wait")]
        deliver()
    with clock_at(at("10:01")):
        deliver()
    assert [key for _name, _message, key in letters.sent] == [key_of(Notice.objects.get())]


def returned(world: World) -> DailyReport:
    sent = report(world.owner, "XD-14173", {"installed": 3}, report_id=uuid4())
    set_status(sent, Status.RETURNED)
    enqueue(
        [world.owner],
        kind=RETURNED,
        campaign=world.campaign,
        day=TODAY,
        about=f"{sent.pk} {sent.version}",
        branch=world.branch,
    )
    return sent


def test_secretary_hears_at_once_that_a_report_came_back(
    world: World, letters: FakeChannel
) -> None:
    with clock_at(at("10:00")):
        report = returned(world)
        deliver()
    ((name, message, _key),) = letters.sent
    assert (name, message.title) == ("owner", "Báo cáo ngày 20/06 cần sửa")
    assert message.path == f"/c/de-an-06-2023/report/{report.pk}/"
    assert "3" not in message.body


def test_report_that_is_mended_already_is_not_mentioned(world: World, letters: FakeChannel) -> None:
    with clock_at(at("10:00")):
        set_status(returned(world), Status.SUBMITTED)
        deliver()
    assert letters.sent == []


def test_report_that_comes_back_at_night_is_told_in_the_morning(
    world: World, letters: FakeChannel
) -> None:
    with clock_at(at("22:00")):
        returned(world)
        deliver()
    assert letters.sent == []
    with clock_at(at("06:30", TODAY + dt.timedelta(days=1))):
        deliver()
    assert letters.names == ["owner"]


def test_digest_leads_to_the_digest(world: World, letters: FakeChannel) -> None:
    with clock_at(at("19:00")):
        enqueue(
            [world.lead],
            kind=DIGEST,
            campaign=world.campaign,
            day=TODAY,
            unit=world.district,
        )
        deliver()
    ((_name, message, _key),) = letters.sent
    assert message.path.startswith("/c/de-an-06-2023/digests/365/2023-06-20/")


def test_old_notices_and_phones_of_closed_accounts_are_forgotten(
    world: World, letters: FakeChannel
) -> None:
    for days, about in ((61, "old"), (59, "new")):
        with clock_at(at("10:00") - dt.timedelta(days=days)):
            tell_owner(world, about)
            deliver()
    for user in (world.owner, world.neighbour):
        add_phone(actor=user, endpoint=f"https://fcm.googleapis.com/{user}", **Browser("").keys)
    world.neighbour.is_active = False
    world.neighbour.save()
    with clock_at(at("03:30")):
        for ended in (1, 0):
            assert (purge_notices(time_of("notices")), purge_contact_points()) == (ended, ended)
    assert Notice.objects.get().about == "new"
    assert PushSubscription.objects.get().user == world.owner


def test_page_shows_the_own_notices_only(
    world: World, letters: FakeChannel, browse: Browse
) -> None:
    with clock_at(at("10:00")):
        returned(world)
        deliver()
    own = browse(world.owner).get("/c/de-an-06-2023/reminders/").content.decode()
    assert "Báo cáo cần sửa" in own
    assert "đã gửi" in own
    assert (
        "Chưa nhắc lần nào"
        in browse(world.neighbour).get("/c/de-an-06-2023/reminders/").content.decode()
    )


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("hoa@example.org", "hoa@example.org"), ("", ""), (" hoa@example.org ", "hoa@example.org")],
)
def test_address_is_kept(
    world: World, browse: Browse, settings: LazySettings, typed: str, stored: str
) -> None:
    settings.EMAIL_IS_ON = True
    answer = browse(world.owner).post(
        "/c/de-an-06-2023/reminders/", {"action": "email", "email": typed}
    )
    world.owner.refresh_from_db()
    assert (answer.status_code, world.owner.email) == (302, stored)


@pytest.mark.parametrize(
    "typed", ["hoa", "hoa@", "a@b.c\r\nBcc: x@y.z", "x" * 300 + "@a.vn", "\0@a.vn"]
)
def test_address_that_is_none_is_asked_about(
    world: World, browse: Browse, settings: LazySettings, typed: str
) -> None:
    settings.EMAIL_IS_ON = True
    answer = browse(world.owner).post(
        "/c/de-an-06-2023/reminders/", {"action": "email", "email": typed}
    )
    world.owner.refresh_from_db()
    assert (answer.status_code in (200, 400), world.owner.email) == (True, "")


def test_trial_goes_the_whole_way_at_any_hour_once_a_minute(
    world: World, letters: FakeChannel, browse: Browse
) -> None:
    client = browse(world.owner)
    with clock_at(at("22:00")):
        for _turn in range(3):
            client.post("/c/de-an-06-2023/reminders/", {"action": "test"})
        deliver()
    assert letters.names == ["owner"]


def test_trial_without_a_way_says_what_to_do(world: World, browse: Browse) -> None:
    answer = browse(world.owner).post(
        "/c/de-an-06-2023/reminders/", {"action": "test"}, follow=True
    )
    assert "Bật thông báo hoặc điền email" in answer.content.decode()


@pytest.mark.parametrize("action", ["", "khac", "zalo-off", "\0"])
def test_unknown_button_does_nothing(world: World, browse: Browse, action: str) -> None:
    answer = browse(world.owner).post("/c/de-an-06-2023/reminders/", {"action": action})
    assert answer.status_code in (302, 400)
    assert not Notice.objects.exists()


def test_every_folder_is_a_channel() -> None:
    assert set(CHANNELS) == {name.rpartition(".")[2] for name in installed()}
