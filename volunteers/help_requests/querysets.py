"""Who may see which help request."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from campaign.permissions import Permission, grants
from campaign.querysets import below
from campaign.scopes import Scope, scope_of
from core.querysets import ScopedQuerySet
from core.receipt_numbers import numbered
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

    def numbered(self, number: str) -> Self:
        """Return those whose receipt has the number, as ``read_number`` returns it."""
        return self.filter(numbered(number))

    def known_to(self, user: Any) -> Self:
        """Return the requests whose person the user may know by name and number.

        These are for the secretary of the commune's own Youth Union, the leader of the team that
        the request is given to, and the district above. The province sees that somebody waits,
        and not who; where the commune has no district, its staff take the district's part
        (docs/decisions/0026-levels-are-data.md).
        """
        scope = scope_of(user)
        districts = frozenset(
            unit.path
            for a in scope.appointments
            if grants(a.role, Permission.SEE_REQUESTERS)
            for unit in [a.branch.home_unit if a.branch is not None else a.unit]
            if unit is not None
        )
        known = (
            below(districts, "unit__path")
            | below(scope.run_unit_paths, "unit__path") & Q(unit__parent__level="province")
            | Q(unit__in=home_units(scope))
            | Q(team__in=teams_led_by(user))
        )
        return self.visible_to(user).filter(known, purged_at=None)

    def still_open(self) -> Self:
        return self.filter(state__in=("new", "assigned"))

    def overdue(self, day: dt.date) -> Self:
        """Return what should have been answered before ``day``."""
        return self.still_open().filter(due_on__lt=day)


def home_units(scope: Scope) -> list[int]:
    """Return the ids of the units whose own Youth Union the user is secretary of."""
    return [
        branch.home_unit_id
        for branch in scope.branches_with(Permission.REPORT)
        if branch.kind == "youth_union"
    ]
