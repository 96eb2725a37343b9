"""What is asked of the rules at their edges; the table stands in ``test_boundaries``."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from campaign.models import Appointment, Branch, Campaign, LateEntryGrant, Unit
from campaign.report_day import ReportDay
from campaign.reporting_window import WindowClosed, reporting_days, rules_on
from campaign.scopes import scope_of
from campaign.selectors import running_campaigns, secretaries_of
from campaign.services.grants import reopen_day
from core import clock
from reports.daily.models import DailyReport, Status
from reports.daily.selectors import waiting_now
from reports.daily.services.locking import lock_closed
from reports.daily.services.report_input import InvalidReport
from reports.daily.services.review import Decision, review_reports
from reports.daily.services.submit import lateness_of
from reports.digests.services import announce_digests
from reports.notifications.quiet_hours import is_quiet
from reports.reminders.non_reporting import non_reporting_branches
from reports.reminders.services import Refusal, nudgeable, remind
from reports.rollup.expected import expected_reports
from tests.conftest import World
from tests.factories import (
    FIRST_DAY,
    LAST_DAY,
    make_campaign,
    make_help_request,
    make_phase,
    make_session,
)
from tests.reports.notifications.notification_fixtures import fake_channel
from tests.reports.reporting import report
from volunteers.errors import InvalidInput, NotNow
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.services import ask_for_help
from volunteers.sessions.models import SupportSession
from volunteers.sessions.services.session_planning import Plan, plan_sessions
from volunteers.sessions.services.sessions import cancel_session, close_session

DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
D = dt.date(2023, 6, 12)  # a Monday
OPENS, DUE, CLOSES = dt.time(5, 0), dt.time(21, 0), dt.time(18, 0)
ONE = {"level1": 1}
REFUSED = (InvalidReport, InvalidInput, NotNow, WindowClosed, ValidationError, PermissionDenied)


def moment(day: dt.date, time: dt.time) -> dt.datetime:
    return clock.at(day, time)


NOON = dt.time(12, 0)
OPENING, DUE_AT = moment(D, OPENS), moment(D, DUE)
CLOSING = moment(D + 2 * DAY, CLOSES)


class Stage:
    """The world on the day D, with a clock that is set by hand."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.world, self.patch = world, patch
        self.campaign = world.campaign
        self.rule(
            editable_days=2, opens_at=OPENS, due_at=DUE, closes_at=CLOSES, weekdays="1234567",
            quiet_from=dt.time(22, 0), quiet_to=dt.time(6, 0), remind_before=60, remind_after=30,
            digest_at=dt.time(21, 30),
        )  # fmt: skip
        self.set(moment(D, NOON))

    def rule(self, **given: Any) -> None:
        Campaign.objects.filter(pk=self.campaign.pk).update(**given)
        self.campaign = self.world.campaign = Campaign.objects.get(pk=self.campaign.pk)

    def set(self, to: dt.datetime) -> None:
        self.patch.setattr(clock, "now", lambda: to)

    def at(self, day: dt.date, time: dt.time = NOON) -> "Stage":
        self.set(moment(day, time))
        return self

    def day(self, day: dt.date = D) -> ReportDay:
        return ReportDay(self.campaign, self.world.branch, self.world.commune, day)

    def report(self, day: dt.date = D) -> DailyReport:
        return report(self.world.owner, "XD-14173", ONE, date=day)

    def session(self, day: dt.date = D) -> SupportSession:
        return make_session(campaign=self.campaign, branch=self.world.branch, date=day)


def taken(work: Callable[[], Any]) -> bool:
    """Whether it is done; nothing of it is kept."""
    try:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)
    except REFUSED:
        return False
    return True


# -- Questions about a day


def takes_a_report_of(stage: Stage, day: dt.date) -> bool:
    stage.rule(editable_days=200)
    return taken(lambda: stage.at(day).report(day))


def can_be_planned(stage: Stage, day: dt.date, **given: Any) -> bool:
    plan = Plan(
        **{
            **{"campaign": stage.campaign.slug, "branch": "XD-14173", "place": "Chợ"},
            **{"begins_at": dt.time(8), "ends_at": dt.time(9), "place_kind": "market"},
            **{"date": day, **given},
        }
    )
    return taken(lambda: plan_sessions(actor=stage.world.owner, plan=plan))


