"""Every class of a difference is found by its rule, and at the edges of each."""

import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import pytest

from reports.reconciliation.classes import DifferenceClass, Finding, Rules, classify
from reports.reconciliation.series import Tolerance, UnitSeries
from tests.reports.reconciliation.planting import (
    CODES,
    LEVELS,
    later,
    our_days,
    plant,
    planted,
    published,
    series,
    to_date,
)

DAYS = 81
KINDS = [kind.value for kind in DifferenceClass]


def one(
    ours: list[int], theirs: dict[int, int], *, last: int | None = None, **rules: object
) -> Finding:
    """Classify one indicator, to date on both sides; we have a report on each day."""
    unit = UnitSeries({"a": ours}, {"a": theirs} if theirs else {}, frozenset(range(len(ours))))
    given: dict[str, object] = {"rhythm": 1, **rules}
    asked = len(ours) - 1 if last is None else last
    return classify(unit, ["a"], last=asked, rules=Rules(**given))  # type: ignore[arg-type]


def kind_of(*args: object, **more: object) -> str | None:
    found = one(*args, **more).kind  # type: ignore[arg-type]
    return found.value if found else None


# Per class: how many of a hundred are named, and how many of a hundred so named are it. Noise takes
# some units out of the tolerance in truth.
NOISES: dict[str, tuple[int, Callable[[random.Random], Callable[[int], int]], int, int]] = {
    "exact": (1, lambda rng: lambda value: value, 96, 93),
    "rounded by one in five": (
        1,
        lambda rng: lambda value: value + rng.choice((-1, 0, 0, 0, 1)) if value else value,
        70,
        75,
    ),
    "three in a hundred": (
        1,
        lambda rng: lambda value: round(value * rng.uniform(0.97, 1.03)),
        90,
        90,
    ),
    "weekly": (7, lambda rng: lambda value: value, 95, 95),
}


@pytest.mark.parametrize("noise", NOISES)
def test_planted_differences_of_226_units_are_named(noise: str) -> None:
    every, noisy, recall, precision = NOISES[noise]
    rng = random.Random(6)
    found: Counter[tuple[str, str]] = Counter()
    last = DAYS - DAYS % every - 1
    for number in range(2 * 226):
        kind = KINDS[number % len(KINDS)]
        unit = planted(kind, rng, every=every, noise=noisy(rng))
        finding = classify(unit, CODES, last=last, rules=Rules(overlaps=(LEVELS,), rhythm=every))
        assert finding.kind is not None
        found[kind, finding.kind.value] += 1
    for kind in KINDS:
        right = found[kind, kind]
        are = sum(n for (of, _as), n in found.items() if of == kind)
        named = sum(n for (_of, name), n in found.items() if name == kind)
        assert 100 * right >= recall * are, (kind, found)
        assert 100 * right >= precision * named, (kind, found)


def test_units_that_agree_are_within_whatever_they_count() -> None:
    rng = random.Random(7)
    for _number in range(226):
        ours, reported = our_days(rng, DAYS)
        unit = series(ours, reported, published({code: ours[code] for code in CODES}))
        finding = classify(unit, CODES, last=DAYS - 1, rules=Rules(overlaps=(LEVELS,)))
        assert (finding.kind, finding.size) == (DifferenceClass.WITHIN, 0)


def test_tolerance_holds_at_its_edge_and_not_beyond() -> None:
    two = Tolerance(Fraction(2), 5)
    assert two.holds(20, 1000)
    assert not two.holds(21, 1000)
    assert two.holds(-20, 1000)
    assert not two.holds(-21, 1000)
    assert two.holds(5, 0)
    assert not two.holds(6, 0)
    assert Tolerance(Fraction(5, 2), 0).holds(25, 1000)
    assert not Tolerance(Fraction(5, 2), 0).holds(1, 0)
    assert kind_of([1000], {0: 980}) == "within"
    assert kind_of([1000], {0: 979}) == "ours_higher"
    assert kind_of([1000], {0: 1021}) == "theirs_higher"
    assert kind_of([100], {0: 90}, tolerance=Tolerance(Fraction(2), 10)) == "within"


