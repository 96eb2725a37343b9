"""What the numbers of a step choose among what there is.

Mostly what something has happened to: faults lie where reports, sessions and settings meet.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

from tests.sim.facts import DAY, Counts, Key
from tests.sim.model import Model
from tests.sim.stage import ENDS

T = TypeVar("T")


def recent(known: Sequence[T], number: int) -> T:
    """Choose among the last, so that much happens to a few."""
    return known[-1 - number % min(len(known), 5)]


def counts_of(n: Sequence[int], most: int = 12) -> Counts:
    """Return counts, the last of them lower: what is upgraded is part of level 2."""
    given = zip(("level1", "level2", "upgraded"), (most, most, most // 3), n, strict=True)
    return {code: number % below for code, below, number in given if number % 7}


def key_of(model: Model, branch: int, unit: int, day: int) -> Key:
    """Return a day of which somebody reports; mostly one that has something."""
    known = [key for key in _known(model) if key[2] <= model.now.date()]
    if known and day % 3:
        code, own, date = known[branch % len(known)]
        # The same day in another commune, too, and in a hamlet of the same.
        units = [own]
        if unit % 4 == 0:
            units = units_of(model, code)
            hamlets = [one for one in units if model.units[one].parent == own]
            units = hamlets or units or [own]
        return code, units[unit // 4 % len(units)], date
    codes = [code for code in model.branches if units_of(model, code)]
    code = codes[branch % len(codes)]
    units = units_of(model, code)
    back = (0, 0, 0, 1, 1, 2, 3)[day // 3 % 7]
    return code, units[unit % len(units)], min(model.now.date(), ENDS) - back * DAY


def _known(model: Model) -> list[Key]:
    """Return the days that got something last: reports and sessions."""
    hosted = [(s.branch, s.unit, s.day) for s in model.sessions.values()]
    return [*list(model.reports)[-3:], *hosted[-3:]]


def branch_of(model: Model, number: int) -> str:
    """Return a branch whose settings are changed; mostly one that has reported."""
    known = [key[0] for key in _known(model)] if number % 3 else []
    codes = known or list(model.branches)
    return codes[number // 3 % len(codes)]


def units_of(model: Model, branch: str) -> list[str]:
    """Return the communes and hamlets of which a branch can report."""
    units = [c for c, unit in model.units.items() if unit.level in ("commune", "hamlet")]
    return [code for code in units if model.is_at_home(branch, code)]


def session_of(model: Model, number: int) -> int | None:
    """Return a session; mostly one that can be closed."""
    known = model.sessions
    live = [pk for pk, s in known.items() if s.state != "cancelled" and is_open(model, s.day)]
    chosen = live if live and number % 5 else list(known)
    return recent(chosen, number) if chosen else None


def is_open(model: Model, day: dt.date) -> bool:
    return day <= model.now.date() and not model.is_past(day)


def undecided(model: Model, number: int) -> list[Key]:
    """Return reports that are reviewed; mostly what nobody has decided about."""
    new = [key for key, report in model.reports.items() if report.state == "submitted"]
    return new if new and number % 4 else list(model.reports)