def can_be_planned_to(stage: Stage, day: dt.date) -> bool:
    return can_be_planned(stage, D, rule="FREQ=WEEKLY", until=day)


def can_be_reopened(stage: Stage, day: dt.date) -> bool:
    stage.at(LAST_DAY + 9 * DAY)
    given: dict[str, Any] = {"campaign": stage.campaign, "branch": stage.world.branch, "day": day}
    return taken(lambda: reopen_day(actor=stage.world.lead, reason="Sửa số", **given))


def is_a_reporting_day(stage: Stage, day: dt.date) -> bool:
    return day in reporting_days(stage.campaign, FIRST_DAY - 9 * DAY, LAST_DAY + 9 * DAY)


def is_expected(stage: Stage, day: dt.date) -> bool:
    return expected_reports(stage.campaign, day, day).count(stage.world.commune.path) == 1


def runs(stage: Stage, day: dt.date) -> bool:
    make_campaign(starts_on=FIRST_DAY - 9 * DAY, ends_on=LAST_DAY + 9 * DAY)
    stage.at(day)
    return stage.campaign in running_campaigns(stage.world.owner)


def waits_for_review(stage: Stage, day: dt.date) -> bool:
    stage.report()
    stage.at(day)
    return waiting_now(stage.world.lead, None) == 1


def takes_help_requests(stage: Stage, day: dt.date) -> bool:
    stage.at(day)
    given = {"wish": "visit", "reason": "elderly", "name": "A", "phone": "0987654321"}
    return taken(
        lambda: ask_for_help(
            campaign=stage.campaign, unit=stage.world.commune, hamlet="", note="", address="",
            has_consented=True, **given,
        )
    )  # fmt: skip


def reminds(stage: Stage, day: dt.date) -> bool:
    return reminded(stage, moment(day, dt.time(20, 30)))


def can_nudge(stage: Stage, day: dt.date) -> bool:
    stage.at(day)
    # Whether anything would reach her is no matter of days.
    asked = nudgeable(stage.world.lead, stage.campaign)
    return (stage.world.branch, Refusal.UNREACHED) in asked


def announces(stage: Stage, day: dt.date) -> bool:
    return announced(stage, moment(day, dt.time(21, 30)))


def phase_decides(stage: Stage, day: dt.date) -> bool:
    make_phase(campaign=stage.campaign, starts_on=D - DAY, ends_on=D + DAY, editable_days=7)
    return rules_on(stage.campaign, day).editable_days == 7


def secretary_may_report(stage: Stage, day: dt.date) -> bool:
    """Appointed from the day before D to the day after."""
    Appointment.objects.filter(user=stage.world.owner).update(starts_on=D - DAY, ends_on=D + DAY)
    stage.at(day)
    answers = {
        bool(Appointment.objects.on(day).filter(user=stage.world.owner)),
        scope_of(stage.world.owner).may_report_for(stage.world.branch),
        stage.world.branch.pk in secretaries_of([stage.world.branch], day),
    }
    [answer] = answers
    return answer


def branch_reports(stage: Stage, day: dt.date) -> bool:
    """The branch is there from the day before D to the day after; it closes on the next."""
    Branch.objects.filter(pk=stage.world.branch.pk).update(opened_on=D - DAY, closed_on=D + 2 * DAY)
    stage.at(D + 3 * DAY)
    stage.rule(editable_days=9)
    answers = {
        taken(lambda: stage.report(day)),
        can_be_planned(stage, day),
        is_expected(stage, day),
        stage.world.branch in non_reporting_branches(stage.campaign, day),
    }
    [answer] = answers
    return answer


def unit_is_reported_of(stage: Stage, day: dt.date) -> bool:
    Unit.objects.filter(pk=stage.world.commune.pk).update(valid_from=D - DAY, valid_to=D + 2 * DAY)
    stage.at(D + 3 * DAY)
    stage.rule(editable_days=9)
    [answer] = {taken(lambda: stage.report(day)), can_be_planned(stage, day)}
    return answer


Ask = Callable[[Stage, dt.date], bool]


# -- Questions at a moment


def stored_report(stage: Stage) -> DailyReport:
    stage.at(D)
    return stage.report()


def state(stage: Stage, now: dt.datetime) -> str:
    stage.set(now)
    return stage.day().state


