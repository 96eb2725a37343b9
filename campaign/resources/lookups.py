"""Finds what a code in a file means. An unknown code is told, never guessed or created."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Branch, Campaign, Unit


class Units:
    """Units by code and day; a code alone is no identity."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_code: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            self.add(unit)

    def add(self, unit: Unit) -> None:
        """Let a unit be found, saved or not."""
        self.by_code[unit.code].append(unit)

    def on(self, code: str, day: dt.date) -> Unit:
        """Return the unit that bears ``code`` on ``day``; raise ``ValidationError`` if none."""
        bearers = self.by_code.get(code, [])
        for unit in bearers:
            if unit.exists_on(day):
                return unit
        if not bearers:
            raise ValidationError(
                _("Không có đơn vị mang mã “%(code)s” trong phạm vi của bạn.") % {"code": code[:20]}
            )
        raise ValidationError(
            _("Mã %(code)s không có hiệu lực ngày %(day)s; có từ %(begins)s.")
            % {
                "code": code,
                "day": f"{day:%d/%m/%Y}",
                "begins": ", ".join(f"{unit.valid_from:%d/%m/%Y}" for unit in bearers),
            }
        )


def within_scope(actor: User, model: Any) -> Any:
    """Return the rows of ``model`` that the actor may refer to."""
    rows = model.objects.all()
    return rows if actor.is_superuser else rows.visible_to(actor)


def units_of(actor: User) -> Units:
    """Return the units that the actor may refer to."""
    return Units(within_scope(actor, Unit).select_related("parent"))


class Codes:
    """Rows by one natural key."""

    def __init__(self, rows: Iterable[Any], key: str, unknown: str) -> None:
        self.rows = {str(getattr(row, key)): row for row in rows}
        self.unknown = unknown

    def get(self, code: str | None) -> Any:
        """Return the row with ``code``; None for None; raise ``ValidationError`` if unknown."""
        if code is None:
            return None
        if code not in self.rows:
            raise ValidationError(self.unknown % {"code": code[:40]})
        return self.rows[code]


def campaigns_of(actor: User) -> Codes:
    """Return the campaigns by slug."""
    text = _("Không có chiến dịch “%(code)s”.")
    return Codes(within_scope(actor, Campaign), "slug", text)


def branches_of(actor: User) -> Codes:
    """Return the branches by code."""
    text = _("Không có tổ chức mang mã “%(code)s” trong phạm vi của bạn.")
    rows = within_scope(actor, Branch).select_related("home_unit", "parent")
    return Codes(rows, "code", text)


def at(column: str, find: Any, *args: Any) -> Any:
    """Return ``find(*args)``; what it refuses is the fault of ``column``."""
    try:
        return find(*args)
    except ValidationError as error:
        raise ValidationError({column: error.messages}) from error
