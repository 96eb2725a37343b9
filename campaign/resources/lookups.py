"""Finds what a code in a file means. An unknown code is refused, never guessed or created."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Baseline, Branch, Campaign, Unit
from core.querysets import scoped


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
    def __init__(self, actor: User, rows: Any, key: str, unknown: str) -> None:
        self.rows = {str(getattr(row, key)): row for row in scoped(actor, rows.all())}
        self.unknown = unknown

    def get(self, code: str) -> Any:
        """Return the row with ``code``; raise ``ValidationError`` if unknown."""
        if code not in self.rows:
            raise ValidationError(self.unknown % {"code": code[:40]})
        return self.rows[code]


def units_of(actor: User) -> UnitIndex:
    return UnitIndex(scoped(actor, Unit.objects.all()).select_related("parent"))


def branches_of(actor: User) -> CodeIndex:
    text = _("Không có cơ sở Đoàn mang mã “%(code)s” trong phạm vi của bạn.")
    # A code may have been another's: it means who bears it last.
    rows = Branch.objects.select_related("home_unit", "parent").order_by(
        F("opened_on").asc(nulls_first=True)
    )
    return CodeIndex(actor, rows, "code", text)


def campaigns_of(actor: User) -> CodeIndex:
    return CodeIndex(actor, Campaign.objects, "slug", _("Không có chiến dịch “%(code)s”."))


def baselines_of(actor: User) -> CodeIndex:
    return CodeIndex(actor, Baseline.objects, "slug", _("Không có mẫu số “%(code)s”."))


def users_of(actor: User) -> CodeIndex:
    return CodeIndex(actor, User.objects, "username", _("Không có tài khoản “%(code)s”."))
