"""Words whose marks stayed as the keys that make them: “caif ddawtj” is “cài đặt”."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from core.text_gate import normal
from reports.chat.parser import vocabulary as w
from reports.chat.parser.lexicon import PREFIXES, Lexicon
from reports.chat.parser.normalise import folded
from reports.chat.parser.tokens import Token

VOWELS = frozenset("aeiouy")
# What a combining sign is typed as: the tones, the breve and the horn.
KEYS = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j",
        "\u0306": "w", "\u031b": "w"}  # fmt: skip
Keys = tuple[str, frozenset[str]]
KNOWN = (
    *w.FILLERS, *w.MEASURES, *w.REPORT_WORDS, *w.CUMULATIVE, *w.ABOUT, *w.NUMBER_WORDS,
    *w.NEGATIONS, *w.PLANS, *w.CORRECTIONS, *w.ADDITIONS, *w.DOUBTS, *w.PARTS_OF_DAY, *w.OTHERS,
    *w.NOTHING, *w.UNSURE, *w.PLEASANT, *w.WHOLE_PHRASES, *w.LATER_PHRASES,
    "hôm nay", "hôm qua", "ngày tháng năm", "thứ chủ nhật", "giờ",
)  # fmt: skip


def read_telex(tokens: Sequence[Token], lexicon: Lexicon) -> None:
    """Let a word that only its keys can explain be read as the word that they make."""
    for token in tokens:
        if token.kind == "word" and token.low.isascii():
            token.low = _meant(token.low, lexicon) or token.low


def _meant(typed: str, lexicon: Lexicon) -> str | None:
    keys = keys_typed(typed)
    if not keys[1]:
        return None
    plain, by_keys = _table(lexicon.vocabulary)
    return None if typed in plain else by_keys.get(keys)


@lru_cache(maxsize=16)
def _table(vocabulary: frozenset[str]) -> tuple[frozenset[str], dict[Keys, str]]:
    """Return the known words without marks, and the known words by their keys."""
    known = set(vocabulary) | set(_words(KNOWN)) | {p for phrases, _k in PREFIXES for p in phrases}
    return frozenset(folded(word) for word in known), {keys_of(word): word for word in known}


def _words(phrases: Iterable[str]) -> Iterable[str]:
    return (word for phrase in phrases for word in phrase.split())


@lru_cache(maxsize=4096)
def keys_typed(typed: str) -> Keys:
    """Return the letters and the marks of a word as typed.

    >>> keys_typed("ddawtj") == keys_of("đặt")
    True
    """
    letters, marks = "", set()
    for key in typed:
        has_vowel = bool(VOWELS & set(letters))
        is_second_d = key == "d" and letters.startswith("d")
        is_roof = key in "aeo" and key in letters
        if (has_vowel and key in "sfrxjw") or is_second_d or is_roof:
            marks.add(key)
        else:
            letters += key
    return letters, frozenset(marks)


def keys_of(word: str) -> Keys:
    """Return the letters and the marks of a word that is written as it should be."""
    letters, marks = "", set()
    for char in normal("NFD", word):
        if char == "đ":
            letters += "d"
            marks.add("d")
        elif char == "\u0302":
            marks.add(letters[-1:])
        elif char in KEYS:
            marks.add(KEYS[char])
        else:
            letters += char
    return letters, frozenset(marks)
