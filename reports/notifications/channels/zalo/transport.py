"""The Zalo Bot API, as documented: POST BASE/botTOKEN/METHOD with JSON, answered with ``ok``.

Off without a token. The token stands in the address, so no address and no error that may
hold one is ever stored or logged.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

from core.secret_digest import digest_of
from core.short_text import cut_to
from reports.notifications.channel import (
    TIMEOUT,
    IncomingMessage,
    PermanentFailure,
    TemporaryFailure,
)

MOST_LETTERS = 2000
NO_TEXT = "[Hình ảnh]"
BLOCKED, UNKNOWN_CHAT, NO_MESSAGE = 403, 404, 408
# The bot waits so long for a message, and asks so often in one run.
WAIT_SECONDS, MOST_UPDATES = 1, 20


class NothingNew(TemporaryFailure):
    """Nobody has written for as long as the bot waited."""


def call(method: str, sent: dict[str, Any]) -> Any:
    """Call the API and return ``result``; raises ``PermanentFailure`` or ``TemporaryFailure``."""
    base = urlsplit(settings.ZALO_BOT_URL)
    if base.scheme != "https" and base.hostname != "127.0.0.1":
        raise TemporaryFailure("Zalo: the address is not https")
    address = f"{settings.ZALO_BOT_URL}/bot{settings.ZALO_BOT_TOKEN}/{method}"
    try:
        answer = requests.post(address, json=sent, timeout=TIMEOUT, allow_redirects=False)
        content = answer.json()
    except requests.RequestException as error:
        # Without its cause: that would name the address.
        raise TemporaryFailure(f"Zalo: {type(error).__name__}") from None
    if not isinstance(content, dict):
        raise TemporaryFailure("Zalo: an answer that is not as documented")
    if content.get("ok") is True:
        return content.get("result")
    code = content.get("error_code")
    if code in (BLOCKED, UNKNOWN_CHAT):
        raise PermanentFailure(f"Zalo: {code}")
    failure = NothingNew if code == NO_MESSAGE else TemporaryFailure
    raise failure(f"Zalo: {code if isinstance(code, int) else answer.status_code}")


def send_text(chat_id: str, text: str) -> None:
    call("sendMessage", {"chat_id": chat_id, "text": cut_to(text, MOST_LETTERS)})


def updates() -> Iterator[IncomingMessage]:
    """Ask for what people have written to the bot, oldest first, until there is no more.

    Raises ``TemporaryFailure``.
    """
    for _turn in range(MOST_UPDATES):
        try:
            update = call("getUpdates", {"timeout": str(WAIT_SECONDS)})
        except NothingNew:
            return
        except PermanentFailure as error:
            raise TemporaryFailure(str(error)) from None
        yield from read_update(update)


def read_update(update: Any) -> list[IncomingMessage]:
    """Return the message of an update; nothing of one of another shape.

    Of a picture its caption is read; without one, and of a sticker, it is no more than said to be
    one, so that nobody believes that it was read.
    """
    message = update.get("message") if isinstance(update, dict) else None
    if not isinstance(message, dict):
        return []
    chat, sender = message.get("chat"), message.get("from")
    if not (isinstance(chat, dict) and isinstance(sender, dict)):
        return []
    texts = (message.get("text"), message.get("caption"))
    text = next((one for one in texts if isinstance(one, str) and one.strip()), NO_TEXT)
    address, who = _id(chat), _id(sender)
    kind, number = chat.get("chat_type"), message.get("message_id")
    is_known_kind = kind in ("PRIVATE", "GROUP")
    if not (address and who and is_known_kind) or sender.get("is_bot") is True:
        return []
    sent_at = _moment(message.get("date"))
    if not (isinstance(number, str) and number and number.isprintable()):
        number = digest_of(repr((address, who, message.get("date"), text)))
    is_group = kind == "GROUP"
    words, is_to_us = _to_us(message, text) if is_group else (text, True)
    return [IncomingMessage(number[:100], who, address, words, sent_at, is_group, is_to_us)]


def _id(row: dict[str, Any]) -> str:
    found = row.get("id")
    return found[:100] if isinstance(found, str) and found.isprintable() else ""


def _moment(date: Any) -> dt.datetime | None:
    """Return the moment of so many milliseconds, None for what is none."""
    if isinstance(date, bool) or not isinstance(date, int):
        return None
    try:
        return dt.datetime.fromtimestamp(date / 1000, tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _to_us(message: dict[str, Any], text: str) -> tuple[str, bool]:
    """Return the words without our name, and whether they name us or answer us."""
    answered = message.get("reply_to_message")
    author = answered.get("from") if isinstance(answered, dict) else None
    is_answer = isinstance(author, dict) and author.get("id") == bot_id()
    name = settings.ZALO_BOT_NAME
    before, mark, after = text.partition(f"@{name}") if name else (text, "", "")
    return f"{before} {after}".strip() if mark else text, bool(mark) or is_answer


def bot_id() -> str:
    """Return the id of the bot, which stands in its token."""
    return settings.ZALO_BOT_TOKEN.partition(":")[0]
