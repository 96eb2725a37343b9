"""A campaign and what it counts. All of it is data: a new campaign needs no code."""

import datetime as dt

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaign.models.dated import Dated
from campaign.querysets import (
    CampaignQuerySet,
    FormulaTermQuerySet,
    IndicatorQuerySet,
    PhaseQuerySet,
)
from campaign.states import CampaignState
from campaign.validators import validate_weekdays
from core.clock import today
from core.models import TimestampedModel

indicator_code = RegexValidator(
    r"^[a-z][a-z0-9_]{0,39}$",
    _("Mã chỉ gồm chữ thường không dấu, chữ số và gạch dưới. Ví dụ: level1."),
)
# The reporting rules, of which a day has those that held on it.
RULES = ("weekdays", "opens_at", "due_at", "closes_at", "editable_days")
# How each text of a report is asked for (``reports.daily.texts``).
ASKS = ("asks_difficulties", "asks_proposals", "asks_evidence_url")
# What an indicator is called.
LABELS = ("label", "short_label", "label_en", "measure")


class Asking(models.TextChoices):
    """How a report is asked for a text; a quiet day needs none (docs/counting.md C30)."""

    NOT = "no", _("không hỏi")
    ASKED = "asked", _("có hỏi, không bắt buộc")
    REQUIRED = "required", _("bắt buộc")


