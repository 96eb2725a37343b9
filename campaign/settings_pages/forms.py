"""Forms of a campaign, its phases and indicators."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from campaign.cross_checks import IndicatorDraft, problems_of_indicators
from campaign.formulas import formula_of, parse_formula
from campaign.models import Campaign, Indicator, Phase
from campaign.models.campaigns import ASKS
from campaign.row_checks import (
    check_campaign_row,
    check_indicator_identity,
    check_phase_row,
    other_drafts,
)
from campaign.services.indicators import set_links
from campaign.settings_pages.base_form import SettingsForm, settings_field

RULES_BLANK = gettext_lazy("Quy tắc riêng của đợt (để trống thì theo quy tắc chung)")


class CampaignSettingsForm(SettingsForm):
    parts = (
        (
            gettext_lazy("Chiến dịch"),
            ("name", "slug", "plan_reference", "starts_on", "ends_on"),
        ),
        (
            gettext_lazy("Quy tắc báo cáo"),
            ("weekdays", "opens_at", "due_at", "closes_at", "editable_days"),
        ),
        (gettext_lazy("Báo cáo hỏi thêm"), ASKS),
        (
            gettext_lazy("Nhắc việc và báo cáo nhanh"),
            ("remind_before", "remind_after", "quiet_from", "quiet_to", "digest_at"),
        ),
        (
            gettext_lazy("Người dân"),
            ("public_lead", "public_hint", "help_due_days", "help_retention_days"),
        ),
        (gettext_lazy("Lời trên trang và trong tin"), ("notice", "message_words")),
    )

    class Meta:
        model = Campaign
        formfield_callback = settings_field
        # All that a person may set: a new setting has its box here by itself.
        exclude = ("past", "state", "takes_part", "archived_at")
        widgets = {"notice": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "due_at": gettext_lazy("Nộp sau giờ này là muộn."),
            "closes_at": gettext_lazy("Giờ ngừng nhận, vào ngày cuối còn sửa được."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_draft:
            self.fields["slug"].disabled = True

    def check(self) -> None:
        check_campaign_row(self.instance, self.changed_data)


class PhaseSettingsForm(SettingsForm):
    parts = (
        (gettext_lazy("Đợt"), ("name", "starts_on", "ends_on", "is_peak")),
        (RULES_BLANK, ("weekdays", "opens_at", "due_at", "closes_at", "editable_days")),
    )

    class Meta:
        model = Phase
        formfield_callback = settings_field
        exclude = ("past", "campaign")

    def check(self) -> None:
        check_phase_row(self.instance)


class IndicatorSettingsForm(SettingsForm):
    parts = (
        (
            gettext_lazy("Chỉ số"),
            ("label", "short_label", "label_en", "code", "measure", "aliases", "order"),
        ),
        (
            gettext_lazy("Cách nhập"),
            ("aggregation", "required", "at_most", "formula", "counts_people"),
        ),
        (gettext_lazy("Hiện ở đâu"), ("is_headline", "in_police_csv")),
        (gettext_lazy("Lý do chưa làm được"), ("next_step",)),
    )
    formula = forms.CharField(
        label=gettext_lazy("Công thức"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Chỉ khi số này được tính ra, không nhập: mã các chỉ số với dấu + và −."
        ),
    )

    class Meta:
        model = Indicator
        formfield_callback = settings_field
        exclude = ("past", "campaign", "is_derived")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        row: Indicator = self.instance
        entered = Indicator.objects.filter(campaign=row.campaign_id, is_derived=False)
        fields["at_most"].queryset = entered.exclude(pk=row.pk)
        fields["at_most"].empty_label = gettext_lazy("Không")
        if not row._state.adding:
            draft = IndicatorDraft.of(row)
            self.initial["formula"] = formula_of(draft.terms)
            fields["code"].disabled = not row.campaign.is_draft

    def clean_formula(self) -> dict[str, int]:
        return parse_formula(self.cleaned_data["formula"])

    @property
    def draft(self) -> IndicatorDraft:
        whole: Indicator | None = self.cleaned_data.get("at_most")
        return IndicatorDraft(
            self.instance,
            part_of=whole.code if whole else "",
            terms=self.cleaned_data.get("formula") or {},
        )

    def check(self) -> None:
        """Check the indicator among the others of its campaign."""
        indicator: Indicator = self.instance
        was_derived = indicator.is_derived
        indicator.is_derived = bool(self.draft.terms)
        changed = {*self.changed_data} | (
            {"is_derived"} if was_derived != indicator.is_derived else set()
        )
        self._named(lambda: check_indicator_identity(indicator, changed))
        others = other_drafts(indicator)
        if indicator.is_headline:
            # One stands big at a time: the one that did so makes room (``save``).
            for other in others:
                other.indicator.is_headline = False
        problems = problems_of_indicators([*others, self.draft])
        found = dict(problems.get(indicator.code, {}))
        users = sorted({draft.code for draft in others if draft.code in problems})
        if users and not found:
            found["terms"] = gettext_lazy("Đang được dùng trong: %(codes)s.") % {
                "codes": ", ".join(users)
            }
        names = {"terms": "formula", "part_of": "at_most"}
        if found:
            raise ValidationError({names.get(name, name): text for name, text in found.items()})

    def _named(self, check: Any) -> None:
        try:
            check()
        except ValidationError as error:
            messages = error.message_dict
            raise ValidationError(
                {"formula" if name == "is_derived" else name: of for name, of in messages.items()}
            ) from error

    def save(self, commit: bool = True) -> Any:
        """Save the indicator, and tie it to the others."""
        if self.cleaned_data.get("is_headline"):
            others = Indicator.objects.filter(campaign=self.instance.campaign_id)
            others.exclude(pk=self.instance.pk).update(is_headline=False)
        row = super().save(commit=commit)
        set_links(actor=self.actor, draft=self.draft)
        return row
