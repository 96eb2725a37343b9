"""What a target needs: whatever the numbers are, they add up."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.plans.arithmetic import (
    ENOUGH,
    EVENING,
    Hours,
    Need,
    Rate,
    days_to_meet,
    habits_of,
    monday_of,
    possible_in,
    rate_of,
    weeks_of,
)

TUESDAY = dt.date(2023, 6, 20)
whole = st.integers(0, 100_000)
rates = st.builds(Rate, st.integers(1, 5000), st.integers(1, 500), st.just("own"))
numbers = st.integers(0, 400)
needs = st.builds(Need, whole, st.integers(0, 120), numbers, numbers, rates, rates, rates)


@given(needs)
def test_sessions_bring_what_remains_and_none_is_too_many(need: Need) -> None:
    assert need.brings(need.sessions) >= need.remaining
    assert not need.sessions or need.brings(need.sessions - 1) < need.remaining
    assert (need.sessions == 0) == (need.remaining == 0)
    assert need.sessions <= need.to_plan + need.planned
    assert need.per_week * max(need.days, 7) >= need.sessions * 7
    assert need.people >= need.sessions * need.volunteers.value
    assert need.is_possible <= (need.short == 0)
    assert need.short <= need.remaining


@given(needs, st.integers(1, 1000))
def test_more_to_do_never_needs_less(need: Need, more: int) -> None:
    greater = replace(need, remaining=need.remaining + more)
    assert greater.sessions >= need.sessions
    assert greater.per_week >= need.per_week
    assert greater.is_possible <= need.is_possible


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([5, 7], None),
        # What was not counted is no nought, and what never came to anything is no rate.
        ([5, None, None, 7], None),
        ([0, 0, 0], None),
        ([0, 4, 5], (9, 3)),
        ([None, 10, 20, 31], (61, 3)),
    ],
)
def test_a_rate_is_of_what_is_known(
    values: list[int | None], expected: tuple[int, int] | None
) -> None:
    found = rate_of(values, "own")
    assert (found and (found.total, found.of)) == expected
    assert ENOUGH == 3


EXAMPLES = {
    # remaining, days, planned, persons a session → sessions, to plan, per week, possible, short
    "a month at twenty": (400, 28, 3, 20, (20, 17, 5, 13, 140)),
    "one more than fits": (401, 28, 3, 20, (21, 18, 6, 13, 141)),
    "less than a week": (100, 3, 0, 20, (5, 5, 5, 3, 40)),
    "no day left": (100, 0, 0, 20, (5, 5, 5, 0, 100)),
    "planned enough": (100, 14, 6, 20, (5, 0, 3, 7, 0)),
    "nothing left": (0, 14, 6, 20, (0, 0, 0, 7, 0)),
}


@pytest.mark.parametrize("case", EXAMPLES)
def test_examples(case: str) -> None:
    remaining, days, planned, each, expected = EXAMPLES[case]
    three = Rate(3, 1, "own")
    coming = [TUESDAY + dt.timedelta(days=n) for n in range(days)]
    room = possible_in(coming, 3)
    need = Need(remaining, days, planned, room, Rate(each, 1, "set"), three, three)
    assert (need.sessions, need.to_plan, need.per_week, need.possible, need.short) == expected


def test_habits_are_what_was_done_most() -> None:
    morning, night = (dt.time(7, 30), dt.time(10)), (dt.time(19), dt.time(21))
    sunday, saturday = dt.date(2023, 6, 18), dt.date(2023, 6, 17)
    met = [(sunday, *morning), (sunday, *morning), (sunday, *night), (saturday, *night)]
    habits = habits_of(met)
    assert habits.weekdays == (6, 5, 0, 1, 2, 3, 4)
    assert habits.hours_on(sunday) == Hours(*morning)
    assert habits.hours_on(saturday) == Hours(*night)
    assert habits.hours_on(TUESDAY) == Hours(*morning)
    assert habits_of([]).hours_on(TUESDAY) == EVENING
    assert habits_of([]).weekdays[:2] == (6, 5)


days_of = st.sets(st.integers(0, 60).map(lambda n: TUESDAY + dt.timedelta(days=n)))


@given(days_of, days_of, st.integers(0, 80), st.integers(0, 8), days_of)
def test_days_are_free_and_no_week_is_too_full(
    days: set[dt.date], taken: set[dt.date], number: int, per_week: int, planned: set[dt.date]
) -> None:
    ordered, weeks = sorted(days), weeks_of(planned)
    call = {"per_week": per_week, "habits": habits_of([]), "taken": taken, "planned": weeks}
    found = days_to_meet(ordered, number=number, **call)  # type: ignore[arg-type]
    assert found == sorted(set(found))
    assert len(found) <= possible_in(days, per_week)
    assert len(found) <= number
    assert set(found) <= days - taken
    for monday, sessions in weeks_of(found).items():
        assert sessions + weeks[monday] <= per_week
    # Nobody waits for a later week while an earlier one has room.
    if len(found) < number:
        for monday, free in weeks_of(days - taken).items():
            met = sum(monday_of(day) == monday for day in found)
            assert met == min(free, max(per_week - weeks[monday], 0))
