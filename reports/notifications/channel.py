"""What every channel does, and how it says that it could not."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest

from accounts.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Seconds to connect and to be answered: a hanging service may not hold a worker up.
TIMEOUT = (3, 5)


@dataclass(frozen=True)
class Message:
    """A notice in words; ``path`` is the page of the portal that it leads to.

    ``long_title`` and ``long_body`` take their place where there is room for more.
    """

    title: str
    body: str
    path: str
    long_title: str = ""
    long_body: str = ""

    def in_full(self) -> "Message":
        return Message(self.long_title or self.title, self.long_body or self.body, self.path)


@dataclass(frozen=True)
class IncomingMessage:
    """What somebody has written to us.

    ``number`` tells it from all others of the channel; ``sender`` is who wrote, as the channel
    knows people, ``address`` where an answer goes: the same, but in a group. ``sent_at`` is the
    service's word for when it was written, None where it says none. ``is_to_us`` is False for
    what people write to each other in a group.
    """

    number: str
    sender: str
    address: str
    text: str
    sent_at: dt.datetime | None = None
    is_group: bool = False
    is_to_us: bool = True


class NotFromService(Exception):
    """Somebody else than the channel's service has called us."""


class PermanentFailure(Exception):
    """This channel leads to the person no more; the message says why."""


class TemporaryFailure(Exception):
    """It did not work now; the message says why."""


class Channel(ABC):
    """One way to people. ``code`` is stored with each notice.

    ``template`` is its part of the page on which people choose where they are reminded;
    ``actions`` are the values of the buttons named "action" in it.
    """

    code: ClassVar[str]
    label: ClassVar["StrOrPromise"]
    template: ClassVar[str]
    actions: ClassVar[tuple[str, ...]] = ()
    # On the page, from the top.
    position: ClassVar[int] = 100
    # Shows a line or two, as the locked screen of a phone does.
    is_brief: ClassVar[bool] = False

    @abstractmethod
    def is_on(self) -> bool:
        """Whether the portal is set up for it."""

    @abstractmethod
    def reached(self, users: Iterable[User]) -> set[int]:
        """Return the ids of those whom it reaches, with one query at most."""

    @abstractmethod
    def send(self, user: User, message: Message, key: str) -> None:
        """Send; ``key`` is the same for the same message, so that a second one is known.

        Raises ``PermanentFailure`` or ``TemporaryFailure``.
        """

    def section(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the template shows, as ``section``."""
        return {}

    def act(self, request: HttpRequest, action: str) -> bool:
        """Do what a button asks for; False where something is to be corrected first."""
        return True

    def sign_out(self, request: HttpRequest) -> None:  # noqa: B027  # few know the session
        """Forget what belongs to the session that is about to end."""

    # Whether people write to it.
    hears: ClassVar[bool] = False
    # Of one answer; what is not asked to be agreed to may be cut to it.
    most_letters: ClassVar[int] = 2000
    # Whether who is not known is told how to become so.
    answers_strangers: ClassVar[bool] = True

    def received(self) -> Iterable[IncomingMessage]:
        """Ask what people have written to it, oldest first; called every two seconds.

        Raises ``TemporaryFailure`` where the service does not answer.
        """
        return ()

    def read_webhook(self, request: HttpRequest) -> list[IncomingMessage]:
        """Return what the service's call brings; raises ``NotFromService``."""
        raise NotFromService

    def link(self, message: IncomingMessage) -> User | None:
        """Return whom this message makes known: it is a code that was given to that person."""
        return None

    def user_of(self, message: IncomingMessage) -> User | None:
        """Return who is known to have written it."""
        return None

    def reply(self, address: str, text: str) -> None:
        """Answer; raises ``PermanentFailure`` or ``TemporaryFailure``."""
        raise PermanentFailure("this channel cannot answer")

    def purge(self) -> int:
        """Forget whom it need not reach any more; called every night."""
        return 0
