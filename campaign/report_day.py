"""What one branch reports of one local day in one unit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.known_settings import KnownSettings
from campaign.models import Branch, Campaign, LateEntryGrant, Unit
from campaign.reporting_window import Rules, WindowClosed, rules_on
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet, find_branch, indicators_of
from campaign.states import locked_words
from core import clock


@dataclass(eq=False)
class ReportDay:
    """A campaign, a branch, a unit and a day at one moment; what belongs to them is read once.

    It is equal to nothing but itself, so that it can stand as a key for what others know.
    """

    campaign: Campaign
    branch: Branch
    unit: Unit
    day: dt.date
    now: dt.datetime = field(default_factory=lambda: clock.now())

    @property
    def key(self) -> tuple[int, int, int, dt.date]:
        """What its report is known by: the ids of campaign, branch and unit, and the day."""
        return self.campaign.pk, self.branch.pk, self.unit.pk, self.day

    @cached_property
    def rules(self) -> Rules:
        return rules_on(self.campaign, self.day)

    @cached_property
    def indicators(self) -> IndicatorSet:
        return indicators_of(self.campaign)

    @cached_property
    def grant(self) -> LateEntryGrant | None:
        """What opens the day for the branch now, should it be closed; the longest of several."""
        return _grants([self]).get((self.branch.pk, self.day))

    @property
    def is_outside(self) -> bool:
        """Whether it is no day of the campaign, and so will never be reported."""
        return not self.campaign.starts_on <= self.day <= self.campaign.ends_on

    @property
    def is_past(self) -> bool:
        return self.now > self.rules.closes_at

    @property
    def state(self) -> str:
        """``early``, ``open``, ``late``, ``granted`` or ``closed``."""
        if not self.campaign.takes_counts:
            return "closed"
        if self.now < self.rules.opens_at:
            return "early"
        if self.is_past:
            return "closed" if self.grant is None else "granted"
        return "open" if self.now <= self.rules.due_at else "late"

    @property
    def takes_counts(self) -> bool:
        return self.state not in ("early", "closed")

    @property
    def takes_counts_until(self) -> dt.datetime:
        if self.is_past and self.grant is not None:
            return self.grant.expires_at
        return self.rules.closes_at

    @property
    def minutes_left(self) -> int:
        return int((self.rules.due_at - self.now).total_seconds() // 60)

    def check_takes_counts(self) -> None:
        """Raise ``WindowClosed`` unless counts are taken from the branch now."""
        if words := locked_words(self.campaign.state, self.campaign.name):
            raise WindowClosed(words)
        if self.state == "early":
            raise WindowClosed(
                _("Chưa đến giờ nhận báo cáo. Mở lúc %(time)s.")
                % {"time": f"{self.rules.opens_at:%H:%M %d/%m/%Y}"},
                self.rules.opens_at,
            )
        if self.state == "closed":
            raise WindowClosed(
                _("Đã khóa sổ ngày %(day)s lúc %(time)s. Cần sửa thì báo cấp trên mở lại.")
                % {"day": f"{self.day:%d/%m/%Y}", "time": f"{self.rules.closes_at:%H:%M %d/%m/%Y}"}
            )


def read_grants(days: Sequence[ReportDay]) -> None:
    """Read what opens the closed ones of these days at once (one query, none where all are open).

    They are of one campaign and one moment.
    """
    closed = [day for day in days if day.is_past]
    grants = _grants(closed) if closed else {}
    for day in closed:
        day.grant = grants.get((day.branch.pk, day.day))


def _grants(days: Sequence[ReportDay]) -> dict[tuple[int, dt.date], LateEntryGrant]:
    grants = LateEntryGrant.objects.existing(days[0].now).filter(
        campaign=days[0].campaign,
        branch__in={day.branch.pk for day in days},
        date__in={day.day for day in days},
    )
    return {(g.branch_id, g.date): g for g in grants.order_by("expires_at")}


def find_report_day(
    actor: User, *, campaign: str, branch: str, unit: str, day: dt.date
) -> ReportDay:
    """Return the day of a branch in the unit of that code, by default at home.

    Raises ``Http404`` outside the actor's scope, ``PermissionDenied`` inside it without the right.
    """
    found = Campaign.objects.visible_to(actor).filter(slug=campaign).or_404()
    return _report_day(actor, found, find_branch(actor, branch, day), unit, day, clock.now())


def lock_report_day(
    actor: User, settings: KnownSettings, *, branch: str, unit: str, day: dt.date
) -> ReportDay:
    """Return the same with its branch locked: of two at once the second waits for the first.

    Of the campaign it knows what ``settings`` do. Raises as ``find_report_day``.
    """
    now = clock.now()
    owner = find_branch(actor, branch, day, is_locked=True)
    target = _report_day(actor, settings.campaign, owner, unit, day, now)
    target.indicators = settings.indicators
    return target


def _report_day(
    actor: User, campaign: Campaign, branch: Branch, unit: str, day: dt.date, now: dt.datetime
) -> ReportDay:
    where = branch.home_unit
    if unit and unit != where.code:
        where = Unit.objects.visible_to(actor).on(day).filter(code=unit).or_404()
    if not scope_of(actor).may_report_for(branch):
        raise PermissionDenied
    return ReportDay(campaign, branch, where, day, now)
