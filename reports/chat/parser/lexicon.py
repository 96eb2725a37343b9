"""What the reader is given: the places and the indicators it may find, and the day."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from core.vietnamese import APOSTROPHES
from reports.chat.parser import vocabulary as w
from reports.chat.parser.normalise import folded, plain, tidy, without_apostrophes

WORD = re.compile(rf"[^\W\d_]+(?:[{APOSTROPHES}][^\W\d_]+)*|\d+", re.UNICODE)
T = TypeVar("T", "UnitEntry", "PhraseEntry", "MeasureEntry")
# Short forms, which stand before names in messages but in no official one.
SHORT = ("x", "p", "ph", "tt", "h", "tp")
KINDS = {
    "xã": ("đoàn xã", "xã đoàn", "xã", "x", "đtn xã", "đoàn thanh niên xã", "đoàn tn xã"),
    "phường": ("đoàn phường", "phường đoàn", "phường", "p", "ph", "đtn phường",
               "đoàn thanh niên phường", "đoàn tn phường"),
    "thị trấn": ("đoàn thị trấn", "thị trấn", "thị trấn đoàn", "tt", "đoàn tt", "t trấn",
                 "đtn thị trấn", "đoàn thanh niên thị trấn", "đtn tt", "đoàn tn thị trấn"),
    "trường": ("đoàn trường thpt", "trường thpt", "thpt", "đoàn trường", "trường", "đoàn thpt",
               "đtn trường thpt", "đoàn thanh niên trường thpt"),
    "huyện": ("huyện đoàn", "huyện", "đoàn huyện", "h", "thành đoàn", "thành phố", "tp",
              "đoàn thành phố"),
    "tỉnh": ("tỉnh đoàn", "tỉnh"),
    "": ("đoàn", "đtn", "đoàn thanh niên", "đoàn tn", "đơn vị", "bch đoàn"),
}  # fmt: skip


def words_of(text: str) -> tuple[str, ...]:
    return tuple(without_apostrophes(word) for word in WORD.findall(plain(tidy(text)).lower()))


def _prefixes() -> list[tuple[tuple[str, ...], str]]:
    found = [(words_of(phrase), kind) for kind, phrases in KINDS.items() for phrase in phrases]
    return sorted(found, key=lambda one: -len(one[0]))


PREFIXES = _prefixes()


def split_kind(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the kind that a name begins with, and the words of the name itself.

    >>> split_kind("Đoàn xã Giao Tiến")
    ('xã', ('giao', 'tiến'))
    """
    words = words_of(name)
    for prefix, kind in PREFIXES:
        if len(words) > len(prefix) and words[: len(prefix)] == prefix and prefix[-1] not in SHORT:
            return kind, words[len(prefix) :]
    return "", words


@dataclass(frozen=True)
class KnownUnit:
    """An organisation as it is named in messages, or a unit that is out of reach.

    ``branch`` is blank for what the user may not report for; ``unit`` is the commune at home,
    blank where it has to be chosen; ``district`` the unit above, to tell two of one name apart.
    """

    names: tuple[str, ...]
    branch: str = ""
    unit: str = ""
    district: str = ""
    is_district: bool = False
    label: str = ""


@dataclass(frozen=True)
class UnitEntry:
    """One way to call a place."""

    words: tuple[str, ...]
    kind: str
    place: KnownUnit


@dataclass(frozen=True)
class IndicatorEntry:
    """An indicator with all the ways to write it; ``terms`` make it a derived one.

    ``measure`` is what is counted: “hộ”, “đội hình”.
    """

    code: str
    label: str
    phrases: tuple[str, ...]
    terms: tuple[tuple[str, int], ...] = ()
    measure: str = ""


@dataclass(frozen=True)
class PhraseEntry:
    """One way to write an indicator."""

    words: tuple[str, ...]
    indicator: IndicatorEntry
    is_weak: bool = False


@dataclass(frozen=True)
class MeasureEntry:
    """A unit of measure; ``indicator`` is there where it can be of one alone."""

    words: tuple[str, ...]
    indicator: IndicatorEntry | None = None


