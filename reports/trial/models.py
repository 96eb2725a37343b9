"""What a branch sent in a trial."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Trial, Unit
from campaign.models.counts import CountsField, counts_constraint
from reports.daily.models import Explanation, ReportTexts
from reports.trial.querysets import TrialReportQuerySet


class TrialReport(ReportTexts):
    """The last report that a branch sent to learn; nothing reads it but the trial's own pages.

    It is of one day and unit, and another day's takes its place. ``version`` counts the
    corrections of that day. ``by_secretary`` says that one of the branch's own has tried, and not
    only somebody above who showed it.
    """

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="reports")
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    date = models.DateField()
    counts = CountsField()
    no_activity = models.BooleanField(default=False)
    unusual = models.JSONField(default=list)
    explanation = models.CharField(max_length=8, choices=Explanation.choices, blank=True)
    version = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField()
    by_secretary = models.BooleanField(default=False)

    objects = TrialReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("báo cáo tập dượt")
        verbose_name_plural = _("các báo cáo tập dượt")
        constraints = [
            models.UniqueConstraint(fields=["trial", "branch"], name="one_trial_report_a_branch"),
            counts_constraint("counts", "trial_report_holds_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.date:%d/%m/%Y}"
