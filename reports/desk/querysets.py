"""Who may read what was done about a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from campaign.querysets import below
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base class below, where ruff does not look.
    from reports.desk.models import FollowUp  # noqa: F401


class FollowUpQuerySet(ScopedQuerySet["FollowUp"]):
    def visible_to(self, user: Any) -> Self:
        """Return what was done about branches that the user leads."""
        return self.filter(below(scope_of(user).lead_unit_paths, "branch__home_unit__path"))
