"""A whole campaign on one page: dates, rules, phases, indicators and how they are derived."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.addresses import path_of
from campaign.admin.base import DatedForm, ProvinceAdmin, ProvinceInline, titled
from campaign.admin.campaign_inlines import (
    IndicatorFormSet,
    IndicatorInlineForm,
    PhaseFormSet,
    PhaseInlineForm,
)
from campaign.checked_form import WeekdaysField
from campaign.models import Campaign, FormulaTerm, Indicator, Phase, Unit
from campaign.models.campaigns import ASKS
from campaign.resources import CampaignResource, PhaseResource
from campaign.row_checks import check_campaign_row, check_phase_row
from campaign.services.copy_campaign import copy_campaign


class CampaignForm(DatedForm):
    """Name, dates and rules of a campaign."""

    weekdays = WeekdaysField(
        label=gettext_lazy("Ngày báo cáo trong tuần"),
        initial=Campaign._meta.get_field("weekdays").get_default,
    )

    class Meta:
        model = Campaign
        widgets = {"notice": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})}
        fields = (
            "name",
            "slug",
            "plan_reference",
            "notice",
            "starts_on",
            "ends_on",
            "weekdays",
            "opens_at",
            "due_at",
            "closes_at",
            "editable_days",
            *ASKS,
            "remind_before",
            "remind_after",
            "quiet_from",
            "quiet_to",
            "digest_at",
            "help_due_days",
            "help_retention_days",
            "public_lead",
            "public_hint",
            "message_words",
        )
        help_texts = {
            "slug": gettext_lazy("Không dấu, nối bằng gạch ngang: mua-he-xanh-2026."),
            "plan_reference": gettext_lazy("Số kế hoạch, chỉ thị làm căn cứ."),
            "due_at": gettext_lazy("Nộp sau giờ này là muộn."),
            "closes_at": gettext_lazy("Giờ ngừng nhận, vào ngày cuối còn sửa được."),
        }

    def check(self) -> None:
        check_campaign_row(self.instance, self.changed_data)


class IndicatorInline(ProvinceInline):
    model = Indicator
    form = IndicatorInlineForm
    formset = IndicatorFormSet
    show_change_link = True
    fields = (
        "order",
        "code",
        "label",
        "measure",
        "aggregation",
        "required",
        "part_of",
        "formula",
        "is_headline",
        "in_police_csv",
    )
    verbose_name_plural = gettext_lazy(
        "Chỉ số: biểu mẫu, trang Tổng quan, API và tệp xuất lấy theo danh sách này"
    )


class PhaseInline(ProvinceInline):
    """Peak drives and other parts; what is left blank is the campaign's."""

    model = Phase
    form = PhaseInlineForm
    formset = PhaseFormSet
    fields = (
        "name",
        "starts_on",
        "ends_on",
        "is_peak",
        "weekdays",
        "opens_at",
        "due_at",
        "closes_at",
        "editable_days",
    )
    verbose_name_plural = gettext_lazy("Đợt cao điểm: ô để trống thì theo quy tắc chung")


class PhaseForm(DatedForm):
    weekdays = WeekdaysField(label=gettext_lazy("Ngày báo cáo trong tuần"), required=False)

    class Meta:
        model = Phase
        fields = "__all__"
        labels = {"campaign": gettext_lazy("Chiến dịch")}

    def check(self) -> None:
        check_phase_row(self.instance)


@admin.register(Phase)
class PhaseAdmin(ProvinceAdmin):
    """Phases of all campaigns; mostly mended on the campaign's page."""

    form = PhaseForm
    resource_classes = [PhaseResource]
    list_display = ("name", "of_campaign", "starts_on", "ends_on", "is_peak")
    list_filter = (("campaign", titled(gettext_lazy("chiến dịch"))), "is_peak")
    list_select_related = ("campaign",)
    search_fields = ("name",)

    @admin.display(description=gettext_lazy("chiến dịch"), ordering="campaign")
    def of_campaign(self, obj: Phase) -> str:
        return obj.campaign.slug


