"""The rules of the day at their edges: midnight, a phase, a branch that closes, a grant."""

import datetime as dt
from collections.abc import Callable

import pytest

from campaign.models import Branch
from campaign.reporting_window import WindowClosed
from campaign.services.grants import reopen_day
from core import clock
from reports.daily.models import Lateness
from reports.daily.services.locking import lock_closed
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.review import review_reports
from reports.rollup.expected import expected_reports
from tests.conftest import TODAY, World
from tests.factories import make_phase
from tests.reports.reporting import report

ONE = {"level1": 1}
At = Callable[..., None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the clock to a local moment, the same in every time zone."""

    def set_to(day: dt.date, hour: int, minute: int, second: int = 0) -> None:
        moment = clock.at(day, dt.time(hour, minute, second))
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


def rule(world: World, **given: object) -> None:
    """Change the campaign's rules."""
    for name, value in given.items():
        setattr(world.campaign, name, value)
    world.campaign.save()


def test_day_ends_at_midnight_in_vietnam(world: World, at: At) -> None:
    rule(world, editable_days=0)
    at(TODAY, 23, 59, 59)
    assert report(world.owner, "XD-14173", ONE).date == TODAY
    at(TODAY + dt.timedelta(days=1), 0, 0)
    with pytest.raises(WindowClosed):
        report(world.neighbour, "XD-14158", ONE)
    # In London it is still yesterday; here the new day may be reported.
    new_day = TODAY + dt.timedelta(days=1)
    assert report(world.owner, "XD-14173", ONE, date=new_day).date == new_day


def test_tomorrow_is_not_reported_at_one_minute_to_midnight(world: World, at: At) -> None:
    at(TODAY, 23, 59)
    with pytest.raises(InvalidReport) as refused:
        report(world.owner, "XD-14173", ONE, date=TODAY + dt.timedelta(days=1))
    assert refused.value.errors.keys() == {"date"}


def test_due_time_tells_on_time_from_late(world: World, at: At) -> None:
    rule(world, due_at=dt.time(19, 0))
    at(TODAY, 19, 0)
    assert report(world.owner, "XD-14173", ONE).lateness == Lateness.ON_TIME
    at(TODAY, 19, 0, 1)
    written = clock.at(TODAY, dt.time(18, 59))
    sent = report(world.neighbour, "XD-14158", ONE, captured_at=written)
    assert sent.lateness == Lateness.OFFLINE_LATE
    assert report(world.other_lead, "XD-14050", ONE).lateness == Lateness.LATE


def test_phase_that_begins_brings_its_own_rules(world: World, at: At) -> None:
    rule(world, editable_days=3)
    make_phase(
        campaign=world.campaign,
        starts_on=TODAY,
        ends_on=TODAY,
        editable_days=0,
        due_at=dt.time(12, 0),
        weekdays="1234567",
    )
    at(TODAY, 13, 0)
    assert report(world.owner, "XD-14173", ONE).lateness == Lateness.LATE
    at(TODAY + dt.timedelta(days=1), 8, 0)
    with pytest.raises(WindowClosed):
        report(world.neighbour, "XD-14158", ONE)
    assert report(world.neighbour, "XD-14158", ONE, date=TODAY - dt.timedelta(days=1)).version == 1


def test_branch_that_closes_is_not_expected_and_does_not_report(world: World) -> None:
    Branch.objects.filter(pk=world.branch.pk).update(closed_on=TODAY)
    with pytest.raises(InvalidReport) as refused:
        report(world.lead, "XD-14173", ONE)
    assert refused.value.errors.keys() == {"branch"}
    yesterday = TODAY - dt.timedelta(days=1)
    assert report(world.lead, "XD-14173", ONE, date=yesterday).version == 1
    expected = expected_reports(world.campaign, yesterday, TODAY)
    branch = Branch.objects.get(pk=world.branch.pk)
    assert expected.is_expected(branch, yesterday)
    assert not expected.is_expected(branch, TODAY)


def test_late_grant_opens_one_day_of_one_branch_until_it_expires(world: World, at: At) -> None:
    rule(world, editable_days=0)
    day = TODAY - dt.timedelta(days=4)
    at(TODAY, 8, 0)
    with pytest.raises(WindowClosed):
        report(world.owner, "XD-14173", ONE, date=day)
    grant = reopen_day(
        actor=world.lead, campaign=world.campaign, branch=world.branch, day=day, reason="Mất điện"
    )
    assert grant.expires_at == clock.at(TODAY + dt.timedelta(days=1), dt.time(23, 59, 59))
    stored = report(world.owner, "XD-14173", ONE, date=day)
    for branch, other in (("XD-14158", day), ("XD-14173", day - dt.timedelta(days=1))):
        with pytest.raises(WindowClosed):
            report(world.lead, branch, ONE, date=other)
    review_reports(actor=world.lead, seen={stored.pk: 1}, decision="approve")
    assert lock_closed() == 0
    at(TODAY + dt.timedelta(days=2), 0, 0)
    with pytest.raises(WindowClosed):
        report(
            world.owner, "XD-14173", {"level1": 2}, date=day, report_id=stored.pk, base_version=2
        )
    assert lock_closed() == 1
