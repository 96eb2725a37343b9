"""Finds out by itself whom to remind: before the due time, after it, and the superiors.

It is safe to run as often as one likes, by several at once, and to be killed at any moment:
``enqueue`` makes each notice once, and the next run makes those that are missing.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.models import Branch, Campaign, Unit
from campaign.permissions import Permission, grants
from campaign.report_day import ReportDay, read_grants
from campaign.reporting_window import Rules, rules_on
from campaign.scopes import scope_of
from campaign.selectors import secretaries_of
from core import clock
from reports.notifications.contact_points import contact_points
from reports.notifications.models import Notice
from reports.notifications.outbox import enqueue
from reports.notifications.quiet_hours import after_quiet, is_quiet
from reports.notifications.registry import NoticeKind
from reports.reminders.non_reporting import led_by, non_reporting_branches, superiors
from reports.reminders.notices import AFTER, BEFORE, SUMMARY

# After an outage for so long a reminder is still of use.
USEFUL_FOR = dt.timedelta(hours=3)
# Nobody is reminded of one day more often than this, however often a superior asks for it.
PAUSE = dt.timedelta(hours=1)
REMINDERS = (BEFORE, AFTER)


@dataclass(frozen=True)
class ReminderTimes:
    """When reminders of a day go out; None where the campaign wants none."""

    before: dt.datetime | None
    due: dt.datetime
    after: dt.datetime | None


def times_of(campaign: Campaign, rules: Rules) -> ReminderTimes:
    """Return the moments of a day: "before" is dropped by quiet hours, "after" waits for them."""
    before = rules.due_at - dt.timedelta(minutes=campaign.remind_before)
    after = rules.due_at + dt.timedelta(minutes=campaign.remind_after)
    has_before = campaign.remind_before and not is_quiet(campaign, before)
    return ReminderTimes(
        before=max(before, rules.opens_at) if has_before else None,
        due=rules.due_at,
        after=after_quiet(campaign, after) if campaign.remind_after else None,
    )


def remind(now: dt.datetime | None = None) -> int:
    """Leave the reminders that are due at ``now``; return how many notices are new."""
    now = now or clock.now()
    made = 0
    # Yesterday's too: its second reminder may have waited for the quiet hours to end.
    for day in (now.date() - dt.timedelta(days=1), now.date()):
        for campaign in Campaign.objects.running().filter(starts_on__lte=day, ends_on__gte=day):
            made += _remind_of(campaign, day, now)
    return made


def _remind_of(campaign: Campaign, day: dt.date, now: dt.datetime) -> int:
    if is_quiet(campaign, now):
        return 0
    times = times_of(campaign, rules_on(campaign, day))
    if times.before and times.before <= now < times.due:
        missing = still_open(campaign, non_reporting_branches(campaign, day), day, now)
        return _remind_secretaries(campaign, missing, BEFORE, day)
    if times.after and times.after <= now < times.after + USEFUL_FOR:
        missing = still_open(campaign, non_reporting_branches(campaign, day), day, now)
        made = _remind_secretaries(campaign, missing, AFTER, day)
        return made + _inform_superiors(campaign, missing, day)
    return 0


def still_open(
    campaign: Campaign, branches: list[Branch], day: dt.date, now: dt.datetime
) -> list[Branch]:
    """Return those of the branches whose report would be taken now (one query at most)."""
    days = [ReportDay(campaign, branch, branch.home_unit, day, now) for branch in branches]
    read_grants(days)
    return [found.branch for found in days if found.takes_counts]


def _remind_secretaries(
    campaign: Campaign, missing: list[Branch], kind: NoticeKind, day: dt.date, *, mark: str = ""
) -> int:
    appointed = secretaries_of(missing, clock.today())
    return sum(
        enqueue(
            appointed[b.pk], kind=kind, campaign=campaign, day=day, about=f"{b.pk}{mark}", branch=b
        )
        for b in missing
        if b.pk in appointed
    )


def _inform_superiors(campaign: Campaign, missing: list[Branch], day: dt.date) -> int:
    people = superiors(clock.today()) if missing else []
    return sum(
        enqueue([user], kind=SUMMARY, campaign=campaign, day=day, unit=_led_unit(user))
        for user in people
        if led_by(user, missing)
    )


def _led_unit(user: User) -> Unit | None:
    """Return the highest unit that the user leads; of other posts a summary says nothing."""
    led = [a for a in scope_of(user).appointments if grants(a.role, Permission.LEAD)]
    units = [a.branch.home_unit if a.branch else a.unit for a in led]
    return min((unit for unit in units if unit), key=lambda unit: unit.depth, default=None)


class Refusal(StrEnum):
    """Why nobody is reminded of a branch's report now."""

    QUIET = "quiet"
    CLOSED = "closed"
    NOBODY = "nobody"
    LATELY = "lately"
    UNREACHED = "unreached"


