"""A line in its smallest pieces, and what each was found to be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from core.vietnamese import APOSTROPHES
from reports.chat.parser.normalise import alike, plain, without_apostrophes

# Digits that are glued together by a mark stay one piece: 1.000, 12/5, 35-40.
WORD = rf"[^\W\d_]+(?:[{APOSTROPHES}][^\W\d_]+)*"
PIECE = re.compile(rf"(?P<num>[0-9]+(?:[.,/\-–][0-9]+)*)|(?P<word>{WORD})|(?P<mark>\S)")
# Numbers that are not written with the ten digits: full width, raised, in circles, keycaps.
ODD_DIGIT = re.compile(
    r"(?![0-9])[\d\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089\u2460-\u24ff\u2776-\u2793]|[0-9]\ufe0f?\u20e3"
)


class TokenRole(Enum):
    UNKNOWN = "unknown"
    NUMBER = "number"
    ODD = "odd"  # a number that can be read in two ways
    INDICATOR = "indicator"
    UNIT = "unit"
    DATE = "date"
    BREAK = "break"  # a mark between two statements
    NOISE = "noise"  # known, and of no weight


@dataclass(frozen=True)
class Alarm:
    """A known word that changes what the numbers mean; ``kind`` says how."""

    kind: str
    text: str


@dataclass
class Token:
    """One piece; ``value`` is the number, the indicator, the day … that it stands for.

    ``measured`` is the indicator that the unit of measure behind a number belongs to alone.
    ``is_weak`` marks an indicator that gives way to another one beside it.
    """

    text: str
    low: str
    at: int
    end: int
    kind: str
    role: TokenRole = TokenRole.UNKNOWN
    value: Any = None
    measured: Any = None
    is_weak: bool = False

    @property
    def is_free(self) -> bool:
        return self.role is TokenRole.UNKNOWN


def cut(line: str) -> list[Token]:
    line = plain(line)
    found: list[Token] = []
    odd = [m.span() for m in ODD_DIGIT.finditer(line)]
    for match in PIECE.finditer(line):
        at, end = match.span()
        token = Token(match[0], match[0].lower(), at, end, match.lastgroup or "mark")
        if token.kind == "word":
            token.low = without_apostrophes(token.low)
        if any(at < b and a < end for a, b in odd):
            token.kind, token.role, token.value = "num", TokenRole.ODD, "digits"
        found.append(token)
    return found


def starts(tokens: Sequence[Token], at: int, words: Sequence[str], *, free: bool = True) -> int:
    """Return how many tokens from ``at`` on spell ``words``, 0 if they do not.

    A dot may stand between them, as in “x. Giao Tiến”. Digits must be the very digits.
    """
    here = at
    for number, word in enumerate(words):
        if (
            number
            and here < len(tokens)
            and tokens[here].text == "."
            and len(tokens[here - 1].low) < 3
        ):
            here += 1
        if here >= len(tokens) or (free and not tokens[here].is_free):
            return 0
        token = tokens[here]
        if token.kind == "mark" or not alike(token.low, word):
            return 0
        here += 1
    return here - at


def ends(tokens: Sequence[Token], before: int, words: Sequence[str]) -> int:
    """Return how many tokens right before ``before`` spell ``words``, 0 if they do not."""
    here = before
    if here and tokens[here - 1].text == "." and here > 1 and len(tokens[here - 2].low) < 3:
        here -= 1
    for word in reversed(words):
        if not here or not tokens[here - 1].is_free or not alike(tokens[here - 1].low, word):
            return 0
        here -= 1
    return before - here


def claim(tokens: Sequence[Token], at: int, count: int, role: TokenRole, value: Any = None) -> None:
    """Say what ``count`` tokens are; the first of them carries the value."""
    rest = role if role in (TokenRole.UNIT, TokenRole.DATE) else TokenRole.NOISE
    for token in tokens[at : at + count]:
        token.role, token.value = rest, None
    tokens[at].role, tokens[at].value = role, value


def is_glued(one: Token, other: Token) -> bool:
    return one.end == other.at
