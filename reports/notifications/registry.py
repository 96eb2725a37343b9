"""The kinds of notices and the channels that there are.

A subject registers its kinds in its own ``notices.py`` (the modules are listed in
reports/apps.py), a channel registers itself in its folder. Nothing here knows any of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from reports.notifications.channel import Channel, Message
from reports.notifications.models import Notice

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice; ``code`` is stored with each.

    ``message`` is asked right before sending, and answers from how things stand then: the words
    and the link, or None where the notice is not wanted any more.
    """

    code: str
    label: "StrOrPromise"
    message: Callable[[Notice], Message | None]
    # Whether it is sent in the quiet hours too.
    at_any_hour: bool = False
    # What is written down once it went out.
    sent: Callable[[Notice], object] | None = None


KINDS: dict[str, NoticeKind] = {}
CHANNELS: dict[str, Channel] = {}


def register_kind(kind: NoticeKind) -> NoticeKind:
    if kind.code in KINDS:
        raise ImproperlyConfigured(f"Two kinds of notices are called {kind.code}")
    KINDS[kind.code] = kind
    return kind


def register_channel(channel: Channel) -> None:
    if channel.code in CHANNELS:
        raise ImproperlyConfigured(f"Two channels are called {channel.code}")
    CHANNELS[channel.code] = channel


def channels_on() -> list[Channel]:
    return sorted((c for c in CHANNELS.values() if c.is_on()), key=lambda c: c.position)
