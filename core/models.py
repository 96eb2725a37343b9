"""What the models of all apps share."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.log.models import Leaf, Remark, SignedHead, Tile
from core.querysets import MachineQuerySet

__all__ = ("Heartbeat", "Leaf", "PendingUpload", "Remark", "SignedHead", "Tile", "TimestampedModel")


class TimestampedModel(models.Model):
    """Knows when it last changed; pages use it to tell whether they are still true."""

    updated_at = models.DateTimeField(_("sửa lần cuối"), auto_now=True)

    class Meta:
        abstract = True


class Heartbeat(models.Model):
    """When a job last ran, and whether all was well with what it looked at."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    message = models.TextField(blank=True)
    is_fine = models.BooleanField(default=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("nhịp chạy")
        verbose_name_plural = _("nhịp chạy")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


class PendingUpload(models.Model):
    """A file between its preview and the confirmation: sealed, and for an hour at most.

    ``core.importing.pending_upload`` is its only reader and writer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    data = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp chờ xác nhận")
        verbose_name_plural = _("tệp chờ xác nhận")

    def __str__(self) -> str:
        return str(self.id)
