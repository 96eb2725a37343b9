"""Template tags of the poster. Pixels; ``y`` is where letters stand; colours are classes."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import segno
from django.template import Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaign.pace import pace_level
from reports.digests.poster.font_metrics import fitting, printable, shorten, width

register = Library()

TEXT = '<text x="{}" y="{}" font-size="{}" font-weight="{}" text-anchor="{}" class="{}">{}</text>'
RECT = '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" class="{}"/>'
# A kind of unit as people write it in short.
SHORT_KINDS = {"Thị trấn ": "TT ", "Thành phố ": "TP ", "Thị xã ": "TX "}


@register.simple_tag
def line(
    text: Any,
    x: float,
    y: float,
    sizes: int | str,
    weight: int | str = 400,
    *,
    most: float = 952,
    anchor: str = "start",
    ink: str = "ink",
    brief: str = "",
) -> SafeString:
    """Write a line no wider than ``most``: the first of the sizes that fits, or brief, or cut."""
    words, weight = printable(str(text)), int(weight)
    choice = [int(size) for size in str(sizes).split()]
    if brief and width(words, choice[-1], weight) > most:
        words = printable(brief)
    size = fitting(words, most, choice, weight)
    shown = shorten(words, most, size, weight)
    return format_html(TEXT, x, y, size, weight, anchor, ink, shown) if shown else SafeString()


@register.simple_tag
def lines(texts: Sequence[str], x: float, y: float, step: float, size: int, ink: str) -> SafeString:
    written = ((line(text, x, y + n * step, size, ink=ink),) for n, text in enumerate(texts))
    return format_html_join("", "{}", written)


@register.filter
def brief(name: str) -> str:
    kind = next((kind for kind in SHORT_KINDS if name.startswith(kind)), "")
    return SHORT_KINDS.get(kind, "") + name.removeprefix(kind)


@register.simple_tag
def qr(text: str, x: float, y: float, side: float) -> SafeString:
    """Draw a QR code without the white around it."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    runs = []
    for down, row in enumerate(rows):
        across = 0
        for dark, cells in groupby(row):
            long = len(list(cells))
            if dark:
                runs.append(f"M{across} {down}h{long}v1h-{long}z")
            across += long
    shape = '<path transform="translate({} {}) scale({})" class="ink" d="{}"/>'
    return format_html(shape, x, y, side / len(rows), "".join(runs))


@register.simple_tag
def bar(
    x: float,
    y: float,
    length: float,
    height: float,
    percent: float | None,
    time: float | None = None,
    *,
    fill: str = "",
) -> SafeString:
    """Draw percent of a whole, coloured by the pace, with the mark of the time gone."""
    share = min(max(percent or 0, 0), 100) / 100
    shapes = [(x, y, length, height, height / 2, "track")]
    if share:
        level = fill or pace_level(percent, time) or "blue"
        shapes.append((x, y, max(length * share, height), height, height / 2, level))
    if time:
        mark, over = x + length * min(time, 100) / 100, height * 0.35
        shapes.append((mark - 2, y - over, 4, height + 2 * over, 0, "ink"))
    return format_html_join("", RECT, shapes)
