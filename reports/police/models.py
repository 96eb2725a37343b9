"""The receipt of an export: who took which figures, and how to tell that they are genuine."""

import gzip

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign
from reports.police.querysets import ExportQuerySet


class Export(models.Model):
    """One file that left the portal.

    The row is written before the first byte is sent: no record, no data. ``sha256`` and
    ``rows`` follow when the last byte is out; without them the file did not arrive whole.
    ``content`` is the file itself (gzip), and ``figures`` what it comes to: see
    ``reports.police.exports.FileSums``. Receipts of files before that have neither.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    basis = models.CharField(max_length=10)
    as_of = models.DateTimeField()
    started_at = models.DateTimeField()
    rows = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    figures = models.JSONField(null=True)
    content = models.BinaryField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần xuất dữ liệu")
        verbose_name_plural = _("lần xuất dữ liệu")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.actor} {self.started_at:%d/%m/%Y %H:%M}"

    @property
    def file(self) -> bytes:
        """The file as it went out; empty where it was not kept."""
        return gzip.decompress(self.content) if self.content is not None else b""
