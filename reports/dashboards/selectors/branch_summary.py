"""What a branch sees of itself: its recent days, its last counts, its progress."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q

from campaign.models import Branch, Campaign
from campaign.report_day import ReportDay, read_grants
from campaign.reporting_window import reporting_days
from campaign.selectors import IndicatorSet
from core import clock
from reports.daily import anomalies
from reports.daily.models import DailyReport, Status
from reports.dashboards.selectors.progress import BranchProgress, progress_by_branch
from reports.rollup.expected import Expected
from reports.rollup.states import last_values
from volunteers.sessions.selectors.session_outcomes import SessionsByDay, sessions_of

DAYS_BACK = 7
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class OwnDay:
    """One recent day of a branch; ``state`` is reported, returned, no_activity or missing."""

    date: dt.date
    state: str


@dataclass(frozen=True)
class BranchSummary:
    """What a branch sees of itself beside a form, read at once; ``reports`` newest first."""

    campaign: Campaign
    branch: Branch
    reports: tuple[DailyReport, ...]
    sessions: SessionsByDay
    progress: BranchProgress
    # By branch, unit and day, what stands before it of the indicators whose last value does.
    last_values: Mapping[tuple[int, int, dt.date], dict[str, int]] = field(default_factory=dict)

    @property
    def recent_days(self) -> list[OwnDay]:
        return _recent_days(self.campaign, self.branch, self.sessions, self.reports)

    def report_of(self, day: ReportDay) -> DailyReport | None:
        return self._find(day.day, day.unit.pk)

    def last_states(self, day: ReportDay) -> dict[str, int]:
        return self.last_values.get((day.branch.pk, day.unit.pk, day.day), {})

    def previous_counts(self, day: ReportDay, *, any_unit: bool) -> dict[str, int]:
        before = self._find(day.day - DAY, None if any_unit else day.unit.pk)
        return dict(before.counts) if before is not None else {}

    def _find(self, day: dt.date, unit: int | None) -> DailyReport | None:
        of_day = (report for report in self.reports if report.date == day)
        return next((r for r in of_day if unit is None or r.unit_id == unit), None)


def summaries_of(days: Sequence[ReportDay], indicators: IndicatorSet) -> dict[int, BranchSummary]:
    """Return by id what the branches of some days of a campaign see of themselves.

    Three queries, one for the grants where one of the days is past, and one for what stands where
    the campaign has such. The reports are those of these days, of the day before each, of the last
    week, and of the time against which the next one at home is held.
    """
    campaign, today = days[0].campaign, clock.today()
    branches = {day.branch.pk: day.branch for day in days}
    read_grants(days)
    recent = [day for branch in branches.values() for day in _week(campaign, branch)]
    sessions = sessions_of([*days, *recent])
    dates = {date for day in (*days, *recent) for date in (day.day, day.day - DAY)}
    reports = DailyReport.objects.filter(
        Q(date__in=dates)
        | Q(
            unit=F("branch__home_unit"),
            date__range=(today - anomalies.DAYS * DAY, today),
        ),
        campaign=campaign,
        branch__in=branches,
    )
    found = list(reports.select_related("unit").order_by("-date", "unit__sort_key", "pk"))
    progress = progress_by_branch(campaign, list(branches.values()), indicators)
    stands = (
        last_values(campaign, [day.key[1:] for day in days], indicators.states)
        if indicators.states
        else {}
    )
    return {
        pk: BranchSummary(
            campaign,
            branch,
            tuple(report for report in found if report.branch_id == pk),
            sessions,
            progress[pk],
            stands,
        )
        for pk, branch in branches.items()
    }


def own_days(campaign: Campaign, branch: Branch) -> list[OwnDay]:
    """Return the branch's last expected days, the newest first (two queries)."""
    week = _week(campaign, branch)
    reports = DailyReport.objects.filter(
        campaign=campaign, branch=branch, date__in=[day.day for day in week]
    )
    return _recent_days(campaign, branch, sessions_of(week), reports)


def _week(campaign: Campaign, branch: Branch) -> list[ReportDay]:
    last = min(clock.today(), campaign.ends_on)
    return [ReportDay(campaign, branch, branch.home_unit, last - n * DAY) for n in range(DAYS_BACK)]


def _recent_days(
    campaign: Campaign, branch: Branch, sessions: SessionsByDay, reports: Iterable[DailyReport]
) -> list[OwnDay]:
    week = {day.day for day in _week(campaign, branch)}
    expected = Expected(
        campaign,
        days=frozenset(reporting_days(campaign, min(week), max(week))),
        hosting={branch.pk: frozenset(sessions.hosted_on(branch) & week)},
    )
    states: dict[dt.date, str] = {}
    for report in reports:
        if report.status == Status.RETURNED:
            states[report.date] = "returned"
        else:
            states.setdefault(report.date, "no_activity" if report.no_activity else "reported")
    days = reversed(expected.days_of(branch))
    return [OwnDay(day, states.get(day, "missing")) for day in days]
