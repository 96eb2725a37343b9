"""Whom the channels reach."""

from collections.abc import Iterable

from accounts.models import User
from reports.notifications.registry import channels_on


def contact_points(users: Iterable[User]) -> list[tuple[User, str]]:
    people = {user.pk: user for user in users}
    return [
        (people[pk], channel.code)
        for channel in channels_on()
        for pk in sorted(channel.reached(people.values()))
    ]


def is_unreached(user: User) -> bool:
    """Whether there are channels, and the user is reached by none of them."""
    return bool(channels_on()) and not contact_points([user])
