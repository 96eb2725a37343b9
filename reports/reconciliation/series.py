"""Two sources of the same counts, side by side: what is compared, and how far it may differ.

Nothing here knows Django. Days are numbers: 0 is the first day of the campaign. Every figure is to
date (summed since that day) unless it says otherwise.
"""

import itertools
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

# By so many figures one sees how often they come.
RECENT = 7


@dataclass(frozen=True)
class Tolerance:
    """How far two sources may differ: so many accounts, or so many percent of ours."""

    percent: Fraction = field(default_factory=lambda: Fraction(2))
    accounts: int = 5

    def holds(self, difference: int, ours: int) -> bool:
        size = abs(difference)
        return size <= self.accounts or size <= self.percent * abs(ours) / 100


@dataclass(frozen=True)
class Overlap:
    """Two indicators of which one person may be in both, by the campaign's own formula.

    ``total`` is derived: ``first`` + ``second`` − ``both``. ``both`` is blank where the formula
    takes nothing off.
    """

    first: str
    second: str
    both: str = ""
    total: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        return self.first, self.second


@dataclass(frozen=True)
class UnitSeries:
    """The two sources of one unit.

    ``ours`` has a figure for each day from 0 on, by indicator; ``reported`` are the days on which
    we have one at all: blank is not zero. ``theirs`` has those days alone that were published.
    Where both begin later than the campaign, ``earlier`` has ours of the days -1, -2 and so on: at
    most 0, since figures begin at 0 before the first day.
    """

    ours: Mapping[str, Sequence[int]]
    theirs: Mapping[str, Mapping[int, int]]
    reported: frozenset[int]
    earlier: Mapping[str, Sequence[int]] = field(default_factory=dict)
    _days: dict[str, list[int]] = field(default_factory=dict, compare=False)

    def own(self, code: str, day: int) -> int:
        """Return our figure at the end of a day: 0 before the first, the last one after it."""
        figures = self.ours.get(code, ())
        if day < 0:
            before = self.earlier.get(code, ())
            return before[min(-day, len(before)) - 1] if before else 0
        if not figures:
            return 0
        return figures[min(day, len(figures) - 1)]

    def days(self, code: str) -> list[int]:
        """Return the days for which an indicator was published, in their order."""
        if code not in self._days:
            self._days[code] = sorted(self.theirs.get(code, ()))
        return self._days[code]

    def published_until(self, code: str, last: int) -> list[int]:
        days = self.days(code)
        return days[: bisect_right(days, last)]

    def last_published(self, code: str, last: int) -> int | None:
        days = self.days(code)
        number = bisect_right(days, last)
        return days[number - 1] if number else None

    def their_base(self, code: str, first: int) -> int | None:
        """Return what they had published before a day; None where that is not known."""
        if first <= 0:
            return 0
        return self.theirs.get(code, {}).get(first - 1)

    @property
    def known_days(self) -> int:
        """For how many days our figures are known."""
        return max((len(figures) for figures in self.ours.values()), default=0)


def rhythm_of(days: Sequence[int], otherwise: int = 1) -> int:
    """Return after how many days the next figure came of late; fewer than three cannot say."""
    late = days[-RECENT - 1 :]
    gaps = [after - before for before, after in itertools.pairwise(late)]
    return int(median(gaps)) if len(gaps) >= 2 else otherwise
