"""The bot without its service: what is said to it, what it answers, what pends then."""

import datetime as dt
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.utils import timezone

from core import clock
from reports.conversation.inbox import answer_messages, take_in
from reports.conversation.models import Conversation
from reports.notifications.channel import IncomingMessage
from reports.notifications.channels.zalo.channel import Zalo

_numbers = count()


@dataclass
class Bot:
    """``answers`` are what went out, by chat."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    failure: Exception | None = None

    def reply(self, address: str, text: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.answers.append((address, text))

    def say(self, sender: str, text: str, **given: Any) -> str:
        """Say something to the bot; return what it answers, blank for nothing."""
        before = len(self.answers)
        take_in(Zalo(), message(sender, text, **given))
        answer_messages()
        return "\n".join(answer for _chat, answer in self.answers[before:])


def message(sender: str, text: str, **given: Any) -> IncomingMessage:
    """Return a message; ``sent_at`` is by the portal's clock, and the service has a real one."""
    values = {"number": f"m{next(_numbers)}", "address": sender, **given}
    sent_at = values.pop("sent_at", clock.now())
    real = None if sent_at is None else timezone.now() - (clock.now() - sent_at)
    return IncomingMessage(sender=sender, text=text, sent_at=real, **values)


def conversation_of(user: Any) -> Conversation:
    return Conversation.objects.get(user=user)


def offered(conversation: Conversation) -> list[tuple[str, dt.date, dict[str, int], bool]]:
    """Return what a word of consent would take in: branch, day, counts, whether nothing is."""
    found = conversation.pending
    if not found.get("is_ready"):
        return []
    return [
        (e["branch"], dt.date.fromisoformat(e["date"]), e["counts"], e["no_activity"])
        for e in found["entries"]
    ]
