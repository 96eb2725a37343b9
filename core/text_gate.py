"""The gate for every text that comes in: its length, then the marks on each letter, then its form.

Putting marks in order costs the square of how many stand on one letter: a page of them
stops a processor for a minute. Nobody else puts letters in order. Without Django, so that
readers of texts can use it.
"""

import re
import unicodedata
from typing import Literal

# Vietnamese has two on a letter, other scripts four.
MOST_MARKS = 6
# What no field takes: a form or an answer in JSON is shorter as a whole.
LONGEST = 256 * 1024


def _marks() -> str:
    """Return the marks, and the signs that become one, as ranges for a pattern."""
    found = [n for n in range(0x300, 0x1F000) if unicodedata.combining(chr(n))]
    found = sorted({*found, 0xF73, 0xF75, 0xF77, 0xF79, 0xF81, 0xFF9E, 0xFF9F})
    begins = [n for n in found if n - 1 not in found]
    ends = [n for n in found if n + 1 not in found]
    return "".join(f"{chr(a)}-{chr(z)}" for a, z in zip(begins, ends, strict=True))


_MARK = f"[{_marks()}]"
STACK = re.compile(f"({_MARK}{{{MOST_MARKS}}}){_MARK}+")


def is_stacked(text: str) -> bool:
    """Whether a letter bears more marks than any script has."""
    return not text.isascii() and STACK.search(text) is not None


def normal(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return ``text`` in a normal form, in a time that grows with its length and no faster.

    Marks beyond those that any script has are left out, whoever forgot to refuse them.
    """
    if text.isascii():
        return text
    if STACK.search(text):
        text = STACK.sub(r"\1", text)
    return unicodedata.normalize(form, text)
