"""When to stop, and how often that is wrong: worked out, not drawn."""

from collections import defaultdict

import pytest

from reports.checks.verdict import (
    BAD,
    GOOD,
    MOST,
    Verdict,
    bounds,
    decision_table,
    is_wrong,
    verdict,
)


def outcomes(share: float) -> tuple[dict[Verdict, float], float]:
    """Return how likely each verdict is with so many wrong, and how many checks it takes."""
    going: dict[int, float] = {0: 1.0}
    ended: dict[Verdict, float] = defaultdict(float)
    expected = 0.0
    for number in range(1, MOST + 1):
        following: dict[int, float] = defaultdict(float)
        for wrong, chance in going.items():
            following[wrong] += chance * (1 - share)
            following[wrong + 1] += chance * share
        expected += sum(going.values())
        good, look = bounds(number)
        going = {}
        for wrong, chance in following.items():
            if wrong <= good:
                ended[Verdict.GOOD] += chance
            elif wrong >= look:
                ended[Verdict.LOOK] += chance
            else:
                going[wrong] = chance
    assert not going
    return ended, expected


def test_verdict_is_wrong_in_one_of_ten() -> None:
    good, few = outcomes(GOOD)
    bad, fewer = outcomes(BAD)

    assert good[Verdict.LOOK] == pytest.approx(0.067, abs=0.001)
    assert bad[Verdict.GOOD] == pytest.approx(0.103, abs=0.001)
    assert few == pytest.approx(20.3, abs=0.1)
    assert fewer == pytest.approx(15.6, abs=0.1)


def test_verdict_stops_early_and_stays() -> None:
    assert verdict([]) == Verdict.GO_ON
    assert verdict([False] * 12) == Verdict.GO_ON
    assert verdict([False] * 13) == Verdict.GOOD
    assert verdict([False] * 13 + [True] * 40) == Verdict.GOOD
    assert verdict([True, True]) == Verdict.LOOK
    # At the latest with sixty.
    assert verdict(([False] * 8 + [True]) * 6 + [False] * 5) == Verdict.GO_ON
    assert verdict(([False] * 8 + [True]) * 6 + [False] * 6) == Verdict.GOOD
    assert decision_table()[0] == (2, -1, 2)
    assert decision_table()[-1] == (60, 6, 7)


def test_small_differences_are_not_wrong() -> None:
    assert not is_wrong(10, 12)
    assert not is_wrong(100, 90)
    assert is_wrong(10, 7)
    assert is_wrong(100, 89)
    assert is_wrong(100, 111)
