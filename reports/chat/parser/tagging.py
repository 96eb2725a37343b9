"""Says of every piece of a line what it is: place, indicator, day, number, known word, or not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.chat.parser import vocabulary as w
from reports.chat.parser.dates import MentionedDays, find_days
from reports.chat.parser.lexicon import KINDS, Lexicon, words_of
from reports.chat.parser.normalise import TURNING, alike, folded, plain
from reports.chat.parser.numbers import (
    QUALMS,
    doubt_numbers,
    find_measures,
    find_numbers,
    find_times,
)
from reports.chat.parser.telex import read_telex
from reports.chat.parser.tokens import Alarm, Token, TokenRole, claim, cut, is_glued, starts
from reports.chat.parser.unit_names import Mention, find_units

SLASHED = re.compile(r"(?<!\w)([đdabtk])/([cáakl])(?!\w)", re.IGNORECASE)
# “ngày 12 - 5 - 2023” is written apart, and meant as one.
SPACED_DAY = re.compile(
    r"((?:ngày|ngay)\s+\d{1,2})\s*([/.\-])\s*(\d{1,2})(?:\s*\2\s*(\d{4}))?(?!\d)", re.IGNORECASE
)
ARROW = re.compile(r"[=\-]+>+")
# “Đơn vị: Đoàn xã Giao Tiến” in a form.
LABEL = re.compile(r"\b(?:tên\s+)?(?:đơn vị|don vi)(?:\s+(?:báo cáo|bao cao))?\s*:", re.IGNORECASE)
LIST_MARK = re.compile(r"^[\s>*•·▪●○◦‣\-–—+✅☑✔️👉🔹🔸➡▶]*(?:[0-9]\ufe0f?\u20e3\s*(?=[^\W\d]))?")
BREAKS = frozenset(",;.()[]{}|•·&/–—!\n\t")


ALARMS: tuple[tuple[str, Sequence[str]], ...] = (
    ("cumulative", w.CUMULATIVE),
    ("part_of_day", w.PARTS_OF_DAY),
    ("others", w.OTHERS),
)
LATER_ALARMS: tuple[tuple[str, Sequence[str]], ...] = (
    ("nothing", w.NOTHING),
    ("unsure", w.UNSURE),
    ("correction", w.CORRECTIONS),
    ("addition", w.ADDITIONS),
    ("doubt", w.DOUBTS),
    ("plan", w.PLANS),
    ("negation", w.NEGATIONS),
    ("about", w.ABOUT),
    ("number_word", w.NUMBER_WORDS),
)
Table = dict[str, list[tuple[tuple[str, ...], str]]]


def _table(groups: Sequence[tuple[str, Sequence[str]]]) -> Table:
    found = {words_of(phrase): kind for kind, phrases in reversed(groups) for phrase in phrases}
    table: Table = {}
    for phrase, kind in sorted(found.items(), key=lambda one: -len(one[0])):
        table.setdefault(folded(phrase[0]), []).append((phrase, kind))
    return table


FIRST = _table(ALARMS)
LATER = _table(LATER_ALARMS)
PHRASES = _table((("noise", w.WHOLE_PHRASES),))
LATER_PHRASES = _table((("noise", w.LATER_PHRASES), ("noise", ("tổ chức", "bà con"))))
FILLERS: dict[str, list[str]] = {}
for _word in sorted(w.FILLERS):
    FILLERS.setdefault(folded(_word), []).append(_word)


@dataclass
class TaggedLine:
    text: str
    tokens: list[Token]
    mentions: list[Mention] = field(default_factory=list)
    days: MentionedDays = field(default_factory=MentionedDays)

    @property
    def numbers(self) -> list[Token]:
        return [t for t in self.tokens if t.role in (TokenRole.NUMBER, TokenRole.ODD)]

    @property
    def indicators(self) -> list[Token]:
        return [t for t in self.tokens if t.role is TokenRole.INDICATOR]

    @property
    def unknown(self) -> list[Token]:
        return [t for t in self.tokens if t.is_free and t.kind != "mark"]

    @property
    def bare_days(self) -> list[Token]:
        """Days like “12/5” that nothing calls a day: with an indicator they may be two counts."""
        return [
            t
            for n, t in enumerate(self.tokens)
            if t.role is TokenRole.DATE
            and re.fullmatch(r"[0-9]{1,2}[/.\-][0-9]{1,2}", t.text)
            and not (n and folded(self.tokens[n - 1].low) in ("ngay", "ng", "hom"))
        ]

    @property
    def begins_total(self) -> bool:
        first = next((t for t in self.tokens if t.kind == "word"), None)
        return first is not None and alike(first.low, "tổng")

    @property
    def begins_unknown(self) -> bool:
        """Whether a word that nobody knows stands before the first number or indicator."""
        for token in self.tokens:
            if token.role in (TokenRole.NUMBER, TokenRole.ODD, TokenRole.INDICATOR):
                return False
            if token.is_free and token.kind == "word":
                return True
        return False

    @property
    def alarms(self) -> list[Alarm]:
        return [t.value for t in self.tokens if isinstance(t.value, Alarm)]

    def has(self, kind: str) -> bool:
        return any(a.kind == kind for a in self.alarms)

    @property
    def has_measure(self) -> bool:
        return any(t.kind == "word" and t.low in w.MEASURES for t in self.tokens)

    @property
    def speaks_of_report(self) -> bool:
        """Whether a count, an indicator, a place, a day or a word that changes one is in it."""
        return bool(
            self.numbers or self.indicators or self.mentions or self.alarms or self.days.is_stated
        ) or any(folded(t.low) in UNIT_KINDS for t in self.tokens)

    @property
    def has_report_word(self) -> bool:
        return any(folded(t.low) in REPORT for t in self.tokens if t.kind == "word")


REPORT = frozenset(folded(word) for word in w.REPORT_WORDS)
# “Của xã khác” names no place that is known, and speaks of one.
UNIT_KINDS = frozenset(folded(kind) for kind in KINDS if kind)


def tag_line(text: str, lexicon: Lexicon) -> TaggedLine:
    is_turned = bool(TURNING.search(text))
    line = ARROW.sub(":", SLASHED.sub(r"\1\2", plain(text)))
    line = SPACED_DAY.sub(lambda m: m[2].join(part for part in (m[1], m[3], m[4]) if part), line)
    line = LABEL.sub(lambda label: " " * len(label[0]), line)
    line = LIST_MARK.sub(lambda mark: " " * len(mark[0]), line)
    tokens = cut(line)
    read_telex(tokens, lexicon)
    _phrases(tokens, lexicon.noise, TokenRole.NOISE)
    _phrases(tokens, PHRASES, TokenRole.NOISE, lexicon)
    mentions = find_units(tokens, lexicon)
    _phrases(tokens, LATER_PHRASES, TokenRole.NOISE, lexicon)
    _list_number(tokens)
    _find_indicators(tokens, lexicon)
    _inner_list(tokens)
    _phrases(tokens, FIRST, TokenRole.NOISE)
    find_times(tokens)
    days = find_days(tokens, lexicon)
    find_numbers(tokens, lexicon)
    find_measures(tokens, lexicon)
    _phrases(tokens, LATER, TokenRole.NOISE)
    _weigh_nothing(tokens)
    _nothing_of_one(tokens)
    _find_fillers(tokens)
    doubt_numbers(tokens)
    if is_turned:
        for token in tokens:
            if token.role is TokenRole.NUMBER:
                token.role = TokenRole.ODD
    return TaggedLine(text, tokens, mentions, days)


def _phrases(
    tokens: list[Token], table: Table, role: TokenRole, lexicon: Lexicon | None = None
) -> None:
    """Claim known phrases; those that are alarms carry what they are.

    What ``lexicon`` has for an indicator, of that length or longer, is left to it.
    """
    for at, token in enumerate(tokens):
        for phrase, kind in table.get(folded(token.low), ()):
            count = starts(tokens, at, phrase)
            if count and not (lexicon and _names_indicator(tokens, at, count, lexicon)):
                text = " ".join(t.text for t in tokens[at : at + count])
                claim(tokens, at, count, role, None if kind == "noise" else Alarm(kind, text))
                break


def _names_indicator(tokens: list[Token], at: int, count: int, lexicon: Lexicon) -> bool:
    return any(
        _may_be(tokens[at], phrase.words) and starts(tokens, at, phrase.words) >= count
        for phrase in lexicon.phrases.get(folded(tokens[at].low), ())
    )


def _list_number(tokens: list[Token]) -> None:
    """Take “1.”, “2)” and “a.” off the head of a line."""
    if len(tokens) < 3 or not tokens[0].is_free:
        return
    one, mark, after = tokens[:3]
    is_number = one.text.isdigit() and len(one.text) < 4
    is_letter = one.kind == "word" and (len(one.text) == 1 or set(one.low) <= set("iv"))
    if mark.text in ".)/-" and (is_number or (is_letter and mark.text in ".)")):
        if after.kind == "word" or after.text in "([" or not is_glued(mark, after):
            claim(tokens, 0, 2, TokenRole.NOISE)
    elif one.text == "(" and mark.text.isdigit() and after.text == ")" and len(tokens) > 3:
        claim(tokens, 0, 3, TokenRole.NOISE)


def _inner_list(tokens: list[Token]) -> None:
    """Take “1.”, “2.”, “3.” off the items of a list that stands in one line."""
    found: list[int] = []
    for at in range(len(tokens) - 2):
        one, mark, after = tokens[at : at + 3]
        before = tokens[at - 1] if at else None
        is_item = one.text == str(len(found) + 1) and mark.text in ".)"
        is_item &= one.is_free or (at == 0 and one.role is TokenRole.NOISE)
        # “cài 1. M1 2.” are counts: they follow their indicators.
        follows = before is None or before.kind in ("mark", "num") or before.role is TokenRole.UNIT
        follows |= bool(found) and before is not None and before.low in w.MEASURES
        if is_item and follows and after.kind == "word":
            found.append(at)
    for at in found if len(found) > 1 else ():
        tokens[at].role = TokenRole.BREAK


def _find_indicators(tokens: list[Token], lexicon: Lexicon) -> None:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        count = 0
        for phrase in lexicon.phrases.get(folded(token.low), ()):
            if not _may_be(token, phrase.words):
                continue
            count = starts(tokens, at, phrase.words)
            if count and _is_clear(tokens, at, count, phrase.words):
                claim(tokens, at, count, TokenRole.INDICATOR, phrase.indicator)
                token.is_weak = phrase.is_weak
                break
            count = 0
        at += count or 1


def _may_be(token: Token, words: Sequence[str]) -> bool:
    """Whether an abbreviation stands as it is written: “cd” is not “cđ”."""
    short = len(words) == 1 and len(words[0]) < 3
    return not short or token.low == words[0]


def _is_clear(tokens: list[Token], at: int, count: int, words: Sequence[str]) -> bool:
    """Whether the way is not the head of something longer: “m1/2”, “mức 1 + 2”, “mức 1, 2:”."""
    if not words[-1].isdigit():
        return True
    after = tokens[at + count : at + count + 3]
    if len(after) > 1 and after[0].text in ",/&+-–" and after[1].text in ("1", "2", "3"):
        return len(after) > 2 and after[2].kind == "word" and after[0].text not in "/&+"
    return not (len(after) > 1 and after[0].low in ("và", "va") and after[1].text in ("1", "2"))


def _weigh_nothing(tokens: list[Token]) -> None:
    """Let “không có” be nothing to report only where no more is said of what there is not."""
    for at, token in enumerate(tokens):
        if not (isinstance(token.value, Alarm) and token.value.kind == "nothing"):
            continue
        length = len(token.value.text.split())
        after = tokens[at + length] if at + length < len(tokens) else None
        ends_open = folded(token.value.text.lower()).endswith("co")
        goes_on = after is not None and after.kind == "word" and after.is_free
        is_pleasant = after is not None and any(alike(after.low, p) for p in w.PLEASANT)
        if ends_open and goes_on and not is_pleasant:
            token.value = Alarm("unsure", token.value.text)


def _nothing_of_one(tokens: list[Token]) -> None:
    """Read “mức 1 không có”, beside counts of others, as 0."""
    if not any(t.role is TokenRole.NUMBER for t in tokens):
        return
    for at, token in enumerate(tokens):
        if not (isinstance(token.value, Alarm) and token.value.kind == "nothing"):
            continue
        back = at - 1
        while back > 0 and (tokens[back].text in ":-" or tokens[back].role is TokenRole.NOISE):
            back -= 1
        if back >= 0 and tokens[back].role is TokenRole.INDICATOR:
            token.role, token.value = TokenRole.NUMBER, 0


def _find_fillers(tokens: list[Token]) -> None:
    for at, token in enumerate(tokens):
        if not token.is_free:
            continue
        if token.kind == "mark":
            near = {t.text for t in (*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2])}
            is_row = token.text == "." and "." in near  # “Cài đặt ....... 35”
            is_break = token.text in BREAKS and not is_row
            token.role = TokenRole.BREAK if is_break else TokenRole.NOISE
            if token.text in QUALMS or token.text in "+?×":
                token.value = Alarm("question" if token.text == "?" else "about", token.text)
        elif (
            token.kind == "word"
            and token.text not in w.NEVER_FILLERS
            and any(alike(token.low, f) for f in FILLERS.get(folded(token.low), ()))
        ):
            token.role = TokenRole.BREAK if token.low in ("và", "va") else TokenRole.NOISE
