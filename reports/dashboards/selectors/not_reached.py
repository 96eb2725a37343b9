"""Why people were not reached, by unit and reason, and where something is to be done about it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaign.models import Campaign, Indicator, Level, Unit
from campaign.selectors import IndicatorSet
from reports.rollup.totals import sum_days
from reports.rollup.trees import UNITS


@dataclass(frozen=True)
class Reason:
    """A reason, how many people it kept away, and the communes that have half of them or more.

    ``most`` are the fewest that do, the largest first, with their own numbers.
    """

    indicator: Indicator
    people: int
    most: tuple[tuple[Unit, int], ...]


@dataclass(frozen=True)
class NotReached:
    """The reasons, the most first; ``rows`` are units with their numbers in the same order."""

    reasons: tuple[Reason, ...]
    rows: tuple[tuple[Unit, tuple[int | None, ...], int], ...]

    @property
    def people(self) -> int:
        return sum(reason.people for reason in self.reasons)


def most_first(
    reasons: Iterable[Indicator], counts: Mapping[str, int]
) -> tuple[tuple[Indicator, int], ...]:
    known = [(reason, counts[reason.code]) for reason in reasons if counts.get(reason.code)]
    return tuple(sorted(known, key=lambda one: -one[1]))


def not_reached(
    *,
    campaign: Campaign,
    unit: Unit,
    units: Sequence[Unit],
    indicators: IndicatorSet,
    first: dt.date,
    last: dt.date,
    basis: str,
) -> NotReached:
    """Return why people of ``unit`` were not reached in some days (one query).

    ``units`` are those below it, of which the communes are shown, or else the unit itself. What a
    branch reports of a unit above the communes stands in the whole alone.
    """
    communes = [one for one in units if one.level == Level.COMMUNE] or [unit]
    sums = sum_days(UNITS, campaign, [unit, *communes], first, last, basis)
    whole = sums[unit.pk].counts if unit.pk in sums else {}
    found = most_first(indicators.reasons, whole)
    counts = {one: sums[one.pk].counts for one in communes if one.pk in sums}
    rows = []
    for commune, own in counts.items():
        cells = tuple(own.get(reason.code) for reason, _people in found)
        if total := sum(cell or 0 for cell in cells):
            rows.append((commune, cells, total))
    rows.sort(key=lambda row: (-row[2], row[0].sort_key))
    return NotReached(
        tuple(Reason(reason, people, _most(counts, reason.code)) for reason, people in found),
        tuple(rows),
    )


def _most(counts: Mapping[Unit, Mapping[str, int]], code: str) -> tuple[tuple[Unit, int], ...]:
    known = [(unit, own[code]) for unit, own in counts.items() if own.get(code)]
    known.sort(key=lambda one: (-one[1], one[0].sort_key))
    half, reached, most = sum(n for _unit, n in known) / 2, 0, []
    for unit, n in known:
        most.append((unit, n))
        reached += n
        if reached >= half:
            break
    return tuple(most)
