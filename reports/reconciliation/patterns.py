"""What one source would be if it were the other one with one thing done differently.

A pattern says what they would have published on each day. It is taken where that comes true on the
last day, and describes all days far better than two plain answers do: that both sources say the
same, and that one is always so many percent of the other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from reports.reconciliation.series import Overlap, Tolerance, UnitSeries

MOST_SHIFTED = 3
# A shift is read from how days follow each other: fewer could be a chance.
LEAST_DAYS = 5
# Where nothing else is wrong a pattern has to show itself on more days.
LEAST_DAYS_WITHIN = 10
# On the last day it leaves no more than the tolerance, or this part of the difference.
LEFT = 0.25
# There its days differ by more than this part of all that was published.
SEEN = 0.05
# What it leaves of the differences from day to day, beside what the plain answers leave.
BETTER, FAR_BETTER = 0.5, 0.2
# The same to date, where what was published hides the days.
BETTER_TO_DATE = 0.35
# A day whose two figures are exchanged leaves at most so much of its difference.
SWAPPED_DAY = 0.34

Kind = Literal["shifted", "swapped", "upgraded"]
Predict = Callable[[str, int], int]


@dataclass(frozen=True)
class Pattern:
    """``predict(code, day)`` is what they would have published to date.

    ``amount`` is by how many days it is shifted (above 0: theirs come later), on how many
    published days two were exchanged, or who counts an upgrade twice (above 0: they do).
    """

    kind: Kind
    amount: int
    codes: tuple[str, ...]
    predict: Predict

    def is_known(self, series: UnitSeries, day: int) -> bool:
        """Whether our figures reach far enough to say."""
        return self.kind != "shifted" or day - self.amount < series.known_days


@dataclass(frozen=True)
class _Fit:
    """What an answer leaves unexplained: from day to day, and to date."""

    daily: float
    to_date: float


def find_pattern(
    series: UnitSeries,
    codes: Sequence[str],
    last: int,
    tolerance: Tolerance,
    overlaps: Iterable[Overlap] = (),
) -> Pattern | None:
    """Return the pattern that describes the published days best; None where none does."""
    days = {code: found for code in codes if (found := series.published_until(code, last))}
    same = _fit(series, days, series.own)
    if not same.to_date:
        return None
    ends = {
        code: (series.theirs[code][of[-1]], series.own(code, of[-1])) for code, of in days.items()
    }
    is_within = all(tolerance.holds(theirs - ours, ours) for theirs, ours in ends.values())
    number = min(len(of) for of in days.values())
    if is_within and (number < LEAST_DAYS_WITHIN or same.daily <= SEEN * _brought(series, days)):
        return None
    in_proportion = _in_proportion(ends, series)
    over_all = [same, _fit(series, days, in_proportion)]
    best: tuple[_Fit, Pattern] | None = None
    for pattern in _candidates(series, days, overlaps):
        # Our figures of some days ahead are not there yet: of those no answer says anything.
        known, plain = days, over_all
        if not pattern.is_known(series, max(of[-1] for of in days.values())):
            known = {
                c: [day for day in of if pattern.is_known(series, day)] for c, of in days.items()
            }
            plain = [_fit(series, known, answer) for answer in (series.own, in_proportion)]
        # What leaves more from day to day than doing nothing is no answer: it need not be finished.
        limit = plain[0].daily * (FAR_BETTER if is_within else 1) if number >= LEAST_DAYS else inf
        fit = _fit(series, known, pattern.predict, limit if best is None else best[0].daily)
        if best is not None and (fit.daily, fit.to_date) >= (best[0].daily, best[0].to_date):
            continue
        if _is_better(pattern, fit, plain, number, is_within=is_within) and _comes_true(
            pattern, series, known, tolerance
        ):
            best = fit, pattern
    if best is None and not is_within:
        return _last_file(series, days, max(of[-1] for of in days.values()))
    return best[1] if best else None


def _candidates(
    series: UnitSeries, days: dict[str, list[int]], overlaps: Iterable[Overlap]
) -> Iterator[Pattern]:
    for overlap in overlaps:
        if all(code in days for code in overlap.pair):
            yield _swapped(series, overlap, days)
            yield _swapped_to_date(series, overlap, days)
        if overlap.both:
            yield from _upgraded(series, overlap, days)
    for size in range(1, MOST_SHIFTED + 1):
        for shift in (size, -size):
            yield Pattern("shifted", shift, tuple(days), _later(series, shift))
        if series.earlier:
            # What was published of single days is of days before the first, too.
            yield Pattern("shifted", size, tuple(days), _later(series, size, lost=-size))
        # Whose days come earlier has either begun earlier too, or lost the first ones.
        yield Pattern("shifted", -size, tuple(days), _later(series, -size, lost=size))


def _later(series: UnitSeries, shift: int, lost: int = 0) -> Predict:
    return lambda code, day: series.own(code, day - shift) - series.own(code, lost - 1)


def _swapped(series: UnitSeries, overlap: Overlap, days: dict[str, list[int]]) -> Pattern:
    """Exchange the two on every day on which that explains what was published of both."""
    first, second = overlap.pair
    exchanged: dict[int, int] = {}
    sum_of, before, number = 0, -1, 0
    for day in sorted({*days[first]} & {*days[second]}):
        one, other = (series.own(code, day) - series.own(code, before) for code in overlap.pair)
        their_one, their_other = (
            series.theirs[code][day] - (series.theirs[code][before] if before >= 0 else 0)
            for code in overlap.pair
        )
        as_is = abs(their_one - one) + abs(their_other - other)
        if abs(their_one - other) + abs(their_other - one) <= SWAPPED_DAY * as_is and as_is:
            sum_of += other - one
            number += 1
        exchanged[day], before = sum_of, day
    known = sorted(exchanged)

    def predict(code: str, day: int) -> int:
        if code not in overlap.pair:
            return series.own(code, day)
        moved = exchanged.get(day)
        if moved is None:
            moved = next((exchanged[one] for one in reversed(known) if one <= day), 0)
        return series.own(code, day) + (moved if code == first else -moved)

    return Pattern("swapped", number, overlap.pair, predict)


def _swapped_to_date(series: UnitSeries, overlap: Overlap, days: dict[str, list[int]]) -> Pattern:
    """Exchange what was published to date, on the days on which that explains it: a file or two."""
    first, second = overlap.pair
    exchanged = set()
    for day in {*days[first]} & {*days[second]}:
        one, other = (series.own(code, day) for code in overlap.pair)
        their_one, their_other = (series.theirs[code][day] for code in overlap.pair)
        as_is = abs(their_one - one) + abs(their_other - other)
        if abs(their_one - other) + abs(their_other - one) <= SWAPPED_DAY * as_is and as_is:
            exchanged.add(day)

    def predict(code: str, day: int) -> int:
        if code in overlap.pair and day in exchanged:
            return series.own(second if code == first else first, day)
        return series.own(code, day)

    return Pattern("swapped", len(exchanged), overlap.pair, predict)


def _upgraded(
    series: UnitSeries, overlap: Overlap, days: dict[str, list[int]]
) -> Iterator[Pattern]:
    """Count those who are in both once more, or once less, in what was published."""
    wholes = {overlap.total} & {*days}
    for part in (overlap.first, overlap.second, ""):
        for codes in ({part}, {part} | wholes):
            concerned = tuple(code for code in days if code in codes)
            if not concerned:
                continue
            for sign in (1, -1):
                more = _more(series, concerned, overlap.both, sign)
                yield Pattern("upgraded", sign, concerned, more)
                yield Pattern("upgraded", sign, concerned, _on_some_days(series, concerned, more))


def _more(series: UnitSeries, codes: tuple[str, ...], both: str, sign: int) -> Predict:
    def predict(code: str, day: int) -> int:
        more = sign * series.own(both, day) if code in codes else 0
        return series.own(code, day) + more

    return predict


def _on_some_days(series: UnitSeries, codes: tuple[str, ...], more: Predict) -> Predict:
    """Return the same for the days on which it explains nearly all: a file or two."""

    def predict(code: str, day: int) -> int:
        theirs = series.theirs.get(code, {}).get(day)
        own, counted = series.own(code, day), more(code, day)
        is_meant = theirs is not None and abs(theirs - counted) <= FAR_BETTER * abs(theirs - own)
        return counted if code in codes and is_meant else own

    return predict


def _last_file(series: UnitSeries, days: dict[str, list[int]], last: int) -> Pattern | None:
    """Return the shift of the last published day alone: of two indicators, to the unit.

    One figure that is ours of another day may be a chance; two are hardly.
    """
    ends = {code: of[-1] for code, of in days.items() if of[-1] == last}
    for size in range(1, MOST_SHIFTED + 1):
        for shift in (size, -size):
            fitting = [
                code
                for code, day in ends.items()
                if series.theirs[code][day]
                == series.own(code, day - shift)
                != series.own(code, day)
            ]
            if len(fitting) >= 2 and len(fitting) == len(days) and last - shift < series.known_days:
                return Pattern("shifted", shift, tuple(days), _later(series, shift))
    return None


def _in_proportion(
    ends: dict[str, tuple[int, int]], series: UnitSeries
) -> Callable[[str, int], float]:
    shares = {code: theirs / ours if ours else 1.0 for code, (theirs, ours) in ends.items()}
    return lambda code, day: shares[code] * series.own(code, day)


def _brought(series: UnitSeries, days: dict[str, list[int]]) -> int:
    return sum(series.theirs[code][of[-1]] for code, of in days.items())


def _fit(
    series: UnitSeries,
    days: dict[str, list[int]],
    predict: Callable[[str, int], float],
    limit: float = inf,
) -> _Fit:
    """Return what is left; infinite where it comes beyond ``limit`` from day to day."""
    daily = to_date = 0.0
    for code, of in days.items():
        theirs, before = series.theirs[code], 0.0
        for day in of:
            left = theirs[day] - predict(code, day)
            daily += abs(left - before)
            to_date += abs(left)
            before = left
            if daily > limit:
                return _Fit(inf, inf)
    return _Fit(daily, to_date)


def _is_better(
    pattern: Pattern, fit: _Fit, plain: Sequence[_Fit], number: int, *, is_within: bool
) -> bool:
    if not plain[0].to_date or (pattern.kind == "swapped" and not pattern.amount):
        return False
    daily = min(one.daily for one in plain)
    if is_within:
        return fit.daily <= FAR_BETTER * daily
    to_date = min(one.to_date for one in plain)
    if number < LEAST_DAYS:
        # Two figures that fit each other's place, or one that fits a third, may be a chance
        # only where they nearly fit anyway.
        return pattern.kind != "shifted" and fit.to_date <= FAR_BETTER * plain[0].to_date
    if fit.daily <= BETTER * daily:
        return True
    if pattern.kind == "upgraded":
        # A part of all, as a proportion is: its days tell less, and its amount more.
        return fit.daily <= daily and fit.to_date <= FAR_BETTER * plain[0].to_date
    return fit.daily <= plain[0].daily and fit.to_date <= BETTER_TO_DATE * to_date


def _comes_true(
    pattern: Pattern, series: UnitSeries, known: dict[str, list[int]], tolerance: Tolerance
) -> bool:
    for code, of in known.items():
        if not of:
            return False
        predicted, theirs = pattern.predict(code, of[-1]), series.theirs[code][of[-1]]
        plain, left = abs(theirs - series.own(code, of[-1])), abs(theirs - predicted)
        if not tolerance.holds(left, predicted) and left > LEFT * plain:
            return False
    return True
