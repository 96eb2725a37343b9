"""What a report page is about, read from its address."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.models import User
from campaign.addresses import page_campaign
from campaign.models import Branch, Campaign, Unit
from campaign.report_day import ReportDay
from campaign.selectors import (
    branches_run_by,
    communes_to_choose,
    find_branch,
    running_campaigns,
)
from core import clock
from reports.dashboards.selectors.branch_summary import BranchSummary, summaries_of
from reports.entry.offline_snapshot import snapshot_days, snapshot_of
from volunteers.sessions.selectors.session_outcomes import DaySessions


@dataclass(frozen=True)
class ReportTarget:
    """A report day, and what else there is to choose.

    ``units`` are those to choose from, None where the branch is at home in a single one. As
    long as none of them is chosen the day is of the home unit, and ``is_chosen`` is not set.
    """

    user: User
    report_day: ReportDay
    branches: list[Branch]
    units: list[Unit] | None
    is_chosen: bool

    @property
    def query(self) -> dict[str, Any]:
        day = self.report_day
        unit = day.unit.code if self.units and self.is_chosen else ""
        return {"branch": day.branch.code, "date": day.day, "unit": unit}

    @cached_property
    def running(self) -> list[Campaign]:
        return running_campaigns(self.user)

    @cached_property
    def snapshot_days(self) -> list[ReportDay]:
        return snapshot_days(self.user, self.report_day.campaign, self.branches, self.running)

    @cached_property
    def summaries(self) -> dict[int, BranchSummary]:
        days = [self.report_day, *self.snapshot_days]
        return summaries_of(days, self.report_day.indicators)

    @property
    def summary(self) -> BranchSummary:
        return self.summaries[self.report_day.branch.pk]

    @property
    def sessions(self) -> DaySessions:
        return self.summary.sessions.of(self.report_day)

    @property
    def snapshot(self) -> dict[str, Any] | None:
        day, days = self.report_day, self.snapshot_days
        if not days:
            return None
        return snapshot_of(
            self.user,
            day.campaign,
            day.indicators,
            self.summaries,
            days,
            self.branches,
            self.running,
        )


def read_target(request: HttpRequest) -> ReportTarget:
    """Return what the address names: by default today and the user's own branch.

    404 for what lies outside the scope, 403 for what one sees but may not report for.
    """
    asked = request.GET
    user: Any = request.user
    campaign = page_campaign(request)
    try:
        day = dt.date.fromisoformat(asked["date"]) if "date" in asked else _day(campaign)
    except ValueError as error:
        raise Http404 from error
    if day == dt.date.min:  # it has no day before
        raise Http404
    # A day before a merger is that of the branches there were; where none was, today's say so.
    branches = branches_run_by(user, day) or branches_run_by(user)
    branch = next((b for b in branches if b.code == asked.get("branch", b.code)), None)
    if branch is None:
        if "branch" in asked:
            find_branch(user, asked["branch"], day)
        raise PermissionDenied
    units = communes_to_choose(branch, day)
    unit: Unit | None = branch.home_unit
    if units is not None:
        code = request.POST.get("unit", asked.get("unit", ""))
        unit = next((u for u in units if u.code == code), None)
    return ReportTarget(
        user,
        ReportDay(campaign, branch, unit or branch.home_unit, day),
        branches,
        units,
        is_chosen=unit is not None,
    )


def _day(campaign: Campaign) -> dt.date:
    return min(max(clock.today(), campaign.starts_on), campaign.ends_on)
