"""Who may see which totals."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

from campaign.permissions import Permission
from campaign.querysets import below
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from reports.rollup.models import RollupDifference  # noqa: F401

M = TypeVar("M", bound=models.Model)


class UnitTotalsQuerySet(ScopedQuerySet[M]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(below(scope_of(user).unit_paths, "node__path"))


class BranchTotalsQuerySet(ScopedQuerySet[M]):
    def visible_to(self, user: Any) -> Self:
        scope = scope_of(user)
        return self.filter(
            below(scope.branch_paths, "node__path")
            | below(scope.lead_unit_paths, "node__home_unit__path")
        )


class RollupDifferenceQuerySet(ScopedQuerySet["RollupDifference"]):
    """Totals that were found to differ from the reports."""

    def visible_to(self, user: Any) -> Self:
        """Return all to those who set the campaigns up, and nothing to others."""
        return self if scope_of(user).may(Permission.SET_UP) else self.none()

    def open(self) -> Self:
        return self.filter(healed_at=None)

    def recent(self, since: dt.datetime) -> Self:
        """Return those that are not healed yet or were found after ``since``."""
        return self.filter(models.Q(healed_at=None) | models.Q(found_at__gt=since))
