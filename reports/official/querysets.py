"""Who may see which official figure, and the file that it came in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from campaign.permissions import Permission
from campaign.querysets import OfUnitQuerySet
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from reports.official.models import OfficialFigure, OfficialFile  # noqa: F401


class OfficialFileQuerySet(ScopedQuerySet["OfficialFile"]):
    def visible_to(self, user: Any) -> Self:
        """Return all of them to whoever may take exports: which there are is no secret."""
        return self if scope_of(user).may(Permission.EXPORT) else self.none()


class OfficialFigureQuerySet(OfUnitQuerySet["OfficialFigure"]):
    def visible_to(self, user: Any) -> Self:
        rows = super().visible_to(user)
        return rows if scope_of(user).may(Permission.EXPORT) else rows.none()

    def current(self, moment: dt.datetime | None = None) -> Self:
        """Return what no later file has superseded; at a moment, what none had by then."""
        if moment is None:
            return self.filter(superseded_by=None)
        return self.filter(file__received_at__lte=moment).filter(
            Q(superseded_by=None) | Q(superseded_by__received_at__gt=moment)
        )
