"""Rolled-up rows. They are made from the reports alone and can be made again at any time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Campaign, Unit
from campaign.models.counts import CountsField, counts_constraint
from reports.rollup.querysets import BranchTotalsQuerySet, UnitTotalsQuerySet

# A country's sum over a year still fits; what is beyond is a mistake.
MOST_IN_TOTAL = 10**12


class Totals(models.Model):
    """Sums on both bases.

    ``reported`` sums all reports, ``approved`` only those that the district approved.
    ``received`` and ``received_approved`` count branch-days with a report, of the branches
    that are expected on a reporting day: they report daily, or host a session that day.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    reported = CountsField()
    approved = CountsField()
    received = models.PositiveIntegerField(default=0)
    received_approved = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class DayTotals(Totals):
    """Sums of one day.

    ``received_unscheduled`` counts as ``received`` does, of the branches that are expected on a day
    that is none for reports: they host a session. Which of the two holds is known when they
    are read, from the rules of the campaign as they are then.
    """

    date = models.DateField()
    received_unscheduled = models.PositiveIntegerField(default=0)
    received_unscheduled_approved = models.PositiveIntegerField(default=0)

    class Meta(Totals.Meta):
        abstract = True


class UnitDay(DayTotals):
    node = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="days")

    objects = UnitTotalsQuerySet.as_manager()

    class Meta:
        verbose_name = _("số ngày của địa bàn")
        verbose_name_plural = _("số ngày của địa bàn")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "node", "date"], name="unit_day_identity"),
            counts_constraint("reported", "unit_day_reported", MOST_IN_TOTAL),
            counts_constraint("approved", "unit_day_approved", MOST_IN_TOTAL),
        ]


class BranchDay(DayTotals):
    node = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="days")

    objects = BranchTotalsQuerySet.as_manager()

    class Meta:
        verbose_name = _("số ngày của cơ sở Đoàn")
        verbose_name_plural = _("số ngày của cơ sở Đoàn")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "node", "date"], name="branch_day_identity"
            ),
            counts_constraint("reported", "branch_day_reported", MOST_IN_TOTAL),
            counts_constraint("approved", "branch_day_approved", MOST_IN_TOTAL),
        ]


class UnitTotal(Totals):
    """A unit's totals to date, in one row, so that a page does not read every day."""

    node = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="totals")

    objects = UnitTotalsQuerySet.as_manager()

    class Meta:
        verbose_name = _("lũy kế của địa bàn")
        verbose_name_plural = _("lũy kế của địa bàn")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "node"], name="unit_total_identity"),
        ]


class BranchTotal(Totals):
    node = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="totals")

    objects = BranchTotalsQuerySet.as_manager()

    class Meta:
        verbose_name = _("lũy kế của cơ sở Đoàn")
        verbose_name_plural = _("lũy kế của cơ sở Đoàn")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "node"], name="branch_total_identity"),
        ]
