"""A channel that only notes what it is given, and a clock that tests set."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from reports.notifications.channel import Channel, Message
from reports.notifications.delivery import deliver
from reports.notifications.registry import CHANNELS
from reports.reminders.services import remind
from tests.conftest import TODAY


def at(time: str, day: dt.date = TODAY) -> dt.datetime:
    """Return a moment of the local day."""
    return clock.at(day, dt.time.fromisoformat(time))


@contextmanager
def clock_at(moment: dt.datetime) -> Iterator[None]:
    """Let it be ``moment`` for the block."""
    with patch("core.clock.now", lambda: moment):
        yield


@dataclass
class FakeChannel(Channel):
    """Stands for e-mail: reaches everybody, and writes down who was told what."""

    code = "email"
    label = gettext_lazy("Thư điện tử")
    template = "channels/email.html"
    sent: list[tuple[str, Message, str]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)

    def is_on(self) -> bool:
        return True

    def reached(self, users: Iterable[User]) -> set[int]:
        return {user.pk for user in users}

    def send(self, user: User, message: Message, key: str) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.sent.append((user.username, message, key))

    @property
    def names(self) -> list[str]:
        """Who was told something, in order of names."""
        return sorted(name for name, _message, _key in self.sent)


@contextmanager
def fake_channel() -> Iterator[FakeChannel]:
    """Let the fake channel stand for e-mail for the block; nothing else reaches anybody."""
    letters = FakeChannel()
    with patch.dict(CHANNELS, {FakeChannel.code: letters}):
        yield letters


def run_jobs(moment: dt.datetime) -> None:
    """Let the jobs run at a moment, twice, as a doubled message would."""
    with clock_at(moment):
        for _turn in range(2):
            remind()
            deliver()
