"""A draft that is tried out before it is published."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models.campaigns import Campaign
from campaign.querysets import TrialQuerySet


class Trial(models.Model):
    """The branches that will take part may send reports of a draft, which count nowhere.

    What they send refers to it and goes with it (``reports.trial``). It is over when the campaign
    is published, when staff end it, or some days after it was opened (``core.retention``).
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="trial")
    opened_at = models.DateTimeField(_("mở lúc"))

    objects = TrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("ngày tập dượt")
        verbose_name_plural = _("các ngày tập dượt")

    def __str__(self) -> str:
        return f"{self.campaign}"
