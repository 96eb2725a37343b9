"""Who may see which check: a branch does not learn from here that it was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from campaign.permissions import Permission
from campaign.querysets import below
from campaign.scopes import Scope, scope_of
from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from reports.checks.models import (
        Check,  # noqa: F401
        CheckOutcome,  # noqa: F401
        CheckPlan,  # noqa: F401
    )


def may_see_results(scope: Scope) -> bool:
    return scope.may(Permission.SET_UP, Permission.LEAD, Permission.EXPORT)


class CheckPlanQuerySet(ScopedQuerySet["CheckPlan"]):
    def visible_to(self, user: Any) -> Self:
        """Return the plans whose results somebody may see: of which parts, ``results_to`` says."""
        return self if may_see_results(scope_of(user)) else self.none()


class CheckQuerySet(ScopedQuerySet["Check"]):
    def visible_to(self, user: Any) -> Self:
        """Return those that the user does, and all where the user is the province's staff."""
        sets_up = scope_of(user).unit_paths_with(Permission.SET_UP)
        return self.filter(Q(checker_id=user.pk) | below(sets_up, "unit__path"))

    def results_to(self, user: Any) -> Self:
        """Return those of the territories whose results the user may see."""
        scope = scope_of(user)
        tops = (Permission.SET_UP, Permission.LEAD, Permission.EXPORT)
        return self.filter(
            below(frozenset().union(*map(scope.unit_paths_with, tops)), "unit__path")
        )

    def open(self) -> Self:
        return self.filter(version=0, plan__closed_at=None)


class OutcomeQuerySet(ScopedQuerySet["CheckOutcome"]):
    def visible_to(self, user: Any) -> Self:
        sets_up = scope_of(user).unit_paths_with(Permission.SET_UP)
        return self.filter(Q(of__checker_id=user.pk) | below(sets_up, "of__unit__path"))
