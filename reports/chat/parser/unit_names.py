"""Which place a text names. Two that it may be are two candidates, never a guess."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.chat.parser.lexicon import PREFIXES, KnownUnit, Lexicon, UnitEntry
from reports.chat.parser.normalise import folded, is_near
from reports.chat.parser.tokens import Token, TokenRole, claim, ends, starts
from reports.chat.parser.vocabulary import EVERYDAY


@dataclass(frozen=True)
class Mention:
    """A name that was found: the places that it may mean, and whether its kind agrees."""

    text: str
    known_units: tuple[KnownUnit, ...]
    is_certain: bool = True

    @property
    def is_district(self) -> bool:
        """Whether it can only mean a district: then it may tell where another name lies."""
        return all(p.is_district for p in self.known_units)


def find_units(tokens: Sequence[Token], lexicon: Lexicon) -> list[Mention]:
    mentions = (_take(tokens, at, lexicon) for at in range(len(tokens)))
    return [mention for mention in mentions if mention]


def _take(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> Mention | None:
    """Claim the name that begins at ``at``, the longest there is."""
    matches: list[UnitEntry] = []
    count = 0
    for name in lexicon.names.get(folded(tokens[at].low), ()):
        if matches and len(name.words) < len(matches[0].words):
            break
        length = starts(tokens, at, name.words)
        if length:
            matches.append(name)
            count = length
    if not matches:
        return None
    kind, back = _prefix(tokens, at)
    words = matches[0].words
    if kind is None and not _can_stand_alone(tokens, at, count, words, lexicon):
        return None
    # “Đoàn Giao Tiến” may be a school's as well.
    agreeing = [n for n in matches if not kind or n.kind in (kind, "")]
    if tokens[at].kind == "num" and not (kind and agreeing):
        # “Phường 7” is a name, and any other 7 a number.
        return None
    is_certain = bool(agreeing)
    known_units = tuple(dict.fromkeys(n.place for n in agreeing or matches))
    claim(tokens, at - back, count + back, TokenRole.UNIT)
    text = " ".join(t.text for t in tokens[at - back : at + count])
    tokens[at - back].value = mention = Mention(text, known_units, is_certain)
    return mention


def _prefix(tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
    """Return the kind that stands before a name, and how many tokens it takes."""
    for words, kind in PREFIXES:
        length = ends(tokens, at, words)
        if length:
            return kind, length
    return None, 0


def _can_stand_alone(
    tokens: Sequence[Token], at: int, count: int, words: Sequence[str], lexicon: Lexicon
) -> bool:
    """Whether the words are surely a name where nothing before them says so."""
    if len(words) == 1:
        return False
    text = " ".join(t.low for t in tokens[at : at + count])
    if text in EVERYDAY or " ".join(words) in EVERYDAY:
        after = tokens[at + count] if at + count < len(tokens) else None
        is_capital = all(t.text[:1].isupper() for t in tokens[at : at + count])
        is_followed = (
            after is None or after.kind != "word" or _begins_indicator(tokens, at + count, lexicon)
        )
        is_head = all(t.text.istitle() for t in tokens[at : at + count]) and not any(
            t.kind == "word" for t in tokens[:at]
        )
        return is_capital and (is_followed or is_head)
    return True


def _begins_indicator(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    phrases = lexicon.phrases.get(folded(tokens[at].low), ())
    return any(starts(tokens, at, phrase.words) for phrase in phrases)


def near_units(text: str, lexicon: Lexicon) -> list[KnownUnit]:
    """Return the places whose names are one letter from ``text``, or differ in marks alone."""
    typed = folded(text.lower())
    if typed not in lexicon.near:
        may_be_near = " " in typed
        lexicon.near[typed] = list(
            dict.fromkeys(
                place
                for meant, place in lexicon.spelled
                if meant == typed
                or meant.replace(" ", "") == typed
                or (may_be_near and is_near(meant, typed))
            )
        )
    return lexicon.near[typed]


def narrow(mention: Mention, district: Mention) -> Mention:
    inside = {p.district for p in district.known_units}
    remaining = tuple(p for p in mention.known_units if p.district in inside and not p.is_district)
    return Mention(
        mention.text,
        remaining or mention.known_units,
        mention.is_certain and bool(remaining),
    )
