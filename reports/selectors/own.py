"""What a branch sees of itself: its recent days, its last counts, its progress."""

import datetime as dt
from dataclasses import dataclass

from campaign import clock
from campaign.models import Branch, Campaign, Target
from campaign.report_day import ReportDay
from campaign.selectors import IndicatorSet
from reports.models import DailyReport, Status, UnitTotal
from reports.selectors.expected import expected_reports
from reports.selectors.progress import time_gone
from reports.trees import BRANCHES

DAYS_BACK = 7


@dataclass(frozen=True)
class OwnDay:
    """One recent day of a branch; ``state`` is reported, returned, no_activity or missing."""

    date: dt.date
    state: str


@dataclass(frozen=True)
class OwnProgress:
    """A unit's headline to date beside its target."""

    label: str
    to_date: int | None
    target: int | None
    time_gone: float

    @property
    def percent(self) -> float | None:
        """Percent of the target, None without one."""
        return (self.to_date or 0) * 100 / self.target if self.target else None


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


def own_progress(
    campaign: Campaign, branch: Branch, indicators: IndicatorSet
) -> OwnProgress | None:
    """Return how far the branch's home unit is; None for a campaign without indicators."""
    headline = indicators.headline
    if headline is None:
        return None
    total = UnitTotal.objects.filter(campaign=campaign, node=branch.home_unit).first()
    target = Target.objects.filter(
        campaign=campaign, unit=branch.home_unit, indicator=headline
    ).first()
    counts = indicators.complete(total.reported) if total is not None else {}
    return OwnProgress(
        label=headline.name,
        to_date=counts.get(headline.code),
        target=target.value if target is not None else None,
        time_gone=time_gone(
            campaign.starts_on, target.due_on if target else campaign.ends_on, clock.today()
        ),
    )
