"""What the police published for the days of a plan, beside what was reported and recounted."""

import datetime as dt
from collections.abc import Collection, Mapping

from campaign.models import Campaign, Unit
from campaign.selectors import IndicatorSet
from reports.checks.models import CheckPlan
from reports.official.selectors import official_to_date

DAY = dt.timedelta(days=1)


def official_of(
    campaign: Campaign, plan: CheckPlan, units: Collection[Unit], indicators: IndicatorSet
) -> dict[int, int]:
    """Return by unit id how much the police published for the plan's days (two queries).

    That is what stood on the last of them less what stood before the first; a unit for which either
    is not published is left out.
    """
    terms = indicators.terms.get(plan.measure, {})
    series = official_to_date(
        campaign, units=units, indicators=[plan.measure, *terms], last=plan.last_day
    )
    before, found = plan.first_day - DAY, {}
    for unit in units:
        at_end = _value(series, unit, plan.measure, terms, plan.last_day)
        at_start = _value(series, unit, plan.measure, terms, before)
        if before < campaign.starts_on and at_start is None:
            at_start = 0
        if at_end is not None and at_start is not None:
            found[unit.pk] = at_end - at_start
    return found


def _value(
    series: Mapping[tuple[int, str], Mapping[dt.date, int]],
    unit: Unit,
    measure: str,
    terms: Mapping[str, int],
    day: dt.date,
) -> int | None:
    """Return the measure as it was published, or worked out where all of its parts were."""
    own = series.get((unit.pk, measure), {}).get(day)
    if own is not None or not terms:
        return own
    total = 0
    for code, factor in terms.items():
        part = series.get((unit.pk, code), {}).get(day)
        if part is None:
            return None
        total += factor * part
    return total
