"""The map of a unit: its communes, coloured by percent of target."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from campaign.models import Boundary, Unit
from reports.dashboards import charts

# Thousandths of a degree round the map.
MARGIN = 4


@dataclass(frozen=True)
class Shape:
    """One unit of the map; ``band`` is its colour, None without a target."""

    unit: Unit
    path: str
    percent: float | None
    band: int | None


@dataclass(frozen=True)
class Map:
    """The communes below a unit, with the borders of the districts over them."""

    box: str
    shapes: tuple[Shape, ...]
    borders: tuple[str, ...]


def draw_map(units: Sequence[Unit], percent_of: Callable[[Unit], float | None]) -> Map | None:
    """Draw the communes, coloured by percent of target; None where there is no boundary."""
    communes = [u for u in units if u.level == "commune"]
    if len(communes) < 2:
        return None
    shapes = [
        Shape(u, u.boundary.path, percent, charts.band(percent))
        for u in communes
        for percent in [percent_of(u)]
    ]
    return Map(
        box=box_round([u.boundary for u in communes]),
        shapes=tuple(shapes),
        borders=tuple(u.boundary.path for u in units if u.level == "district"),
    )


def box_round(boundaries: Sequence[Boundary]) -> str:
    """Return what an SVG shows: all of them, with a margin."""
    west, north = min(b.west for b in boundaries), min(b.north for b in boundaries)
    east, south = max(b.east for b in boundaries), max(b.south for b in boundaries)
    box = (west - MARGIN, north - MARGIN, east - west + 2 * MARGIN, south - north + 2 * MARGIN)
    return " ".join(map(str, box))
