"""A plan of checks by sample, what it has drawn, and what recounts found."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Campaign, Unit
from campaign.models.counts import CountsField, counts_constraint
from core.validators import NOTE_LENGTH
from reports.checks.querysets import CheckPlanQuerySet, CheckQuerySet, OutcomeQuerySet


class CheckerKind(models.TextChoices):
    """Who is asked first; where there is nobody, the next one is."""

    NEIGHBOUR = "neighbour", _("Bí thư cơ sở khác")
    LEAD = "lead", _("Phụ trách địa bàn")
    LIAISON = "liaison", _("Cán bộ đối soát Công an")


class How(models.TextChoices):
    ON_THE_SPOT = "on_the_spot", _("Đến tận điểm, đếm trên danh sách giấy")
    TELEPHONE = "telephone", _("Gọi điện, nghe đọc lại danh sách")
    NOT_POSSIBLE = "not_possible", _("Không kiểm tra được")


class Obstacle(models.TextChoices):
    """Why a check was not possible."""

    NO_LIST = "no_list", _("Không còn danh sách giấy")
    NOBODY = "nobody", _("Không gặp được người giữ danh sách")
    REFUSED = "refused", _("Đơn vị không cho xem")
    OTHER = "other", _("Lý do khác")


def _person(name: Any, **more: Any) -> Any:
    user = settings.AUTH_USER_MODEL
    return models.ForeignKey(
        user, on_delete=models.PROTECT, related_name="+", verbose_name=name, **more
    )


class CheckPlan(models.Model):
    """What is drawn from, and by which seed; the plan itself never changes, it is only closed.

    ``seed`` follows from the head that the log had before the day on which the plan was made and
    from ``number``, so that nobody could try seeds. ``frame`` is what was drawn from, one line an
    item, of which everybody may have the hash and, once the plan is closed, the whole.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    first_day = models.DateField(_("từ ngày"))
    last_day = models.DateField(_("đến hết ngày"))
    per_area = models.PositiveSmallIntegerField(_("số lượt mỗi địa bàn"))
    asked = models.CharField(_("người kiểm tra"), max_length=10, choices=CheckerKind.choices)
    # The indicator by which size and factor go.
    measure = models.CharField(max_length=40)
    head_size = models.BigIntegerField()
    head_root = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    strata = models.JSONField()
    frame_sha256 = models.CharField(max_length=64)
    frame = models.TextField()
    made_at = models.DateTimeField()
    made_by = _person(_("người lập"))
    closed_at = models.DateTimeField(null=True)

    objects = CheckPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("đợt kiểm tra chọn mẫu")
        verbose_name_plural = _("các đợt kiểm tra chọn mẫu")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="check_plan_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.number}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class Check(models.Model):
    """A branch-day that was drawn, and who recounts it.

    ``reported`` is what counted when it was drawn: what is corrected afterwards does not mend
    it. ``probability`` is that of being drawn. ``version`` is how many outcomes there are.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(CheckPlan, on_delete=models.PROTECT, related_name="checks")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    stratum = models.CharField(max_length=40)
    probability = models.FloatField()
    reported = CountsField()
    # In the campaign's measure.
    size = models.PositiveIntegerField()
    checker = _person(_("người kiểm tra"), null=True)
    version = models.PositiveIntegerField(default=0)

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("lượt kiểm tra")
        verbose_name_plural = _("các lượt kiểm tra")
        ordering = ("date", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "branch", "unit", "date"], name="checked_once_a_plan"
            ),
            counts_constraint("reported", "check_holds_counts"),
            models.CheckConstraint(
                condition=Q(probability__gt=0, probability__lte=1), name="check_is_drawn_by_chance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.date:%d/%m/%Y}"

    @property
    def area(self) -> str:
        return self.stratum.rpartition("/")[0]


class CheckOutcome(models.Model):
    """What one recount found; the last version holds, and rows are only ever added.

    The client makes its id. ``obstacle`` says why nothing was counted, where nothing was.
    """

    id = models.UUIDField(primary_key=True)
    of = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="outcomes")
    version = models.PositiveIntegerField()
    how = models.CharField(max_length=12, choices=How.choices)
    counts = CountsField()
    obstacle = models.CharField(max_length=8, choices=Obstacle.choices, blank=True)
    remark = models.TextField(_("Ghi chú"), max_length=NOTE_LENGTH, blank=True)
    actor = _person(_("người kiểm tra"))
    at = models.DateTimeField()

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("kết quả kiểm tra")
        verbose_name_plural = _("các kết quả kiểm tra")
        ordering = ("of", "version")
        constraints = [
            models.UniqueConstraint(fields=["of", "version"], name="outcome_identity"),
            counts_constraint("counts", "outcome_holds_counts"),
            models.CheckConstraint(
                condition=(Q(how=How.NOT_POSSIBLE, counts={}) & ~Q(obstacle=""))
                | (~Q(how=How.NOT_POSSIBLE) & Q(obstacle="")),
                name="outcome_counts_or_says_why_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of_id} v{self.version}"

    @property
    def is_recounted(self) -> bool:
        return self.how != How.NOT_POSSIBLE
