"""What strikes the portal about the counts of a report: asked about, never refused.

The rules, in the words in which the phone follows them too while it has no network (the table
``tests/reports/unusual_cases.json`` is checked against both):

1. Each count is asked about once at most, for the first reason that holds:

   - ``part``: the indicator is a part of another one, and its count is greater than that of the
     whole; a whole that is blank counts as 0.
   - ``tenfold``: yesterday's count of it is 1 or more, today's is 30 or more and at least ten
     times yesterday's.
   - ``size``: it is greater than a third of the residents of the unit, or than 300 where that
     is more; than 1,000 where nobody has said how many residents there are.
   - ``far``: it is greater than what follows from the branch's own history in the unit. Only
     days of the last 42 before this one count on which it was greater than 0 and whose report
     was not returned. With fewer than 5 of them nothing is asked. Otherwise the limit is the
     greatest of three times their median, the median and eight times the median distance
     from it, and 20.

   A phone is given one limit for each indicator, the lower of the last two; what is greater
   than the limit is ``far`` to it. Without a limit it does not ask.

   Of an indicator whose last value stands only ``part`` is asked: it is no count of a day.

2. ``copied``, about the report as a whole: it has just the counts of yesterday, no more and no
   fewer; at least two of them are greater than 0, and together they are 10 or more. What stands
   from day to day is left out of it.

"Yesterday" is the report of the calendar day before by the same branch in the same unit; without
one, neither ``tenfold`` nor ``copied`` is asked about. A report without counts is never unusual.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from campaign.baselines import Residents
from campaign.models import Level, Unit
from campaign.report_day import ReportDay
from campaign.selectors import IndicatorSet
from reports.daily.models import DailyReport, Status

# How far back a history goes, and on how many days something must have been counted.
DAYS = 42
DAY = dt.timedelta(days=1)
ENOUGH = 5
# "far": so many medians, or the median and so many median distances, and at least so much.
MEDIANS = 3
DISTANCES = 8
LEAST = 20
# "tenfold": so many times yesterday's, from so much on.
TIMES = 10
TENFOLD_FROM = 30
# "size": one resident in so many is not reached on one day; its least, and without residents.
SHARE = 3
SIZE_LEAST = 300
SIZE_UNKNOWN = 1000
# "copied": less than this comes twice by chance.
COPIED_FROM = 10

Counts = Mapping[str, int]
# A report as far as it is a measure: date, status, counts.
Line = tuple[dt.date, str, Counts]


@dataclass(frozen=True)
class Anomaly:
    """One thing that is unusual: ``kind`` decides the words.

    ``code`` is the indicator, blank where it concerns the whole report; ``value`` the count,
    ``usual`` what it is held against.
    """

    kind: str
    code: str = ""
    value: int = 0
    usual: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class UsualRange:
    """What one indicator usually is at one place: the median and the limit that follows."""

    median: int
    limit: int


@dataclass(frozen=True)
class Expectation:
    """What a report of one branch in one unit on one day is held against.

    ``usual`` is by indicator code, only for those with enough of a history; ``size`` is what
    no count of a day is expected to be above.
    """

    usual: Mapping[str, UsualRange] = field(default_factory=dict)
    size: int = SIZE_UNKNOWN
    yesterday: Counts = field(default_factory=dict)

    def limits(self, codes: Iterable[str]) -> dict[str, int]:
        usual = ((code, self.usual.get(code)) for code in codes)
        return {code: min(of.limit, self.size) if of else self.size for code, of in usual}


def unusual_values(day: ReportDay, counts: Counts) -> list[Anomaly]:
    """Return what is unusual about the counts (two queries beside the indicators)."""
    if not any(counts.values()):
        return []
    indicators = day.indicators
    return judge(counts, expectation(day), indicators.wholes, indicators.states)


def expectation(day: ReportDay) -> Expectation:
    """Return what a report of the day is held against (two queries)."""
    return Expectations([day]).of(day)


def expectations(days: Sequence[ReportDay]) -> dict[ReportDay, Expectation]:
    """Return what reports of these days of a campaign are held against (two queries)."""
    expected = Expectations(days)
    return {day: expected.of(day) for day in days}


class Expectations:
    """What reports of many days of a campaign are held against (two queries)."""

    def __init__(self, days: Sequence[ReportDay]) -> None:
        self._lines: dict[tuple[int, int], dict[dt.date, Line]] = defaultdict(dict)
        if not days:
            return
        units = {day.unit.pk: day.unit for day in days}
        reports = DailyReport.objects.filter(
            campaign=days[0].campaign,
            branch__in={day.branch.pk for day in days},
            unit__in=units,
            date__gte=first_before(min(day.day for day in days)),
            date__lt=max(day.day for day in days),
        )
        for branch_id, unit_id, date, status, counts in reports.values_list(
            "branch_id", "unit_id", "date", "status", "counts"
        ):
            self._lines[branch_id, unit_id][date] = date, status, counts
        self._residents = residents_for(units.values(), {day.day for day in days})

    def of(self, day: ReportDay) -> Expectation:
        lines = self._lines[day.branch.pk, day.unit.pk].values()
        return expectation_of(lines, day.day, self._residents[day.day].get(day.unit.pk))

    def add(self, report: DailyReport) -> None:
        """Hold the days after it against a report that is going to stand there."""
        line = report.date, report.status, report.counts
        self._lines[report.branch_id, report.unit_id][report.date] = line


def first_before(day: dt.date) -> dt.date:
    """Return the first day that says what is usual; whoever mistypes a year may write 1."""
    return dt.date.fromordinal(max(1, day.toordinal() - DAYS))


def residents_for(units: Iterable[Unit], days: Iterable[dt.date]) -> dict[dt.date, dict[int, int]]:
    """Return by day and unit id how many residents a count is held against (one query).

    A hamlet has no figure of its own, and stands for its commune.
    """
    at: dict[int, Unit] = {
        unit.pk: unit.parent if unit.level == Level.HAMLET and unit.parent else unit
        for unit in units
    }
    residents = Residents(at.values())
    found = {}
    for day in days:
        _baseline, known = residents.on(day)
        found[day] = {pk: known[unit.pk] for pk, unit in at.items() if unit.pk in known}
    return found


def expectation_of(lines: Iterable[Line], day: dt.date, residents: int | None) -> Expectation:
    """Return what a report of ``day`` is held against, from those before it at its place."""
    first = first_before(day)
    # Nothing is before the first day of the calendar.
    yesterday = day - DAY if day > dt.date.min else day
    before = [line for line in lines if first <= line[0] < day]
    return Expectation(
        usual=Usual([counts for _date, status, counts in before if status != Status.RETURNED]),
        size=size_of(residents),
        yesterday=next((counts for date, _status, counts in before if date == yesterday), {}),
    )


class Usual(Mapping[str, UsualRange]):
    """What is usual by indicator code; zeros say nothing, and few days too little.

    Worked out for those codes that are asked about: most counts are too small to be unusual.
    """

    def __init__(self, history: Sequence[Counts]) -> None:
        self._history = history

    def __getitem__(self, code: str) -> UsualRange:
        values = [count for counts in self._history if (count := counts.get(code, 0)) > 0]
        if len(values) < ENOUGH:
            raise KeyError(code)
        return _usual(values)

    def __iter__(self) -> Iterator[str]:
        codes = dict.fromkeys(code for counts in self._history for code in counts)
        return (code for code in codes if code in self)

    def __len__(self) -> int:
        return sum(1 for _code in self)


def _usual(values: Sequence[int]) -> UsualRange:
    """Work out the limit from medians, which a slip among the values does not move."""
    middle = _median(values)
    distance = _median([abs(value - middle) for value in values])
    limit = max(MEDIANS * middle, middle + DISTANCES * distance, LEAST)
    return UsualRange(round(middle), math.floor(limit))


def _median(values: Sequence[float]) -> float:
    """Return what ``statistics.median`` does, in a fifth of its time."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def size_of(residents: int | None) -> int:
    """Return what no count of a day in a unit of so many residents is expected to be above."""
    return SIZE_UNKNOWN if residents is None else max(residents // SHARE, SIZE_LEAST)


def judge(
    counts: Counts,
    expected: Expectation,
    wholes: Mapping[str, str],
    states: Collection[str] = (),
) -> list[Anomaly]:
    """Return what is unusual, by the rules above; ``wholes`` names the whole of each part.

    ``states`` are the codes of which the last value stands.
    """
    found: list[Anomaly] = []
    for code in sorted(counts):
        is_state = code in states
        one = _judge_one(code, counts, expected, wholes.get(code), is_state=is_state)
        found += [one] if one is not None else []
    brought, yesterday = (
        {code: count for code, count in of_day.items() if code not in states}
        for of_day in (counts, expected.yesterday)
    )
    if _is_copied(brought, yesterday):
        found.append(Anomaly("copied"))
    return found


def _judge_one(
    code: str, counts: Counts, expected: Expectation, whole: str | None, *, is_state: bool
) -> Anomaly | None:
    value, yesterday = counts[code], expected.yesterday.get(code, 0)
    if whole is not None and value > counts.get(whole, 0):
        return Anomaly("part", code, value, counts.get(whole, 0))
    if is_state:
        return None
    if yesterday > 0 and value >= max(TIMES * yesterday, TENFOLD_FROM):
        return Anomaly("tenfold", code, value, yesterday)
    if value > expected.size:
        return Anomaly("size", code, value, expected.size)
    usual = expected.usual.get(code) if value > LEAST else None
    if usual is not None and value > usual.limit:
        return Anomaly("far", code, value, usual.median)
    return None


def _is_copied(counts: Counts, yesterday: Counts) -> bool:
    positive = [count for count in counts.values() if count > 0]
    is_telling = len(positive) > 1 and sum(positive) >= COPIED_FROM
    return is_telling and dict(counts) == dict(yesterday)


@dataclass(frozen=True)
class AnomalyLabel:
    """One unusual thing with the names that a page says; ``kind`` decides the words."""

    kind: str
    name: str
    value: int
    usual: int
    whole: str = ""

    @property
    def times(self) -> int:
        """How many times what it is held against, 0 where that is nothing."""
        return self.value // self.usual if self.usual else 0


def anomaly_labels(
    unusual: Sequence[Mapping[str, Any]], indicators: IndicatorSet
) -> list[AnomalyLabel]:
    """Return what is kept on a report as its page says it, in the order of the indicators."""
    by_code = {i.code: i for i in indicators.all}
    order = {code: n for n, code in enumerate(by_code)}
    flags = []
    for one in sorted(unusual, key=lambda one: order.get(one["code"], len(order))):
        indicator = by_code.get(one["code"])
        whole = indicator.at_most if indicator is not None else None
        flags.append(
            AnomalyLabel(
                kind=one["kind"],
                name=indicator.name if indicator is not None else one["code"],
                value=one["value"],
                usual=one["usual"],
                whole=whole.name if whole is not None else "",
            )
        )
    return flags