@admin.register(Campaign)
class CampaignAdmin(ProvinceAdmin):
    form = CampaignForm
    resource_classes = [CampaignResource]
    inlines = (IndicatorInline, PhaseInline)
    list_display = ("name", "slug", "state", "starts_on", "ends_on", "due_at", "editable_days")
    search_fields = ("name", "slug")
    date_hierarchy = "starts_on"
    readonly_fields = ("of_state", "target_count")
    save_on_top = True
    actions = ("copy",)
    fieldsets = (
        (
            None,
            {"fields": ("of_state", "name", "slug", "plan_reference", "notice", "target_count")},
        ),
        (
            gettext_lazy("Thời gian"),
            {"fields": (("starts_on", "ends_on"),)},
        ),
        (
            gettext_lazy("Quy tắc báo cáo"),
            {
                "fields": ("weekdays", ("opens_at", "due_at", "closes_at"), "editable_days"),
                "description": gettext_lazy(
                    "Áp dụng cho mọi ngày, trừ ngày thuộc một đợt có quy tắc riêng ở dưới."
                ),
            },
        ),
        (gettext_lazy("Báo cáo hỏi thêm"), {"fields": (ASKS,)}),
        (
            gettext_lazy("Nhắc việc và báo cáo nhanh"),
            {
                "fields": (
                    ("remind_before", "remind_after"),
                    ("quiet_from", "quiet_to"),
                    "digest_at",
                )
            },
        ),
        (
            gettext_lazy("Người dân nhờ hỗ trợ"),
            {
                "fields": (
                    ("help_due_days", "help_retention_days"),
                    "public_lead",
                    "public_hint",
                    "message_words",
                )
            },
        ),
    )

    def label(self, obj: Campaign) -> str:
        return f"{obj.name} ({obj.slug})"

    @admin.display(description=gettext_lazy("tình trạng"))
    def of_state(self, obj: Campaign) -> SafeString | str:
        if obj._state.adding:
            return _("Lưu xong là bản soạn: chỉ cán bộ cấp tỉnh thấy, cho đến khi công bố.")
        return format_html(
            '{} · <a href="{}">{}</a>',
            obj.get_state_display(),
            path_of(obj, "campaign-state"),
            _("Công bố, đóng, lưu trữ"),
        )

    def blockers_of(self, obj: Campaign) -> list[str]:
        """Let a draft be deleted: what was published is closed and archived."""
        lines: list[str] = super().blockers_of(obj)
        if not obj.is_draft:
            words = _("“%(name)s” đã công bố: đóng rồi lưu trữ, không xóa.")
            lines.append(words % {"name": obj.name})
        return lines

    @admin.display(description=gettext_lazy("chỉ tiêu"))
    def target_count(self, obj: Campaign) -> SafeString | str:
        if obj._state.adding:
            return _("Lưu chiến dịch trước, rồi giao chỉ tiêu.")
        listed = reverse("admin:campaign_target_changelist")
        text = _("%(n)s dòng") % {"n": obj.targets.count()}
        return format_html(
            '<a href="{}?campaign__id__exact={}">{}</a> · <a href="{}">{}</a>',
            listed,
            obj.pk,
            text,
            reverse("admin:campaign_target_import"),
            _("nhập từ tệp"),
        )

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not Unit.objects.on(obj.shown_day).exists():
            text = _(
                "Chưa có địa bàn nào có hiệu lực ngày %(day)s. Nhập địa bàn trước khi giao chỉ "
                "tiêu."
            )
            self.message_user(
                request, text % {"day": f"{obj.shown_day:%d/%m/%Y}"}, messages.WARNING
            )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the inlines; the indicators are tied to each other when all are there."""
        if isinstance(formset, IndicatorFormSet):
            formset.make_room_for_headline()
        super().save_formset(request, form, formset, change)
        if isinstance(formset, IndicatorFormSet):
            formset.save_links(request.user)

    @admin.action(description=gettext_lazy("Sao chép thành chiến dịch mới"), permissions=["add"])
    def copy(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> HttpResponse | None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Chọn đúng một chiến dịch để sao chép."), messages.ERROR)
            return None
        actor: Any = request.user
        made = copy_campaign(actor=actor, campaign=chosen[0])
        self.log_addition(request, made, _("Sao chép từ %(name)s") % {"name": chosen[0].slug})
        text = _("Đã sao chép thành bản soạn. Sửa tên và ngày, lưu lại, rồi công bố.")
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:campaign_campaign_change", args=(made.pk,)))

    # A derived indicator holds its sources even when both go with the campaign.

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        if any(self.blockers_of(obj) for obj in objs):
            return super().get_deleted_objects(objs, request)
        gone, counts, perms_needed, _terms = super().get_deleted_objects(objs, request)
        return gone, counts, perms_needed, []

    def delete_model(self, request: HttpRequest, obj: Campaign) -> None:
        FormulaTerm.objects.filter(indicator__campaign=obj).delete()
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        FormulaTerm.objects.filter(indicator__campaign__in=queryset).delete()
        super().delete_queryset(request, queryset)
