"""Our typeface, taken from its package: its files, its letters, the width of its words."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from core.lazy_module import lazy_module
from core.vietnamese import one_line

if TYPE_CHECKING:
    from fontTools import ttLib
else:
    ttLib = lazy_module("fontTools.ttLib")

PACKAGE = "fontpkg_be_vietnam_pro"
FAMILY = "Be Vietnam Pro"
STYLES = {400: "Regular", 600: "SemiBold", 700: "Bold"}


def _path(weight: int) -> str:
    return str(files(PACKAGE) / "files" / f"BeVietnamPro-{STYLES[weight]}.ttf")


def font_files() -> list[str]:
    return [_path(weight) for weight in STYLES]


@cache
def _widths(weight: int) -> dict[int, float]:
    """Return the width of each letter in ems, by code point."""
    with ttLib.TTFont(_path(weight), lazy=True) as font:
        em = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        return {code: metrics[name][0] / em for code, name in font.getBestCmap().items()}


def printable(text: str) -> str:
    """Return ``text`` in one line, without what the typeface has no letter for."""
    known = _widths(400)
    return " ".join("".join(c if ord(c) in known else " " for c in one_line(text)).split())


def width(text: str, size: float, weight: int = 400) -> float:
    widths = _widths(weight)
    return size * sum(widths.get(ord(letter), 0.6) for letter in text)


def shorten(text: str, most: float, size: float, weight: int = 400) -> str:
    """Return ``text``, cut with … where it is wider than ``most``."""
    if width(text, size, weight) <= most:
        return text
    cut = text
    while cut and width(f"{cut}…", size, weight) > most:
        cut = cut[:-1]
    return f"{cut.rstrip()}…"


def wrap(
    text: str, most: float, size: float, weight: int = 400, lines: int | None = None
) -> list[str]:
    """Return ``text`` in lines no wider than ``most``; beyond ``lines`` it is cut with …."""
    found = [""]
    for word in text.split(" "):
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and width(longer, size, weight) > most:
            found.append(word)
        else:
            found[-1] = longer
    if lines is not None and len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [shorten(line, most, size, weight) for line in found]


def fitting(words: str, most: float, sizes: Sequence[int], weight: int = 400) -> int:
    return next((size for size in sizes if width(words, size, weight) <= most), sizes[-1])
