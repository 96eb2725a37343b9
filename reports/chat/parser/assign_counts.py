"""Which number belongs to which indicator. Where more than one way is open, none is taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.chat.parser.lexicon import IndicatorEntry
from reports.chat.parser.tokens import Alarm, Token, TokenRole
from reports.chat.parser.unit_names import Mention
from reports.chat.parser.vocabulary import VERBS


@dataclass(frozen=True)
class ClauseItem:
    """A number (``indicator`` None) or an indicator within a clause."""

    token: Token
    indicator: IndicatorEntry | None = None

    @property
    def is_number(self) -> bool:
        return self.indicator is None


@dataclass
class AssignedCounts:
    counts: dict[str, int] = field(default_factory=dict)
    loose: list[Token] = field(default_factory=list)  # numbers without an indicator
    empty: list[Token] = field(default_factory=list)  # indicators without a number
    derived: list[Token] = field(default_factory=list)  # numbers of what is worked out
    odd: list[Token] = field(default_factory=list)
    twice: list[IndicatorEntry] = field(default_factory=list)
    verbs: list[Token] = field(default_factory=list)
    is_pending: bool = False  # the indicator before has no number, and may share the next

    @property
    def is_whole(self) -> bool:
        return not (
            self.loose or self.empty or self.derived or self.odd or self.twice or self.verbs
        )


def read_counts(tokens: Sequence[Token]) -> AssignedCounts:
    """Read the counts; the headings of a report may name indicators without a number."""
    headless = _read(tokens, without=_headings(tokens))
    if headless.is_whole and headless.counts:
        return headless
    whole = _read(tokens, without=frozenset())
    return whole if whole.is_whole or not headless.counts else headless


def _headings(tokens: Sequence[Token]) -> frozenset[int]:
    """Return the tokens of headings: a line, or what stands before a colon, without a number.

    A heading names its place, or speaks of a report.
    """
    found: list[int] = []
    part: list[Token] = []
    for token in [*tokens, None]:
        is_end = token is None or token.text == "\n"
        if not is_end and token is not None:
            part.append(token)
            is_end = token.text == ":"
        if is_end:
            if _is_heading(part):
                found.extend(id(t) for t in part)
            part = []
    return frozenset(found)


def _is_heading(part: Sequence[Token]) -> bool:
    if any(t.role in (TokenRole.NUMBER, TokenRole.ODD) for t in part):
        return False
    names = any(isinstance(t.value, Mention) for t in part)
    return names or any(
        t.low in ("báo", "bao", "bc", "bcao", "kết", "ket", "kq", "liệu", "lieu", "sl")
        for t in part
    )


def _read(tokens: Sequence[Token], without: frozenset[int]) -> AssignedCounts:
    reading = AssignedCounts()
    is_cumulative = False
    clause: list[ClauseItem] = []
    for at, token in enumerate(tokens):
        if isinstance(token.value, Alarm) and token.value.kind == "cumulative":
            _close(clause, reading)
            clause, is_cumulative = [], True
        if is_cumulative or id(token) in without:
            continue
        if _is_bracket(tokens, at, clause):
            continue
        if token.role is TokenRole.BREAK:
            _close(clause, reading)
            clause = []
            reading.is_pending &= token.text != "\n"
        elif token.role is TokenRole.INDICATOR and isinstance(token.value, IndicatorEntry):
            if token.value.terms and clause and not clause[-1].indicator:
                _close(clause, reading)
                clause = []
            clause.append(ClauseItem(token, token.value))
        elif token.role in (TokenRole.NUMBER, TokenRole.ODD):
            clause.append(ClauseItem(token))
    _close(clause, reading)
    return reading


def _is_bracket(tokens: Sequence[Token], at: int, clause: list[ClauseItem]) -> bool:
    """Whether a bracket only holds the number of the indicator before it: “M1 (20)”."""
    opens = at if tokens[at].text == "(" else at - 2
    inside = tokens[opens : opens + 3]
    if opens < 1 or len(inside) < 3 or inside[0].text != "(" or inside[2].text != ")":
        return False
    return (
        tokens[at].text in "()"
        and inside[1].role is TokenRole.NUMBER
        and bool(clause)
        and (clause[-1].indicator is not None or clause[-1].token is inside[1])
    )


def _close(clause: list[ClauseItem], reading: AssignedCounts) -> None:
    if not clause:
        return
    odd = [i.token for i in clause if i.token.role is TokenRole.ODD]
    if odd:
        reading.odd.extend(odd)
        return
    items = _merged(_without_weak(clause))
    pairs = _pairs(items)
    if pairs is None:
        bare = [i for i in items if not (i.indicator and i.indicator.terms)]
        heads = [i for i in items if i.indicator and i.indicator.terms]
        pairs = _pairs(bare) if heads == items[: len(heads)] else None
        if (
            pairs is None
            and _pairs(_without_verbs(bare)) is not None
            and heads == items[: len(heads)]
        ):
            reading.verbs.extend(i.token for i in bare if i not in _without_verbs(bare))
            pairs = _pairs(_without_verbs(bare))
    if pairs is None:
        pairs = _by_measure(items)
    if pairs is not None and reading.is_pending and not items[0].is_number:
        pairs = None
    reading.is_pending = all(
        not i.is_number and i.indicator and not i.indicator.terms for i in items
    )
    if pairs is None:
        _leave(items, reading)
        return
    for indicator, token in pairs:
        if indicator.terms:
            reading.derived.append(token)
        elif reading.counts.get(indicator.code, token.value) != token.value:
            reading.twice.append(indicator)
        elif indicator not in reading.twice:
            reading.counts[indicator.code] = token.value
    for indicator in reading.twice:
        reading.counts.pop(indicator.code, None)


def _leave(items: list[ClauseItem], reading: AssignedCounts) -> None:
    for item in items:
        if item.is_number:
            reading.loose.append(item.token)
        elif item.indicator is not None and not (item.indicator.terms and len(items) == 1):
            reading.empty.append(item.token)


def _without_weak(clause: list[ClauseItem]) -> list[ClauseItem]:
    strong = [i for i in clause if i.indicator and not i.token.is_weak]
    return [i for i in clause if not (strong and i.token.is_weak)]


def _merged(clause: list[ClauseItem]) -> list[ClauseItem]:
    """Return the clause with an indicator once that is named twice around or before a number.

    “Cài đặt VNeID 35”, “đoàn viên tham gia: 6 lượt”.
    """
    merged: list[ClauseItem] = []
    for item, after in zip(clause, [*clause[1:], None], strict=False):
        is_again = (
            bool(merged) and item.indicator is not None and merged[-1].indicator == item.indicator
        )
        is_around = (
            len(merged) > 1
            and item.indicator is not None
            and merged[-1].is_number
            and merged[-2].indicator == item.indicator
            and (after is None or not after.is_number)
        )
        if not (is_again or is_around):
            merged.append(item)
    return merged


def _without_verbs(items: list[ClauseItem]) -> list[ClauseItem]:
    """Return the items without “hỗ trợ”, “hướng dẫn” right before what was helped with."""
    remaining = []
    for item, after in zip(items, [*items[1:], None], strict=False):
        is_verb = item.indicator is not None and _spelling(item.token) in VERBS
        if not (is_verb and after is not None and after.indicator is not None):
            remaining.append(item)
    return remaining


def _spelling(token: Token) -> str:
    heads = {verb.split()[0]: verb for verb in VERBS}
    return next((heads[h] for h in heads if token.low in (h, *_bare(h))), "")


def _bare(word: str) -> tuple[str, ...]:
    return {"hỗ": ("ho",), "hướng": ("huong",), "tư": ("tu",)}.get(word, ())


def _by_measure(items: list[ClauseItem]) -> list[tuple[IndicatorEntry, Token]] | None:
    """Pair numbers with the indicator of their measure, and what is left as usual."""
    measured = [(i.token.measured, i.token) for i in items if i.is_number and i.token.measured]
    others = [i for i in items if not (i.is_number and i.token.measured)]
    if not measured:
        return None
    rest = _pairs(others) if others else []
    return None if rest is None else [*measured, *rest]


def _pairs(items: list[ClauseItem]) -> list[tuple[IndicatorEntry, Token]] | None:
    """Pair numbers and indicators that alternate, or as in “5 đvtn hỗ trợ 40, cài 30”."""
    if not items or len(items) % 2:
        return None
    pairs = []
    couples = list(zip(items[::2], items[1::2], strict=True))
    for one, other in couples:
        number, indicator = (one, other.indicator) if one.is_number else (other, one.indicator)
        if indicator is None or not number.is_number or (one.is_number and other.is_number):
            return None
        pairs.append((indicator, number.token))
    first = [one.is_number for one, _other in couples]
    if len(set(first)) > 1 and (not first[0] or any(first[1:])):
        return None
    return pairs
