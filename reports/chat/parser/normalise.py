"""Letters as people type them: with marks or without, composed or not, with unseen signs."""

import re
from functools import lru_cache

from core.personal_data import NO_WIDTH, holds_citizen_id, without_citizen_ids
from core.text_gate import normal
from core.vietnamese import WITHOUT_APOSTROPHES, fold, spellings

# They turn the line round, so that it may read as another one.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
NEVER = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]")
# The identity cards of before 2021 bear nine digits.
OLD_ID = re.compile(r"(?<![\d.,])\d{9}(?![\d.,])")
MASK = "•" * 12


def tidy(text: str) -> str:
    """Return the text composed, without signs that nobody sees; line ends are ``\\n``."""
    text = NEVER.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\u2028\u2029\u0085]", "\n", text)
    return normal("NFC", text.replace("\u00a0", " "))


def plain(line: str) -> str:
    """Return the line as it is read: without marks of width or direction."""
    return TURNING.sub("", NO_WIDTH.sub("", line))


def holds_id(line: str) -> bool:
    spread = plain(normal("NFKC", line))
    return holds_citizen_id(spread) or OLD_ID.search(spread) is not None


def masked(line: str) -> str:
    """Return the line with what looks like a citizen's number blotted out."""
    spread = plain(normal("NFKC", line))
    return OLD_ID.sub(MASK, without_citizen_ids(spread, MASK))


def without_apostrophes(word: str) -> str:
    """Return a word as it is compared.

    >>> without_apostrophes("m’gar")
    'mgar'
    """
    return word.translate(WITHOUT_APOSTROPHES)


@lru_cache(maxsize=8192)
def alike(typed: str, meant: str) -> bool:
    """Whether a typed syllable can be ``meant``: the same, or left without any mark.

    >>> alike("tien", "tiến"), alike("thuỷ", "thủy"), alike("tiên", "tiến")
    (True, True, False)
    """
    if typed == meant:
        return True
    if typed.isascii():
        return typed == folded(meant)
    return meant in spellings(typed)


@lru_cache(maxsize=8192)
def folded(word: str) -> str:
    return fold(word)


def is_near(one: str, other: str) -> bool:
    """Whether two different words are one letter apart: left out, added or changed."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((n for n, char in enumerate(short) if char != long[n]), len(short))
    rest = short[at + 1 :] if len(short) == len(long) else short[at:]
    swapped = (
        len(short) == len(long)
        and short[at : at + 2] == long[at : at + 2][::-1]
        and short[at + 2 :] == long[at + 2 :]
    )
    return rest == long[at + 1 :] or swapped
