"""What there is in a campaign, as the model knows it: no database, no code of the portal.

Branches and units are known by their codes, a report by branch, unit and day, a session by its id.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

Counts = dict[str, int]
Key = tuple[str, str, dt.date]
DAY = dt.timedelta(days=1)
V = TypeVar("V")


class Refused(Exception):
    """A rule says no; the message is of what kind: denied, invalid, closed, conflict, outside."""


@dataclass
class Unit:
    """``ends`` is the first day on which it is no more."""

    parent: str | None
    level: str
    ends: dt.date | None = None

    def exists(self, day: dt.date) -> bool:
        return self.ends is None or day < self.ends


@dataclass
class Phase:
    """What holds from a day to ``ends`` instead of the campaign's; blank and None do not.

    ``since`` is when it was added (C21): it holds on no day before.
    """

    ends: dt.date
    since: dt.date
    weekdays: str = ""
    editable: int | None = None


@dataclass
class Branch:
    parent: str | None
    home: str
    daily: dict[dt.date, bool]
    opened: dt.date | None = None
    closed: dt.date | None = None

    def exists(self, day: dt.date) -> bool:
        return not (self.opened and day < self.opened) and not (self.closed and day >= self.closed)


@dataclass
class Session:
    branch: str
    unit: str
    day: dt.date
    state: str = "planned"
    counts: Counts = field(default_factory=dict)
    closed_at: dt.datetime | None = None
    version: int = 1


@dataclass(frozen=True)
class Entry:
    """What somebody sends; ``sessions`` are those seen, None where nothing is values of them."""

    counts: Counts
    no_activity: bool = False
    explanation: str = ""
    base: int = 0
    sessions: tuple[int, ...] | None = None
    captured: dt.datetime | None = None


@dataclass
class Content:
    """The figures of a report from one sending to the next, and what was decided about them."""

    values: tuple[Counts, bool, str]
    is_returned: bool = False
    is_approved: bool = False


@dataclass
class Report:
    """``events`` are what made its versions: what became of it, and the reason given."""

    contents: list[Content] = field(default_factory=list)
    covered: dict[int, Counts] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)

    @property
    def version(self) -> int:
        return len(self.events)

    @property
    def state(self) -> str:
        return self.events[-1][0]

    @property
    def counting(self) -> Content | None:
        """C9: the last content that was not returned."""
        return next((c for c in reversed(self.contents) if not c.is_returned), None)


# Of this one the value stands that a report said last (C28).
STATE = "websites"


def added(parts: Iterable[Counts]) -> Counts:
    total: Counts = {}
    for part in parts:
        for code, count in part.items():
            total[code] = total.get(code, 0) + count
    return total


def valid_on(given: dict[dt.date, V], day: dt.date, absent: V) -> V:
    """C21: what held on a day is what was set last for it."""
    days = [since for since in given if since <= day]
    return given[max(days)] if days else absent


def following(given: dict[dt.date, V], value: V, since: dt.date) -> dict[dt.date, V]:
    """C21: the days before stay as they are; what was set last already changes nothing."""
    if given and given[max(given)] == value:
        return given
    return {day: of for day, of in given.items() if day < since} | {since: value}
