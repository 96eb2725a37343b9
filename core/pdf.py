"""What every PDF of the portal is drawn with: a font that has all Vietnamese letters, QR codes."""

import re
from importlib.resources import as_file, files

import segno
from fpdf import FPDF

PACKAGE, FAMILY = "fontpkg_be_vietnam_pro", "Be Vietnam Pro"
STYLES = {"": "Regular", "B": "Bold", "I": "Italic"}
INK = (20, 32, 46)


def add_fonts(pdf: FPDF) -> None:
    with as_file(files(PACKAGE)) as package:
        for style, name in STYLES.items():
            pdf.add_font(FAMILY, style, package / "files" / f"BeVietnamPro-{name}.ttf")


def draw_qr(pdf: FPDF, text: str, left: float, top: float, side: float) -> None:
    """Draw a square of ``side`` millimetres."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    dot = side / len(rows)
    pdf.set_fill_color(*INK)
    for y, row in enumerate(rows):
        for match in re.finditer("1+", "".join("1" if bit else "0" for bit in row)):
            length = match.end() - match.start()
            # A hair wider than it is, so that no reader shows seams.
            pdf.rect(
                left + match.start() * dot, top + y * dot, length * dot + 0.02, dot + 0.02, "F"
            )
