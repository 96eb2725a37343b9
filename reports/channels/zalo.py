"""The Zalo Bot API, as documented: POST BASE/botTOKEN/METHOD with JSON, answered with ``ok``.

Off without a token. The token stands in the address, so no address and no error that may
hold one is ever kept or logged.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

from accounts.models import User
from reports.channels.base import PATIENCE, Gone, Message, TryLater
from reports.models import Way, ZaloLink

MOST_LETTERS = 2000
BLOCKED, UNKNOWN_CHAT = 403, 404
# The bot waits so long for a message, and asks so often in one run.
WAIT_SECONDS, MOST_UPDATES = 1, 20


def call(method: str, sent: dict[str, Any]) -> Any:
    """Call the API and return ``result``; raises ``Gone`` or ``TryLater``."""
    base = urlsplit(settings.ZALO_BOT_URL)
    if base.scheme != "https" and base.hostname != "127.0.0.1":
        raise TryLater("Zalo: the address is not https")
    address = f"{settings.ZALO_BOT_URL}/bot{settings.ZALO_BOT_TOKEN}/{method}"
    try:
        answer = requests.post(address, json=sent, timeout=PATIENCE, allow_redirects=False)
        said = answer.json()
    except requests.RequestException as error:
        # Without its cause: that would name the address.
        raise TryLater(f"Zalo: {type(error).__name__}") from None
    if not isinstance(said, dict):
        raise TryLater("Zalo: an answer that is not as documented")
    if said.get("ok") is True:
        return said.get("result")
    code = said.get("error_code")
    if code in (BLOCKED, UNKNOWN_CHAT):
        raise Gone(f"Zalo: {code}")
    raise TryLater(f"Zalo: {code if isinstance(code, int) else answer.status_code}")


class Zalo:
    """Messages from our bot to people who have written to it."""

    way = Way.ZALO

    def is_on(self) -> bool:
        """Whether there is a token."""
        return bool(settings.ZALO_BOT_TOKEN)

    def reached(self, users: Iterable[User]) -> set[int]:
        """Return those whose chat with the bot is known."""
        found = ZaloLink.objects.filter(user__in=[user.pk for user in users])
        return set(found.exclude(chat_id="").values_list("user_id", flat=True))

    def send(self, user: User, message: Message, key: str) -> None:
        """Send; who has blocked the bot is no longer linked. The API knows no keys."""
        link = ZaloLink.objects.filter(user=user).exclude(chat_id="").first()
        if link is None:
            raise Gone("no chat")
        text = f"{message.title}\n{message.body}\n{settings.PORTAL_URL}{message.path}"
        try:
            call("sendMessage", {"chat_id": link.chat_id, "text": text[:MOST_LETTERS]})
        except Gone:
            link.chat_id = ""
            link.save(update_fields=["chat_id"])
            raise


def received_codes() -> list[tuple[str, str]]:
    """Return what people have written to the bot: chat and text, oldest first."""
    found = []
    for _turn in range(MOST_UPDATES):
        try:
            update = call("getUpdates", {"timeout": WAIT_SECONDS})
        except (Gone, TryLater):
            break
        message = update.get("message") if isinstance(update, dict) else None
        if not isinstance(message, dict):
            break
        chat, text = message.get("chat"), message.get("text")
        if isinstance(chat, dict) and chat.get("chat_type") == "PRIVATE" and isinstance(text, str):
            found.append((str(chat.get("id", ""))[:100], text.strip()))
    return found
