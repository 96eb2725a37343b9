"""Who may see which help request."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from campaign.permissions import Permission
from campaign.querysets import below
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet
from volunteers.teams.querysets import teams_led_by

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from volunteers.help_requests.models import HelpRequest  # noqa: F401


class HelpRequestQuerySet(ScopedQuerySet["HelpRequest"]):
    def visible_to(self, user: Any) -> Self:
        """Return the requests in the units that the user runs, or given to the own team.

        A secretary runs the unit in which the branch is at home.
        """
        scope = scope_of(user)
        homes = frozenset(
            branch.home_unit.path
            for branch in scope.branches_with(Permission.REPORT)
            if branch.kind == "youth_union"
        )
        return self.filter(
            below(scope.run_unit_paths | homes, "unit__path") | Q(team__in=teams_led_by(user))
        )

    def still_open(self) -> Self:
        return self.filter(state__in=("new", "assigned"))

    def overdue(self, day: dt.date) -> Self:
        """Return what should have been answered before ``day``."""
        return self.still_open().filter(due_on__lt=day)
