"""Why two sources differ: the classes of a difference, found by rules, in this order.

1. Nobody has a figure: no class. Only we have one: ``not_published``. Only they: ``not_reported``.
2. Others were published for later days, and this unit was silent for long: ``stopped``.
3. A pattern (``patterns``) describes what was published: ``shifted``, ``swapped``, ``upgraded``.
4. Every indicator is within the campaign's tolerance: ``within``.
5. Days that one side has left out make up the difference: ``not_reported``, ``not_published``.
6. What is left is ``ours_higher`` or ``theirs_higher``: nothing explains it but a remark.

docs/reconciliation.md says why the bounds are what they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reports.reconciliation.patterns import LEAST_DAYS, Pattern, find_pattern
from reports.reconciliation.series import Overlap, Tolerance, UnitSeries, rhythm_of

# Silent for so many days, and for twice as long as usual.
SILENT_DAYS, SILENT_TIMES = 3, 2
# Days left out make up at least this part of the difference.
LEFT_OUT = 0.5


class DifferenceClass(StrEnum):
    WITHIN = "within"
    OURS_HIGHER = "ours_higher"
    THEIRS_HIGHER = "theirs_higher"
    NOT_REPORTED = "not_reported"
    NOT_PUBLISHED = "not_published"
    STOPPED = "stopped"
    SHIFTED = "shifted"
    SWAPPED = "swapped"
    UPGRADED = "upgraded"


UNEXPLAINED = frozenset({DifferenceClass.OURS_HIGHER, DifferenceClass.THEIRS_HIGHER})


@dataclass(frozen=True)
class Figures:
    """One indicator of a unit over the days compared; None where a side has nothing."""

    ours: int | None
    theirs: int | None
    # What they would have if the class were all there is to it.
    predicted: int | None = None

    @property
    def difference(self) -> int:
        """Ours less theirs: who has nothing has none of it."""
        return (self.ours or 0) - (self.theirs or 0)

    @property
    def size(self) -> int:
        return abs(self.difference)

    @property
    def unexplained(self) -> int:
        if self.predicted is None:
            return self.size
        return min(abs(self.predicted - (self.theirs or 0)), self.size)


@dataclass(frozen=True)
class Finding:
    """The class of a unit's difference. ``kind`` is None where neither side has a figure.

    ``amount`` goes with the class: days shifted (above 0: theirs come later), days left out,
    exchanged or silent, and of an upgrade who counts it twice (1: they, -1: we). ``day`` is up to
    when the two are compared, ``higher_days`` for how many days up to then ours was higher whenever
    they published, the first of them ``higher_since``.
    """

    kind: DifferenceClass | None
    figures: Mapping[str, Figures] = field(default_factory=dict)
    amount: int = 0
    day: int | None = None
    higher_days: int = 0
    higher_since: int | None = None

    @property
    def size(self) -> int:
        return sum(one.size for one in self.figures.values())

    @property
    def explained(self) -> int:
        """How much of the size the class explains."""
        if self.kind is None or self.kind in UNEXPLAINED:
            return 0
        if self.kind != DifferenceClass.WITHIN:
            return self.size - sum(one.unexplained for one in self.figures.values())
        return self.size


@dataclass(frozen=True)
class Rules:
    """What a campaign's differences are judged by: ``rhythm`` is how many days lie between two
    days of which anything was published."""

    tolerance: Tolerance = field(default_factory=Tolerance)
    overlaps: tuple[Overlap, ...] = ()
    rhythm: int = 1


def classify(
    series: UnitSeries, codes: Sequence[str], *, first: int = 0, last: int, rules: Rules
) -> Finding:
    """Return why a unit's two sources differ from the ``first`` to the ``last`` day.

    ``codes`` are the indicators that were published of anybody. Of some days of many, those
    patterns are asked that all days up to the last show.
    """
    published = [code for code in codes if series.last_published(code, last) is not None]
    reported = [day for day in series.reported if first <= day <= last]
    ends = {code: _compared_day(series, code, first, last) for code in published}
    compared = {code: day for code, day in ends.items() if day is not None}
    if not compared:
        is_silent = bool(published) and _is_silent(series, published, last, rules)
        kind = DifferenceClass.STOPPED if is_silent else DifferenceClass.NOT_PUBLISHED
        return _only_ours(series, codes, first, last, kind) if reported else Finding(None)
    if not reported:
        return _only_theirs(series, compared, first)
    if first == 0 and _is_silent(series, published, last, rules):
        return _stopped(series, compared, last)
    pattern = find_pattern(series, published, last, rules.tolerance, rules.overlaps)
    plain = _figures(series, compared, first)
    day = max(compared.values())
    is_within = _is_within(plain, rules.tolerance)
    if pattern is not None and (first == 0 or not is_within):
        figures = _figures(series, compared, first, pattern)
        if first == 0 or _fits(figures, rules.tolerance):
            return Finding(DifferenceClass(pattern.kind), figures, pattern.amount, day)
    if is_within:
        return Finding(DifferenceClass.WITHIN, plain, 0, day)
    left_out = _left_out(series, compared, first, rules)
    if left_out is not None:
        return left_out
    total = sum(one.difference for one in plain.values())
    most = total or max(plain.values(), key=lambda one: one.size).difference
    if most < 0:
        return Finding(DifferenceClass.THEIRS_HIGHER, plain, 0, day)
    since = _higher_since(series, compared, rules.tolerance)
    days = 0 if since is None else day - since + 1
    return Finding(DifferenceClass.OURS_HIGHER, plain, 0, day, days, since)


def _compared_day(series: UnitSeries, code: str, first: int, last: int) -> int | None:
    """Return up to which day of the range both are known; None where they published nothing."""
    day = series.last_published(code, last)
    if day is None or day < first or series.their_base(code, first) is None:
        return None
    return day


def _figures(
    series: UnitSeries, compared: Mapping[str, int], first: int, pattern: Pattern | None = None
) -> dict[str, Figures]:
    found = {}
    for code, day in compared.items():
        theirs = series.theirs[code][day] - (series.their_base(code, first) or 0)
        ours = series.own(code, day) - series.own(code, first - 1)
        predicted = None
        if pattern is not None and not pattern.is_known(series, day):
            # Our figures do not reach so far yet: what the other days show is taken as true.
            predicted = theirs
        elif pattern is not None:
            before = pattern.predict(code, first - 1) if first else 0
            predicted = pattern.predict(code, day) - before
        found[code] = Figures(ours, theirs, predicted)
    return found


def _is_within(figures: Mapping[str, Figures], tolerance: Tolerance) -> bool:
    return all(tolerance.holds(one.difference, one.ours or 0) for one in figures.values())


def _fits(figures: Mapping[str, Figures], tolerance: Tolerance) -> bool:
    return all(tolerance.holds(one.unexplained, one.predicted or 0) for one in figures.values())


def _only_ours(
    series: UnitSeries, codes: Iterable[str], first: int, last: int, kind: DifferenceClass
) -> Finding:
    figures = {
        code: Figures(series.own(code, last) - series.own(code, first - 1), None, 0)
        for code in codes
        if code in series.ours
    }
    days = sum(first <= day <= last for day in series.reported)
    return Finding(kind, figures, days, last)


def _only_theirs(series: UnitSeries, compared: Mapping[str, int], first: int) -> Finding:
    figures = {}
    for code, day in compared.items():
        theirs = series.theirs[code][day] - (series.their_base(code, first) or 0)
        figures[code] = Figures(None, theirs, theirs)
    days = sum(first <= day for day in series.days(next(iter(compared))))
    return Finding(DifferenceClass.NOT_REPORTED, figures, days, max(compared.values()))


def _is_silent(series: UnitSeries, codes: Iterable[str], last: int, rules: Rules) -> bool:
    """Whether nothing was published for long, up to a day of which others have something."""
    days = sorted({day for code in codes for day in series.published_until(code, last)})
    usual = max(rhythm_of(days, rules.rhythm), rules.rhythm)
    return last - days[-1] >= max(SILENT_DAYS, SILENT_TIMES * usual)


def _stopped(series: UnitSeries, compared: Mapping[str, int], last: int) -> Finding:
    """Compare with all that we have: what came since they stopped is explained by that."""
    figures = {}
    for code, day in compared.items():
        ours, theirs = series.own(code, last), series.theirs[code][day]
        figures[code] = Figures(ours, theirs, series.own(code, day))
    ended = max(compared.values())
    return Finding(DifferenceClass.STOPPED, figures, last - ended, ended)


def _left_out(
    series: UnitSeries, compared: Mapping[str, int], first: int, rules: Rules
) -> Finding | None:
    """Return whether the days that one side has left out make up the difference."""
    plain = _figures(series, compared, first)
    day = max(compared.values())
    for kind, blank in (
        (DifferenceClass.NOT_REPORTED, _our_blanks),
        (DifferenceClass.NOT_PUBLISHED, _their_blanks),
    ):
        if kind == DifferenceClass.NOT_PUBLISHED and not _is_daily(series, compared, rules):
            # To date what was left out is in the next figure.
            continue
        days: set[int] = set()
        figures = {}
        for code, one in plain.items():
            more = blank(series, code, first, compared[code], days)
            figures[code] = Figures(one.ours, one.theirs, (one.ours or 0) + more)
        finding = Finding(kind, figures, len(days), day)
        if _fits(figures, rules.tolerance) and finding.explained >= LEFT_OUT * finding.size:
            return finding
    return None


def _is_daily(series: UnitSeries, compared: Mapping[str, int], rules: Rules) -> bool:
    least = min(len(series.published_until(code, day)) for code, day in compared.items())
    return rules.rhythm == 1 and least >= LEAST_DAYS


def _spans(series: UnitSeries, code: str, first: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield day, day of the figure before it, and how much came between."""
    before, had = first - 1, series.their_base(code, first) or 0
    for day in series.days(code):
        if first <= day <= end:
            theirs = series.theirs[code][day]
            yield day, before, theirs - had
            before, had = day, theirs


