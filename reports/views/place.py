"""What a report page is about, read from its address."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from campaign import clock
from campaign.models import Branch, Campaign, Unit
from campaign.selectors import (
    IndicatorSet,
    branches_run_by,
    current_campaign,
    find_branch,
    indicators_of,
    places_to_choose,
)
from reports.models import DailyReport
from volunteers.selectors.outcomes import DayOfSessions, day_of_sessions


@dataclass(frozen=True)
class Place:
    """A campaign, a branch, a day and a unit.

    ``units`` are those to choose from, None where the branch is at home in a single one;
    ``unit`` is None until one is chosen.
    """

    campaign: Campaign
    indicators: IndicatorSet
    branch: Branch
    branches: list[Branch]
    units: list[Unit] | None
    unit: Unit | None
    day: dt.date

    @property
    def query(self) -> str:
        """The query string that leads back to it."""
        unit = f"&unit={self.unit.code}" if self.units and self.unit else ""
        return (
            f"?campaign={self.campaign.slug}&branch={self.branch.code}"
            f"&date={self.day.isoformat()}{unit}"
        )

    @cached_property
    def sessions(self) -> DayOfSessions:
        """The sessions of this day in this unit."""
        return day_of_sessions(self.campaign, self.branch, self.unit, self.day)

    def report(self) -> DailyReport | None:
        """The report that stands for this place, if there is one."""
        if self.unit is None:
            return None
        return DailyReport.objects.filter(
            campaign=self.campaign, branch=self.branch, unit=self.unit, date=self.day
        ).first()


def read_place(request: HttpRequest) -> Place:
    """Return what the address names: by default today and the user's own branch.

    404 for what lies outside the scope, 403 for what one sees but may not report for.
    """
    asked = request.GET
    user: Any = request.user
    campaign = current_campaign(user, asked.get("campaign"))
    branches = branches_run_by(user)
    branch = next((b for b in branches if b.code == asked.get("branch", b.code)), None)
    if branch is None:
        if "branch" in asked:
            find_branch(user, asked["branch"])
        raise PermissionDenied
    try:
        day = dt.date.fromisoformat(asked["date"]) if "date" in asked else _day(campaign)
    except ValueError as error:
        raise Http404 from error
    if day == dt.date.min:  # it has no day before
        raise Http404
    units = places_to_choose(branch, day)
    unit: Unit | None = branch.home_unit
    if units is not None:
        code = request.POST.get("unit", asked.get("unit", ""))
        unit = next((u for u in units if u.code == code), None)
    return Place(campaign, indicators_of(campaign), branch, branches, units, unit, day)


def _day(campaign: Campaign) -> dt.date:
    """Return today, or the nearest day of the campaign."""
    return min(max(clock.today(), campaign.starts_on), campaign.ends_on)