REFUSALS = {
    Refusal.QUIET: gettext_lazy("đang giờ nghỉ, cổng không nhắc"),
    Refusal.CLOSED: gettext_lazy("ngày đã khóa sổ"),
    Refusal.NOBODY: gettext_lazy("chưa có bí thư"),
    Refusal.LATELY: gettext_lazy("vừa nhắc trong một giờ qua"),
    Refusal.UNREACHED: gettext_lazy("chưa bật cách nhận nào"),
}


@dataclass(frozen=True)
class Nudged:
    """Of whom a superior asked to remind: ``branches`` are reminded, the others not, and why."""

    notices: int
    branches: tuple[Branch, ...]
    refused: tuple[tuple[Branch, Refusal], ...]


def nudgeable(actor: User, campaign: Campaign) -> list[tuple[Branch, Refusal | None]]:
    """Return the branches that the actor leads without a report today, each with why it is not
    to be reminded now."""
    now, day = clock.now(), clock.today()
    if not (campaign.takes_counts and campaign.starts_on <= day <= campaign.ends_on):
        return []
    led = led_by(actor, non_reporting_branches(campaign, day))
    appointed = secretaries_of(led, day)
    recent = Notice.objects.filter(
        campaign=campaign, kind__in=[k.code for k in REMINDERS], day=day, due_at__gt=now - PAUSE
    )
    lately = set(recent.values_list("branch_id", flat=True))
    open_ones = {branch.pk for branch in still_open(campaign, led, day, now)}
    people = {user for users in appointed.values() for user in users}
    reached = {user.pk for user, _channel in contact_points(people)}

    def refusal(branch: Branch) -> Refusal | None:
        users = appointed.get(branch.pk, [])
        reasons = (
            (branch.pk not in open_ones, Refusal.CLOSED),
            (not users, Refusal.NOBODY),
            (is_quiet(campaign, now), Refusal.QUIET),
            (branch.pk in lately, Refusal.LATELY),
            (not any(user.pk in reached for user in users), Refusal.UNREACHED),
        )
        return next((reason for holds, reason in reasons if holds), None)

    return [(branch, refusal(branch)) for branch in led]


def can_be_nudged(actor: User, campaign: Campaign) -> list[Branch]:
    return [branch for branch, refusal in nudgeable(actor, campaign) if refusal is None]


@transaction.atomic
def nudge(*, actor: User, campaign: Campaign, only: Collection[int] | None = None) -> Nudged:
    """Remind the branches that the actor leads now, or ``only`` those of them with these ids.

    The branches are locked, so that two who press at once do it once.
    """

    def asked() -> list[tuple[Branch, Refusal | None]]:
        found = nudgeable(actor, campaign)
        return [one for one in found if only is None or one[0].pk in only]

    wanted = [branch.pk for branch, refusal in asked() if refusal is None]
    list(Branch.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    found = asked()
    branches = [branch for branch, refusal in found if refusal is None and branch.pk in wanted]
    mark = f"@{clock.now():%H%M}"
    made = _remind_secretaries(campaign, branches, AFTER, clock.today(), mark=mark)
    refused = [(branch, refusal) for branch, refusal in found if refusal is not None]
    return Nudged(made, tuple(branches), tuple(refused))
