"""What a target still needs, and which sessions would bring it: numbers and days alone."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

WEEK = 7
# So many sessions are an experience, fewer a chance.
ENOUGH = 3


@dataclass(frozen=True)
class Rate:
    """``total`` over ``of``: persons over the sessions that served them. Both are at least 1.

    ``source`` says whence: ``set`` by the branch, its ``own`` sessions, those of the ``parent``'s
    branches, of the whole ``campaign``, ``superior`` for what a branch above set, ``default``.
    """

    total: int
    of: int
    source: str
    name: str = ""

    @property
    def value(self) -> float:
        return self.total / self.of

    def units_for(self, amount: int) -> int:
        """Return how many sessions bring ``amount`` at this rate."""
        return -(-amount * self.of // self.total)

    def amount_of(self, units: int) -> int:
        """Return what so many sessions come to, rounded up."""
        return -(-units * self.total // self.of)


def rate_of(values: Iterable[int | None], source: str, name: str = "") -> Rate | None:
    """Return the mean of what is known; None of too little, or where it comes to nothing."""
    known = [value for value in values if value is not None]
    if len(known) < ENOUGH or not sum(known):
        return None
    return Rate(sum(known), len(known), source, name)


def weeks_of(days: Iterable[dt.date]) -> Counter[dt.date]:
    """Count days by the Monday of their week."""
    return Counter(monday_of(day) for day in days)


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def possible_in(days: Iterable[dt.date], per_week: int) -> int:
    """Return how many sessions fit: ``per_week`` from Monday to Sunday, no day more than its share.

    That is one a day, and more for who holds more than seven a week: a district does.
    """
    a_day = -(-per_week // WEEK)
    return sum(min(per_week, number * a_day) for number in weeks_of(days).values())


@dataclass(frozen=True)
class Need:
    """What ``remaining`` takes in ``days`` days, of which ``planned`` sessions stand already.

    ``possible`` is how many sessions those days hold: see ``possible_in``.
    """

    remaining: int
    days: int
    planned: int
    possible: int
    persons: Rate
    volunteers: Rate
    weekly: Rate

    @property
    def sessions(self) -> int:
        return self.persons.units_for(self.remaining)

    @property
    def to_plan(self) -> int:
        return max(self.sessions - self.planned, 0)

    @property
    def people(self) -> int:
        """Return how often somebody has to come to a session (lượt)."""
        return self.volunteers.amount_of(self.sessions)

    @property
    def people_each(self) -> int:
        return self.volunteers.amount_of(1)

    @property
    def per_week(self) -> int:
        """Return the sessions of each week; all of them where less than a week is left."""
        return -(-self.sessions * WEEK // max(self.days, WEEK))

    @property
    def usual_per_week(self) -> int:
        return self.weekly.amount_of(1)

    @property
    def is_possible(self) -> bool:
        return self.sessions <= max(self.possible, self.planned)

    @property
    def short(self) -> int:
        """Return what is missing of the target where no more is held than is possible."""
        return max(self.remaining - self.brings(max(self.possible, self.planned)), 0)

    def brings(self, sessions: int) -> int:
        """Return what so many sessions bring, rounded down: nothing is promised."""
        return sessions * self.persons.total // self.persons.of


@dataclass(frozen=True)
class Hours:
    begins_at: dt.time
    ends_at: dt.time


@dataclass(frozen=True)
class Habits:
    """On which weekdays one meets, the most usual first, and at what hours on which."""

    weekdays: tuple[int, ...]
    hours: Mapping[int, Hours]
    usual: Hours

    def hours_on(self, day: dt.date) -> Hours:
        return self.hours.get(day.weekday(), self.usual)


# Where nobody has met yet: at the weekend, in the evening.
EVENING = Hours(dt.time(19, 0), dt.time(21, 0))
WEEKEND = (6, 5)


def habits_of(sessions: Iterable[tuple[dt.date, dt.time, dt.time]]) -> Habits:
    """Return the habits that show in sessions that were held."""
    weekdays: Counter[int] = Counter()
    by_day: dict[int, Counter[Hours]] = {}
    all_hours: Counter[Hours] = Counter()
    for day, begins, ends in sessions:
        hours = Hours(begins, ends)
        weekdays[day.weekday()] += 1
        by_day.setdefault(day.weekday(), Counter())[hours] += 1
        all_hours[hours] += 1
    ranked = sorted(weekdays, key=lambda n: (-weekdays[n], n)) or list(WEEKEND)
    rest = [n for n in (*WEEKEND, *range(WEEK)) if n not in ranked]
    return Habits(
        weekdays=tuple(dict.fromkeys([*ranked, *rest])),
        hours={n: _most_common(found) for n, found in by_day.items()},
        usual=_most_common(all_hours) if all_hours else EVENING,
    )


def _most_common(found: Counter[Hours]) -> Hours:
    return min(found, key=lambda h: (-found[h], h.begins_at, h.ends_at))


def days_to_meet(
    days: Sequence[dt.date],
    *,
    number: int,
    per_week: int,
    habits: Habits,
    taken: Collection[dt.date],
    planned: Mapping[dt.date, int],
) -> list[dt.date]:
    """Return at most ``number`` of ``days``, the earliest weeks first, in order.

    ``taken`` are days on which nothing is proposed; ``planned`` counts the sessions of each week
    (by its Monday), which with what is proposed are at most ``per_week``.
    """
    rank = {weekday: n for n, weekday in enumerate(habits.weekdays)}
    found: list[dt.date] = []
    for monday in sorted({monday_of(day) for day in days}):
        free = [d for d in days if monday_of(d) == monday and d not in taken]
        free.sort(key=lambda d: rank[d.weekday()])
        room = min(per_week - planned.get(monday, 0), number - len(found))
        found += free[: max(room, 0)]
    return sorted(found)
