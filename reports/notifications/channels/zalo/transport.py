"""The Zalo Bot API, as documented: POST BASE/botTOKEN/METHOD with JSON, answered with ``ok``.

Off without a token. The token stands in the address, so no address and no error that may
hold one is ever stored or logged.
"""

from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

from reports.notifications.channel import (
    TIMEOUT,
    Message,
    PermanentFailure,
    TemporaryFailure,
)

MOST_LETTERS = 2000
BLOCKED, UNKNOWN_CHAT = 403, 404
# The bot waits so long for a message, and asks so often in one run.
WAIT_SECONDS, MOST_UPDATES = 1, 20


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
    raise TemporaryFailure(f"Zalo: {code if isinstance(code, int) else answer.status_code}")


def send_text(chat_id: str, message: Message) -> None:
    text = f"{message.title}\n{message.body}\n{settings.PORTAL_URL}{message.path}"
    call("sendMessage", {"chat_id": chat_id, "text": text[:MOST_LETTERS]})


def received_texts() -> list[tuple[str, str]]:
    """Return what people have written to the bot: chat and text, oldest first."""
    found = []
    for _turn in range(MOST_UPDATES):
        try:
            update = call("getUpdates", {"timeout": WAIT_SECONDS})
        except (PermanentFailure, TemporaryFailure):
            break
        message = update.get("message") if isinstance(update, dict) else None
        if not isinstance(message, dict):
            break
        chat, text = message.get("chat"), message.get("text")
        if isinstance(chat, dict) and chat.get("chat_type") == "PRIVATE" and isinstance(text, str):
            found.append((str(chat.get("id", ""))[:100], text.strip()))
    return found
