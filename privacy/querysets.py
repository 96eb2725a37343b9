"""Who may see which record of reads, and which requests of data subjects."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from campaign.models import Appointment
from campaign.permissions import Permission
from campaign.querysets import below
from campaign.scopes import scope_of
from core.querysets import MachineQuerySet, ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from privacy.models import Deletion, PersonalDataRead, SubjectRequest  # noqa: F401


class ReadQuerySet(ScopedQuerySet["PersonalDataRead"]):
    def visible_to(self, user: Any) -> Self:
        """Return what the user read, and what those read whose work the user runs.

        The province sees all of it, also what was opened with a link of one's own.
        """
        scope = scope_of(user)
        if scope.may(Permission.SET_UP):
            return self
        run = Appointment.objects.filter(
            below(scope.run_unit_paths, "branch__home_unit__path")
            | below(scope.run_unit_paths, "unit__path")
            | below(scope.run_branch_paths, "branch__path")
        )
        return self.filter(Q(reader=user) | Q(reader__in=run.values("user")))


class SubjectRequestQuerySet(ScopedQuerySet["SubjectRequest"]):
    def visible_to(self, user: Any) -> Self:
        """Return all to the province, which answers them; to others, what they wrote down."""
        if scope_of(user).may(Permission.SET_UP):
            return self
        return self.filter(entered_by=user)

    def still_open(self) -> Self:
        return self.filter(closed_at=None)

    def overdue(self, day: dt.date) -> Self:
        """Return what should have been answered before ``day``."""
        return self.still_open().filter(due_on__lt=day)


class DeletionQuerySet(MachineQuerySet["Deletion"]):
    """Counts of what was deleted; no person is in them."""
