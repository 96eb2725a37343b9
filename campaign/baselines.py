"""Reads of baselines."""

from collections.abc import Sequence

from campaign.models import Baseline, BaselineFigure, Unit


def residents_of(units: Sequence[Unit]) -> tuple[Baseline | None, dict[int, int]]:
    """Return the baseline to measure units by, and its figures by unit id (one query).

    It is the one that knows the most of the units, the newest of several: figures of two
    baselines are never set beside each other.
    """
    figures: dict[Baseline, dict[int, int]] = {}
    for row in BaselineFigure.objects.filter(unit__in=units).select_related("baseline"):
        figures.setdefault(row.baseline, {})[row.unit_id] = row.value
    if not figures:
        return None, {}
    baseline = max(figures, key=lambda b: (len(figures[b]), b.as_of, b.pk))
    return baseline, figures[baseline]
