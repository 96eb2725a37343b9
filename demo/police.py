"""The sessions of the task force “Tiên phong chuyển đổi số” of the provincial police.

Báo Nam Định 2023: from 1-4 to 20-6, in the evening and at weekends, across the whole
province: more than 40 sessions, more than 2,000 participations, more than 40 thousand
accounts activated. Days, communes and the figures of each session are synthetic.
"""

import datetime as dt
from dataclasses import dataclass

from campaign.services.targets import distribute
from core import clock
from demo.attendance import DAYS
from demo.figures import Result, spread
from demo.seeded_random import SeededRandom
from demo.territory import LAST_DAY, Territory

SESSIONS = 42
ACTIVATED = 40_326
INSTALLED = 46_508
PARTICIPATIONS = 2_094
HOLIDAYS = (dt.date(2023, 5, 1), dt.date(2023, 5, 2), dt.date(2023, 5, 3))


@dataclass(frozen=True)
class PoliceSession:
    """One evening or one day off in one commune."""

    day: dt.date
    district: str
    commune: str
    result: Result
    participations: int

    @property
    def received(self) -> dt.datetime:
        """When its figures came in: in the afternoon of a day off, else late in the evening."""
        rng = SeededRandom("police", self.day)
        hour = 16 if is_off(self.day) else 21
        return clock.at(self.day, dt.time(hour, rng.between(5, 55)))


def is_off(day: dt.date) -> bool:
    return day.weekday() >= 5 or day in HOLIDAYS


def sessions(territory: Territory) -> list[PoliceSession]:
    """Return all sessions by day: each on its own day, no commune twice."""
    days = [day.isoformat() for day in _days()]
    locations = _communes(territory)
    rng = SeededRandom("sessions")
    activated = spread(ACTIVATED, dict.fromkeys(days, 1), rng, 4)
    installed = spread(INSTALLED, activated, rng, 5)
    people = spread(PARTICIPATIONS, activated, rng, 2)
    return [
        PoliceSession(
            dt.date.fromisoformat(day),
            *place,
            Result(activated[day], installed[day]),
            people[day],
        )
        for day, place in zip(days, locations, strict=True)
    ]


def _days() -> list[dt.date]:
    """Return the days off and as many working days as are wanted, today excepted."""
    past = [day for day in DAYS if day != LAST_DAY]
    off = [day for day in past if is_off(day)]
    evenings = SeededRandom("evenings").pick(
        SESSIONS - len(off), [d for d in past if not is_off(d)]
    )
    return sorted([*off, *evenings])


def _communes(territory: Territory) -> list[tuple[str, str]]:
    """Return (district, commune) of each session: every district, the larger more often."""
    sizes = {code: len(communes) for code, communes in territory.communes_of.items()}
    locations: list[tuple[str, str]] = []
    for district, count in distribute(SESSIONS, sizes).items():
        codes = [commune.code for commune in territory.communes_of[district]]
        locations += [
            (district, code) for code in SeededRandom("places", district).pick(count, codes)
        ]
    return SeededRandom("tour").pick(len(locations), locations)
