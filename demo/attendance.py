"""Which commune reports on which day, when, and how lively the day is. All synthetic."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from campaign.models import Unit
from core import clock
from demo.plan import PEAK
from demo.seeded_random import SeededRandom
from demo.territory import FIRST_DAY, LAST_DAY
from reports.daily.models import Status

DAYS = tuple(FIRST_DAY + dt.timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1))
APPROVED_UNTIL = dt.date(2023, 6, 17)
# Monday to Sunday; the peak is 2.2 times the mean of a week.
WEEK = (100, 100, 95, 100, 110, 170, 190)
PEAK_DAY = 272
DIP = (dt.date(2023, 5, 11), dt.date(2023, 5, 19))

MISSING_PERCENT = 4
IDLE_PERCENT = 2
NOT_YET_TODAY = 16
# How many days up to today some communes have been silent.
SILENCES = (2, 2, 3, 3, 4, 5)
# The district whose communes have all reported today.
COMPLETE_TODAY = "365"

# Sent back by the district and not yet corrected.
RETURNED = frozenset(
    {
        ("13651", dt.date(2023, 6, 18)),
        ("13780", dt.date(2023, 6, 19)),
        ("13861", dt.date(2023, 6, 18)),
        ("14158", dt.date(2023, 6, 19)),
        ("14185", dt.date(2023, 6, 18)),
        ("14212", dt.date(2023, 6, 19)),
        ("14269", dt.date(2023, 6, 19)),
    }
)
# Accounts of one day far beyond what the participations explain: to be asked about.
OUTLIERS = {
    ("14179", dt.date(2023, 6, 18)): 640,
    ("13651", dt.date(2023, 6, 18)): 1240,
    ("14218", dt.date(2023, 4, 30)): 1085,
}
CERTAIN = RETURNED | OUTLIERS.keys()


@dataclass(frozen=True)
class Attendance:
    """The days of one commune: with counts, and with “không phát sinh”."""

    active: tuple[dt.date, ...]
    idle: frozenset[dt.date]


def liveliness(day: dt.date) -> int:
    """Return how much is done on a day, an ordinary Monday being 100."""
    if PEAK[0] <= day <= PEAK[1]:
        return PEAK_DAY
    level = WEEK[day.weekday()]
    if DIP[0] <= day <= DIP[1]:
        level = level * 65 // 100
    if day.month == LAST_DAY.month:
        level = level * (105 + 2 * day.day) // 100
    # The demo stands in the middle of its last day.
    return level // 2 if day == LAST_DAY else level


def attend(communes: Iterable[Unit]) -> dict[str, Attendance]:
    codes = {c.code: c.parent.code if c.parent else "" for c in communes}
    spoken_for = {code for code, _day in CERTAIN}
    others = [c for c, district in codes.items() if district != COMPLETE_TODAY]
    behind = SeededRandom("not yet").pick(NOT_YET_TODAY, sorted(set(others) - spoken_for))
    silent = dict.fromkeys(behind, 1) | dict(zip(behind, SILENCES, strict=False))
    return {code: _attend(code, silent.get(code, 0)) for code in codes}


def _attend(code: str, silent: int) -> Attendance:
    rng = SeededRandom("days", code)
    active: list[dt.date] = []
    idle: list[dt.date] = []
    for day in DAYS[: len(DAYS) - silent]:
        is_missing, is_idle = rng.happens(MISSING_PERCENT), rng.happens(IDLE_PERCENT)
        if (code, day) in CERTAIN or (day == LAST_DAY and not is_idle):
            active.append(day)
        elif is_idle and day.weekday() < 5:
            idle.append(day)
        elif not is_missing:
            active.append(day)
    return Attendance(tuple(active), frozenset(idle))


def status_of(code: str, day: dt.date) -> Status:
    if day <= APPROVED_UNTIL:
        return Status.APPROVED
    return Status.RETURNED if (code, day) in RETURNED else Status.SUBMITTED


def receipt(rng: SeededRandom, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return when a report came in and when the phone says it was written.

    About 6% are written late and 2% written in time but sent late. Today's have all come
    in before noon.
    """
    chance, delay = rng.between(1, 100), rng.between(1, 4)
    if day == LAST_DAY:
        return _minutes(day, 7 * 60 + rng.between(0, 270), delay)
    if chance <= 6:
        return _minutes(day, 18 * 60 + 40 + rng.between(0, 240), delay)
    if chance <= 8:
        return _minutes(day, 19 * 60 + rng.between(0, 210), 60 + rng.between(240, 330))
    return _minutes(day, 15 * 60 + rng.between(0, 209), delay)


def _minutes(day: dt.date, minutes: int, delay: int) -> tuple[dt.datetime, dt.datetime]:
    received = clock.at(day, dt.time(minutes // 60, minutes % 60))
    return received, received - dt.timedelta(minutes=delay)
