"""What every channel does, and how it says that it could not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from accounts.models import User
from reports.models import Way

# Seconds to connect and to be answered: a hanging service may not hold a worker up.
PATIENCE = (3, 5)


@dataclass(frozen=True)
class Message:
    """A notice in words; ``path`` is the page of the portal that it leads to."""

    title: str
    body: str
    path: str


class Gone(Exception):
    """This way leads to the person no more; the message says why."""


class TryLater(Exception):
    """It did not work now; the message says why."""


class Channel(Protocol):
    """One way to people."""

    way: Way

    def is_on(self) -> bool:
        """Whether the portal is set up for it."""

    def reached(self, users: Iterable[User]) -> set[int]:
        """Return the ids of those whom it reaches."""

    def send(self, user: User, message: Message, key: str) -> None:
        """Send; ``key`` is the same for the same message, so that a second one is known.

        Raises ``Gone`` or ``TryLater``.
        """