class Campaign(Dated, TimestampedModel):
    """A drive with its dates, its reporting rules and its indicators."""

    slug = models.SlugField(_("tên ngắn trong địa chỉ"), unique=True)
    name = models.CharField(_("tên"), max_length=200)
    plan_reference = models.CharField(_("căn cứ"), max_length=300, blank=True)
    notice = models.TextField(
        _("ghi chú về số liệu"),
        blank=True,
        help_text=_("Hiện trên mọi trang số liệu, ví dụ: số liệu minh họa."),
    )
    starts_on = models.DateField(_("bắt đầu"))
    ends_on = models.DateField(_("kết thúc"))
    weekdays = models.CharField(
        _("ngày báo cáo trong tuần"),
        max_length=7,
        default="1234567",
        validators=[validate_weekdays],
        help_text=_("1 là thứ Hai … 7 là Chủ nhật. Ví dụ: 12345."),
    )
    opens_at = models.TimeField(_("mở nhận"), default=dt.time(0, 0))
    due_at = models.TimeField(_("hạn nộp"), default=dt.time(18, 30))
    closes_at = models.TimeField(_("khóa sổ"), default=dt.time(23, 59, 59))
    editable_days = models.PositiveSmallIntegerField(
        _("số ngày còn nhận, còn sửa"),
        default=2,
        help_text=_("Sau ngày báo cáo chừng này ngày thì khóa sổ."),
    )

    asks_difficulties = models.CharField(
        _("khó khăn"), max_length=8, choices=Asking.choices, default=Asking.ASKED
    )
    asks_proposals = models.CharField(
        _("đề xuất"), max_length=8, choices=Asking.choices, default=Asking.ASKED
    )
    asks_evidence_url = models.CharField(
        _("đường link ảnh, bài đăng"),
        max_length=8,
        choices=Asking.choices,
        default=Asking.ASKED,
        help_text=_(
            "Bắt buộc thì báo cáo phải gửi từ trang báo cáo: tin Zalo, Excel, phiếu giấy chỉ có "
            "số. Ngày không phát sinh không cần mục nào."
        ),
    )

    remind_before = models.PositiveSmallIntegerField(
        _("nhắc trước hạn nộp, phút"),
        default=60,
        help_text=_("Chỉ nhắc đơn vị chưa báo cáo. 0 là không nhắc."),
    )
    remind_after = models.PositiveSmallIntegerField(
        _("nhắc sau hạn nộp, phút"),
        default=30,
        help_text=_("Chỉ nhắc đơn vị chưa báo cáo, và báo một lần cho cấp trên. 0 là không nhắc."),
    )
    quiet_from = models.TimeField(
        _("giờ yên lặng, từ"),
        default=dt.time(21, 0),
        help_text=_("Trong giờ yên lặng không nhắc ai."),
    )
    quiet_to = models.TimeField(_("giờ yên lặng, đến"), default=dt.time(6, 30))
    digest_at = models.TimeField(
        _("giờ ra báo cáo nhanh"),
        default=dt.time(19, 0),
        help_text=_("Giờ gửi báo cáo nhanh cho người phụ trách các cấp."),
    )

    help_due_days = models.PositiveSmallIntegerField(
        _("số ngày phải trả lời yêu cầu hỗ trợ"),
        default=3,
        help_text=_("Người dân nhờ đến nhà hoặc gọi điện: quá chừng này ngày là quá hạn."),
    )
    help_retention_days = models.PositiveSmallIntegerField(
        _("số ngày giữ thông tin người nhờ"),
        default=30,
        help_text=_("Sau khi xong việc chừng này ngày thì xóa tên, số điện thoại, địa chỉ."),
    )

    public_lead = models.CharField(
        _("lời mời người dân"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("Câu đầu trang của người dân. Để trống thì cổng viết một câu chung."),
    )
    public_hint = models.CharField(
        _("dặn người dân"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("Đến điểm hỗ trợ cần mang gì, biết gì. Hiện dưới danh sách điểm."),
    )
    message_words = models.CharField(
        _("từ riêng trong tin"),
        max_length=500,
        blank=True,
        default="",
        help_text=_(
            "Từ nói về chiến dịch mà không nói về số nào, cách nhau bằng dấu phẩy: tên đề án, tên "
            "ứng dụng. Cổng đọc tin Zalo sẽ bỏ qua các từ này."
        ),
    )
    state = models.CharField(
        _("tình trạng"),
        max_length=10,
        choices=CampaignState.choices,
        default=CampaignState.DRAFT,
        editable=False,
    )
    # Who takes part: see campaign.takes_part.
    takes_part = models.JSONField(_("ai tham gia"), default=dict, editable=False)
    # Since when its day totals lie in a file (reports.rollup.services.archive), which is the
    # technician's step and another thing than the state (decision 25).
    archived_at = models.DateTimeField(_("lưu trữ lúc"), null=True, editable=False)

    dated = (*RULES, *ASKS, "takes_part")
    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("chiến dịch")
        verbose_name_plural = _("chiến dịch")
        ordering = ("-starts_on", "slug")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("opens_at")), name="campaign_due_after_opening"
            ),
        ]

    @property
    def shown_day(self) -> dt.date:
        """The day whose units and branches are shown: today, or the nearest day it has."""
        return min(max(today(), self.starts_on), self.ends_on)

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.state == CampaignState.DRAFT

    @property
    def takes_counts(self) -> bool:
        """Whether counts are taken at all; on which days, the reporting window says."""
        return self.state == CampaignState.RUNNING


