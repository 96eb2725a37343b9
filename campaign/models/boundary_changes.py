"""A change of boundaries, from the first look at two lists to what it wrote."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.querysets import BoundaryChangeQuerySet
from core.models import TimestampedModel


class BoundaryState(models.TextChoices):
    DRAFT = "draft", _("đang chuẩn bị")
    APPLIED = "applied", _("đã thực hiện")
    TAKEN_BACK = "taken_back", _("đã lấy lại")


class BoundaryChange(TimestampedModel):
    """Two lists of units compared: those there are, and ``rows``, which hold from a day on.

    ``rows`` are of code, name, kind and the code above. ``successors`` says by the code of a unit
    that ends which codes come after it (several are a split, none is unknown), ``confirmed`` whose
    line was looked at. ``carried`` names what goes along. ``report`` is, once applied: ``figures``
    (pairs of what and how many), ``left`` (what was not carried, in words), and ``written``, every
    row that was made or changed, with what it was.
    """

    source = models.CharField(_("danh sách mới"), max_length=200)
    holds_from = models.DateField(_("có hiệu lực từ"))
    rows = models.JSONField(default=list)
    successors = models.JSONField(default=dict)
    confirmed = models.JSONField(default=list)
    carried = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=BoundaryState.choices, default=BoundaryState.DRAFT
    )
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True)

    objects = BoundaryChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần đổi địa giới")
        verbose_name_plural = _("các lần đổi địa giới")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.source} {self.holds_from:%d/%m/%Y}"
