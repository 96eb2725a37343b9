"""The last file of a campaign, and that it was deleted: what stays when nothing else does."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.deletion.querysets import FinalExportQuerySet


class FinalExport(models.Model):
    """All rows of an archived campaign as they went into a file, and who deleted them after that.

    ``rows`` says how many of each table there were: what is deleted must be as many
    (``services``). Web and workers only add such a row; the database writes the deletion.
    """

    # No reference: it outlives the campaign.
    campaign_key = models.BigIntegerField(db_index=True)
    slug = models.CharField(max_length=50)
    name = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=dict)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(blank=True, db_default="")

    objects = FinalExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản xuất cuối")
        verbose_name_plural = _("các bản xuất cuối")
        ordering = ("-made_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at=None, deleted_by=None, reason="")
                | (Q(deleted_at__isnull=False, deleted_by__isnull=False) & ~Q(reason="")),
                name="who_deletes_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.made_at:%d/%m/%Y %H:%M}"
