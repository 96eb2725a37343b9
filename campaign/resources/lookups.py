"""Finds what a code in a file means. An unknown code is refused, never guessed or created."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Baseline, Branch, Campaign, Unit


class UnitIndex:
    """Units by code and day; a code alone is no identity."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_code: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            self.add(unit)

    def add(self, unit: Unit) -> None:
        self.by_code[unit.code].append(unit)

    def get(self, code: str, day: dt.date) -> Unit:
        """Return the unit that bears ``code`` on ``day``; raise ``ValidationError`` if none."""
        bearers = self.by_code.get(code, [])
        for unit in bearers:
            if unit.exists_on(day):
                return unit
        if not bearers:
            raise ValidationError(
                _("Không có địa bàn mang mã “%(code)s” trong phạm vi của bạn.")
                % {"code": code[:20]}
            )
        raise ValidationError(
            _("Mã %(code)s không có hiệu lực ngày %(day)s; có từ %(begins)s.")
            % {
                "code": code,
                "day": f"{day:%d/%m/%Y}",
                "begins": ", ".join(f"{unit.valid_from:%d/%m/%Y}" for unit in bearers),
            }
        )


class CodeIndex:
    def __init__(self, rows: Iterable[Any], key: str, unknown: str) -> None:
        self.rows = {str(getattr(row, key)): row for row in rows}
        self.unknown = unknown

    def get(self, code: str) -> Any:
        """Return the row with ``code``; raise ``ValidationError`` if unknown."""
        if code not in self.rows:
            raise ValidationError(self.unknown % {"code": code[:40]})
        return self.rows[code]


def within_scope(actor: User, model: Any) -> Any:
    rows = model.objects.all()
    return rows if actor.is_superuser else rows.visible_to(actor)


def units_of(actor: User) -> UnitIndex:
    return UnitIndex(within_scope(actor, Unit).select_related("parent"))


def branches_of(actor: User) -> CodeIndex:
    text = _("Không có cơ sở Đoàn mang mã “%(code)s” trong phạm vi của bạn.")
    rows = within_scope(actor, Branch).select_related("home_unit", "parent")
    return CodeIndex(rows, "code", text)


def campaigns_of(actor: User) -> CodeIndex:
    return CodeIndex(within_scope(actor, Campaign), "slug", _("Không có chiến dịch “%(code)s”."))


def baselines_of(actor: User) -> CodeIndex:
    return CodeIndex(within_scope(actor, Baseline), "slug", _("Không có mẫu số “%(code)s”."))


def users_of(actor: User) -> CodeIndex:
    return CodeIndex(within_scope(actor, User), "username", _("Không có tài khoản “%(code)s”."))
