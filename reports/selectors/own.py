"""What a branch sees of itself: its recent days and its last counts."""

import datetime as dt
from dataclasses import dataclass

from campaign import clock
from campaign.models import Branch, Campaign
from campaign.report_day import ReportDay
from reports.models import DailyReport, Status
from reports.selectors.expected import expected_reports
from reports.trees import BRANCHES

DAYS_BACK = 7


@dataclass(frozen=True)
class OwnDay:
    """One recent day of a branch; ``state`` is reported, returned, no_activity or missing."""

    date: dt.date
    state: str


def own_days(campaign: Campaign, branch: Branch) -> list[OwnDay]:
    """Return the branch's last expected days, the newest first."""
    last = min(clock.today(), campaign.ends_on)
    first = last - dt.timedelta(days=DAYS_BACK - 1)
    days = expected_reports(campaign, first, last, tree=BRANCHES, within=branch).days_of(branch)
    reports = DailyReport.objects.filter(campaign=campaign, branch=branch, date__in=days)
    states: dict[dt.date, str] = {}
    for report in reports:
        if report.status == Status.RETURNED:
            states[report.date] = "returned"
        else:
            states.setdefault(report.date, "no_activity" if report.no_activity else "reported")
    return [OwnDay(day, states.get(day, "missing")) for day in reversed(days)]


def previous_counts(day: ReportDay, *, any_unit: bool) -> dict[str, int]:
    """Return the counts of the branch's report of the day before, in the unit or in any."""
    yesterday = day.day - dt.timedelta(days=1)
    reports = DailyReport.objects.filter(campaign=day.campaign, branch=day.branch, date=yesterday)
    before = (reports if any_unit else reports.filter(unit=day.unit)).order_by("unit").first()
    return dict(before.counts) if before is not None else {}
