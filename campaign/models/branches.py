"""Branches: organisations that report, in a tree of their own."""

import copy
import datetime as dt
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.models.base import Node
from campaign.models.dated import Dated
from campaign.models.units import Unit
from campaign.querysets import BranchQuerySet
from campaign.validity import Validity
from core import clock
from core.kinds import Choice, Kinds


class BranchKind(models.TextChoices):
    YOUTH_UNION = "youth_union", _("Đoàn Thanh niên")
    SCHOOL = "school", _("Đoàn trường")
    POLICE = "police", _("Công an")
    WOMENS_UNION = "womens_union", _("Hội Phụ nữ")


BRANCH_KINDS = Kinds("branch", _("Loại cơ sở"), BranchKind)


def branch_kinds() -> Iterable[Choice]:
    """Return all kinds; a migration names this function, and no kind."""
    return BRANCH_KINDS.choices()


class Branch(Dated, Node):
    """An organisation that reports. Its home unit is where it is at home."""

    # Used again by others after a merger: (code, opened_on) is the identity.
    code = models.CharField(_("mã"), max_length=20, db_index=True)
    kind = models.CharField(_("loại"), max_length=20, choices=branch_kinds)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("trực thuộc"),
    )
    home_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="branches", verbose_name=_("địa bàn")
    )
    reports_daily = models.BooleanField(
        _("báo cáo hằng ngày"),
        default=False,
        help_text=_("Cơ sở Đoàn này phải báo cáo mỗi ngày của chiến dịch; thiếu thì bị nhắc."),
    )
    opened_on = models.DateField(_("thành lập"), null=True, blank=True)
    closed_on = models.DateField(_("giải thể từ"), null=True, blank=True)
    # Into which one it went whole, where it was closed by a change of boundaries.
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="predecessors",
    )

    dated = ("name", "reports_daily")
    validity = Validity("opened_on", "closed_on")
    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = _("cơ sở Đoàn")
        verbose_name_plural = _("cơ sở Đoàn")
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(
                fields=["code", "opened_on"], nulls_distinct=False, name="branch_identity"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(opened_on=None) | Q(closed_on__gt=F("opened_on")),
                name="branch_ends_after_it_begins",
            ),
        ]

    @property
    def last_day(self) -> dt.date | None:
        """The last day of one that has closed: what was is corrected until then."""
        closed = self.closed_on
        return closed - dt.timedelta(days=1) if closed and closed <= clock.today() else None

    def on(self, day: dt.date) -> Self:
        """Return the same, its home unit called as it was on ``day``, where that was read."""
        row = super().on(day)
        if "home_unit" in self._state.fields_cache and self.home_unit.past:
            row = copy.copy(row)
            row.home_unit = self.home_unit.on(day)
        return row
