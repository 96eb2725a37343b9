"""Campaigns, their phases and their indicators as files."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.cross_checks import (
    IndicatorDraft,
    check_campaign,
    check_phase,
    problems_of_indicators,
)
from campaign.indicator_usage import is_counted
from campaign.models import Aggregation, Campaign, Indicator, Phase
from campaign.models.campaigns import Asking
from campaign.resources.lookups import campaigns_of
from campaign.resources.settings import SettingsResource
from campaign.resources.widgets import MOST_SMALL, FormulaWidget, WholeWidget
from campaign.services.indicators import set_links
from core.importing.import_row import ImportRow
from core.importing.widgets import (
    ChoiceWidget,
    CodeWidget,
    Column,
    DayWidget,
    TextWidget,
    TimeOfDayWidget,
    YesNoWidget,
)

ASKS_HELP = gettext_lazy(
    "Báo cáo có hỏi mục này không: “no”, “asked” hoặc “required” (bắt buộc). Trống: có hỏi."
)
CAMPAIGN_HELP = gettext_lazy("Tên ngắn của chiến dịch (slug).")


class CampaignResource(SettingsResource):
    keys = ("slug",)

    slug = Column(
        "slug", CodeWidget(), required=True, help=gettext_lazy("Tên ngắn, ví dụ mua-he-xanh-2026.")
    )
    name = Column("name", TextWidget(), required=True, help=gettext_lazy("Tên chiến dịch."))
    plan_reference = Column(
        "plan_reference", TextWidget(), help=gettext_lazy("Căn cứ: số kế hoạch.")
    )
    notice = Column(
        "notice", TextWidget(), help=gettext_lazy("Ghi chú hiện trên mọi trang số liệu.")
    )
    starts_on = Column("starts_on", DayWidget(), required=True, help=gettext_lazy("Ngày bắt đầu."))
    ends_on = Column("ends_on", DayWidget(), required=True, help=gettext_lazy("Ngày cuối cùng."))
    weekdays = Column(
        "weekdays", CodeWidget(), help=gettext_lazy("Ngày báo cáo: 1 là thứ Hai … 7 là Chủ nhật.")
    )
    opens_at = Column("opens_at", TimeOfDayWidget(), help=gettext_lazy("Giờ mở nhận."))
    due_at = Column("due_at", TimeOfDayWidget(), help=gettext_lazy("Hạn nộp, ví dụ 18:30."))
    closes_at = Column("closes_at", TimeOfDayWidget(), help=gettext_lazy("Giờ khóa sổ."))
    editable_days = Column(
        "editable_days",
        WholeWidget(MOST_SMALL),
        help=gettext_lazy("Số ngày còn nhận, còn sửa sau ngày báo cáo."),
    )
    asks_difficulties = Column("asks_difficulties", ChoiceWidget(Asking.choices), help=ASKS_HELP)
    asks_proposals = Column("asks_proposals", ChoiceWidget(Asking.choices), help=ASKS_HELP)
    asks_evidence_url = Column(
        "asks_evidence_url",
        ChoiceWidget(Asking.choices),
        help=ASKS_HELP,
    )
    remind_before = Column(
        "remind_before",
        WholeWidget(MOST_SMALL),
        help=gettext_lazy("Nhắc trước hạn nộp bao nhiêu phút."),
    )
    remind_after = Column(
        "remind_after",
        WholeWidget(MOST_SMALL),
        help=gettext_lazy("Nhắc sau hạn nộp bao nhiêu phút."),
    )
    quiet_from = Column("quiet_from", TimeOfDayWidget(), help=gettext_lazy("Giờ yên lặng bắt đầu."))
    quiet_to = Column("quiet_to", TimeOfDayWidget(), help=gettext_lazy("Giờ yên lặng kết thúc."))
    digest_at = Column("digest_at", TimeOfDayWidget(), help=gettext_lazy("Giờ ra báo cáo nhanh."))
    help_due_days = Column(
        "help_due_days",
        WholeWidget(MOST_SMALL),
        help=gettext_lazy("Số ngày phải trả lời yêu cầu hỗ trợ của người dân."),
    )
    help_retention_days = Column(
        "help_retention_days",
        WholeWidget(MOST_SMALL),
        help=gettext_lazy("Số ngày giữ thông tin người nhờ sau khi xong việc."),
    )
    public_lead = Column(
        "public_lead", TextWidget(), help=gettext_lazy("Câu đầu trang của người dân.")
    )
    public_hint = Column(
        "public_hint", TextWidget(), help=gettext_lazy("Dặn người dân mang gì, biết gì.")
    )
    message_words = Column(
        "message_words",
        TextWidget(),
        help=gettext_lazy("Từ riêng của chiến dịch trong tin Zalo, không nói về số nào."),
    )

    class Meta:
        model = Campaign

    def check(self, row: ImportRow) -> None:
        campaign: Campaign = row.instance
        check_campaign(campaign)
        if campaign.pk is not None:
            for phase in campaign.phases.all():
                try:
                    check_phase(phase, campaign)
                except ValidationError as error:
                    raise ValidationError([f"{phase.name}: {m}" for m in error.messages]) from error


class PhaseResource(SettingsResource):
    """Phases, known by campaign and name."""

    keys = ("campaign", "name")
    related = ("campaign",)
    references = {"campaign": campaigns_of}

    campaign = Column("campaign__slug", CodeWidget(), required=True, help=CAMPAIGN_HELP)
    name = Column("name", TextWidget(), required=True, help=gettext_lazy("Tên đợt."))
    starts_on = Column("starts_on", DayWidget(), required=True, help=gettext_lazy("Ngày bắt đầu."))
    ends_on = Column("ends_on", DayWidget(), required=True, help=gettext_lazy("Ngày cuối cùng."))
    is_peak = Column("is_peak", YesNoWidget(), help=gettext_lazy("“có” nếu là đợt cao điểm."))
    weekdays = Column(
        "weekdays", CodeWidget(), help=gettext_lazy("Ngày báo cáo. Trống: theo chiến dịch.")
    )
    opens_at = Column(
        "opens_at", TimeOfDayWidget(), help=gettext_lazy("Giờ mở nhận. Trống: theo chiến dịch.")
    )
    due_at = Column(
        "due_at", TimeOfDayWidget(), help=gettext_lazy("Hạn nộp. Trống: theo chiến dịch.")
    )
    closes_at = Column(
        "closes_at", TimeOfDayWidget(), help=gettext_lazy("Khóa sổ. Trống: theo chiến dịch.")
    )
    editable_days = Column(
        "editable_days",
        WholeWidget(MOST_SMALL),
        help=gettext_lazy("Số ngày. Trống: theo chiến dịch."),
    )

    class Meta:
        model = Phase

    def check(self, row: ImportRow) -> None:
        check_phase(row.instance, row.instance.campaign)


class IndicatorResource(SettingsResource):
    """Indicators, known by campaign and code, with their terms as a formula."""

    keys = ("campaign", "code")
    related = ("campaign", "at_most")
    references = {"campaign": campaigns_of}

    campaign = Column("campaign__slug", CodeWidget(), required=True, help=CAMPAIGN_HELP)
    code = Column(
        "code", CodeWidget(), required=True, help=gettext_lazy("Mã không dấu, ví dụ level1.")
    )
    label = Column(
        "label", TextWidget(), required=True, help=gettext_lazy("Tên hiện trên biểu mẫu.")
    )
    short_label = Column("short_label", TextWidget(), help=gettext_lazy("Tên gọn cho cột hẹp."))
    label_en = Column("label_en", TextWidget(), help=gettext_lazy("Tên tiếng Anh."))
    measure = Column("measure", TextWidget(), help=gettext_lazy("Đơn vị tính, ví dụ tài khoản."))
    aliases = Column(
        "aliases",
        TextWidget(),
        help=gettext_lazy("Cách viết khác trong tin Zalo, ví dụ m1, mức 1."),
    )
    order = Column(
        "order", WholeWidget(MOST_SMALL), help=gettext_lazy("Thứ tự: số nhỏ đứng trước.")
    )
    aggregation = Column(
        "aggregation",
        ChoiceWidget(Aggregation.choices),
        help=gettext_lazy("“last” nếu số báo sau cùng thay số trước; trống: cộng các ngày."),
    )
    required = Column("required", YesNoWidget(), help=gettext_lazy("“có” nếu không được bỏ trống."))
    part_of = Column(
        "part_of", CodeWidget(), help=gettext_lazy("Mã chỉ số mà chỉ số này không được lớn hơn.")
    )
    terms = Column(
        "formula",
        FormulaWidget(),
        help=gettext_lazy("Công thức nếu được tính ra: level1 + level2 - upgraded."),
    )
    is_headline = Column(
        "is_headline", YesNoWidget(), help=gettext_lazy("“có” ở đúng một chỉ số chính.")
    )
    in_police_csv = Column(
        "in_police_csv", YesNoWidget(), help=gettext_lazy("“có” nếu vào tệp gửi Công an.")
    )
    counts_people = Column(
        "counts_people", YesNoWidget(), help=gettext_lazy("“có” ở chỉ số là số lượt tham gia.")
    )
    next_step = Column(
        "next_step",
        TextWidget(),
        help=gettext_lazy("Chỉ khi là lý do chưa làm được: việc cần làm khi có nhiều."),
    )

    class Meta:
        model = Indicator
        # Few rows, and terms that want the ids of all of them.
        use_bulk = False

    def prepare(self) -> None:
        super().prepare()
        self.problems: dict[int, dict[str, dict[str, str]]] = {}

    def filter_export(self, queryset: QuerySet[Any], **kwargs: Any) -> Any:
        return super().filter_export(queryset).prefetch_related("terms__source")

    def export_resource(self, instance: Any, *args: Any, **kwargs: Any) -> list[Any]:
        add_links(instance)
        cells: list[Any] = super().export_resource(instance, *args, **kwargs)
        return cells

    def index_rows(self) -> None:
        """Give the saved rows what the file calls by code; others follow when all are read."""
        for indicator in self.known.values():
            add_links(indicator)

    def check(self, row: ImportRow) -> None:
        indicator = row.instance
        campaign_id = indicator.campaign_id
        if campaign_id not in self.problems:
            among = [i for i in self.known.values() if i.campaign_id == campaign_id]
            self.problems[campaign_id] = problems_of_indicators(map(draft_of, among))
        if problems := self.problems[campaign_id].get(indicator.code):
            raise ValidationError(dict(problems))
        is_derived = bool(draft_of(indicator).terms)
        if row.before and is_derived != indicator.is_derived and is_counted(indicator):
            raise ValidationError(
                {"terms": _("Báo cáo đã có số của chỉ số này: không đổi giữa nhập và tính được.")}
            )
        indicator.is_derived = is_derived

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Make room for the one headline, whichever row comes first."""
        for only_one in ("is_headline", "counts_people"):
            if getattr(instance, only_one):
                others = Indicator.objects.filter(campaign=instance.campaign, **{only_one: True})
                others.exclude(pk=instance.pk).update(**{only_one: False})

    def after_writing(self, rows: list[ImportRow]) -> None:
        for row in rows:
            set_links(actor=self.actor, draft=draft_of(row.instance))


def add_links(indicator: Any) -> None:
    """Give a saved indicator what the file calls by code: ``part_of`` and ``formula``."""
    draft = IndicatorDraft.of(indicator)
    indicator.part_of, indicator.formula = draft.part_of, dict(draft.terms)


def draft_of(indicator: Any) -> IndicatorDraft:
    return IndicatorDraft(
        indicator,
        part_of=getattr(indicator, "part_of", None) or "",
        terms=getattr(indicator, "formula", None) or {},
    )