@dataclass(frozen=True)
class Lexicon:
    """Everything that the reader knows of the world.

    ``own_words`` say something of the campaign and nothing of a number: “đề án 06”. One that is
    also a way to write an indicator is so only where no other indicator stands beside it.
    """

    known_units: tuple[KnownUnit, ...]
    indicators: tuple[IndicatorEntry, ...]
    first_day: dt.date
    last_day: dt.date
    today: dt.date
    own: tuple[str, ...] = field(default=())
    own_words: tuple[str, ...] = ()

    @property
    def own_unit(self) -> KnownUnit | None:
        if len(self.own) != 1:
            return None
        return next((p for p in self.known_units if p.branch == self.own[0] and p.unit), None)

    @cached_property
    def names(self) -> dict[str, list[UnitEntry]]:
        """Names by the folded first word, the longest first."""
        found = [
            UnitEntry(words, kind, place)
            for place in self.known_units
            for kind, words in dict.fromkeys(split_kind(name) for name in place.names)
            if words
        ]
        return _by_first(found)

    @cached_property
    def phrases(self) -> dict[str, list[PhraseEntry]]:
        """Ways to write indicators by the folded first word, the longest first."""
        found: dict[tuple[str, ...], PhraseEntry] = {}
        weak = {words_of(phrase) for phrase in self.own_words}
        for indicator in self.indicators:
            for phrase in indicator.phrases:
                for words in _numerals(words_of(phrase)):
                    found.setdefault(words, PhraseEntry(words, indicator, words in weak))
        return _by_first(list(found.values()))

    @cached_property
    def noise(self) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        """The own words that are no way to write an indicator, by the folded first word."""
        named = {entry.words for row in self.phrases.values() for entry in row}
        found = dict.fromkeys(words_of(phrase) for phrase in self.own_words)
        table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for words in sorted((one for one in found if one and one not in named), key=len)[::-1]:
            table.setdefault(folded(words[0]), []).append((words, "noise"))
        return table

    @cached_property
    def measures(self) -> dict[str, list[MeasureEntry]]:
        """Units of measure by the folded first word, the longest first.

        One that everybody uses for everything (“người”, “lượt”) says of no indicator.
        """
        found: dict[tuple[str, ...], list[IndicatorEntry]] = {}
        for indicator in self.indicators:
            if words := words_of(indicator.measure):
                found.setdefault(words, []).append(indicator)
        return _by_first(
            [
                MeasureEntry(words, None if _says_nothing(words) or len(of) > 1 else of[0])
                for words, of in found.items()
            ]
        )

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        words = {word for row in self.names.values() for name in row for word in name.words}
        known = [entry.words for row in self.phrases.values() for entry in row]
        known += [entry.words for row in self.measures.values() for entry in row]
        known += [words_of(phrase) for phrase in self.own_words]
        return frozenset(words | {word for phrase in known for word in phrase})

    @cached_property
    def spelled(self) -> tuple[tuple[str, KnownUnit], ...]:
        """All names without marks, for the search of misspelled ones."""
        return tuple(
            (" ".join(folded(word) for word in name.words), name.place)
            for row in self.names.values()
            for name in row
        )

    @cached_property
    def near(self) -> dict[str, list[KnownUnit]]:
        """What was found for misspelled names; a message repeats them."""
        return {}


def _says_nothing(words: tuple[str, ...]) -> bool:
    return len(words) == 1 and (words[0] in w.MEASURES or words[0] in w.FILLERS)


def _numerals(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return a way, and the same with a Roman numeral: “mức 2”, “mức II”."""
    roman = {"1": "i", "2": "ii"}.get(words[-1]) if len(words) > 1 else None
    return [phrase for phrase in (words, (*words[:-1], roman) if roman else ()) if phrase]


def _by_first(found: Iterable[T]) -> dict[str, list[T]]:
    table: dict[str, list[T]] = {}
    for one in sorted(found, key=lambda one: -len(one.words)):
        table.setdefault(folded(one.words[0]), []).append(one)
    return table
