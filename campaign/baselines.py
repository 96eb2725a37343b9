"""Reads of baselines."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from campaign.models import Baseline, BaselineFigure, Unit


class Residents:
    """What is known of units' residents (one query), to be asked for by day."""

    def __init__(self, units: Iterable[Unit]) -> None:
        rows = BaselineFigure.objects.filter(unit__in=list(units)).select_related("baseline")
        self.rows = list(rows)

    def on(self, day: dt.date) -> tuple[Baseline | None, dict[int, int]]:
        """Return what ``measure`` does of them."""
        return measure(self.rows, day)


def measure(rows: Iterable[BaselineFigure], day: dt.date) -> tuple[Baseline | None, dict[int, int]]:
    """Return the baseline to measure the units by, and its figures by unit id, as of a day.

    It is the one that knew the most of the units then, the newest of several: figures of two
    baselines are never set beside each other.
    """
    figures: dict[Baseline, dict[int, int]] = defaultdict(dict)
    for row in rows:
        # One that was taken back is 0.
        if value := row.value_on(day):
            figures[row.baseline][row.unit_id] = value
    if not figures:
        return None, {}
    known = {baseline.on(day): of for baseline, of in figures.items()}
    baseline = max(known, key=lambda b: (len(known[b]), b.as_of, b.pk))
    return baseline, known[baseline]


def residents_of(units: Sequence[Unit], day: dt.date) -> tuple[Baseline | None, dict[int, int]]:
    return Residents(units).on(day)
