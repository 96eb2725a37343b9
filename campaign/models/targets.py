"""What results are measured against: baselines and targets."""

import datetime as dt
from typing import cast

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models.campaigns import Campaign, Indicator
from campaign.models.dated import Dated
from campaign.models.units import Unit
from campaign.querysets import BaselineFigureQuerySet, BaselineQuerySet, TargetQuerySet
from core.models import TimestampedModel


class Baseline(Dated, TimestampedModel):
    """A named, dated, sourced denominator: census, permanent residents, eligible citizens.

    Denominators differ, so that a percentage is worth only as much as the name beside it.
    """

    slug = models.SlugField(_("tên ngắn"), unique=True)
    name = models.CharField(_("tên"), max_length=200)
    as_of = models.DateField(_("tính đến ngày"))
    source = models.CharField(_("nguồn"), max_length=300)
    is_verified = models.BooleanField(_("đã kiểm chứng"), default=False)

    dated = ("name", "as_of")
    objects = BaselineQuerySet.as_manager()

    class Meta:
        verbose_name = _("mẫu số")
        verbose_name_plural = _("mẫu số")
        ordering = ("name", "as_of")

    def __str__(self) -> str:
        return f"{self.name} ({self.as_of:%d/%m/%Y})"


class BaselineFigure(Dated, TimestampedModel):
    """A baseline's value in one unit, in persons; 0 takes it back."""

    baseline = models.ForeignKey(Baseline, on_delete=models.CASCADE, related_name="figures")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="baseline_figures")
    value = models.PositiveIntegerField(_("giá trị"))

    dated = ("value",)
    objects = BaselineFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("giá trị mẫu số")
        verbose_name_plural = _("giá trị mẫu số")
        constraints = [
            models.UniqueConstraint(fields=["baseline", "unit"], name="baseline_figure_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.value}"

    def value_on(self, day: dt.date) -> int | None:
        """Return what it was on ``day``; None before the day it was given for."""
        return cast("int | None", self.on(day).value)


class Target(Dated, TimestampedModel):
    """How much of an indicator a unit is to reach by a day; 0 takes it back."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="targets")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    value = models.PositiveIntegerField(_("chỉ tiêu"))
    due_on = models.DateField(_("hạn"))

    dated = ("value", "due_on")
    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("chỉ tiêu")
        verbose_name_plural = _("chỉ tiêu")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit", "indicator"], name="target_identity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.indicator.code}: {self.value}"

    def value_on(self, day: dt.date) -> int | None:
        """Return what is to be reached as of ``day``; None before the day it was given for."""
        return cast("int | None", self.on(day).value)
