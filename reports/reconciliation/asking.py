"""What a page or a machine asks of a comparison."""

import datetime as dt
from typing import Any

from django.http import Http404
from django.utils.dateparse import parse_date

from campaign.models import Campaign, Level, Unit
from core import clock
from reports.reconciliation.selectors import Question, top_asked
from reports.rollup.totals import BASES

LEVELS = Level.values
LOWEST = Level.COMMUNE


def question_of_page(user: Any, campaign: Campaign, given: Any, code: str = "") -> Question:
    """Return what the address of a page asks; 404 for what is no choice of the page."""
    basis, of_today = given.get("basis", BASES[0]), given.get("map", "then") == "now"
    last = _day(campaign, given.get("to"))
    day = _day(campaign, given["day"]) if given.get("day") else None
    if basis not in BASES:
        raise Http404
    top = top_asked(user, campaign, code, last, of_today=of_today)
    level = given.get("level") or (top.level if code else levels_below(campaign, top)[0])
    if level not in LEVELS:
        raise Http404
    first = day or campaign.starts_on
    return Question(campaign, top, level, first, day or last, basis, of_today)


def levels_below(campaign: Campaign, top: Unit) -> list[str]:
    """Return the levels by which a page can be asked, the highest below a unit first.

    What lies deeper than communes is seen on the page of its commune.
    """
    units = Unit.objects.during(campaign.starts_on, campaign.shown_day).belonging_to(top)
    there = set(units.exclude(pk=top.pk).values_list("level", flat=True).distinct())
    found = [level for level in LEVELS[: LEVELS.index(LOWEST) + 1] if level in there]
    return found or [top.level]


def _day(campaign: Campaign, text: str | None) -> dt.date:
    """Return a day of the campaign that has come, by default the last one."""
    last = min(clock.today(), campaign.ends_on)
    if not text:
        return max(last, campaign.starts_on)
    try:
        found = parse_date(text)
    except ValueError as error:
        raise Http404 from error
    if found is None or not campaign.starts_on <= found <= last:
        raise Http404
    return found
