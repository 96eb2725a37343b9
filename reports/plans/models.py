"""What a branch plans by, and the sessions that are proposed to it."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Campaign, Unit
from core.models import TimestampedModel
from core.querysets import MachineQuerySet
from volunteers.sessions.models import point_kinds

MOST_PERSONS, MOST_PEOPLE, MOST_A_WEEK = 1000, 200, 50


def _rate(label: Any, most: int) -> Any:
    limits = [MinValueValidator(1), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=limits)


class PlanAssumption(TimestampedModel):
    """What a branch assumes of a session; blank is what its own sessions show.

    It holds for the branch, and for those below it that have neither sessions of their own to
    go by nor an assumption. ``hamlets`` are those of the home unit by name, one a line, where the
    territory knows none.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="+")
    persons = _rate(_("số làm được mỗi buổi"), MOST_PERSONS)
    volunteers = _rate(_("số người mỗi buổi"), MOST_PEOPLE)
    weekly = _rate(_("số buổi mỗi tuần"), MOST_A_WEEK)
    hamlets = models.TextField(_("các thôn, xóm"), blank=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("giả định của kế hoạch")
        verbose_name_plural = _("giả định của kế hoạch")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "branch"], name="one_assumption_a_branch")
        ]

    def __str__(self) -> str:
        return f"{self.branch}"


class SessionDraft(TimestampedModel):
    """A session that is proposed: accepted it becomes one and the row goes, dropped it stays.

    Who drafts again gets other proposals in place of those that were neither moved nor dropped.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    # The hamlet for which it is, as it is called on the page; blank where none is known.
    hamlet = models.CharField(max_length=200, blank=True)
    place_kind = models.CharField(max_length=20, choices=point_kinds)
    place = models.CharField(max_length=200)
    date = models.DateField()
    begins_at = models.TimeField()
    ends_at = models.TimeField()
    is_moved = models.BooleanField(default=False)
    dropped_at = models.DateTimeField(null=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("buổi đề xuất")
        verbose_name_plural = _("buổi đề xuất")
        ordering = ("date", "begins_at", "pk")
        indexes = [models.Index(fields=["campaign", "branch"], name="drafts_of_a_branch")]

    def __str__(self) -> str:
        hours = f"{self.begins_at:%H:%M}–{self.ends_at:%H:%M}"
        return f"{self.place}, {self.date:%d/%m/%Y} {hours}"

    @property
    def seen(self) -> str:
        """How it stands, for who is to act on nothing else."""
        return self.updated_at.isoformat()
