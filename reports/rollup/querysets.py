"""Who may see which totals."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models

from campaign.querysets import below
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet

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
