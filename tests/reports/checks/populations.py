"""Districts of whom everything is known: honest branches, and some that report too much."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from reports.checks.drawing import Item, draw
from reports.checks.estimate import Estimate, Recount, verification_factor


@dataclass(frozen=True)
class District:
    """``cheats`` is the share of branches that report ``least`` to ``most`` times too much.

    A fifth of what these report was never there at all. ``noise`` is the share of other days on
    which a count is out by one or two.
    """

    branches: int
    days: int
    cheats: float
    least: float
    most: float
    sigma: float = 1.0
    often: float = 1.0
    noise: float = 0.0


def population(rng: Random, district: District) -> tuple[list[Item], dict[str, int]]:
    """Return what was reported, and what is true of each item."""
    items, truth = [], {}
    cheaters = rng.sample(range(district.branches), round(district.cheats * district.branches))
    for branch in range(district.branches):
        for day in range(district.days):
            if rng.random() < 0.3:
                continue
            true = reported = max(1, round(rng.lognormvariate(2.5, district.sigma)))
            if branch in cheaters and rng.random() < district.often:
                reported = round(true * rng.uniform(district.least, district.most))
                true = 0 if rng.random() < 0.2 else true
            elif rng.random() < district.noise:
                true = max(0, true + rng.choice((-2, -1, 1, 2)))
            is_unusual = (reported > 60 and rng.random() < 0.5) or rng.random() < 0.03
            key = f"{branch}/{day}"
            items.append(Item(key, "area", reported, is_unusual, rng.choice((0, 0, 0, 1))))
            truth[key] = true
    return items, truth


def simulated(
    district: District, number: int, times: int, seed: int
) -> Iterator[tuple[float, Estimate]]:
    """Yield the truth, and what a draw of so many says of it; every fifth time of other people."""
    rng = Random(seed)
    items: list[Item] = []
    truth: dict[str, int] = {}
    for turn in range(times):
        if turn % 5 == 0:
            items, truth = population(rng, district)
        strata, drawn = draw(items, str(rng.random()), number)
        found = verification_factor(
            (
                Recount(one.stratum, one.item.size, truth[one.item.key], one.probability)
                for one in drawn
            ),
            strata,
        )
        assert found is not None
        yield sum(truth.values()) / sum(item.size for item in items), found
