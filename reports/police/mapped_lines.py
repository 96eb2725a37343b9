"""The lines of the police's file by today's map: the same columns, of the communes of today.

What was counted in communes of before stands with those that came after them; what leads to none
has a line of its own on each day, so that the sums are those of the file as it was.
"""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Level, Unit
from campaign.selectors import IndicatorSet
from campaign.todays_map import map_of
from core import clock
from core.formula_guard import guarded
from reports.exports.models import Export
from reports.police.lines import CRLF, DayOfLines
from reports.rollup.mapped import MappedTotals, totals_on_map
from reports.rollup.models import UnitDay

LEVELS = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)


def mapped_days_of_lines(
    *,
    actor: User,
    export: Export,
    indicators: IndicatorSet,
    counted: Sequence[str],
    headline: str,
) -> Generator[DayOfLines, None, None]:
    if export.first_day > export.last_day:
        return
    of = map_of(actor, clock.today())
    found = totals_on_map(
        of=of,
        top=of.find(),
        level=Level.COMMUNE,
        campaign=export.campaign,
        indicators=indicators,
        first=export.first_day,
        last=export.last_day,
        basis=export.basis,
        by_day=True,
    )
    moments = _Moments(export)
    for day, lines in groupby(found, key=lambda line: line.date):
        moments.go_on(day)
        buffer, sums, to_date, rows = StringIO(), Counter[str](), 0, 0
        writer = csv.writer(buffer, lineterminator=CRLF)
        for line in lines:
            counts = indicators.as_they_stand(line.counts, line.counts_to_date)
            cells = _cells(line, counts, counted, headline)
            tail = [export.basis, moments.of(line.line.weights)]
            writer.writerow([day, *_names(line.line.unit), *cells, *tail])
            sums.update({code: counts.get(code, 0) for code in counted})
            to_date += line.counts_to_date.get(headline, 0)
            rows += 1
        yield DayOfLines(buffer.getvalue(), rows, dict(sums), to_date)


class _Moments:
    """When units' figures last became others, on the days one after the other."""

    def __init__(self, export: Export) -> None:
        basis = export.basis
        days = UnitDay.objects.filter(campaign=export.campaign, date__lte=export.last_day)
        columns = ("date", "node_id", f"{basis}_at", f"{basis}_to_date_at")
        rows = days.exclude(**{f"{basis}_at": None}).order_by("date").values_list(*columns)
        self._days = groupby(rows.iterator(), key=lambda row: row[0])
        self._next = next(self._days, None)
        self._of_day: dict[int, dt.datetime] = {}
        self._to_date: dict[int, dt.datetime] = {}

    def go_on(self, day: dt.date | None) -> None:
        """Go on to a day, past all before it."""
        self._of_day = {}
        while self._next and day and self._next[0] <= day:
            date, rows = self._next
            for _date, node, of_day, to_date in rows:
                if date == day:
                    self._of_day[node] = max(of_day, self._to_date.get(node, of_day))
                if to_date is not None:
                    self._to_date[node] = max(to_date, self._to_date.get(node, to_date))
            self._next = next(self._days, None)

    def of(self, units: Iterable[int]) -> str:
        """Return the newest of some units; blank where none has a figure yet."""
        known = (self._of_day.get(pk) or self._to_date.get(pk) for pk in units)
        newest = max((moment for moment in known if moment), default=None)
        return timezone.localtime(newest).isoformat(timespec="seconds") if newest else ""


def _cells(
    line: MappedTotals, counts: dict[str, int], counted: Sequence[str], headline: str
) -> list[Any]:
    figures = [counts.get(code, "") for code in counted]
    to_date = line.counts_to_date.get(headline)
    target = line.target.get(headline)
    percent: Decimal | str = ""
    if target:
        exact = Decimal((to_date or 0) * 100) / target
        percent = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    known = ["" if to_date is None else to_date] if headline else []
    wanted = "" if target is None else target
    return [*figures, *known, wanted, percent, line.expected, line.received]


def _names(unit: Unit | None) -> list[str]:
    if unit is None:
        return [*("",) * 5, _("Chưa rõ địa bàn kế tiếp")]
    above = {level: unit.at_level(level) for level in LEVELS}
    return [
        cell
        for level in LEVELS
        for one in [above[level]]
        for cell in ((guarded(one.code), guarded(one.name)) if one else ("", ""))
    ]
