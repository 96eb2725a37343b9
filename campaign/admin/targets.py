"""Baselines with their figures, and targets."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.admin.base import DatedForm, ProvinceAdmin, titled
from campaign.admin.filters import UnitLevelFilter, UnitWithinFilter
from campaign.models import Baseline, BaselineFigure, Target
from campaign.resources import BaselineFigureResource, BaselineResource, TargetResource
from core.admin import FoldedSearch

UNIT_LABEL = gettext_lazy("Địa bàn")


class OfUnitAdmin(FoldedSearch, ProvinceAdmin):
    """What figures and targets have in common: they are about a unit."""

    autocomplete_fields = ("unit",)
    search_fields = ("unit__fold__contains", "unit__code__iexact")
    search_help_text = gettext_lazy("Tìm theo tên địa bàn (không cần dấu) hoặc mã.")
    list_per_page = 100

    @admin.display(description=gettext_lazy("địa bàn"), ordering="unit__sort_key")
    def of_unit(self, obj: Any) -> str:
        return f"{obj.unit.name} · {obj.unit.code}"


class BaselineForm(DatedForm):
    """Name, day and source of a denominator."""

    class Meta:
        model = Baseline
        fields = ("name", "slug", "as_of", "source", "is_verified")
        help_texts = {
            "source": gettext_lazy("Văn bản hoặc cơ quan cho số liệu này."),
            "is_verified": gettext_lazy("Đã so với nguồn."),
        }


@admin.register(Baseline)
class BaselineAdmin(ProvinceAdmin):
    """Named, dated, sourced denominators."""

    form = BaselineForm
    resource_classes = [BaselineResource]
    list_display = ("name", "slug", "as_of", "source", "is_verified", "figures")
    list_filter = ("is_verified",)
    search_fields = ("name", "slug", "source")
    date_hierarchy = "as_of"
    readonly_fields = ("figures",)
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "slug", "as_of", "source", "is_verified", "figures"),
                "description": gettext_lazy(
                    "Mỗi tỷ lệ phần trăm hiện kèm tên mẫu số của nó. Giá trị của từng địa bàn "
                    "nhập từ tệp hoặc thêm từng dòng ở “Giá trị mẫu số”."
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Baseline]:
        rows: QuerySet[Baseline] = super().get_queryset(request)
        return rows.annotate(figure_count=Count("figures"))

    @admin.display(description=gettext_lazy("giá trị"))
    def figures(self, obj: Any) -> SafeString | str:
        if obj.pk is None:
            return _("Lưu trước, rồi nhập giá trị.")
        url = reverse("admin:campaign_baselinefigure_changelist")
        text = _("%(n)s địa bàn") % {"n": obj.figure_count}
        return format_html('<a href="{}?baseline__id__exact={}">{}</a>', url, obj.pk, text)


class BaselineFigureForm(DatedForm):
    class Meta:
        model = BaselineFigure
        fields = ("baseline", "unit", "value")
        labels = {"baseline": gettext_lazy("Mẫu số"), "unit": UNIT_LABEL}


@admin.register(BaselineFigure)
class BaselineFigureAdmin(OfUnitAdmin):
    """Figures of baselines, to be mended in the list."""

    form = BaselineFigureForm
    resource_classes = [BaselineFigureResource]
    list_display = ("of_unit", "of_baseline", "value", "earlier")
    list_editable = ("value",)
    list_display_links = ("of_unit",)
    list_select_related = ("unit", "baseline")
    list_filter = (("baseline", titled(gettext_lazy("mẫu số"))), UnitLevelFilter, UnitWithinFilter)
    ordering = ("baseline", "unit__depth", "unit__sort_key")

    @admin.display(description=gettext_lazy("mẫu số"), ordering="baseline")
    def of_baseline(self, obj: BaselineFigure) -> str:
        return str(obj.baseline)


class TargetForm(DatedForm):
    class Meta:
        model = Target
        fields = ("campaign", "unit", "indicator", "value", "due_on")
        labels = {
            "campaign": gettext_lazy("Chiến dịch"),
            "unit": UNIT_LABEL,
            "indicator": gettext_lazy("Chỉ số"),
        }
        help_texts = {
            "value": gettext_lazy("Gõ liền các chữ số, ví dụ 50000."),
            "unit": gettext_lazy("Gõ tên (không cần dấu) hoặc mã để tìm."),
        }

    def check(self) -> None:
        target: Target = self.instance
        problems: dict[str, str] = {}
        if target.indicator.campaign_id != target.campaign_id:
            problems["indicator"] = _("Chỉ số này thuộc chiến dịch khác.")
        run, unit = target.campaign, target.unit
        if not unit.exists_during(run.starts_on, run.ends_on):
            problems["unit"] = _("Địa bàn này không có hiệu lực trong những ngày của chiến dịch.")
        if problems:
            raise ValidationError(problems)


@admin.register(Target)
class TargetAdmin(OfUnitAdmin):
    form = TargetForm
    resource_classes = [TargetResource]
    autocomplete_fields = ("unit", "indicator")  # type: ignore[assignment]
    list_display = ("of_unit", "of_indicator", "of_campaign", "value", "due_on", "earlier")
    list_editable = ("value", "due_on")
    list_display_links = ("of_unit",)
    list_select_related = ("unit", "indicator", "campaign")
    list_filter = (
        ("campaign", titled(gettext_lazy("chiến dịch"))),
        "indicator__code",
        UnitLevelFilter,
        UnitWithinFilter,
    )
    ordering = ("campaign", "indicator__order", "unit__depth", "unit__sort_key")

    @admin.display(description=gettext_lazy("chỉ số"), ordering="indicator__order")
    def of_indicator(self, obj: Target) -> str:
        return obj.indicator.label

    @admin.display(description=gettext_lazy("chiến dịch"), ordering="campaign")
    def of_campaign(self, obj: Target) -> str:
        return obj.campaign.slug
