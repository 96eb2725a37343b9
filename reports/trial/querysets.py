"""Who may see what was sent in a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from campaign.querysets import below
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base class below, where ruff does not look.
    from reports.trial.models import TrialReport  # noqa: F401


class TrialReportQuerySet(ScopedQuerySet["TrialReport"]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.branch_paths, "branch__path")
            | below(scope.lead_unit_paths, "branch__home_unit__path")
        )
