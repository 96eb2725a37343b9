"""Forms of this app."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Baseline, Campaign, Indicator, Unit
from core import clock
from core.form_fields import DayField
from core.number_parsing import parse_whole
from core.validators import clean_text, normalise_phone

REQUIRED = {"required": gettext_lazy("Chưa nhập ô này.")}
CHOOSE = {"required": gettext_lazy("Chưa chọn.")}


class InviteForm(forms.Form):
    """A person to be invited as secretary."""

    full_name = forms.CharField(
        label=gettext_lazy("Họ và tên"),
        error_messages=REQUIRED,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Số điện thoại"),
        error_messages=REQUIRED,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_full_name(self) -> str:
        return clean_text(self.cleaned_data["full_name"])

    def clean_phone(self) -> str:
        return normalise_phone(self.cleaned_data["phone"])


class ShareForm(forms.Form):
    indicator = forms.ChoiceField(label=gettext_lazy("Chỉ số"))
    unit: Any = forms.ModelChoiceField(
        label=gettext_lazy("Chia cho các địa bàn thuộc"), queryset=None, to_field_name="code"
    )
    total = forms.CharField(
        label=gettext_lazy("Chỉ tiêu chung"),
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    baseline: Any = forms.ModelChoiceField(
        label=gettext_lazy("Chia theo"),
        help_text=gettext_lazy("Mẫu số, như số dân, lập ở trang Các mẫu số."),
        queryset=None,
        to_field_name="slug",
        empty_label=gettext_lazy("chia đều cho các đơn vị báo cáo"),
        required=False,
        error_messages=CHOOSE,
    )
    due_on = forms.DateField(
        label=gettext_lazy("Hạn"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            **REQUIRED,
            "invalid": gettext_lazy("Không có ngày này. Ghi như 30/06/2023."),
        },
    )

    since = DayField(
        label=gettext_lazy("Có hiệu lực từ ngày"),
        help_text=gettext_lazy("Những ngày trước đó vẫn theo chỉ tiêu cũ."),
        required=False,
    )

    def __init__(self, user: Any, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {
            "unit": Unit.objects.visible_to(user)
            .on(campaign.shown_day)
            .filter(level__in=("province", "district"))
            .order_by("depth", "sort_key"),
            "baseline": Baseline.objects.visible_to(user),
        }
        for name, queryset in choices.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        indicators = Indicator.objects.filter(campaign=campaign)
        self.fields["indicator"].choices = [(i.code, i.name) for i in indicators]  # type: ignore[attr-defined]
        self.of_campaign = campaign

    def clean_total(self) -> int:
        """Read the number; one that can be read in two ways is asked about."""
        total = parse_whole(self.cleaned_data["total"], most=2_000_000_000)
        if not total:
            raise ValidationError(_("Nhập chỉ tiêu chung, ví dụ 900000."))
        return total

    def clean_due_on(self) -> dt.date:
        """Refuse a day on which the campaign has not begun: a year with a digit amiss."""
        due_on: dt.date = self.cleaned_data["due_on"]
        if due_on < self.of_campaign.starts_on:
            raise ValidationError(
                _("Hạn phải từ ngày bắt đầu chiến dịch (%(day)s) trở đi.")
                % {"day": f"{self.of_campaign.starts_on:%d/%m/%Y}"}
            )
        return due_on

    def clean_since(self) -> dt.date:
        """Blank is today, or before the campaign its first day."""
        return self.cleaned_data["since"] or max(clock.today(), self.of_campaign.starts_on)

    def clean_indicator(self) -> Indicator:
        return Indicator.objects.get(campaign=self.of_campaign, code=self.cleaned_data["indicator"])
