"""Who may see which receipt of an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from campaign.permissions import Permission
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from reports.exports.models import Export, FigureCode  # noqa: F401


class ExportQuerySet(ScopedQuerySet["Export"]):
    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).may(Permission.SET_UP) else self.filter(actor=user)

    def police(self) -> Self:
        """Return files with a line for each commune and day."""
        return self.filter(kind__in=("police", "nightly"))


class FigureCodeQuerySet(ScopedQuerySet["FigureCode"]):
    def visible_to(self, user: Any) -> Self:
        """Return all: whoever holds a code holds the figure beside it."""
        return self
