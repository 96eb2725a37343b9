"""Who may read what is said of a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from campaign.permissions import Permission
from campaign.querysets import OfUnitQuerySet
from campaign.scopes import scope_of

if TYPE_CHECKING:
    # Named in the base class below, where ruff does not look.
    from reports.reconciliation.models import DifferenceRemark, HigherSpell  # noqa: F401


class DifferenceRemarkQuerySet(OfUnitQuerySet["DifferenceRemark"]):
    def visible_to(self, user: Any) -> Self:
        rows = super().visible_to(user)
        return rows if scope_of(user).may(Permission.EXPORT) else rows.none()


class HigherSpellQuerySet(OfUnitQuerySet["HigherSpell"]):
    pass
