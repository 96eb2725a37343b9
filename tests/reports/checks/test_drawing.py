"""A draw is made again by anybody, and gives everybody the chance that it says."""

from collections import Counter
from itertools import pairwise

from reports.checks.drawing import Item, draw, seed_of

ITEMS = [
    Item(f"{area}/{branch}/{day}", area, 1 + (branch * 7 + day * 3) % 20, day == 9, branch % 3)
    for area in ("363", "365")
    for branch in range(8)
    for day in range(10)
]


def test_draw_depends_on_the_seed_alone() -> None:
    seed = seed_of("ab" * 32, 3)

    strata, drawn = draw(ITEMS, seed, 12)

    assert draw(reversed(ITEMS), seed, 12) == (strata, drawn)
    assert draw(ITEMS, seed_of("ab" * 32, 4), 12)[1] != drawn
    assert seed == "d1e212fb9ee63146a5a161f9b227d0f1ea237dcd21c43c6cf101827b99dd93c5"


def test_draw_takes_its_number_of_each_area_and_two_of_each_stratum() -> None:
    strata, drawn = draw([*ITEMS, Item("zero", "363", 0)], seed_of("", 1), 12)

    assert [(s.area, s.name) for s in strata] == [
        (area, name) for area in ("363", "365") for name in ("unusual", "large", "small")
    ]
    assert all(stratum.drawn >= 2 for stratum in strata)
    taken = Counter(one.stratum for one in drawn)
    assert taken == {stratum.key: stratum.drawn for stratum in strata}
    assert sum(taken.values()) == 24
    assert sum(stratum.items for stratum in strata) == len(ITEMS)
    assert len({one.item.key for one in drawn}) == 24
    # A small area is checked whole, and no more.
    _strata, all_drawn = draw(ITEMS[:3], "seed", 12)
    assert [one.probability for one in all_drawn] == [1.0] * 3


def test_each_is_drawn_as_often_as_its_probability_says() -> None:
    turns, seen, chances = 600, Counter[str](), {}
    for turn in range(turns):
        for one in draw(ITEMS[:80], f"seed {turn}", 10)[1]:
            seen[one.item.key] += 1
            chances[one.item.key] = one.probability

    # Three standard deviations, of the eighty furthest off four.
    for key, chance in chances.items():
        spread = (chance * (1 - chance) / turns) ** 0.5
        assert abs(seen[key] / turns - chance) <= 4 * spread, key


def test_who_was_checked_before_is_drawn_less() -> None:
    alike = [Item(f"{n}", "area", 10, before=n % 4) for n in range(40)]

    chances = {
        one.item.before: one.probability
        for turn in range(60)
        for one in draw(alike, f"{turn}", 4)[1]
    }

    ordered = [chances[before] for before in range(4)]
    assert all(less < more for more, less in pairwise(ordered))
