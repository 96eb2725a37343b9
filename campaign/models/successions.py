"""Which unit went into which."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models.units import Unit
from campaign.querysets import SuccessionQuerySet
from core.models import TimestampedModel


class SuccessionKind(models.TextChoices):
    WHOLE = "whole", _("toàn bộ")
    PART = "part", _("một phần")
    UNKNOWN = "unknown", _("chưa rõ")


class Succession(TimestampedModel):
    """What became of a unit that has ended: one row, or one for each part of a split.

    ``since`` is the first day of the new unit; ``source`` says where that is written.
    """

    old = models.ForeignKey(
        Unit, on_delete=models.CASCADE, related_name="successions", verbose_name=_("địa bàn cũ")
    )
    new = models.ForeignKey(
        Unit,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("địa bàn mới"),
    )
    since = models.DateField(_("từ ngày"))
    kind = models.CharField(_("phần"), max_length=10, choices=SuccessionKind.choices)
    source = models.CharField(_("căn cứ"), max_length=500, blank=True, default="")

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("địa bàn kế tiếp")
        verbose_name_plural = _("địa bàn kế tiếp")
        constraints = [
            models.UniqueConstraint(
                fields=["old", "new"], nulls_distinct=False, name="succession_identity"
            ),
            models.UniqueConstraint(
                fields=["old"], condition=~Q(kind="part"), name="succession_is_whole_once"
            ),
            models.CheckConstraint(
                condition=Q(new=None, kind="unknown") | Q(new__isnull=False) & ~Q(kind="unknown"),
                name="succession_unknown_has_no_unit",
            ),
            models.CheckConstraint(condition=~Q(old=models.F("new")), name="succession_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new or '?'}"
