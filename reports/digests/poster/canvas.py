"""A sheet to draw on. The tree of SVG escapes whatever is written on it."""

from xml.etree import ElementTree

from campaign.pace import pace_level
from reports.digests.poster.font_metrics import FAMILY, printable

WIDTH = 1080
MARGIN = 64
INNER = WIDTH - 2 * MARGIN

INK, SOFT, DIM, LINE, BED = "#14202e", "#33414f", "#566474", "#e1e6ec", "#e7ebf0"
DEEP, BLUE, PALE, SKY = "#083f78", "#0b5cab", "#9cc3e8", "#d6e5f5"
SUN, SUN_LIGHT, RED = "#ffd23f", "#fff6d6", "#d4232b"
STATE = {"ok": "#1d8a6b", "mid": "#c98a12", "low": "#c2413b", "": BLUE}
STATE_INK = {"ok": "#12694f", "mid": "#835700", "low": "#b3332d", "": INK}

# The star of static/core/star.svg, on a sheet of 24.
STAR = (
    "M12 4.4L13.8 9.93L19.61 9.93L14.91 13.34L16.7 18.87L12 15.46L7.3 18.87L9.09 13.34"
    "L4.39 9.93L10.2 9.93z"
)


class Canvas:
    """SVG elements in the order they are drawn; coordinates in pixels."""

    def __init__(self) -> None:
        self.root = ElementTree.Element("svg", xmlns="http://www.w3.org/2000/svg")

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, radius: float = 0
    ) -> None:
        """Draw a rectangle."""
        self._add("rect", x=x, y=y, width=max(width, 0), height=height, rx=radius, fill=fill)

    def star(self, x: float, y: float, radius: float) -> None:
        """Draw our badge, with its middle at a point."""
        self._add("circle", cx=x, cy=y, r=radius, fill="#ffffff")
        size = radius / 11.5
        move = f"translate({x - 12 * size:.1f} {y - 12 * size:.1f}) scale({size:.3f})"
        self._add("path", d=STAR, fill=RED, transform=move)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        *,
        weight: int = 400,
        fill: str = INK,
        anchor: str = "start",
    ) -> None:
        """Write a line; ``y`` is where its letters stand."""
        element = self._add("text", x=x, y=y, fill=fill)
        element.set("font-family", FAMILY)
        element.set("font-size", f"{size:g}")
        element.set("font-weight", str(weight))
        element.set("text-anchor", anchor)
        element.text = printable(words)

    def bar(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        percent: float | None,
        time: float | None,
        *,
        fill: str = "",
    ) -> None:
        """Draw percent of a whole, with the mark of the time gone."""
        share = min(max(percent or 0, 0), 100) / 100
        self.rect(x, y, width, height, BED, height / 2)
        colour = fill or STATE[pace_level(percent, time)]
        if share:
            self.rect(x, y, max(width * share, height), height, colour, height / 2)
        if time is not None:
            over = height * 0.35
            self.rect(x + width * min(time, 100) / 100 - 2, y - over, 4, height + 2 * over, INK)

    def svg(self, height: float) -> str:
        """Return the sheet, cut to a height."""
        self.root.set("width", str(WIDTH))
        self.root.set("height", f"{height:.0f}")
        self.root.set("viewBox", f"0 0 {WIDTH} {height:.0f}")
        return ElementTree.tostring(self.root, encoding="unicode")

    def _add(self, tag: str, **given: float | str) -> ElementTree.Element:
        attributes = {
            name: value if isinstance(value, str) else f"{value:.1f}"
            for name, value in given.items()
        }
        return ElementTree.SubElement(self.root, tag, attributes)
