"""Who may see which report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from campaign.querysets import below
from campaign.report_day import ReportDay
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from reports.daily.models import (
        DailyReport,  # noqa: F401
        Revision,  # noqa: F401
    )


class DailyReportQuerySet(ScopedQuerySet["DailyReport"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.branch_paths, "branch__path")
            | below(scope.lead_unit_paths, "branch__home_unit__path")
        )

    def of_day(self, day: ReportDay) -> Self:
        return self.filter(campaign=day.campaign, branch=day.branch, unit=day.unit, date=day.day)


class RevisionQuerySet(ScopedQuerySet["Revision"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.branch_paths, "report__branch__path")
            | below(scope.lead_unit_paths, "report__branch__home_unit__path")
        )
