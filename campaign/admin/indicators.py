"""One indicator with all that can be said of it, and its terms."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.admin.base import (
    DatedForm,
    LabelledFormSet,
    ProvinceAdmin,
    ProvinceInline,
    titled,
)
from campaign.cross_checks import IndicatorDraft, problems_of_indicators
from campaign.formulas import formula_of
from campaign.indicator_usage import is_counted
from campaign.models import FormulaTerm, Indicator
from campaign.resources import IndicatorResource
from campaign.row_checks import check_indicator_identity, other_drafts

# The page in three parts; a new property stands in the last one.
NAMES = (
    "campaign",
    ("code", "order"),
    "label",
    "short_label",
    "label_en",
    "measure",
    "aliases",
)
ENTRY = ("aggregation", "required", "at_most", "is_derived", "counts_people")
OTHERS = tuple(
    field.name
    for field in Indicator._meta.fields
    if field.editable and field.name not in {"id", "code", "order", *NAMES, *ENTRY}
)


class IndicatorForm(DatedForm):
    """One indicator; its terms stand in the inline below."""

    class Meta:
        model = Indicator
        fields = "__all__"
        labels = {"campaign": gettext_lazy("Chiến dịch")}
        help_texts = {
            "code": gettext_lazy(
                "Không dấu. Báo cáo lưu số theo mã này, nên có số rồi thì không đổi."
            ),
            "required": gettext_lazy("Biểu mẫu không nhận báo cáo bỏ trống số này."),
        }

    def check(self) -> None:
        """Check the indicator among the others; the terms have a check of their own."""
        indicator: Indicator = self.instance
        check_indicator_identity(indicator, self.changed_data)
        if indicator.at_most and indicator.at_most.campaign_id != indicator.campaign_id:
            raise ValidationError({"at_most": _("Chỉ số này thuộc chiến dịch khác.")})
        draft = IndicatorDraft(
            indicator,
            part_of=indicator.at_most.code if indicator.at_most else "",
            terms={"": 1} if indicator.is_derived else {},
        )
        # An indicator that others are made of or measured by cannot become a derived one.
        found = problems_of_indicators([*other_drafts(indicator), draft])
        problems = found.get(indicator.code, {})
        problems.pop("terms", None)
        if indicator.is_derived and (used := _users_of(indicator, found)):
            problems["is_derived"] = _("Đang được dùng trong: %(codes)s.") % {"codes": used}
        if problems:
            raise ValidationError(
                {"at_most" if field == "part_of" else field: t for field, t in problems.items()}
            )


def _users_of(indicator: Indicator, found: dict[str, dict[str, str]]) -> str:
    if not indicator.pk:
        return ""
    users = Indicator.objects.filter(Q(terms__source=indicator) | Q(at_most=indicator))
    return ", ".join(sorted({i.code for i in users if i.code in found}))


class FormulaTermFormSet(LabelledFormSet):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        indicator: Indicator = self.instance
        terms: dict[str, int] = {}
        for form in self.forms:
            source = form.cleaned_data.get("source")
            if source is None or form in self.deleted_forms:
                continue
            if source.campaign_id != indicator.campaign_id:
                form.add_error("source", _("Chỉ số này thuộc chiến dịch khác."))
            if source.pk == indicator.pk:
                form.add_error("source", _("Một chỉ số không cộng chính nó."))
            terms[source.code] = form.cleaned_data.get("factor") or 0
        if any(self.errors):
            return
        if indicator.is_derived and not terms:
            raise ValidationError(_("Chỉ số được tính ra cần ít nhất một số hạng."))
        if terms and not indicator.is_derived:
            raise ValidationError(_("Có số hạng thì đánh dấu “Được tính ra”, hoặc xóa số hạng."))
        draft = IndicatorDraft(indicator, terms=terms)
        problems = problems_of_indicators([*other_drafts(indicator), draft])
        if text := problems.get(indicator.code, {}).get("terms"):
            raise ValidationError(text)


class FormulaTermInline(ProvinceInline):
    model = FormulaTerm
    formset = FormulaTermFormSet
    fk_name = "indicator"
    fields = ("source", "factor")
    verbose_name_plural = gettext_lazy(
        "Công thức (chỉ số được tính ra): hệ số 1 là cộng, −1 là trừ"
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "source":
            field.queryset = _entered_of_page(field.queryset, request)
        return field


def _entered_of_page(rows: QuerySet[Indicator], request: HttpRequest) -> QuerySet[Indicator]:
    rows = rows.filter(is_derived=False)
    match = request.resolver_match
    pk = str(match.kwargs.get("object_id", "")) if match else ""
    if pk.isdecimal():
        return rows.filter(campaign__indicators=int(pk))
    campaign = request.GET.get("campaign", "")
    return rows.filter(campaign=int(campaign)) if campaign.isdecimal() else rows


@admin.register(Indicator)
class IndicatorAdmin(ProvinceAdmin):
    form = IndicatorForm
    resource_classes = [IndicatorResource]
    inlines = (FormulaTermInline,)
    label_related = ("campaign",)
    list_display = (
        "label",
        "code",
        "of_campaign",
        "order",
        "measure",
        "required",
        "formula",
        "is_headline",
    )
    list_filter = (("campaign", titled(gettext_lazy("chiến dịch"))), "is_derived", "required")
    list_select_related = ("campaign",)
    search_fields = ("code", "label", "short_label", "campaign__slug")
    ordering = ("campaign", "order", "code")
    fieldsets = (
        (None, {"fields": NAMES}),
        (gettext_lazy("Cách nhập"), {"fields": ENTRY}),
        (gettext_lazy("Hiện ở đâu"), {"fields": OTHERS}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Indicator]:
        rows: QuerySet[Indicator] = super().get_queryset(request)
        return rows.prefetch_related("terms__source")

    def label(self, obj: Indicator) -> str:
        return f"{obj.campaign.slug} · {obj.code} – {obj.label}"

    @admin.display(description=gettext_lazy("chiến dịch"), ordering="campaign")
    def of_campaign(self, obj: Indicator) -> str:
        return obj.campaign.slug

    @admin.display(description=gettext_lazy("công thức"))
    def formula(self, obj: Indicator) -> str:
        return formula_of({term.source.code: term.factor for term in obj.terms.all()})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "at_most":
            field.queryset = _entered_of_page(field.queryset, request)
        return field

    def blockers_of(self, obj: Indicator) -> list[str]:
        """Count the reports too, which keep the code and no foreign key."""
        lines = super().blockers_of(obj)
        if is_counted(obj):
            lines.append(_("“%(name)s”: báo cáo đã có số của chỉ số này.") % {"name": obj.label})
        return lines
