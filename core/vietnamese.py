"""Vietnamese names: how they are searched and how they are sorted."""

import re
import unicodedata
from functools import lru_cache

from core.text_gate import normal

# The order of the Vietnamese alphabet (a, ă, â, … đ after d), and of the five marks of
# tone after a letter without one. No wheel carries ICU, so the key is made here.
LETTERS = "aăâbcdđeêfghiklmnoôơpqrstuưvwxyz"
RANK = {letter: f"{rank:02d}" for rank, letter in enumerate(LETTERS, start=10)}
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# The two places for the tone of oa, oe and uy: after the first letter, after both.
MARK = f"[{''.join(TONES)}]"
AFTER = re.compile(rf"(o(?={MARK}[ae])|u(?={MARK}y))({MARK})([aey])", re.IGNORECASE)
BEFORE = re.compile(rf"(o(?=[ae])|u(?=y))([aey])({MARK})", re.IGNORECASE)
# Kinds of units, and of the branches that are called after them.
PREFIX = re.compile(
    r"^(?:(?:tỉnh|thành|huyện|quận|thị) đoàn|(?:đoàn )?(?:tỉnh|thành phố|thị xã|huyện|quận|xã|"
    r"phường|thị trấn|xóm|thôn|tổ dân phố|trường(?: thpt)?))\s+",
    re.IGNORECASE,
)


# Within names of the highlands: “Cư M'gar”. They are typed in many ways, or left out.
APOSTROPHES = "'’‘ʼ′`´"
WITHOUT_APOSTROPHES = str.maketrans("", "", APOSTROPHES)


def fold(text: str) -> str:
    """Return ``text`` in lower case without marks or apostrophes, đ as d, with single blanks.

    >>> fold("Xã  Giao Tiến"), fold("Cư M’gar")
    ('xa giao tien', 'cu mgar')
    """
    spread = normal("NFD", text.lower()).replace("đ", "d").translate(WITHOUT_APOSTROPHES)
    return " ".join("".join(c for c in spread if not unicodedata.combining(c)).split())


def sort_key(name: str) -> str:
    """Return a key whose plain byte order is the Vietnamese order of the names.

    Letters first, tones second: Trực Hưng before Trực Hùng only where the letters say so.
    The kind (xã, phường) is left out, so that a list sorts by the name itself.
    """
    bare = PREFIX.sub("", normal("NFC", name))
    ranks = [_ranks(char) for char in bare.lower()]
    return "".join(letter for letter, _tone in ranks) + "/" + "".join(tone for _, tone in ranks)


@lru_cache(1024)
def _ranks(char: str) -> tuple[str, str]:
    """Return the place of a letter in the alphabet, and that of its tone."""
    spread = normal("NFD", char)
    tone = next((c for c in spread if c in TONES), "")
    letter = normal("NFC", spread.replace(tone, "") if tone else spread)
    return RANK.get(letter, "00" if letter == " " else "09" + letter), TONES.get(tone, "0")


def spellings(text: str) -> tuple[str, ...]:
    """Return ``text`` in NFC with the tone of oa, oe and uy set in both ways that are in use.

    >>> spellings("Giao Thuỷ")
    ('Giao Thuỷ', 'Giao Thủy')
    """
    spread = normal("NFD", text)
    both = (spread, AFTER.sub(r"\1\3\2", spread), BEFORE.sub(r"\1\3\2", spread))
    return tuple(dict.fromkeys(normal("NFC", route) for route in both))


def given_name(name: str) -> str:
    """Return the last word of a person's name, folded; blank where there is none.

    >>> given_name("Lê Thị Thu Hà")
    'ha'
    """
    words = re.findall(r"[^\W\d_]+", fold(name))
    return words[-1] if words else ""


def bare_name(name: str) -> str:
    """Return the name without its kind: ``Giao Tiến`` of ``Xã Giao Tiến``."""
    return PREFIX.sub("", name)


def one_line(text: str) -> str:
    """Return ``text`` fit to stand in a sentence: one line, NFC, nothing that is not seen.

    Control and format characters (line ends, right-to-left marks, NUL) become blanks.

    >>> one_line("Xã \\n Giao\\u202eTiến")
    'Xã Giao Tiến'
    """
    seen = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in normal("NFC", text))
    return " ".join(seen.split())