def test_zero_is_a_figure_and_blank_is_none() -> None:
    assert kind_of([0, 0], {1: 0}) == "within"
    assert kind_of([0, 0], {1: 9}) == "theirs_higher"
    assert kind_of([9, 9], {1: 0}) == "ours_higher"
    assert kind_of([9, 9], {}) == "not_published"
    blank = UnitSeries({}, {"a": {1: 9}}, frozenset())
    found = classify(blank, ["a"], last=1, rules=Rules())
    assert (found.kind, found.size, found.explained) == (DifferenceClass.NOT_REPORTED, 9, 9)
    assert classify(UnitSeries({}, {}, frozenset()), ["a"], last=1, rules=Rules()).kind is None


def test_one_published_day_is_no_shift() -> None:
    ours = [10 * day for day in range(1, 31)]
    assert kind_of(ours, {29: 280}) == "ours_higher"
    assert kind_of(ours, {27: 260, 28: 270, 29: 280}) == "ours_higher"


def test_shift_is_told_by_how_many_days_and_to_which_side() -> None:
    rng = random.Random(3)
    ours, reported = our_days(rng, 40)
    for shift in (1, 2, 3, -1, -2, -3):
        theirs = published({code: later(ours[code], shift) for code in CODES})
        found = classify(series(ours, reported, theirs), CODES, last=39, rules=Rules())
        assert (found.kind, found.amount) == (DifferenceClass.SHIFTED, shift)
        assert found.explained == found.size
    theirs = published({code: later(ours[code], 4) for code in CODES})
    found = classify(series(ours, reported, theirs), CODES, last=39, rules=Rules())
    assert found.kind == DifferenceClass.OURS_HIGHER


def test_one_file_alone_may_be_wrong() -> None:
    ours, reported = our_days(random.Random(11), 40, blanks=0)
    whole = to_date(ours)
    rules = Rules(overlaps=(LEVELS,))
    before = {code: {day: whole[code][day] for day in range(20, 39)} for code in CODES}
    for kind, amount, last in (
        ("swapped", 1, {"level1": whole["level2"][39], "level2": whole["level1"][39]}),
        (
            "upgraded",
            -1,
            {
                "level1": whole["level1"][39] - whole["upgraded"][39],
                "level2": whole["level2"][39],
            },
        ),
        ("shifted", 3, {code: whole[code][36] for code in CODES}),
    ):
        nothing: dict[str, dict[int, int]] = {code: {} for code in CODES}
        for earlier in (before, nothing):
            theirs = {code: {**earlier[code], 39: last[code]} for code in CODES}
            found = classify(series(ours, reported, theirs), CODES, last=39, rules=rules)
            assert (found.kind, found.amount) == (kind, amount), earlier
            assert found.explained == found.size


def test_exchanged_levels_are_found_on_the_days_that_they_are() -> None:
    ours, reported = our_days(random.Random(4), 40, blanks=0)
    theirs = {code: list(ours[code]) for code in CODES}
    for day in range(10, 22):
        theirs["level1"][day], theirs["level2"][day] = ours["level2"][day], ours["level1"][day]
    unit = series(ours, reported, published(theirs))
    found = classify(unit, CODES, last=39, rules=Rules(overlaps=(LEVELS,)))
    assert found.kind == DifferenceClass.SWAPPED
    assert 10 <= found.amount <= 12
    assert found.explained > 0.8 * found.size
    # A campaign whose formulas know no such pair has no such class.
    assert classify(unit, CODES, last=39, rules=Rules()).kind != DifferenceClass.SWAPPED


def test_upgrade_says_who_counts_it_twice() -> None:
    ours, reported = our_days(random.Random(5), 40)
    for sign in (1, -1):
        theirs = {
            "level1": [a + sign * b for a, b in zip(ours["level1"], ours["upgraded"], strict=True)],
            "level2": ours["level2"],
        }
        unit = series(ours, reported, published(theirs))
        found = classify(unit, CODES, last=39, rules=Rules(overlaps=(LEVELS,)))
        assert (found.kind, found.amount) == (DifferenceClass.UPGRADED, sign)
        assert found.explained == found.size == to_date(ours)["upgraded"][-1]
        assert classify(unit, CODES, last=39, rules=Rules()).amount == 0
    both = {"activated": [a + b for a, b in zip(ours["level1"], ours["level2"], strict=True)]}
    unit = series(ours, reported, {"activated": dict(enumerate(to_date(both)["activated"]))})
    found = classify(unit, ["activated"], last=39, rules=Rules(overlaps=(LEVELS,)))
    assert (found.kind, found.amount) == (DifferenceClass.UPGRADED, 1)


