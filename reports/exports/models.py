"""The receipt of an export: who took which figures, and how to tell that they are genuine."""

import gzip

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Unit
from reports.exports.codes import shown
from reports.exports.querysets import ExportQuerySet, FigureCodeQuerySet


class ExportKind(models.TextChoices):
    """What a file holds."""

    POLICE = "police", _("Tệp đối soát")
    NIGHTLY = "nightly", _("Tệp hằng đêm")
    CHANGES = "changes", _("Thay đổi từ một tệp")
    TODAYS_MAP = "todays_map", _("Xếp hạng theo bản đồ hôm nay")
    RECONCILIATION = "reconcile", _("Đối soát từng đơn vị")
    CHECKS = "checks", _("Kết quả kiểm tra chọn mẫu")
    FRAME = "frame", _("Khung chọn mẫu")
    EXPLORE = "explore", _("Bảng tự chọn")


FILE_NAMES = {
    ExportKind.POLICE: "cong-an",
    ExportKind.NIGHTLY: "cong-an-hang-dem",
    ExportKind.CHANGES: "thay-doi-tep-{export}",
    ExportKind.TODAYS_MAP: "ban-do-{unit}",
    ExportKind.RECONCILIATION: "doi-soat-{level}",
    ExportKind.CHECKS: "kiem-tra",
    ExportKind.FRAME: "khung-{plan}",
    ExportKind.EXPLORE: "bang-{unit}-{measure}",
}
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Kinds of files with a line for each commune and day.
POLICE_KINDS = (ExportKind.POLICE, ExportKind.NIGHTLY)


class ReportMap(models.TextChoices):
    """By which map the lines of a file are; blank where it was not kept."""

    THEN = "then", _("Như khi đó")
    NOW = "now", _("Theo bản đồ hôm nay")


class Export(models.Model):
    """One file that left the portal.

    The row is written before the first byte is sent: no record, no data. ``sha256`` and
    ``rows`` follow when the last byte is out; without them the file did not arrive whole.
    ``content`` is the file itself (gzip), and ``figures`` what it comes to: see
    ``reports.police.exports``. Receipts of files before that have neither. ``filter`` is what was
    asked for beside days, basis and map.
    """

    kind = models.CharField(max_length=10, choices=ExportKind.choices, default=ExportKind.POLICE)

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    basis = models.CharField(max_length=10)
    map = models.CharField(max_length=4, choices=ReportMap.choices, blank=True, default="")
    filter = models.JSONField(default=dict)
    as_of = models.DateTimeField()
    started_at = models.DateTimeField()
    rows = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    figures = models.JSONField(null=True)
    content = models.BinaryField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần xuất dữ liệu")
        verbose_name_plural = _("lần xuất dữ liệu")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.actor} {self.started_at:%d/%m/%Y %H:%M}"

    @property
    def is_police(self) -> bool:
        return self.kind in POLICE_KINDS

    @property
    def file_name(self) -> str:
        days = f"{self.first_day}_{self.last_day}"
        moment = timezone.localtime(self.as_of)
        kind = FILE_NAMES[ExportKind(self.kind)].format(**self.filter)
        suffix = self.filter.get("suffix", "csv")
        return f"{kind}_{self.campaign.slug}_{days}_{self.basis}_{moment:%Y%m%dT%H%M%S}.{suffix}"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.filter.get("suffix", "csv")]

    @property
    def file(self) -> bytes:
        """The file as it went out; empty where it was not kept."""
        return gzip.decompress(self.content) if self.content is not None else b""


class FigureKind(models.TextChoices):
    """Where a figure stands beside its code."""

    DIGEST = "digest", _("Báo cáo nhanh")
    FILE = "file", _("Tệp đối soát")


class FigureCode(models.Model):
    """A figure that went out with a short code (``codes``), as it was. Rows are only added.

    The headline to date of a unit by the end of a day, or of a file's communes. ``revision`` is the
    id of the last one in it, ``head`` the log's by then as the text has it.
    """

    code = models.CharField(max_length=10, unique=True)
    kind = models.CharField(max_length=6, choices=FigureKind.choices)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    export = models.OneToOneField(Export, on_delete=models.PROTECT, null=True, related_name="code")
    day = models.DateField()
    basis = models.CharField(max_length=10)
    indicator = models.CharField(max_length=40)
    value = models.BigIntegerField()
    as_of = models.DateTimeField()
    revision = models.BigIntegerField()
    head = models.CharField(max_length=80, blank=True, default="")
    made_at = models.DateTimeField()

    objects = FigureCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("mã tra số")
        verbose_name_plural = _("mã tra số")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return shown(self.code)
