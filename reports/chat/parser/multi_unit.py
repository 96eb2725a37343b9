"""A line that names several places, taken apart into one statement for each."""

import itertools
import re
from collections.abc import Sequence

from reports.chat.parser.tagging import TaggedLine
from reports.chat.parser.tokens import Token, TokenRole
from reports.chat.parser.unit_names import Mention
from reports.chat.parser.vocabulary import MEASURES

ENDINGS = frozenset((*MEASURES, "khoản", "hợp", "ạ", "nhé", "và", "đvtn"))


def first_unit(found: TaggedLine) -> int:
    return next((n for n, t in enumerate(found.tokens) if isinstance(t.value, Mention)), 0)


def units_differ(found: TaggedLine) -> list[TaggedLine]:
    """Return the line in parts with one place each, or whole where it does not come apart."""
    at = [
        n
        for n, t in enumerate(found.tokens)
        if isinstance(t.value, Mention) and not t.value.is_district
    ]
    if len(at) < 2:
        return [found]
    if not says(found.tokens[: at[0]]):
        cuts = [0, *at[1:], len(found.tokens)]
        parts = [found.tokens[a:b] for a, b in itertools.pairwise(cuts)]
        if all(says(part) for part in parts) and all(_may_end(part) for part in parts[:-1]):
            return [_part(found, part) for part in parts]
    for marks in (";", ",;"):
        parts = _cut_at(found.tokens, marks)
        if all(says(p) and _count_units(p) == 1 and _may_begin(p) for p in parts):
            return [_part(found, part) for part in parts]
    return [found]


def _may_begin(part: Sequence[Token]) -> bool:
    """Whether a statement can begin here: with a place, a count or a day."""
    begins = (TokenRole.UNIT, TokenRole.INDICATOR, TokenRole.NUMBER, TokenRole.ODD, TokenRole.DATE)
    first = next((t for t in part if t.kind != "mark"), None)
    return first is not None and first.role in begins


def _may_end(part: Sequence[Token]) -> bool:
    """Whether a statement can end here: not on “trong đó”, “của”, “thay cho”."""
    last = part[-1]
    return last.kind != "word" or last.role is TokenRole.INDICATOR or last.low in ENDINGS


def _cut_at(tokens: Sequence[Token], marks: str) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.text in marks:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _count_units(part: Sequence[Token]) -> int:
    return sum(isinstance(t.value, Mention) and not t.value.is_district for t in part)


def says(part: Sequence[Token]) -> bool:
    return any(
        t.role in (TokenRole.NUMBER, TokenRole.ODD) or getattr(t.value, "kind", "") == "nothing"
        for t in part
    )


def _part(found: TaggedLine, tokens: list[Token]) -> TaggedLine:
    text = "".join(
        t.text if not n else " " * max(0, min(t.at - tokens[n - 1].end, 1)) + t.text
        for n, t in enumerate(tokens)
    ).strip(" ;,(")
    text = re.sub(r"\s+và$", "", text)
    mentions = [t.value for t in tokens if isinstance(t.value, Mention)]
    return TaggedLine(text, list(tokens), mentions, found.days)
