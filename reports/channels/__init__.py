"""The ways by which a notice reaches a person; each is off where it is not set up."""

from collections.abc import Iterable

from accounts.models import User
from reports.channels.base import Channel, Gone, Message, TryLater
from reports.channels.email import Email
from reports.channels.web_push import WebPush
from reports.channels.zalo import Zalo

CHANNELS: dict[str, Channel] = {
    str(channel.way): channel for channel in (WebPush(), Email(), Zalo())
}

__all__ = ["CHANNELS", "Channel", "Gone", "Message", "TryLater", "ways_to"]


def ways_to(users: Iterable[User]) -> list[tuple[User, str]]:
    """Return each user with each way that reaches the user (one query for each way)."""
    people = {user.pk: user for user in users}
    return [
        (people[pk], way)
        for way, channel in CHANNELS.items()
        if channel.is_on()
        for pk in sorted(channel.reached(people.values()))
    ]
