"""Which branch-days are checked: drawn by a published seed, so that nobody chooses.

Without Django and without chance of its own: whoever has the frame and the seed draws the same
again. docs/checks.md says each step in words.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

UNUSUAL, LARGE, SMALL = "unusual", "large", "small"
# A branch that was checked so often already weighs this much less; divisible by all of 1 to 6.
WEIGHT, MOST_BEFORE = 60, 5
LEAST_IN_STRATUM = 2


@dataclass(frozen=True)
class Item:
    """One branch-day: ``size`` is what it reported, ``before`` how often its branch was checked."""

    key: str
    area: str
    size: int
    is_unusual: bool = False
    before: int = 0

    @property
    def weight(self) -> int:
        return self.size * WEIGHT // (1 + min(self.before, MOST_BEFORE))


@dataclass(frozen=True)
class Stratum:
    """``drawn`` of the ``items`` of an area that are alike, with all that they reported."""

    area: str
    name: str
    items: int
    reported: int
    drawn: int

    @property
    def key(self) -> str:
        return f"{self.area}/{self.name}"


@dataclass(frozen=True)
class Drawn:
    item: Item
    stratum: str
    probability: float


def seed_of(head: str, number: int) -> str:
    """Return the seed of the plan of that number; ``head`` is the log's, of a day before."""
    return sha256(f"{head}|{number}".encode()).hexdigest()


def place(seed: str, key: str) -> int:
    return int(sha256(f"{seed}|{key}".encode()).hexdigest(), 16)


def draw(items: Iterable[Item], seed: str, per_area: int) -> tuple[list[Stratum], list[Drawn]]:
    """Draw up to ``per_area`` of each area's items; what reported nothing is never drawn."""
    areas: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.size > 0:
            areas[item.area].append(item)
    strata, drawn = [], []
    for area in sorted(areas):
        groups = _groups(areas[area])
        for (name, group), number in zip(groups, _shares(groups, per_area), strict=True):
            stratum = Stratum(area, name, len(group), sum(i.size for i in group), number)
            strata.append(stratum)
            drawn += _draw_from(group, stratum, seed)
    return strata, drawn


def _groups(items: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    """Part an area: what is unusual, the largest that make up half of the rest, and the others."""
    groups: dict[str, list[Item]] = {UNUSUAL: [i for i in items if i.is_unusual]}
    rest = sorted((i for i in items if not i.is_unusual), key=lambda i: (-i.size, i.key))
    half, summed = sum(i.size for i in rest) / 2, 0
    for item in rest:
        groups.setdefault(LARGE if summed < half else SMALL, []).append(item)
        summed += item.size
    return [(name, group) for name, group in groups.items() if group]


def _shares(groups: Sequence[tuple[str, list[Item]]], number: int) -> list[int]:
    """Share a number out by what was reported, at least two to each; none beyond what it has."""
    sizes = [sum(i.size for i in group) for _name, group in groups]
    most = [len(group) for _name, group in groups]
    shares = [min(LEAST_IN_STRATUM, m) for m in most]
    while sum(shares) < number:
        open_ones = [k for k, m in enumerate(most) if shares[k] < m]
        if not open_ones:
            break
        # The one that is furthest behind its share (Sainte-Laguë).
        shares[max(open_ones, key=lambda k: (sizes[k] / (2 * shares[k] + 1), -k))] += 1
    return shares


def _draw_from(group: Sequence[Item], stratum: Stratum, seed: str) -> list[Drawn]:
    """Draw in proportion to the weights: systematically, in the order of the hashes."""
    rest = sorted(group, key=lambda i: place(seed, i.key))
    number, certain = stratum.drawn, []
    while number:
        whole = sum(i.weight for i in rest)
        sure = [i for i in rest if i.weight * number >= whole]
        if not sure:
            break
        certain += sure
        rest = [i for i in rest if i not in sure]
        number -= len(sure)
    drawn = [Drawn(i, stratum.key, 1.0) for i in certain]
    if number <= 0:
        return drawn
    whole, passed = sum(i.weight for i in rest), 0
    point = place(seed, stratum.key) % whole
    for item in rest:
        passed += item.weight * number
        if point < passed:
            drawn.append(Drawn(item, stratum.key, item.weight * number / whole))
            point += whole
    return drawn
