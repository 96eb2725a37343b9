"""The rows on a campaign's page. Indicators name each other by code, saved or not."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaign.admin.base import LabelledFormSet
from campaign.checked_form import CheckedForm, WeekdaysField
from campaign.cross_checks import CODE_IS_FIXED, IndicatorDraft, check_phase, problems_of_indicators
from campaign.formulas import formula_of, parse_formula
from campaign.indicator_usage import is_counted
from campaign.models import Indicator, Phase
from campaign.services.indicators import set_links


def _short(size: int) -> Any:
    return forms.TextInput(attrs={"size": size})


# The two in the middle are no fields of the model: what it is a part of, and its formula.


class IndicatorInlineForm(CheckedForm):
    part_of = forms.CharField(
        label=gettext_lazy("Không lớn hơn"),
        required=False,
        widget=_short(10),
        help_text=gettext_lazy("Mã chỉ số mà chỉ số này là một phần. Ví dụ: level2."),
    )
    formula = forms.CharField(
        label=gettext_lazy("Công thức"),
        required=False,
        widget=_short(24),
        help_text=gettext_lazy("Nếu được tính ra, không nhập. Ví dụ: level1 + level2 - upgraded."),
    )

    class Meta:
        model = Indicator
        # The inline says which of them.
        fields = "__all__"
        widgets = {
            "code": _short(12),
            "label": _short(24),
            "measure": _short(9),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].widget.attrs["size"] = 3
        for name in ("part_of", "formula"):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label
        if self.instance.pk:
            draft = IndicatorDraft.of(self.instance)
            self.initial.update(part_of=draft.part_of, formula=formula_of(draft.terms))

    def clean_formula(self) -> dict[str, int]:
        return parse_formula(self.cleaned_data["formula"])

    def clean_part_of(self) -> str:
        code: str = self.cleaned_data["part_of"]
        return code.strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and {"code", "formula"} & set(self.changed_data):
            before = Indicator.objects.get(pk=self.instance.pk)
            renamed = cleaned.get("code", before.code) != before.code
            turned = bool(cleaned.get("formula")) != before.is_derived
            if renamed and not before.campaign.is_draft:
                self.add_error("code", CODE_IS_FIXED)
            elif (renamed or turned) and is_counted(before):
                field = "code" if renamed else "formula"
                self.add_error(field, _("Báo cáo đã có số của chỉ số này: không đổi được."))
        self.instance.is_derived = bool(cleaned.get("formula"))
        return cleaned

    @property
    def draft(self) -> IndicatorDraft:
        cleaned = self.cleaned_data
        return IndicatorDraft(
            self.instance, part_of=cleaned.get("part_of", ""), terms=cleaned.get("formula") or {}
        )


class IndicatorFormSet(LabelledFormSet):
    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.select_related("at_most").prefetch_related("terms__source")

    def validate_unique(self) -> None:
        """Leave doubles to ``clean``, which names the code."""

    def stored_forms(self) -> list[Any]:
        return [
            form
            for form in self.forms
            if form not in self.deleted_forms and getattr(form, "cleaned_data", {}).get("code")
        ]

    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and is_counted(form.instance):
                raise ValidationError(
                    _("Không xóa được “%(name)s”: báo cáo đã có số của chỉ số này.")
                    % {"name": form.instance.label}
                )
        # What cannot be read has its own message; half a list would only add wrong ones.
        if any(self.errors):
            return
        forms_stored = self.stored_forms()
        problems = problems_of_indicators(form.draft for form in forms_stored)
        for form in forms_stored:
            found = problems.get(form.instance.code, {})
            if found:
                named = {"formula" if f == "terms" else f: text for f, text in found.items()}
                form.refuse(ValidationError(named))

    def make_room_for_headline(self) -> None:
        unmarked = [
            form.instance.pk
            for form in self.initial_forms
            if "is_headline" in form.changed_data and not form.cleaned_data.get("is_headline")
        ]
        Indicator.objects.filter(pk__in=unmarked).update(is_headline=False)

    def save_links(self, actor: User | Any) -> None:
        for form in self.stored_forms():
            if form.has_changed():
                set_links(actor=actor, draft=form.draft)


class PhaseInlineForm(CheckedForm):
    weekdays = WeekdaysField(label=gettext_lazy("Ngày báo cáo trong tuần"), required=False)

    class Meta:
        model = Phase
        fields = "__all__"
        widgets = {"name": _short(22)}

    def check(self) -> None:
        """Check the dates among themselves; the formset knows the campaign's new ones."""
        if self.instance.ends_on < self.instance.starts_on:
            raise ValidationError({"ends_on": _("Phải từ ngày bắt đầu trở đi.")})


class PhaseFormSet(LabelledFormSet):
    def clean(self) -> None:
        super().clean()
        campaign: Any = self.instance
        # Where the campaign's own dates cannot be read, their field says so.
        if any(self.errors) or campaign.starts_on is None or campaign.ends_on is None:
            return
        names: set[str] = set()
        for form in self.forms:
            if form in self.deleted_forms or not form.cleaned_data.get("name"):
                continue
            try:
                check_phase(form.instance, campaign)
                if form.instance.name in names:
                    raise ValidationError({"name": _("Tên này đã có ở một đợt khác.")})
            except ValidationError as error:
                form.refuse(error)
            names.add(form.instance.name)
