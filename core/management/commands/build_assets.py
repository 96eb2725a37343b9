"""``manage.py build_assets`` cuts the typeface down and draws the icons of the installed portal.

The fonts come from a package and are made here, so that no third-party file is committed and
a page costs a phone three times 10 kB. htmx needs no building: django-htmx serves it.
"""

import logging
import os
from copy import deepcopy
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from typing import Any

import resvg_py
from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from PIL import Image

PACKAGE = "fontpkg_be_vietnam_pro"
WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
LETTERS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư"
    + "".join(map(chr, range(0x1EA0, 0x1EFA)))
    + "\u00a0©«°·»×–—‘’“”•…≈−≤≥₫"
)
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# Thousandths of the letter height: about the width of most figures; 4 gives up a little air.
FIGURE_WIDTH = 650


def _add_tabular_figures(font: Any) -> None:
    """Give the font figures of one width (``tnum``): its own 1 is half as wide as its 4."""
    for name in DIGITS:
        twin = f"{name}.tnum"
        width, bearing = font["hmtx"][name]
        shift = (FIGURE_WIDTH - width) // 2
        glyph = deepcopy(font["glyf"][name])
        glyph.coordinates.translate((shift, 0))
        glyph.recalcBounds(font["glyf"])
        font["glyf"][twin] = glyph
        font["hmtx"][twin] = (FIGURE_WIDTH, bearing + shift)
    pairs = " ".join(f"sub {name} by {name}.tnum;" for name in DIGITS)
    addOpenTypeFeaturesFromString(font, f"feature tnum {{ {pairs} }} tnum;", tables=["GSUB"])


def _build(source: Path, target: Path) -> None:
    """Write one weight; it appears under its name only when it is whole."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "tnum"]
    options.hinting = False
    options.name_IDs = [1, 2]
    font = subset.load_font(str(source), options)
    _add_tabular_figures(font)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=LETTERS)
    subsetter.subset(font)
    unfinished = target.with_suffix(f".{os.getpid()}")
    subset.save_font(font, str(unfinished), options)
    unfinished.replace(target)


# What an installed portal is known by: its size, and how much of it the star fills. A phone
# cuts a maskable icon to a shape of its own and leaves the middle four fifths.
ICONS = {"icon-192": (192, 1.0), "icon-512": (512, 1.0), "maskable-512": (512, 0.64)}


def _draw_icons(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    made_from = max(source.stat().st_mtime, Path(__file__).stat().st_mtime)
    star = source.read_text().partition(">")[2].rpartition("</svg>")[0]
    for name, (size, share) in ICONS.items():
        target = folder / f"{name}.png"
        if target.exists() and target.stat().st_mtime >= made_from:
            continue
        # A star that does not fill its icon lies on the blue of the portal's bar.
        bed = '<rect width="24" height="24" fill="#083f78"/>' if share < 1 else ""
        place = f'<g transform="translate({12 * (1 - share)} {12 * (1 - share)}) scale({share})">'
        frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        drawing = f"{frame}{bed}{place}{star}</g></svg>"
        picture = resvg_py.svg_to_bytes(svg_string=drawing, width=size, skip_system_fonts=True)
        unfinished = target.with_suffix(f".{os.getpid()}")
        # A star needs few colours, and phones fetch the icon with the first page.
        with Image.open(BytesIO(bytes(picture))) as image:
            few = image.quantize(4, method=Image.Quantize.FASTOCTREE)
        few.save(unfinished, "png", optimize=True)
        unfinished.replace(target)


class Command(BaseCommand):
    """Build what is missing or older than its source; say so in one line."""

    help = "Build fonts and icons into var/assets"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("fontTools").setLevel(logging.WARNING)
        folder = Path(settings.ASSETS_DIR) / "fonts"
        folder.mkdir(parents=True, exist_ok=True)
        built = 0
        with as_file(files(PACKAGE)) as package:
            for weight, style in WEIGHTS.items():
                source = package / "files" / f"BeVietnamPro-{style}.ttf"
                target = folder / f"be-vietnam-pro-{weight}.woff2"
                made_from = max(source.stat().st_mtime, Path(__file__).stat().st_mtime)
                if target.exists() and target.stat().st_mtime >= made_from:
                    continue
                (folder / "OFL.txt").write_bytes((package / "LICENSE").read_bytes())
                _build(source, target)
                built += 1
        star = Path(settings.BASE_DIR) / "static" / "core" / "star.svg"
        _draw_icons(star, Path(settings.ASSETS_DIR) / "icons")
        self.stdout.write(f"Fonts: {built} built, {len(WEIGHTS) - built} up to date.")
