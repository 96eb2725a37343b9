"""When enough has been checked: Wald's sequential test, cut off at sixty (docs/checks.md).

Without Django. An item is wrong where the recount differs by more than ``TOLERANCE`` and more
than ``SLACK``. ``GOOD`` is a share of wrong items with which the figures are good enough, ``BAD``
one with which the area has to be looked at; either is missed with a probability of about ``RISK``
(worked out in tests/reports/checks/test_verdict.py).
"""

from collections.abc import Iterable
from enum import StrEnum
from math import ceil, floor, log

GOOD, BAD, RISK, MOST = 0.05, 0.20, 0.10, 60
TOLERANCE, SLACK = 0.10, 2


class Verdict(StrEnum):
    GOOD = "good"
    LOOK = "look"
    GO_ON = "go_on"


_WEIGHT = log(BAD / (1 - BAD)) - log(GOOD / (1 - GOOD))
_SLOPE = log((1 - GOOD) / (1 - BAD)) / _WEIGHT
_GAP = log((1 - RISK) / RISK) / _WEIGHT


def is_wrong(reported: int, verified: int) -> bool:
    difference = abs(reported - verified)
    return difference > SLACK and difference > TOLERANCE * reported


def bounds(number: int) -> tuple[int, int]:
    """Return with how many wrong of ``number`` it is good enough, and from how many to look at."""
    if number >= MOST:
        enough = floor(_SLOPE * MOST)
        return enough, enough + 1
    return floor(_SLOPE * number - _GAP), ceil(_SLOPE * number + _GAP)


def verdict(wrong: Iterable[bool]) -> Verdict:
    """Judge checks in the order in which they came in; what was decided stays."""
    found = 0
    for number, one in enumerate(wrong, start=1):
        found += one
        good, look = bounds(number)
        if found <= good:
            return Verdict.GOOD
        if found >= look:
            return Verdict.LOOK
    return Verdict.GO_ON


def decision_table() -> list[tuple[int, int, int]]:
    """Return the numbers of checks at which a bound moves, with both; -1 where none is reached."""
    lines: list[tuple[int, int, int]] = []
    for number in range(2, MOST + 1):
        good, look = bounds(number)
        line = number, max(good, -1), look
        if look <= number and (not lines or line[1:] != lines[-1][1:]):
            lines.append(line)
    return lines
