"""Units to begin with: lists that come with the portal."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.models import Appointment, Unit
from campaign.permissions import Role
from campaign.services.import_units import UnitRow, read_units, save_units
from campaign.services.settings_change import settings_change
from core.clock import today
from core.vietnamese import bare_name, sort_key


@dataclass(frozen=True)
class UnitList:
    """A file of units in ``data``, and since when they are what they are."""

    code: str
    label: Any
    file: str
    valid_from: dt.date

    @property
    def path(self) -> Path:
        return settings.BASE_DIR / "data" / self.file


LISTS = (
    UnitList(
        "2025",
        gettext_lazy("34 tỉnh, thành từ 1/7/2025"),
        "provinces_2025.csv",
        dt.date(2025, 7, 1),
    ),
    UnitList("2023", gettext_lazy("theo danh mục năm 2023"), "units_2023.csv", dt.date(2023, 1, 1)),
)


@dataclass(frozen=True)
class Province:
    """What can be chosen; ``key`` is the list and the code in it."""

    key: str
    name: str
    units: UnitList
    rows: tuple[UnitRow, ...]


@lru_cache
def provinces() -> dict[str, Province]:
    """Return the provinces of all lists by key, by name within a list."""
    found: dict[str, Province] = {}
    for units in LISTS:
        rows = read_units(units.path)
        tops = [row for row in rows if not row.parent_code]
        for top in sorted(tops, key=lambda row: sort_key(bare_name(row.name))):
            key = f"{units.code}-{top.code}"
            found[key] = Province(key, top.name, units, tuple(_below(top, rows)))
    return found


def _below(top: UnitRow, rows: list[UnitRow]) -> list[UnitRow]:
    taken = {top.code}
    for _level in range(3):
        taken |= {row.code for row in rows if row.parent_code in taken}
    return [row for row in rows if row.code in taken]


def take_province(*, actor: User, key: str) -> Unit:
    """Load a province with all its units; whoever begins becomes its staff.

    Raises ``ValidationError`` for one that is not in the lists, and where units are there already:
    what changes them is previewed and has a reason.
    """
    province = provinces().get(key)
    if province is None:
        raise ValidationError(_("Chọn một tỉnh trong danh sách."))
    # Whoever presses at the same time waits here, and then finds units there.
    with settings_change(actor=actor, reason=_("Nạp tỉnh: %(name)s") % {"name": province.name}):
        if Unit.objects.exists():
            raise ValidationError(_("Địa bàn đã có. Muốn đổi thì nạp danh sách mới để xem trước."))
        save_units(list(province.rows), province.units.valid_from, {})
        become_staff(actor)
    return Unit.objects.get(parent=None)


def become_staff(actor: User) -> None:
    """Let the superuser who brings the first units in be staff of what stands above them all."""
    tops = list(Unit.objects.filter(parent=None)[:2])
    if actor.is_superuser and len(tops) == 1 and not actor.appointments.on(today()).exists():
        Appointment.objects.create(
            user=actor, role=Role.PROVINCE_STAFF, unit=tops[0], starts_on=today()
        )
