"""Numbers on receipts: the first eight digits of an id in base 16, short enough to be read out."""

import re
from uuid import UUID

from django.db.models import Q

from core.text_gate import normal

# What of an id stands on its receipt, and the signs that people write between.
NUMBER, BETWEEN = re.compile(r"[0-9a-f]{8}"), re.compile(r"[\s.\-–]")


def number_of(pk: UUID) -> str:
    text = pk.hex[:8].upper()
    return f"{text[:4]}-{text[4:]}"


def read_number(text: str) -> str:
    """Return the number of a receipt as eight digits of base 16, blank where it is none."""
    number = BETWEEN.sub("", normal("NFKC", text[:50])).lower()
    # What is read out is heard: no number has the letter.
    number = number.replace("o", "0")
    return number if NUMBER.fullmatch(number) else ""


def numbered(number: str) -> Q:
    """Return the condition of rows whose receipt has the number, as ``read_number`` returns it."""
    first, last = (UUID(number + digit * 24) for digit in "0f")
    return Q(pk__gte=first, pk__lte=last)
