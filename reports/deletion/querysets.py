"""Who may see what was deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from campaign.permissions import Permission
from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    # Named in the base class below, where ruff does not look.
    from reports.deletion.models import FinalExport  # noqa: F401


class FinalExportQuerySet(ScopedQuerySet["FinalExport"]):
    def visible_to(self, user: Any) -> Self:
        return self if scope_of(user).may(Permission.SET_UP) else self.none()

    def of(self, campaign: Any) -> Self:
        return self.filter(campaign_key=campaign.pk, deleted_at=None)
