"""Days as people write them. What is not certain is a question, never a day."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.chat.parser.lexicon import Lexicon
from reports.chat.parser.tokens import Token, TokenRole, claim, starts

WHOLE = re.compile(r"(\d{1,2})([./\-])(\d{1,2})(?:\2(\d{4}|\d{2}))?")
BEFORE = (("ngày",), ("ng",), ("hôm",))
# So many days before the one on which it is said.
AGO = {
    "hôm nay": 0, "hnay": 0, "h nay": 0, "bữa nay": 0, "ngày nay": 0, "nay": 0,
    "hôm qua": 1, "hqua": 1, "h qua": 1, "bữa qua": 1, "hôm kia": 2, "bữa kia": 2,
}  # fmt: skip
SOME_DAY = ("hôm trước", "hôm rồi", "hôm kìa")
WEEKDAYS = {
    "thứ hai": 0, "thứ ba": 1, "thứ tư": 2, "thứ năm": 3, "thứ sáu": 4, "thứ bảy": 5,
    "thứ bẩy": 5, "chủ nhật": 6, "cn": 6, "thứ 2": 0, "thứ 3": 1, "thứ 4": 2, "thứ 5": 3,
    "thứ 6": 4, "thứ 7": 5, "t2": 0, "t3": 1, "t4": 2, "t5": 3, "t6": 4, "t7": 5,
}  # fmt: skip


@dataclass
class MentionedDays:
    found: list[dt.date] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    ago: set[int] = field(default_factory=set)
    weekdays: list[int] = field(default_factory=list)

    @property
    def certain(self) -> list[dt.date | int]:
        """The days, or how many before that of the message."""
        return [*self.found, *self.ago]

    @property
    def is_stated(self) -> bool:
        return bool(self.found or self.odd or self.ago or self.weekdays)


def make_day(
    day: int, month: int, year: str | None, first: dt.date, last: dt.date
) -> dt.date | None:
    """Return the day, None where there is none; a missing year is that between first and last."""
    if year is not None:
        years = [int(year) + (2000 if len(year) == 2 else 0)]
    else:
        years = list(range(first.year, last.year + 1))
    made = []
    for number in years:
        try:
            made.append(dt.date(number, month, day))
        except ValueError:
            continue
    within = [d for d in made if first <= d <= last]
    if len(within) > 1:
        return None
    return (within or made or [None])[0]  # type: ignore[list-item]


def find_days(tokens: Sequence[Token], lexicon: Lexicon) -> MentionedDays:
    days = MentionedDays()
    at = 0
    while at < len(tokens):
        at += _take(tokens, at, lexicon, days) or 1
    return days


def _take(tokens: Sequence[Token], at: int, lexicon: Lexicon, days: MentionedDays) -> int:
    """Claim what begins at ``at``; return how many tokens it was."""
    token = tokens[at]
    if not token.is_free:
        return 0
    if token.kind == "num":
        return _numeric(tokens, at, lexicon, days)
    for phrase, weekday in WEEKDAYS.items():
        count = starts(tokens, at, _split(phrase))
        if count:
            claim(tokens, at, count, TokenRole.DATE)
            days.weekdays.append(weekday)
            return count
    for phrase in (*AGO, *SOME_DAY):
        count = starts(tokens, at, phrase.split())
        if count:
            claim(tokens, at, count, TokenRole.DATE)
            if phrase in AGO:
                days.ago.add(AGO[phrase])
            else:
                days.odd.append(phrase)
            return count
    count = starts(tokens, at, ("năm", str(lexicon.first_day.year)))
    if count:
        claim(tokens, at, count, TokenRole.DATE)
    return count


def _split(phrase: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", phrase)


def _numeric(tokens: Sequence[Token], at: int, lexicon: Lexicon, days: MentionedDays) -> int:
    """Claim “12/5”, “12.5”, “ngày 12 tháng 5 năm 2023”, “ngày 12”."""
    token = tokens[at]
    before = next((tokens[n] for n in range(at - 1, -1, -1) if tokens[n].text != ":"), None)
    is_called = any(
        at >= len(words) and starts(tokens, at - len(words), words, free=False) for words in BEFORE
    )
    match = WHOLE.fullmatch(token.text)
    if match is None:
        return _in_words(tokens, at, lexicon, days, is_called)
    day, mark, month, year = match.groups()
    if not is_called and mark != "/" and year is None and before is not None:
        # “12.5” and “12-5” may be numbers as well: a day only where no count can stand.
        follows_count = before.role is TokenRole.INDICATOR or before.kind == "num"
        is_at_head = (
            before.role in (TokenRole.UNIT, TokenRole.BREAK, TokenRole.DATE)
            or before.text in "-:([,."
        )
        if follows_count or not is_at_head:
            return 0
    made = make_day(int(day), int(month), year, lexicon.first_day, lexicon.last_day)
    if made is None and not is_called and (int(day) > 31 or int(month) > 12):
        return 0
    claim(tokens, at, 1, TokenRole.DATE)
    if made is None:
        days.odd.append(token.text)
    else:
        days.found.append(made)
    after = tokens[at + 1 : at + 3]
    is_range = len(after) == 2 and after[0].text in "-–" and after[1].kind == "num"
    if is_range or (after and after[0].low in ("đến", "den", "tới")):
        days.odd.append(token.text)
    return 1


def _in_words(
    tokens: Sequence[Token], at: int, lexicon: Lexicon, days: MentionedDays, is_called: bool
) -> int:
    token = tokens[at]
    if not token.text.isdigit() or len(token.text) > 2:
        return 0
    if starts(tokens, at + 1, ("tháng",)) and at + 2 < len(tokens) and tokens[at + 2].kind == "num":
        month, count, year = tokens[at + 2].text, 3, None
        if starts(tokens, at + 3, ("năm",)) and at + 4 < len(tokens):
            year, count = tokens[at + 4].text, 5
        made = None
        if month.isdigit() and len(month) < 3 and (year is None or re.fullmatch(r"\d{4}", year)):
            first, last = lexicon.first_day, lexicon.last_day
            made = make_day(int(token.text), int(month), year, first, last)
        text = " ".join(t.text for t in tokens[at : at + count])
        claim(tokens, at, count, TokenRole.DATE)
        days.odd.extend([] if made else [text])
        days.found.extend([made] if made else [])
        return count
    if is_called and not (at + 1 < len(tokens) and tokens[at + 1].text == "/"):
        claim(tokens, at, 1, TokenRole.DATE)
        days.odd.append(f"ngày {token.text}")
        return 1
    return 0
