"""What came of a request enters its day once, as a session does (docs/counting.md C26)."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from campaign.models import Branch
from core import clock
from reports.daily.reconciliation import question_of
from reports.daily.services.submit import Choice, reconcile_sessions
from reports.rollup.services.rollup import drain
from reports.rollup.totals import sums_to_date
from reports.rollup.trees import UNITS
from tests.conftest import TODAY, World
from tests.factories import make_help_request
from tests.reports.notifications.notification_fixtures import at, clock_at
from tests.reports.reporting import report
from volunteers.errors import InvalidInput
from volunteers.help_requests.models import HelpRequest, HelpState
from volunteers.help_requests.outcome import HelpGiven
from volunteers.help_requests.services import assign, finish, mark_of, withdraw
from volunteers.sessions.models import SupportSession
from volunteers.sessions.selectors.session_outcomes import closed_sessions
from volunteers.sessions.services.sessions import cancel_session, close_session
from volunteers.statistics.selectors import statistics_of

YESTERDAY = TODAY - dt.timedelta(days=1)
HELPED = HelpGiven(people=2, day=TODAY, begins_at=dt.time(0), ends_at=dt.time(0, 15))


@pytest.fixture
def asked(world: World) -> HelpRequest:
    made: HelpRequest = make_help_request(
        campaign=world.campaign, unit=world.commune, asked_at=clock.at(YESTERDAY, dt.time(8))
    )
    return made


def counted(world: World) -> int:
    """Return how many accounts of level 1 the commune has by now."""
    drain()
    sums = sums_to_date(UNITS, world.campaign, [world.commune], TODAY, "reported")
    found = sums.get(world.commune.pk)
    return found.counts.get("level1", 0) if found else 0


def done(world: World, asked: HelpRequest, **given: Any) -> SupportSession | None:
    act = {"actor": world.owner, "counts": {"level1": 1}, "given": HELPED, **given}
    return finish(request=asked, seen=mark_of(asked), **act).session


@pytest.mark.parametrize("who", ["owner", "leader", "lead"])
def test_whoever_finishes_it_the_commune_counts_it_once(
    world: World, asked: HelpRequest, who: str
) -> None:
    if who == "leader":
        assign(actor=world.owner, request=asked, team=world.team, seen=mark_of(asked))
        asked.refresh_from_db()
    seen = mark_of(asked)
    for _twice in range(2):
        actor = getattr(world, who)
        made = finish(actor=actor, request=asked, counts={"level1": 1}, seen=seen, given=HELPED)
    session = SupportSession.objects.get()
    assert made.session == session
    assert (session.branch, session.unit, session.date) == (world.branch, world.commune, TODAY)
    assert (session.state, session.headcount, session.place_kind) == ("closed", 2, "home_visits")
    assert counted(world) == 1
    # Two people, a quarter of an hour each.
    figures = statistics_of(world.campaign, [world.commune], TODAY, TODAY)[world.commune.pk]
    assert (figures.participations, figures.minutes) == (2, 30)


def test_a_report_that_is_in_is_asked_about_and_takes_it_once(
    world: World, asked: HelpRequest
) -> None:
    stored = report(world.owner, world.branch.code, {"installed": 5, "level1": 5})
    session = done(world, asked)
    assert session is not None
    assert counted(world) == 5
    stored.refresh_from_db()
    question = question_of(stored, closed_sessions(stored.day))
    assert question is not None
    assert question.difference == {"level1": 1}
    reconcile_sessions(actor=world.owner, report=stored, choice=Choice.ADD, base_version=1)
    assert counted(world) == 6
    # Corrected, and cancelled: each is asked about again.
    session = close_session(
        actor=world.owner,
        session=session,
        counts={"level1": 2},
        headcount=1,
        base_version=session.version,
    )
    stored.refresh_from_db()
    assert question_of(stored, closed_sessions(stored.day)) is not None
    cancel_session(actor=world.owner, session=session, reason="Ghi nhầm")
    assert counted(world) == 6
    reconcile_sessions(actor=world.owner, report=stored, choice=Choice.ADD, base_version=2)
    assert counted(world) == 5


@pytest.mark.parametrize("given", [{"given": None}, {"counts": {"level1": 0}}])
def test_what_is_counted_elsewhere_or_nothing_makes_no_session(
    world: World, asked: HelpRequest, given: dict[str, Any]
) -> None:
    assert done(world, asked, **given) is None
    assert counted(world) == 0


def test_it_counts_on_the_day_of_the_help(world: World, asked: HelpRequest) -> None:
    session = done(world, asked, given=replace(HELPED, day=YESTERDAY))
    assert session is not None
    assert (session.date, session.begins_at, session.ends_at) == (
        YESTERDAY,
        HELPED.begins_at,
        HELPED.ends_at,
    )


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"day": YESTERDAY - dt.timedelta(days=1)}, "day"),
        ({"day": TODAY + dt.timedelta(days=1)}, "day"),
        ({"begins_at": None}, "begins_at"),
        ({"ends_at": None}, "ends_at"),
        ({"ends_at": HELPED.begins_at}, "ends_at"),
        ({"ends_at": dt.time(12, 1)}, "ends_at"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_none_are_guessed(
    world: World, asked: HelpRequest, wrong: dict[str, Any], where: str
) -> None:
    with clock_at(at("12:00")), pytest.raises(InvalidInput) as refused:
        done(world, asked, given=replace(HELPED, **wrong))
    assert where in refused.value.errors
    asked.refresh_from_db()
    assert (asked.state, SupportSession.objects.count()) == (HelpState.NEW, 0)


def test_who_withdraws_after_the_help_takes_no_count_along(
    world: World, asked: HelpRequest
) -> None:
    done(world, asked)
    withdraw(request=asked)
    assert counted(world) == 1


def test_without_the_communes_own_branch_the_teams_counts_it_or_nobody_yet(
    world: World, asked: HelpRequest
) -> None:
    Branch.objects.filter(pk=world.branch.pk).update(kind="school")
    with pytest.raises(InvalidInput):
        done(world, asked, actor=world.lead)
    assign(actor=world.lead, request=asked, team=world.team, seen=mark_of(asked))
    asked.refresh_from_db()
    session = done(world, asked, actor=world.lead)
    assert session is not None
    assert session.branch == world.team.branch
