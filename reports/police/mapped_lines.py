"""The lines of the police's file by today's map: the same columns, of the communes of today.

What was counted in communes of before stands with those that came after them; what leads to none
has a line of its own on each day, so that the sums are those of the file as it was.
"""

import csv
from collections import Counter
from collections.abc import Generator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Level, Unit
from campaign.selectors import IndicatorSet
from campaign.todays_map import map_of
from core import clock
from core.formula_guard import guarded
from reports.police.lines import CRLF, DayOfLines
from reports.police.models import Export
from reports.rollup.mapped import MappedTotals, totals_on_map

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
    tail = [export.basis, export.as_of.isoformat(timespec="seconds")]
    for day, lines in groupby(found, key=lambda line: line.date):
        buffer, sums, to_date, rows = StringIO(), Counter[str](), 0, 0
        writer = csv.writer(buffer, lineterminator=CRLF)
        for line in lines:
            counts = indicators.as_they_stand(line.counts, line.counts_to_date)
            cells = _cells(line, counts, counted, headline)
            writer.writerow([day, *_names(line.line.unit), *cells, *tail])
            sums.update({code: counts.get(code, 0) for code in counted})
            to_date += line.counts_to_date.get(headline, 0)
            rows += 1
        yield DayOfLines(buffer.getvalue(), rows, dict(sums), to_date)


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
