"""What people say of a difference, how far two sources may differ, how long ours was higher.

Rows of the first two are only added: the last one holds, and all of them are the history.
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Unit
from core.models import TimestampedModel
from core.querysets import MachineQuerySet
from reports.reconciliation.querysets import DifferenceRemarkQuerySet, HigherSpellQuerySet


class DifferenceState(models.TextChoices):
    OPEN = "open", _("chưa xem")
    ASKED = "asked", _("đã hỏi")
    EXPLAINED = "explained", _("đã giải thích")
    SETTLED = "settled", _("đã xong")


# In these the remark explains what remained when it was written.
EXPLAINS = (DifferenceState.EXPLAINED, DifferenceState.SETTLED)


class DifferenceRemark(TimestampedModel):
    """One step with the difference of a unit: the first is number 1, the last one holds.

    ``kind`` is the class that was found then, ``difference`` ours less theirs of the first
    indicator, ``covers`` how much of the size no class explained, ``day`` up to when both were
    compared.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    state = models.CharField(_("tình trạng"), max_length=10, choices=DifferenceState.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("người phụ trách"),
    )
    text = models.CharField(_("ghi chú"), max_length=500, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    difference = models.BigIntegerField()
    covers = models.PositiveBigIntegerField()
    day = models.DateField(null=True)

    objects = DifferenceRemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("ghi chú đối soát")
        verbose_name_plural = _("các ghi chú đối soát")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit", "number"], name="remarks_follow_each_other"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="remarks_begin_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.number}: {self.get_state_display()}"

    @property
    def explains(self) -> bool:
        return self.state in EXPLAINS


class DifferenceTolerance(TimestampedModel):
    """How far two sources of a campaign may differ, from now on."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    percent = models.DecimalField(
        _("phần trăm số báo cáo"),
        max_digits=4,
        decimal_places=1,
        default=Decimal(2),
        validators=[MinValueValidator(0), MaxValueValidator(50)],
    )
    accounts = models.PositiveIntegerField(
        _("hoặc số lượng"), default=5, validators=[MaxValueValidator(100_000)]
    )

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("dung sai đối soát")
        verbose_name_plural = _("các dung sai đối soát")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.percent} % / {self.accounts}"


class HigherSpell(models.Model):
    """A run of days on which ours was higher and nothing explained it; somebody was asked to look.

    It ends when that is no longer so. What comes after is another one.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = HigherSpellQuerySet.as_manager()

    class Meta:
        verbose_name = _("đợt báo cáo cao hơn")
        verbose_name_plural = _("các đợt báo cáo cao hơn")
        ordering = ("since", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                condition=Q(ended_at=None),
                name="one_higher_spell_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.since:%d/%m/%Y}"
