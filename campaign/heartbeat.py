"""When each job last ran, so that silence is noticed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.querysets import MachineQuerySet
from core import clock


class Heartbeat(models.Model):
    """When a job last ran."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    message = models.TextField(blank=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        app_label = "campaign"
        verbose_name = _("nhịp chạy")
        verbose_name_plural = _("nhịp chạy")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


def record_heartbeat(name: str, message: str = "") -> None:
    """Note that a job ran just now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.now(), "message": message})
