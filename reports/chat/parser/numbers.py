"""Numbers, times and telephone numbers in a line; what can be read in two ways is marked."""

import itertools
import re

from core.counts import MOST
from reports.chat.parser import vocabulary as w
from reports.chat.parser.lexicon import Lexicon, MeasureEntry
from reports.chat.parser.normalise import alike, folded
from reports.chat.parser.tokens import Alarm, Token, TokenRole, claim, is_glued, starts

QUALMS = frozenset("~≈><±≥≤∼")


def find_times(tokens: list[Token]) -> None:
    """Claim times of day: 17:42, 17h30, 8 giờ."""
    for at, token in enumerate(tokens):
        if not (token.is_free and token.text.isdigit() and len(token.text) < 3):
            continue
        if int(token.text) > 24 or (
            at and tokens[at - 1].kind == "word" and is_glued(tokens[at - 1], token)
        ):
            continue
        after = tokens[at + 1 : at + 3]
        is_clock = bool(after) and after[0].low in (":", "h", "g") and is_glued(token, after[0])
        has_minutes = (
            len(after) == 2 and re.fullmatch("[0-5][0-9]", after[1].text) and is_glued(*after)
        )
        if is_clock and (has_minutes or after[0].low == "h"):
            claim(tokens, at, 3 if has_minutes else 2, TokenRole.NOISE)
        elif after and alike(after[0].low, "giờ"):
            claim(tokens, at, 2, TokenRole.NOISE)


def find_numbers(tokens: list[Token], lexicon: Lexicon) -> None:
    for at, token in enumerate(tokens):
        if token.is_free and token.kind == "num" and not _is_phone(tokens, at):
            is_odd = not _is_plain(tokens, at, lexicon)
            token.role = TokenRole.ODD if is_odd else TokenRole.NUMBER
            token.value = token.text if is_odd else int(token.text)
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if (
            token.role in (TokenRole.NUMBER, TokenRole.ODD)
            and after is not None
            and after.text == "%"
        ):
            claim(tokens, at, 2, TokenRole.NOISE, Alarm("percent", token.text))


def _is_phone(tokens: list[Token], at: int) -> bool:
    """Claim a telephone number: ten digits from 0, in one run or in groups."""
    digits, count = "", 0
    for token in tokens[at:]:
        if token.kind != "num" or not token.is_free:
            break
        digits += re.sub(r"\D", "", token.text)
        count += 1
        if len(digits) >= 10:
            break
    if re.fullmatch(r"0[1-9][0-9]{8}", digits) is None:
        return False
    claim(tokens, at, count, TokenRole.NOISE, Alarm("phone", digits))
    return True


def _is_plain(tokens: list[Token], at: int, lexicon: Lexicon) -> bool:
    token = tokens[at]
    text = token.text
    if not re.fullmatch("[0-9]{1,7}", text) or int(text) > MOST:
        return False
    if text[0] == "0" and len(text) > 1 and not re.fullmatch("0[1-9][0-9]?", text):
        return False
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return _fits_before(tokens, at, before) and _fits_after(tokens, at, after, lexicon)


def _fits_before(tokens: list[Token], at: int, before: Token | None) -> bool:
    token = tokens[at]
    if before is None:
        return True
    if before.kind == "num" and len(token.text) == 3 and len(before.text) < 4:
        # “1 000” is one number to some and two to others, unless the first is of a name.
        return before.role in (TokenRole.NOISE, TokenRole.DATE)
    if before.text in "+-−" and is_glued(before, token):
        beyond = tokens[at - 2] if at > 1 else None
        return (
            before.text == "-"
            and beyond is not None
            and is_glued(beyond, before)
            and (beyond.kind == "word" or beyond.role is TokenRole.INDICATOR)
        )
    if (
        before.text in "-–—+"
        and at > 1
        and tokens[at - 2].role in (TokenRole.NUMBER, TokenRole.ODD)
    ):
        return False
    return not (before.kind == "word" and before.is_free and is_glued(before, token))


def _fits_after(tokens: list[Token], at: int, after: Token | None, lexicon: Lexicon) -> bool:
    token = tokens[at]
    if after is None:
        return True
    beyond = tokens[at + 2] if at + 2 < len(tokens) else None
    if after.kind == "num" and after.is_free and len(after.text) == 3 and len(token.text) < 4:
        return False
    if after.text in "-–—+×" and beyond is not None and beyond.kind == "num" and beyond.is_free:
        return False
    if after.text in "+?'′″\"":
        # “30\"”, unless it ends what was quoted.
        is_quoted = after.text == '"' and any(t.text == '"' for t in tokens[:at])
        return is_quoted or not is_glued(token, after)
    if after.text == "/" and beyond is not None and is_glued(after, beyond):
        return beyond.role is TokenRole.INDICATOR or not is_glued(token, after)
    if after.kind == "word" and after.is_free and is_glued(token, after):
        is_own = _measure(tokens, at + 1, lexicon)[0] is not None
        return is_own or any(alike(after.low, word) for word in w.MEASURES)
    return not (
        after.text == ":"
        and beyond is not None
        and is_glued(after, beyond)
        and beyond.kind == "num"
    )


def _measure(tokens: list[Token], at: int, lexicon: Lexicon) -> tuple[MeasureEntry | None, int]:
    """Return the campaign's unit of measure that begins at a token, and how many it takes."""
    for entry in lexicon.measures.get(folded(tokens[at].low), ()):
        count = starts(tokens, at, entry.words, free=False)
        taken = tokens[at : at + count]
        # Words that are known and of no weight may be a measure all the same.
        if count and all(t.is_free or (t.role is TokenRole.NOISE and not t.value) for t in taken):
            return entry, count
    return None, 0


def find_measures(tokens: list[Token], lexicon: Lexicon) -> None:
    """Claim what was counted, right after the number: “8 may” is no “mấy”.

    A measure of one indicator alone says of which the number is: “4 hộ”.
    """
    for at, (one, after) in enumerate(itertools.pairwise(tokens), start=1):
        if one.role in (TokenRole.NUMBER, TokenRole.ODD):
            entry, count = _measure(tokens, at, lexicon)
            if entry is not None:
                claim(tokens, at, count, TokenRole.NOISE)
                one.measured = entry.indicator
                continue
        is_measure = after.is_free and any(alike(after.low, word) for word in w.MEASURES)
        if one.role in (TokenRole.NUMBER, TokenRole.ODD) and is_measure:
            after.role = TokenRole.NOISE


def doubt_numbers(tokens: list[Token]) -> None:
    """Mark numbers that a word beside them makes uncertain: “hơn 20”, “2 chục”."""
    for at, token in enumerate(tokens):
        if token.role is not TokenRole.NUMBER:
            continue
        near = [*tokens[max(0, at - 2) : at], *tokens[at + 1 : at + 2]]
        kinds = {t.value.kind for t in near if isinstance(t.value, Alarm)}
        is_about = "about" in kinds
        after = tokens[at + 1].value if at + 1 < len(tokens) else None
        if is_about or (isinstance(after, Alarm) and after.kind == "number_word"):
            token.role = TokenRole.ODD
