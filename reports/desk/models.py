"""What a lead did about something that needed a hand."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Campaign
from reports.desk.querysets import FollowUpQuerySet


class TaskKind(models.TextChoices):
    """Why a branch stands on the desk, the most pressing first."""

    SILENT = "silent", _("Chưa báo cáo")
    RETURNED = "returned", _("Bị trả lại, chưa gửi lại")
    UNUSUAL = "unusual", _("Số bất thường")
    SESSIONS = "sessions", _("Buổi chưa đối chiếu")
    OUTCOME = "outcome", _("Buổi chưa ghi kết quả")
    REQUEST = "request", _("Yêu cầu quá hạn")
    POLICE = "police", _("Cao hơn số Công an")
    SUMS = "sums", _("Tổng hợp lệch")


class FollowUpAction(models.TextChoices):
    CALLED = "called", _("đã gọi")
    MESSAGED = "messaged", _("đã nhắn Zalo")
    REMINDED = "reminded", _("cổng đã nhắc")
    SNOOZED = "snoozed", _("để sau")


class FollowUp(models.Model):
    """One step of somebody; the task itself is worked out anew each time.

    ``about`` says which task of its kind (``selectors.Task.key``); ``until`` hides it before that
    day. Rows are only added.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=TaskKind.choices)
    about = models.CharField(max_length=60)
    day = models.DateField()
    action = models.CharField(max_length=10, choices=FollowUpAction.choices)
    text = models.CharField(max_length=300, blank=True)
    until = models.DateField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("việc đã làm")
        verbose_name_plural = _("các việc đã làm")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["campaign", "day"], name="follow_up_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=TaskKind.values), name="follow_up_has_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.about}"
