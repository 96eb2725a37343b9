"""What the models of all apps share."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.querysets import MachineQuerySet


class TimestampedModel(models.Model):
    """Knows when it last changed; pages use it to tell whether they are still true."""

    updated_at = models.DateTimeField(_("sửa lần cuối"), auto_now=True)

    class Meta:
        abstract = True


class Heartbeat(models.Model):
    """When a job last ran."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    message = models.TextField(blank=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("nhịp chạy")
        verbose_name_plural = _("nhịp chạy")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