class Phase(Dated, TimestampedModel):
    """A part of a campaign, such as a peak drive; what it leaves blank is the campaign's."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="phases")
    name = models.CharField(_("tên"), max_length=200)
    starts_on = models.DateField(_("bắt đầu"))
    ends_on = models.DateField(_("kết thúc"))
    is_peak = models.BooleanField(_("cao điểm"), default=False)
    weekdays = models.CharField(
        _("ngày báo cáo trong tuần"), max_length=7, blank=True, validators=[validate_weekdays]
    )
    opens_at = models.TimeField(_("mở nhận"), null=True, blank=True)
    due_at = models.TimeField(_("hạn nộp"), null=True, blank=True)
    closes_at = models.TimeField(_("khóa sổ"), null=True, blank=True)
    editable_days = models.PositiveSmallIntegerField(_("số ngày còn sửa"), null=True, blank=True)

    dated = ("starts_on", "ends_on", *RULES)
    objects = PhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("đợt")
        verbose_name_plural = _("đợt")
        ordering = ("starts_on", "name")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="phase_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Aggregation(models.TextChoices):
    """How the days of an indicator come to its total (docs/counting.md C28)."""

    SUM = "sum", _("cộng các ngày")
    LAST = "last", _("số báo sau cùng")


class Indicator(Dated, TimestampedModel):
    """Something that is counted, or a linear sum of such counts (``terms``)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="indicators")
    code = models.CharField(_("mã"), max_length=40, validators=[indicator_code])
    label = models.CharField(_("tên"), max_length=120)
    short_label = models.CharField(_("tên gọn"), max_length=40, blank=True)
    label_en = models.CharField(_("tên tiếng Anh"), max_length=120, blank=True)
    measure = models.CharField(_("đơn vị tính"), max_length=40, blank=True)
    aliases = models.CharField(
        _("cách viết khác"),
        max_length=300,
        blank=True,
        help_text=_("Cách mọi người viết trong tin Zalo, cách nhau bằng dấu phẩy: m1, mức 1."),
    )
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=0)
    aggregation = models.CharField(
        _("cách cộng"),
        max_length=4,
        choices=Aggregation.choices,
        default=Aggregation.SUM,
        help_text=_(
            "“Tính đến nay” cho cái đếm được ở một thời điểm, ví dụ số trang web đang hoạt động."
        ),
    )
    required = models.BooleanField(_("bắt buộc"), default=False)
    at_most = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("là một phần của"),
        help_text=_("Không được lớn hơn chỉ số này."),
    )
    is_derived = models.BooleanField(
        _("được tính ra"), default=False, help_text=_("Không nhập; cộng trừ từ các chỉ số khác.")
    )
    is_headline = models.BooleanField(
        _("chỉ số chính"), default=False, help_text=_("Con số lớn nhất trên trang Tổng quan.")
    )
    in_police_csv = models.BooleanField(_("có trong tệp gửi Công an"), default=True)
    counts_people = models.BooleanField(
        _("là số lượt tham gia"),
        default=False,
        help_text=_("Buổi hỗ trợ tự đếm chỉ số này từ danh sách có mặt, không phải nhập."),
    )
    # What is to be done about many of them; where it is said, the counts are of people who were
    # not reached, by this reason: docs/counting.md C32.
    next_step = models.CharField(
        _("việc cần làm"),
        max_length=80,
        blank=True,
        help_text=_(
            "Chỉ ghi khi đây là một lý do chưa làm được, ví dụ “mời nhà mạng về”: nhập tùy ý, và "
            "không tính vào kết quả."
        ),
    )

    dated = LABELS
    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("chỉ số")
        verbose_name_plural = _("chỉ số")
        ordering = ("order", "code")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="indicator_identity"),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(is_headline=True), name="one_headline"
            ),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(counts_people=True), name="one_counts_people"
            ),
            models.CheckConstraint(
                condition=~Q(counts_people=True, is_derived=True), name="people_are_counted"
            ),
            models.CheckConstraint(
                condition=Q(counts_people=False) | Q(aggregation="sum"), name="people_add_up"
            ),
            models.CheckConstraint(
                condition=Q(next_step="")
                | Q(
                    required=False,
                    at_most=None,
                    is_derived=False,
                    is_headline=False,
                    in_police_csv=False,
                    counts_people=False,
                    aggregation="sum",
                ),
                name="reason_is_no_result",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.label_en if get_language() == "en" and self.label_en else self.label

    @property
    def is_reason(self) -> bool:
        """Whether it counts people who were not reached, and no result."""
        return bool(self.next_step)

    @property
    def is_state(self) -> bool:
        """Whether its last value stands: how much there is, and not what a day brought."""
        return self.aggregation == Aggregation.LAST

    @property
    def short_name(self) -> str:
        return self.name if get_language() == "en" else self.short_label or self.label


class FormulaTerm(TimestampedModel):
    """One addend of a derived indicator."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="terms")
    source = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", verbose_name=_("chỉ số nguồn")
    )
    factor = models.SmallIntegerField(_("hệ số"), default=1)

    objects = FormulaTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("số hạng")
        verbose_name_plural = _("số hạng")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "source"], name="term_identity"),
            models.CheckConstraint(condition=~Q(factor=0), name="term_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.factor:+d} {self.source.code}"