def _our_blanks(series: UnitSeries, code: str, first: int, end: int, days: set[int]) -> int:
    """Return what they had while we had no report; of a week in which we fell silent, its share."""
    more = 0
    ahead: tuple[int, float] | None = None
    for day, before, came in _spans(series, code, first, end):
        blank = [one for one in range(before + 1, day + 1) if one not in series.reported]
        if len(blank) == day - before and came > 0:
            more += came
            days.update(blank)
            if ahead:
                more += round(ahead[0] * ahead[1])
        ends = 0
        while ends < day - before and day - ends not in series.reported:
            ends += 1
        ahead = (came, ends / (day - before)) if 0 < ends < day - before else None
    return more


def _their_blanks(series: UnitSeries, code: str, first: int, end: int, days: set[int]) -> int:
    less = 0
    for day, before, _came in _spans(series, code, first, end):
        if day > before + 1:
            less += series.own(code, day - 1) - series.own(code, before)
            days.update(range(before + 1, day))
    return -less


def _higher_since(
    series: UnitSeries, compared: Mapping[str, int], tolerance: Tolerance
) -> int | None:
    """Return since which published day, without one in between, ours was higher to date."""
    since = None
    ends = compared.items()
    days = sorted({day for code, end in ends for day in series.published_until(code, end)})
    for day in reversed(days):
        pairs = [
            (series.own(code, day), series.theirs[code][day])
            for code in compared
            if day in series.theirs[code]
        ]
        total = sum(ours - theirs for ours, theirs in pairs)
        if total <= 0 or all(tolerance.holds(ours - theirs, ours) for ours, theirs in pairs):
            break
        since = day
    return since
