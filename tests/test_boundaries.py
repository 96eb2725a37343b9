"""The one table of edges: what every rule that has a date says on its first and its last moment.

A rule is a question that is asked at a moment (or about a day), and the moments at which it is
asked with the answer. The campaign of the world runs from 1 April to 30 June, and counts of a day
are taken until 18:00 two days later. What exists (units, branches, teams, memberships) is in
``tests/campaign/test_validity.py``: queryset, row and SQL.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from campaign.count_validation import check_day
from campaign.models import Appointment
from campaign.reporting_window import rules_on
from campaign.selectors import secretaries_of
from campaign.services.grants import reopen_day, usual_expiry
from core import clock
from reports.daily.models import Status
from reports.police.exports import default_days
from reports.rollup.services.rollup import drain
from reports.rollup.totals import sums_to_date
from reports.rollup.trees import UNITS
from tests.boundary_questions import (
    CLOSING,
    DAY,
    DUE_AT,
    EXPIRES,
    GRANTED,
    NOON,
    OPENING,
    SECOND,
    Ask,
    D,
    Stage,
    announced,
    announces,
    branch_reports,
    can_be_granted_until,
    can_be_planned,
    can_be_reopened,
    can_nudge,
    grant_opens,
    help_is_overdue,
    is_a_reporting_day,
    is_expected,
    is_locked,
    is_quiet_at,
    lateness,
    lateness_by_phone,
    moment,
    phase_decides,
    reminded,
    reminds,
    reopens_when_returned,
    runs,
    secretary_may_report,
    session_of_tomorrow_is_closed,
    state,
    stored_report,
    takes_a_report_of,
    takes_counts,
    takes_help_requests,
    tomorrow_is_reported,
    unit_is_reported_of,
    waits_for_review,
)
from tests.conftest import World
from tests.factories import (
    FIRST_DAY,
    LAST_DAY,
    make_appointment,
    make_phase,
)
from tests.reports.reporting import report


@pytest.fixture
def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(world, monkeypatch)


IN_CAMPAIGN: tuple[Ask, ...] = (
    takes_a_report_of, can_be_planned, can_be_reopened, is_a_reporting_day, is_expected, runs,
    waits_for_review, takes_help_requests, reminds, can_nudge, announces,
)  # fmt: skip
AROUND_D: tuple[Ask, ...] = (
    phase_decides, secretary_may_report, branch_reports, unit_is_reported_of,
)  # fmt: skip


def spans() -> Iterator[Any]:
    """Yield each rule that holds from a first to a last day, with the four days about it."""
    for rules, first, last in (
        (IN_CAMPAIGN, FIRST_DAY, LAST_DAY),
        (AROUND_D, D - DAY, D + DAY),
    ):
        for ask in rules:
            for word, day, holds in (
                ("day before", first - DAY, False),
                ("first day", first, True),
                ("last day", last, True),
                ("day after", last + DAY, False),
            ):
                yield pytest.param(ask, day, holds, id=f"{ask.__name__}-{word.replace(' ', '-')}")


@pytest.mark.parametrize(("ask", "day", "holds"), list(spans()))
def test_rule_holds_from_its_first_to_its_last_day(
    stage: Stage, ask: Ask, day: dt.date, holds: bool
) -> None:
    assert ask(stage, day) is holds


MIDNIGHT = moment(D + DAY, dt.time.min)
MINUTE = dt.timedelta(minutes=1)
REMINDED_FROM, REMINDED_AGAIN = DUE_AT - 60 * MINUTE, DUE_AT + 30 * MINUTE
DIGEST = moment(D, dt.time(21, 30))
AtMoment = Callable[[Stage, dt.datetime], Any]
MOMENTS: dict[AtMoment, dict[dt.datetime, Any]] = {
    state: {
        OPENING - SECOND: "early", OPENING: "open", DUE_AT: "open", DUE_AT + SECOND: "late",
        CLOSING: "late", CLOSING + SECOND: "closed",
    },
    takes_counts: {OPENING: True, CLOSING: True, CLOSING + SECOND: False},
    is_locked: {CLOSING: False, CLOSING + SECOND: True},
    reopens_when_returned: {CLOSING: False, CLOSING + SECOND: True},
    grant_opens: {
        GRANTED - SECOND: False, GRANTED: True, EXPIRES - SECOND: True, EXPIRES: False,
    },
    can_be_granted_until: {GRANTED: False, GRANTED + SECOND: True},
    lateness: {DUE_AT: "on_time", DUE_AT + SECOND: "late"},
    lateness_by_phone: {
        moment(D, dt.time.min) - SECOND: "late", moment(D, dt.time.min): "offline_late",
        DUE_AT: "offline_late", DUE_AT + SECOND: "late",
    },
    is_quiet_at: {
        moment(D, dt.time(5, 59, 59)): True, moment(D, dt.time(6, 0)): False,
        moment(D, dt.time(21, 59, 59)): False, moment(D, dt.time(22, 0)): True,
    },
    reminded: {
        REMINDED_FROM - SECOND: False, REMINDED_FROM: True, DUE_AT - SECOND: True, DUE_AT: False,
        REMINDED_AGAIN - SECOND: False, REMINDED_AGAIN: True,
    },
    announced: {
        DIGEST - SECOND: False, DIGEST: True, DIGEST + dt.timedelta(hours=4) - SECOND: True,
        DIGEST + dt.timedelta(hours=4): False,
    },
    tomorrow_is_reported: {MIDNIGHT - SECOND: False, MIDNIGHT: True},
    session_of_tomorrow_is_closed: {MIDNIGHT - SECOND: False, MIDNIGHT: True},
    help_is_overdue: {MIDNIGHT - SECOND: False, MIDNIGHT: True},
}  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "now", "answer"),
    [
        pytest.param(ask, now, answer, id=f"{ask.__name__}-{now:%d-%H:%M:%S}")
        for ask, answers in MOMENTS.items()
        for now, answer in answers.items()
    ],
)
def test_rule_turns_at_its_moment(
    stage: Stage, ask: AtMoment, now: dt.datetime, answer: Any
) -> None:
    assert ask(stage, now) == answer


# -- Edges that are no span


@pytest.mark.parametrize(("day", "is_called"), [(D, False), (D + DAY, True), (D + 6 * DAY, False)])
def test_weekdays_are_the_campaigns(stage: Stage, day: dt.date, is_called: bool) -> None:
    stage.rule(weekdays="2345")
    assert is_expected(stage, day) is is_called
    # A host is called on any day, by its session.
    stage.session(day)
    assert is_expected(stage, day)


def test_of_overlapping_phases_the_one_that_began_last_decides_what_it_says(stage: Stage) -> None:
    for first, last, given in (
        (D - DAY, D + DAY, {"editable_days": 5, "due_at": dt.time(19, 0), "weekdays": "1"}),
        (D, D, {"editable_days": 0, "opens_at": dt.time(7, 0)}),
    ):
        make_phase(campaign=stage.campaign, starts_on=first, ends_on=last, **given)
    answers = {}
    for day in (D - DAY, D, D + DAY, D + 2 * DAY):
        rules = rules_on(stage.campaign, day)
        answers[day] = (rules.editable_days, rules.opens_at.hour, rules.due_at.hour, rules.weekdays)
    assert answers == {
        D - DAY: (5, 5, 19, "1"),
        # Nought days are said, and not blank.
        D: (0, 7, 19, "1"),
        D + DAY: (5, 5, 19, "1"),
        D + 2 * DAY: (2, 5, 21, "1234567"),
    }


def test_longest_of_several_grants_is_what_a_day_is_open_until(stage: Stage) -> None:
    stage.at(D + 9 * DAY)
    ends = [clock.now() + n * DAY for n in (2, 5, 3)]
    for end in ends:
        reopen_day(
            actor=stage.world.lead, campaign=stage.campaign, branch=stage.world.branch, day=D,
            reason="Sửa", expires_at=end,
        )  # fmt: skip
    assert stage.day().takes_counts_until == ends[1]
    assert stage.day(D + DAY).takes_counts_until == CLOSING + DAY


def test_opened_again_a_day_is_open_to_the_end_of_tomorrow(stage: Stage) -> None:
    assert usual_expiry(moment(D, NOON)) == moment(D + DAY, dt.time(23, 59, 59))


@pytest.mark.parametrize(
    ("last", "sums"), [(D - DAY, 1), (D, 3), (D + DAY, 3), (FIRST_DAY - DAY, 0)]
)
def test_to_date_ends_on_the_day_that_was_asked_for(stage: Stage, last: dt.date, sums: int) -> None:
    stage.report(D - DAY)
    report(stage.world.owner, "XD-14173", {"level1": 2}, date=D)
    drain()
    found = sums_to_date(UNITS, stage.campaign, [stage.world.commune], last, "reported")
    of = found.get(stage.world.commune.pk)
    assert (of.counts.get("level1", 0) if of else 0) == sums


@pytest.mark.parametrize(
    ("day", "last"),
    [(FIRST_DAY - DAY, FIRST_DAY), (D, D), (LAST_DAY, LAST_DAY), (LAST_DAY + DAY, LAST_DAY)],
)
def test_file_for_the_police_ends_with_the_campaign(
    stage: Stage, day: dt.date, last: dt.date
) -> None:
    assert default_days(stage.campaign, day) == (FIRST_DAY, last)


def test_day_that_has_not_come_is_no_day_to_report(stage: Stage) -> None:
    check_day(stage.campaign, D, D)
    with pytest.raises(ValidationError):
        check_day(stage.campaign, D + DAY, D)


def test_secretary_who_is_gone_is_not_told_of_a_report_that_came_back(stage: Stage) -> None:
    """The last day of the one is the first of the other."""
    existing = stored_report(stage)
    other = make_appointment(branch=stage.world.branch, starts_on=D + DAY).user
    Appointment.objects.filter(user=stage.world.owner).update(ends_on=D)
    for day, who in ((D, stage.world.owner), (D + DAY, other)):
        assert [u.pk for u in secretaries_of([stage.world.branch], day)[stage.world.branch.pk]] == [
            who.pk
        ]
    assert existing.status == Status.SUBMITTED
