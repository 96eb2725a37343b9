"""How far a unit is, and how fast it goes."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from campaign import clock
from campaign.progress import standing

PACE_DAYS = 7


@dataclass(frozen=True)
class Progress:
    """How far a unit is, read against the time gone. Percentages are 0 to 100 and more."""

    to_date: int | None
    target: int | None
    due_on: dt.date | None
    time_gone: float
    days_left: int
    pace: float | None = None

    @property
    def percent(self) -> float | None:
        """Percent of the target, None without one."""
        if not self.target:
            return None
        return (self.to_date or 0) * 100 / self.target

    @property
    def remaining(self) -> int | None:
        """What is left to the target."""
        return None if self.target is None else max(self.target - (self.to_date or 0), 0)

    @property
    def needed_per_day(self) -> int | None:
        """What each day from tomorrow to the due date must bring; all at once on the last."""
        if self.remaining is None:
            return None
        return math.ceil(self.remaining / max(self.days_left, 1))

    @property
    def reached_on(self) -> dt.date | None:
        """When the target is reached at the pace of the last week; None if never."""
        if not self.remaining or not self.pace:
            return None
        days = math.ceil(self.remaining / self.pace)
        return clock.today() + dt.timedelta(days=days) if days < 3650 else None

    @property
    def days_late(self) -> int | None:
        """How many days after the due date that is; negative if before."""
        if self.reached_on is None or self.due_on is None:
            return None
        return (self.reached_on - self.due_on).days

    @property
    def standing(self) -> str:
        """``ok``, ``mid`` or ``low`` against the time gone; ``""`` without a target."""
        return standing(self.percent, self.time_gone)


def time_gone(first: dt.date, last: dt.date, day: dt.date) -> float:
    """Return how much of the time is gone, today included, in percent."""
    whole = max((last - first).days + 1, 1)
    return min(max((day - first).days + 1, 0) * 100 / whole, 100)


def average(values: Mapping[dt.date, int], last: dt.date) -> float | None:
    """Return the mean of the week that ends on ``last``; a day without a report is a nought."""
    week = [values.get(last - dt.timedelta(days=n)) for n in range(PACE_DAYS)]
    known = [v for v in week if v is not None]
    return sum(known) / PACE_DAYS if known else None


def pace_of(values: Mapping[dt.date, int], day: dt.date) -> float | None:
    """Return the daily mean of the last whole week, without the day that still runs."""
    return average(values, day - dt.timedelta(days=1))