def test_who_stopped_is_silent_while_others_are_published() -> None:
    ours = [10 * day for day in range(1, 41)]
    daily = {day: ours[day] for day in range(37)}
    found = one(ours, daily)
    assert (found.kind, found.amount, found.day) == (DifferenceClass.STOPPED, 3, 36)
    assert (found.size, found.explained) == (30, 30)
    assert kind_of(ours, daily, last=38) == "within"
    # Where a week lies between two figures a week is no silence.
    weekly = {day: ours[day] for day in range(6, 28, 7)}
    assert kind_of(ours, weekly, rhythm=7) == "within"
    assert kind_of([*ours, 410, 420], weekly, rhythm=7) == "stopped"
    # What they differed by before is not explained by that.
    found = one(ours, {day: value // 2 for day, value in daily.items()})
    assert found.kind == DifferenceClass.STOPPED
    assert found.explained == 30


def test_days_left_out_make_up_the_difference() -> None:
    ours, _all = our_days(random.Random(8), 40, blanks=0)
    theirs = {code: list(ours[code]) for code in CODES}
    silent = {*range(20, 26)}
    for figures in ours.values():
        for day in silent:
            figures[day] = 0
    unit = series(ours, frozenset({*range(40)} - silent), published(theirs))
    found = classify(unit, CODES, last=39, rules=Rules(overlaps=(LEVELS,)))
    assert (found.kind, found.amount) == (DifferenceClass.NOT_REPORTED, 6)
    assert found.explained == found.size
    # Published by days, and some days missing: their sum to date lacks them for good.
    whole = our_days(random.Random(8), 40, blanks=0)[0]
    lacking = {c: [0 if d in silent else n for d, n in enumerate(whole[c])] for c in CODES}
    partly = {
        code: {day: value for day, value in enumerate(of) if day not in silent}
        for code, of in to_date(lacking).items()
    }
    unit = series(whole, frozenset(range(40)), partly)
    found = classify(unit, CODES, last=39, rules=Rules(overlaps=(LEVELS,)))
    assert (found.kind, found.amount) == (DifferenceClass.NOT_PUBLISHED, 6)
    assert found.explained == found.size


def test_run_of_higher_days_is_counted_back_from_the_last() -> None:
    ours = [100 * day for day in range(1, 31)]
    theirs = {day: value for day, value in enumerate(ours) if day < 27}
    found = one(ours, theirs | {27: 2600, 28: 2700, 29: 2800})
    assert (found.kind, found.higher_days, found.higher_since) == ("ours_higher", 3, 27)
    assert found.explained == 0
    assert one(ours, theirs | {27: 2800, 28: 2700, 29: 2800}).higher_days == 2
    assert one(ours, theirs | {27: 3200, 28: 3300, 29: 3400}).higher_days == 0


def test_some_days_are_judged_by_what_all_days_show() -> None:
    ours, reported = our_days(random.Random(9), 40, blanks=0)
    theirs = published({code: later(ours[code], 1) for code in CODES})
    unit = series(ours, reported, theirs)
    rules = Rules(overlaps=(LEVELS,))
    kinds = Counter(classify(unit, CODES, first=d, last=d, rules=rules).kind for d in range(20, 40))
    assert {*kinds} <= {DifferenceClass.SHIFTED, DifferenceClass.WITHIN}
    assert kinds[DifferenceClass.SHIFTED] >= 8
    found = classify(unit, CODES, first=30, last=36, rules=rules)
    difference = sum(sum(ours[c][30:37]) - sum(ours[c][29:36]) for c in CODES)
    assert sum(one.difference for one in found.figures.values()) == difference
    # A day before which nothing was published cannot be told from those before it.
    weekly = {code: {day: of[day] for day in range(6, 40, 7)} for code, of in to_date(ours).items()}
    unit = series(ours, reported, {code: weekly[code] for code in CODES})
    day = classify(unit, CODES, first=13, last=13, rules=rules)
    assert day.kind == DifferenceClass.NOT_PUBLISHED
    assert classify(unit, CODES, first=7, last=13, rules=rules).kind == DifferenceClass.WITHIN


def test_plants_are_what_they_are_called() -> None:
    """The plants would prove nothing if they left the figures as they are."""
    rng = random.Random(1)
    for kind in ("shifted", "swapped", "upgraded", "ours_higher", "theirs_higher", "within"):
        ours, _reported = our_days(rng, DAYS)
        assert plant(kind, ours, rng) != {code: ours[code] for code in CODES}
