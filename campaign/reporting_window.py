"""The reporting rules of a day: whether a report is expected, and when counts are taken."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects

from campaign.models import Campaign, Phase
from core import clock


class WindowClosed(Exception):
    """The day takes no reports now; the message says why.

    ``opens_at`` is when it will, where that is only a matter of time.
    """

    def __init__(self, message: str, opens_at: dt.datetime | None = None) -> None:
        super().__init__(message)
        self.opens_at = opens_at


@dataclass(frozen=True)
class Rules:
    """The reporting rules of one day: the moments from and up to which counts are taken.

    ``weekdays`` are those on which a report is expected, "1" for Monday to "7".
    """

    day: dt.date
    weekdays: str
    opens_at: dt.datetime
    due_at: dt.datetime
    closes_at: dt.datetime
    editable_days: int

    @property
    def is_reporting_day(self) -> bool:
        return str(self.day.isoweekday()) in self.weekdays


def reporting_days(campaign: Campaign, first: dt.date, last: dt.date) -> list[dt.date]:
    first, last = max(first, campaign.starts_on), min(last, campaign.ends_on)
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if rules_on(campaign, day).is_reporting_day]


def phases_of(campaign: Campaign) -> list[Phase]:
    """Return the campaign's phases in order; they are read once for each campaign that was read."""
    prefetch_related_objects([campaign], "phases")
    return list(campaign.phases.all())


def rules_on(campaign: Campaign, day: dt.date) -> Rules:
    """Return the rules of a day as they held on it, with what its phase said instead.

    Of phases that overlap the one that began last decides. The phases are prefetched: one
    query for each campaign that was read, however many days are asked about.
    """
    of_day = campaign.on(day)
    phases = (phase.on(day) for phase in phases_of(campaign))
    running = [p for p in phases if p.starts_on <= day <= p.ends_on]
    running.sort(key=lambda p: p.starts_on, reverse=True)

    def rule(name: str) -> Any:
        values = (getattr(phase, name) for phase in running)
        return next((v for v in values if v not in (None, "")), getattr(of_day, name))

    editable = dt.timedelta(days=rule("editable_days"))
    # The last days of the calendar are nobody's, but an address may name them.
    last = min(day, dt.date.max - editable) + editable
    return Rules(
        day=day,
        weekdays=rule("weekdays"),
        opens_at=clock.at(day, rule("opens_at")),
        due_at=clock.at(day, rule("due_at")),
        closes_at=clock.at(last, rule("closes_at")),
        editable_days=editable.days,
    )
