"""Who may see what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from campaign.querysets import below
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from reports.digests.models import Publication  # noqa: F401


class PublicationQuerySet(ScopedQuerySet["Publication"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(below(scope_of(user).unit_paths, "unit__path"))
