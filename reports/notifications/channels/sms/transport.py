"""A gateway for SMS that speaks HTTP (docs/operations.md says how).

Out: POST of ``{"to": "84912345678", "text": …}`` with ``Authorization: Bearer TOKEN``; any 2xx
means taken. In: the same the other way, with a secret of its own.
"""

import datetime as dt
import json
import unicodedata
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime

from core.text_gate import normal
from core.validators import normalise_phone
from reports.notifications.channel import (
    TIMEOUT,
    IncomingMessage,
    PermanentFailure,
    TemporaryFailure,
)

# A text with marks has 67 letters in each of its parts, one without has 153. Three parts go out.
WITH_MARKS, WITHOUT_MARKS = 3 * 67, 3 * 153
# The gateway knows that nobody can be reached there.
UNREACHABLE = (400, 404, 410, 422)
PLAIN = str.maketrans({"đ": "d", "Đ": "D", "“": '"', "”": '"', "…": "...", "–": "-", "•": "-"})


def send_sms(number: str, text: str) -> None:
    """Send a text to a number (10 digits from 0)."""
    base = urlsplit(settings.SMS_GATEWAY_URL)
    if base.scheme != "https" and base.hostname != "127.0.0.1":
        raise TemporaryFailure("SMS: the address is not https")
    try:
        answer = requests.post(
            settings.SMS_GATEWAY_URL,
            json={"to": f"84{number[1:]}", "text": shortened(text)},
            headers={"Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        # Without its cause: that would name the address.
        raise TemporaryFailure(f"SMS: {type(error).__name__}") from None
    if answer.status_code in UNREACHABLE:
        raise PermanentFailure(f"SMS: {answer.status_code}")
    if not 200 <= answer.status_code < 300:
        raise TemporaryFailure(f"SMS: {answer.status_code}")


def shortened(text: str) -> str:
    """Return a text that three parts hold: as it is, or without marks, or cut at a line's end."""
    if len(text) <= WITH_MARKS:
        return text
    spread = normal("NFD", text.translate(PLAIN))
    bare = "".join(c for c in spread if not unicodedata.combining(c))
    bare = bare.encode("ascii", "ignore").decode()
    if len(bare) <= WITHOUT_MARKS:
        return bare
    end = bare.rfind("\n", 0, WITHOUT_MARKS - 4)
    return f"{bare[: end if end > 0 else WITHOUT_MARKS - 4]}\n..."


def read_sms(body: bytes) -> list[IncomingMessage]:
    """Return the message of a call; nothing of one of another shape."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(content, dict):
        return []
    number, sender, text = (content.get(name) for name in ("id", "from", "text"))
    if not (isinstance(number, str) and number.strip() and number.isprintable()):
        return []
    if not isinstance(sender, str):
        return []
    try:
        phone = normalise_phone(sender)
    except ValidationError:
        return []
    if not isinstance(text, str):
        return []
    return [IncomingMessage(number[:100], phone, phone, text, _moment(content.get("sent_at")))]


def _moment(text: Any) -> dt.datetime | None:
    """Return a moment with its zone; None for what says no certain one."""
    if not isinstance(text, str):
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
