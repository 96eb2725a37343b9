"""A closed day that was opened again for one branch."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.models.branches import Branch
from campaign.models.campaigns import Campaign
from campaign.querysets import LateEntryGrantQuerySet


class LateEntryGrant(models.Model):
    """Leave to send or correct one branch's counts of one closed day, until ``expires_at``.

    Rows are only ever added: who opened which day, and why, stays on record.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="grants")
    date = models.DateField(_("ngày"))
    reason = models.TextField(_("lý do"))
    grantor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField(_("lúc"))
    expires_at = models.DateTimeField(_("đến"))

    objects = LateEntryGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần mở lại ngày")
        verbose_name_plural = _("các lần mở lại ngày")
        ordering = ("-granted_at", "-pk")
        indexes = [models.Index(fields=["branch", "date"], name="grant_by_branch_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("granted_at")), name="grant_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="grant_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.date:%d/%m/%Y}"
