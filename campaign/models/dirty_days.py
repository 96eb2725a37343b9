"""Days whose totals are to be made again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models.branches import Branch
from campaign.models.campaigns import Campaign
from campaign.models.units import Unit
from campaign.querysets import DirtyDayQuerySet


class DirtyDay(models.Model):
    """Word that what a branch did in a unit on a day has changed, since ``since``.

    The outbox of the roll-up. Rows are only added, in the transaction that changes a report or
    a session, and deleted by whoever has made the totals again: nobody waits for anybody.
    Several rows for one day do no harm. Written with both; a drain puts in its place rows with
    either a unit or a branch, one for each node whose totals are to be made again.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    branch = models.ForeignKey(Branch, null=True, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    since = models.DateTimeField()

    objects = DirtyDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("ngày chờ cộng")
        verbose_name_plural = _("ngày chờ cộng")
        constraints = [
            models.CheckConstraint(
                condition=Q(branch__isnull=False) | Q(unit__isnull=False),
                name="dirty_day_has_a_node",
            ),
        ]
