"""What one branch achieved on one local day in one unit."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Campaign, Unit
from campaign.models.counts import CountsField, counts_constraint
from campaign.report_day import ReportDay
from core.receipt_numbers import number_of
from core.validators import NOTE_LENGTH
from reports.daily.querysets import DailyReportQuerySet, RevisionQuerySet


class Status(models.TextChoices):
    """Where a report stands; a draft lives on the phone only."""

    SUBMITTED = "submitted", _("Đã gửi")
    RETURNED = "returned", _("Cần sửa")
    APPROVED = "approved", _("Đã duyệt")
    LOCKED = "locked", _("Đã khóa")


# What counts on the approved basis; raw SQL takes it as ``= ANY(%(approved)s)``.
APPROVED_BASIS = (Status.APPROVED.value, Status.LOCKED.value)
# The counts of a report ``r`` that count (docs/counting.md C9), NULL where none do; and whether
# they count on the approved basis.
COUNTED = "CASE r.status WHEN 'returned' THEN r.fallback_counts ELSE r.counts END"
IS_APPROVED = "(r.status = ANY(%(approved)s) OR r.status = 'returned' AND r.fallback_approved)"


class Lateness(models.TextChoices):
    """How the first receipt lies to the due time, by the server's clock."""

    ON_TIME = "on_time", _("Đúng hạn")
    LATE = "late", _("Muộn")
    OFFLINE_LATE = "offline_late", _("Ghi đúng hạn, gửi bù do mất mạng")


class Source(models.TextChoices):
    """How a revision came in."""

    PAGE = "page", _("Trang báo cáo")
    QUEUE = "queue", _("Gửi từ điện thoại khi có mạng")
    PASTE = "paste", _("Dán tin Zalo")
    MESSAGE = "message", _("Nhắn tin")
    FILE = "file", _("Tệp Excel")
    PAPER = "paper", _("Phiếu giấy")
    REVIEW = "review", _("Duyệt")
    SESSION = "session", _("Đối chiếu buổi hỗ trợ")
    API = "api", _("API")
    SEED = "seed", _("Số liệu minh họa")


class Explanation(models.TextChoices):
    """The word with which a sender stands by an unusual value; a choice, so that it is short."""

    DRIVE = "drive", _("Ngày ra quân, cao điểm")
    CROWD = "crowd", _("Đông người đến hơn mọi ngày")
    HANDS = "hands", _("Có thêm người, thêm tổ hỗ trợ")
    CHECKED = "checked", _("Đã kiểm tra lại, số đúng")


class ReportTexts(models.Model):
    """What a report may say in words, in the order in which it is asked and shown.

    A field here is all that a new text needs: ``reports.daily.texts`` makes of it the fields of
    the page and of the API, its check, its line in the history, and keeps it in revisions.
    """

    difficulties = models.TextField(_("Khó khăn"), max_length=NOTE_LENGTH, blank=True)
    proposals = models.TextField(_("Đề xuất"), max_length=NOTE_LENGTH, blank=True)
    note = models.TextField(_("Ghi chú"), max_length=NOTE_LENGTH, blank=True)
    evidence_url = models.URLField(_("Đường link ảnh, bài đăng"), max_length=500, blank=True)

    class Meta:
        abstract = True


class DailyReport(ReportTexts):
    """One report for each campaign, branch, unit and day; the client makes its id.

    ``counts`` are of the day, never cumulative. ``captured_at`` is what the phone claims,
    ``received_at`` is when these counts came in. ``unusual`` is what struck the portal about
    them, ``explanation`` the sender's word for it, blank where nobody was asked.
    ``covered_sessions`` are the closed sessions that the report includes, by id, each with its
    counts as they were then. ``return_reason`` is why it was returned, while it is; meanwhile
    ``fallback_counts`` are those of the last version that was not, blank where there is none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="reports")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    counts = CountsField()
    no_activity = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SUBMITTED)
    version = models.PositiveIntegerField(default=1)
    lateness = models.CharField(max_length=12, choices=Lateness.choices)
    captured_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    unusual = models.JSONField(default=list)
    explanation = models.CharField(max_length=8, choices=Explanation.choices, blank=True)
    covered_sessions = models.JSONField(default=dict)
    return_reason = models.TextField(blank=True)
    fallback_counts = CountsField(null=True, default=None)
    fallback_approved = models.BooleanField(default=False)

    objects = DailyReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("báo cáo ngày")
        verbose_name_plural = _("báo cáo ngày")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "branch", "unit", "date"], name="one_report_a_day"
            ),
            counts_constraint("counts", "report_holds_counts"),
            counts_constraint("fallback_counts", "report_falls_back_on_counts"),
            models.CheckConstraint(
                condition=Q(status=Status.RETURNED)
                | Q(fallback_counts__isnull=True, fallback_approved=False),
                name="only_a_returned_report_falls_back",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="report_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "unit", "date"], name="report_by_unit"),
            models.Index(fields=["campaign", "date", "status"], name="report_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.date:%d/%m/%Y}"

    @classmethod
    def changing(cls) -> dict[str, str]:
        """Return the columns of what a correction may write, by field.

        Whose report it is, and of which day, never changes; the database lets the portal's role
        change no more than these.
        """
        fixed = ("id", "campaign", "branch", "unit", "date")
        return {f.name: f.attname for f in cls._meta.concrete_fields if f.name not in fixed}

    @property
    def day(self) -> ReportDay:
        return ReportDay(self.campaign, self.branch, self.unit, self.date)

    @property
    def counts_as_approved(self) -> bool:
        return self.status in APPROVED_BASIS

    @property
    def number(self) -> str:
        """The number on the receipt, short enough to be read out on the telephone."""
        return number_of(self.id)


class Revision(models.Model):
    """A report as it stood after one change; rows are only ever added.

    The database itself refuses changes, and writes the whole report into the log with each row
    (``core.log``).
    """

    report = models.ForeignKey(DailyReport, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    source = models.CharField(max_length=8, choices=Source.choices)
    at = models.DateTimeField()
    content = models.JSONField()
    reason = models.TextField(blank=True, db_default="")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần sửa")
        verbose_name_plural = _("lần sửa")
        ordering = ("report", "version", "pk")
        constraints = [
            models.UniqueConstraint(fields=["report", "version"], name="revision_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} v{self.version}"
