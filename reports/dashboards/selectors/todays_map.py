"""The ranking by today's map: what each unit of today has, counted wherever it was."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from campaign.models import Campaign, Indicator, Unit
from campaign.selectors import IndicatorSet
from campaign.todays_map import TodaysMap
from reports.dashboards.selectors.dashboard import chosen_indicator
from reports.rollup.mapped import MappedTotals, totals_on_map


@dataclass(frozen=True)
class MappedRow:
    """One line: its rank, None where it has none; ``unit`` is None for what leads to no unit."""

    mapped: MappedTotals
    code: str
    rank: int | None = None

    @property
    def unit(self) -> Unit | None:
        return self.mapped.line.unit

    @property
    def sources(self) -> tuple[Unit, ...]:
        return self.mapped.line.sources

    @property
    def to_date(self) -> int | None:
        return self.mapped.counts_to_date.get(self.code)

    @property
    def target(self) -> int | None:
        return self.mapped.target.get(self.code)

    @property
    def percent(self) -> float | None:
        return (self.to_date or 0) * 100 / self.target if self.target else None


@dataclass(frozen=True)
class MappedRanking:
    """The rows in their order, what has no known successor last; ``top`` is the sum of all.

    They are ranked by one indicator; ``choices`` are those that have targets.
    """

    top: MappedRow
    rows: tuple[MappedRow, ...]
    headline: Indicator | None
    ranked_by: Indicator | None
    choices: tuple[Indicator, ...]


def mapped_ranking(
    *,
    of: TodaysMap,
    top: Unit,
    campaign: Campaign,
    indicators: IndicatorSet,
    basis: str,
    day: dt.date,
    indicator: str = "",
) -> MappedRanking:
    """Rank the units of the next level below ``top``, by percent of target.

    ``indicator`` is a code, by default the headline's; ``Http404`` for one that is not there.
    """
    ranked_by = chosen_indicator(indicators, indicator)
    code = ranked_by.code if ranked_by else ""

    def rows(level: str) -> Iterator[MappedRow]:
        found = totals_on_map(
            of=of, top=top, level=level, campaign=campaign, indicators=indicators,
            first=campaign.starts_on, last=day, basis=basis,
        )  # fmt: skip
        return (MappedRow(mapped, code) for mapped in found)

    below = (u.level for u in of.current if u.parent_id == top.pk)
    level = next(below, top.level)
    whole, parts = next(rows(top.level)), list(rows(level))
    given = {code for row in (whole, *parts) for code, n in row.mapped.target.items() if n}
    return MappedRanking(
        top=whole,
        rows=_ranked(parts),
        headline=indicators.headline,
        ranked_by=ranked_by,
        choices=tuple(i for i in indicators.all if i.code in given),
    )


def _ranked(rows: list[MappedRow]) -> tuple[MappedRow, ...]:
    """Give out the ranks, one for equals; what is at nought (C27) or of no unit has none."""
    known = [row.percent for row in rows if row.unit is not None and row.percent is not None]

    def ranked(row: MappedRow) -> MappedRow:
        percent = row.percent if row.unit is not None else None
        rank = 1 + sum(other > percent for other in known) if percent else None
        return MappedRow(row.mapped, row.code, rank)

    def order(row: MappedRow) -> tuple[bool, int, str]:
        name = row.unit.sort_key if row.unit else ""
        return row.unit is None, row.rank or len(rows) + 1, name

    return tuple(sorted(map(ranked, rows), key=order))
