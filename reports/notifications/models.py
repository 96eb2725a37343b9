"""The outbox."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Campaign, Unit
from core.querysets import OwnQuerySet


class Notice(models.Model):
    """One message to one person on one channel; the unique key makes it one however often asked.

    ``kind`` and ``channel`` are codes of reports/notifications/registry.py.
    ``about`` tells notices of one kind and day apart: a report's id and version, or blank.
    ``closed_at`` is when it went out or became needless, ``failed`` why it could not.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    # None for what concerns the account itself.
    campaign: "models.ForeignKey[Any, Any]" = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, null=True, related_name="+"
    )
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=40)
    day = models.DateField()
    about = models.CharField(max_length=60, blank=True)
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="+")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    sent = models.BooleanField(default=False)
    failed = models.CharField(max_length=300, blank=True)

    objects: models.Manager["Notice"] = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("lời nhắc")
        verbose_name_plural = _("lời nhắc")
        ordering = ("-due_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "campaign", "kind", "channel", "day", "about"],
                name="one_notice_per_channel",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="notice_waiting",
                condition=models.Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.kind} {self.day:%d/%m/%Y}"
