"""A new channel is one folder, a new kind of notice one entry: nothing else is told of it."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured

from reports.notifications import channels
from reports.notifications.channel import Message
from reports.notifications.delivery import deliver
from reports.notifications.models import Notice
from reports.notifications.notices import TEST
from reports.notifications.outbox import enqueue
from reports.notifications.registry import (
    CHANNELS,
    KINDS,
    NoticeKind,
    register_channel,
    register_kind,
)
from tests.conftest import TODAY, World
from tests.reports.notifications.notification_fixtures import at, clock_at, fake_channel
from tests.test_matrix import Browse

CHANNEL = """
from reports.notifications.channel import Channel
from reports.notifications.registry import register_channel

sent = []


class Loudspeaker(Channel):
    code = "loudspeaker"
    label = "Loa phường"
    template = "channels/loudspeaker.html"
    actions = ("louder",)
    volume = 1

    def is_on(self):
        return True

    def reached(self, users):
        return {user.pk for user in users}

    def send(self, user, message, key):
        sent.append((user.username, message.title, message.path))

    def section(self, request):
        return {"volume": self.volume}

    def act(self, request, action):
        Loudspeaker.volume += 1
        return True


register_channel(Loudspeaker())
"""
TEMPLATE = """<section><h2>Qua loa</h2><p>Âm lượng {{ section.volume }}</p></section>"""


@pytest.fixture
def loudspeaker(tmp_path: Path, settings: LazySettings) -> Iterator[Any]:
    """A folder beside those of the other channels; yields its module."""
    folder = tmp_path / "loudspeaker"
    (folder / "templates" / "channels").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "channel.py").write_text(CHANNEL)
    (folder / "templates" / "channels" / "loudspeaker.html").write_text(TEMPLATE)
    before = channels.installed()
    name = f"{channels.__name__}.loudspeaker"
    with (
        patch.object(channels, "__path__", [*channels.__path__, str(tmp_path)]),
        patch.dict(CHANNELS),
        patch.dict(sys.modules),
    ):
        # As the settings do when they are read.
        rest = [app for app in settings.INSTALLED_APPS if app not in before]
        settings.INSTALLED_APPS = [*rest, *channels.installed()]
        yield import_module(f"{name}.channel")
        settings.INSTALLED_APPS = [*rest, *before]


def test_folder_of_a_channel_is_all_that_a_channel_needs(
    world: World, browse: Browse, loudspeaker: Any
) -> None:
    client = browse(world.owner)
    assert "Âm lượng 1" in client.get("/c/de-an-06-2023/reminders/").content.decode()
    assert client.post("/c/de-an-06-2023/reminders/", {"action": "louder"}).status_code == 302
    with clock_at(at("10:00")):
        assert enqueue([world.owner], kind=TEST, campaign=world.campaign, day=TODAY) == 1
        deliver()
    assert loudspeaker.sent == [
        ("owner", "Gửi thử: bạn nhận được rồi", "/c/de-an-06-2023/reminders/")
    ]
    page = client.get("/c/de-an-06-2023/reminders/").content.decode()
    assert "Âm lượng 2" in page
    assert " ".join(page.split("Đã nhắc bạn")[1].split()).count("· Loa phường · đã gửi") == 1


def test_channel_whose_folder_is_gone_closes_its_notices(
    world: World, browse: Browse, loudspeaker: Any
) -> None:
    with clock_at(at("10:00")):
        enqueue([world.owner], kind=TEST, campaign=world.campaign, day=TODAY)
        del CHANNELS["loudspeaker"]
        deliver()
    notice = Notice.objects.get()
    assert (notice.sent, notice.failed) == (False, "this channel is off")
    page = browse(world.owner).get("/c/de-an-06-2023/reminders/").content.decode()
    assert "· loudspeaker ·" in page
    assert "Qua loa" not in page


def meeting_kind(*, at_any_hour: bool = False) -> NoticeKind:
    def words(notice: Notice) -> Message:
        return Message(
            "Họp lúc 14 giờ",
            f"{notice.user}, ngày {notice.day:%d/%m}.",
            "/c/de-an-06-2023/sessions/",
            long_body="Họp giao ban ở nhà văn hóa.",
        )

    return NoticeKind("meeting", "Họp giao ban", words, at_any_hour=at_any_hour)


def test_entry_of_a_kind_is_all_that_a_kind_needs(world: World, browse: Browse) -> None:
    with patch.dict(KINDS), fake_channel() as letters, clock_at(at("10:00")):
        kind = register_kind(meeting_kind())
        enqueue([world.owner], kind=kind, campaign=world.campaign, day=TODAY)
        deliver()
        page = browse(world.owner).get("/c/de-an-06-2023/reminders/").content.decode()
    ((name, message, _key),) = letters.sent
    assert (name, message.title, message.path) == (
        "owner",
        "Họp lúc 14 giờ",
        "/c/de-an-06-2023/sessions/",
    )
    # There is room in a letter.
    assert message.body == "Họp giao ban ở nhà văn hóa."
    assert "<b>Họp giao ban</b>" in page


@pytest.mark.parametrize(("at_any_hour", "sent"), [(True, 1), (False, 0)])
def test_kind_says_whether_it_is_sent_at_night(world: World, at_any_hour: bool, sent: int) -> None:
    with patch.dict(KINDS), fake_channel() as letters, clock_at(at("22:00")):
        kind = register_kind(meeting_kind(at_any_hour=at_any_hour))
        enqueue([world.owner], kind=kind, campaign=world.campaign, day=TODAY)
        deliver()
    assert len(letters.sent) == sent


def test_kind_that_is_no_longer_there_closes_its_notices(world: World, browse: Browse) -> None:
    with fake_channel() as letters, clock_at(at("10:00")):
        enqueue([world.owner], kind=meeting_kind(), campaign=world.campaign, day=TODAY)
        deliver()
        page = browse(world.owner).get("/c/de-an-06-2023/reminders/").content.decode()
    assert letters.sent == []
    assert Notice.objects.get().failed == "this kind of notice is no longer installed"
    assert "<b>meeting</b>" in page


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="test"):
        register_kind(TEST)
    with pytest.raises(ImproperlyConfigured, match="email"):
        register_channel(CHANNELS["email"])
