"""Rolled-up rows. They are made from the reports alone and can be made again at any time."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Campaign, Unit
from campaign.models.counts import CountsField, counts_constraint
from reports.rollup.querysets import (
    BranchTotalsQuerySet,
    RollupDifferenceQuerySet,
    UnitTotalsQuerySet,
)

# A country's sum over a year still fits; what is beyond is a mistake.
MOST_IN_TOTAL = 10**12


def _sums(field: str, name: str) -> models.CheckConstraint:
    """Of what stands there may be less on a day than before (docs/counting.md C28)."""
    return counts_constraint(field, name, MOST_IN_TOTAL, least=-MOST_IN_TOTAL)


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
    """Sums of one day; their tables have partitions by campaign and month (decision 23).

    ``received_unscheduled`` counts as ``received`` does, of the branches that are expected on a day
    that is none for reports: they host a session. Which of the two holds is known when they
    are read, from the rules of the campaign as they are then.

    On each basis two moments say when the row last became another: ``…_at`` in what the police's
    file shows of the day, ``…_to_date_at`` in what it shows of it on later days too.
    """

    # No index of its own: the key begins with it.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    date = models.DateField()
    received_unscheduled = models.PositiveIntegerField(default=0)
    received_unscheduled_approved = models.PositiveIntegerField(default=0)
    reported_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    reported_to_date_at = models.DateTimeField(null=True)
    approved_to_date_at = models.DateTimeField(null=True)

    class Meta(Totals.Meta):
        abstract = True


class UnitDay(DayTotals):
    pk = models.CompositePrimaryKey("campaign_id", "node_id", "date")
    node = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="days", db_index=False)

    objects = UnitTotalsQuerySet.as_manager()

    class Meta:
        verbose_name = _("số ngày của địa bàn")
        verbose_name_plural = _("số ngày của địa bàn")
        indexes = [models.Index(fields=["campaign", "date"], name="unit_day_by_date")]
        constraints = [
            _sums("reported", "unit_day_reported"),
            _sums("approved", "unit_day_approved"),
        ]


class BranchDay(DayTotals):
    pk = models.CompositePrimaryKey("campaign_id", "node_id", "date")
    node = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="days", db_index=False)

    objects = BranchTotalsQuerySet.as_manager()

    class Meta:
        verbose_name = _("số ngày của cơ sở Đoàn")
        verbose_name_plural = _("số ngày của cơ sở Đoàn")
        constraints = [
            _sums("reported", "branch_day_reported"),
            _sums("approved", "branch_day_approved"),
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


class Cause(models.TextChoices):
    """Why a total was not what the reports say, as far as that can be told."""

    MOVED = "moved", _("cấp trên bị đổi mà không qua trang Thiết lập")
    REPORT = "report", _("báo cáo bị đổi mà không qua cổng")
    SETTINGS = "settings", _("thiết lập về ai phải báo cáo đã đổi")
    UNKNOWN = "unknown", _("chưa rõ nguyên nhân")


class RollupDifference(models.Model):
    """A stored total that was not what the reports say, when it was found and when it was healed.

    ``unit`` or ``branch`` is the node; without ``date`` it is the total to date. ``basis`` and
    ``key`` say which figure. Without a campaign the difference is the node's parent: ``stored``
    is the one under which sums went up, ``truth`` the one that it has.
    """

    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+")
    branch = models.ForeignKey(Branch, null=True, on_delete=models.CASCADE, related_name="+")
    date = models.DateField(null=True)
    basis = models.CharField(max_length=10)
    key = models.CharField(max_length=100)
    stored = models.BigIntegerField(null=True)
    truth = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=10, choices=Cause.choices)
    found_at = models.DateTimeField()
    healed_at = models.DateTimeField(null=True)

    objects = RollupDifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("chỗ lệch của tổng hợp")
        verbose_name_plural = _("chỗ lệch của tổng hợp")
        ordering = ("-found_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit", "branch", "date", "basis", "key"],
                condition=models.Q(healed_at__isnull=True),
                nulls_distinct=False,
                name="open_difference_identity",
            ),
            models.CheckConstraint(
                condition=models.Q(unit__isnull=True) ^ models.Q(branch__isnull=True),
                name="difference_has_a_node",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.date or _('lũy kế')}"

    @property
    def figure(self) -> str:
        """Which figure it is, in words."""
        if self.basis == "reports":
            return gettext("số báo cáo đã nhận")
        is_approved = self.basis == "approved"
        basis = gettext("đã duyệt") if is_approved else gettext("đã báo cáo")
        # Its name, where it was read along.
        return f"{getattr(self, 'label', None) or self.key} ({basis})"

    @property
    def node(self) -> Unit | Branch:
        node = self.unit or self.branch
        assert node is not None  # noqa: S101 - the database holds it
        return node