def takes_counts(stage: Stage, now: dt.datetime) -> bool:
    """First report, correction, a session's outcome and its cancelling have one window."""
    first = stored_report(stage)
    closed, planned = stage.session(), stage.session()
    close_session(
        actor=stage.world.owner, session=closed, counts={"level1": 1}, headcount=0, base_version=1
    )
    stage.set(now)
    owner, world = stage.world.owner, stage.world
    again: dict[str, Any] = {"report_id": first.pk, "base_version": 1}
    answers = {
        "report": taken(lambda: report(world.neighbour, "XD-14158", ONE, date=D)),
        "correction": taken(lambda: report(owner, "XD-14173", {"level1": 9}, date=D, **again)),
        "closing": taken(
            lambda: close_session(
                actor=owner, session=planned, counts={"level1": 1}, headcount=0, base_version=1
            )
        ),
        "cancelling": taken(lambda: cancel_session(actor=owner, session=closed, reason="Nhầm")),
    }
    assert len(set(answers.values())) == 1, answers
    return answers["report"]


def is_locked(stage: Stage, now: dt.datetime) -> bool:
    DailyReport.objects.filter(pk=stored_report(stage).pk).update(status=Status.APPROVED)
    stage.set(now)
    return lock_closed() == 1


def reopens_when_returned(stage: Stage, now: dt.datetime) -> bool:
    existing = stored_report(stage)
    stage.set(now)
    review_reports(
        actor=stage.world.lead, seen={existing.pk: 1}, decision=Decision.RETURN, reason="Sai số"
    )
    return LateEntryGrant.objects.exists()


GRANTED, EXPIRES = CLOSING + DAY, CLOSING + 2 * DAY


def grant_opens(stage: Stage, now: dt.datetime) -> bool:
    """A grant, for the branch and day that it names, and for none beside them."""
    LateEntryGrant.objects.create(
        campaign=stage.campaign, branch=stage.world.branch, date=D, reason="Sửa",
        granted_at=GRANTED, expires_at=EXPIRES, grantor=stage.world.lead,
    )  # fmt: skip
    stage.set(now)
    beside = report_of_neighbour_or_day_before(stage)
    assert beside == [False, False]
    return taken(stage.report)


def report_of_neighbour_or_day_before(stage: Stage) -> list[bool]:
    return [
        taken(lambda: report(stage.world.neighbour, "XD-14158", ONE, date=D)),
        taken(lambda: stage.report(D - DAY)),
    ]


def can_be_granted_until(stage: Stage, until: dt.datetime) -> bool:
    stage.set(GRANTED)
    given: dict[str, Any] = {"campaign": stage.campaign, "branch": stage.world.branch, "day": D}
    return taken(
        lambda: reopen_day(actor=stage.world.lead, reason="Sửa", expires_at=until, **given)
    )


def lateness(stage: Stage, received: dt.datetime) -> str:
    return lateness_of(stage.day().rules, received, None)


def lateness_by_phone(stage: Stage, captured: dt.datetime) -> str:
    return lateness_of(stage.day().rules, DUE_AT + SECOND, captured)


def is_quiet_at(stage: Stage, now: dt.datetime) -> bool:
    return is_quiet(stage.campaign, now)


def reminded(stage: Stage, now: dt.datetime) -> bool:
    stage.set(now)
    with fake_channel():
        return remind(now) > 0


def announced(stage: Stage, now: dt.datetime) -> bool:
    stage.set(now)
    with fake_channel():
        return announce_digests() > 0


def tomorrow_is_reported(stage: Stage, now: dt.datetime) -> bool:
    stage.rule(opens_at=dt.time(0, 0))
    stage.set(now)
    return taken(lambda: stage.report(D + DAY))


def session_of_tomorrow_is_closed(stage: Stage, now: dt.datetime) -> bool:
    stage.rule(opens_at=dt.time(0, 0))
    session = stage.session(D + DAY)
    stage.set(now)
    given: dict[str, Any] = {"counts": {"level1": 1}, "headcount": 0, "base_version": 1}
    return taken(lambda: close_session(actor=stage.world.owner, session=session, **given))


def help_is_overdue(stage: Stage, now: dt.datetime) -> bool:
    make_help_request(campaign=stage.campaign, unit=stage.world.commune, due_on=D)
    stage.set(now)
    return HelpRequest.objects.overdue(clock.today()).exists()
