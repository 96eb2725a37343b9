"""The form with which a resident asks for help, and those of the people who handle it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.count_fields import TWICE
from campaign.count_validation import parse_count
from core.form_fields import DayField, HourField
from core.receipt_numbers import read_number
from core.validators import clean_note, clean_text, normalise_phone
from volunteers.help_requests.models import HELP_REASONS, RequestType
from volunteers.help_requests.outcome import HelpGiven
from volunteers.teams.models import Team
from volunteers.teams.querysets import TeamQuerySet

LONG = gettext_lazy("Dài quá %(limit_value)s ký tự. Viết ngắn lại.")
REQUIRED = {"required": gettext_lazy("Chưa nhập ô này."), "max_length": LONG}
CHOOSE = {
    "required": gettext_lazy("Chưa chọn. Chọn một trong các mục."),
    "invalid_choice": gettext_lazy("Chưa chọn. Chọn một trong các mục."),
}


class AskForm(forms.Form):
    """What a resident, or somebody of the family, fills in. No citizen id anywhere."""

    campaign = forms.CharField(required=False, widget=forms.HiddenInput)
    unit = forms.CharField(
        label=gettext_lazy("Xã, phường"),
        error_messages={"required": gettext_lazy("Chưa chọn xã, phường. Chọn trong danh sách.")},
    )
    wish = forms.ChoiceField(
        label=gettext_lazy("Muốn được giúp thế nào?"),
        choices=RequestType.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Vì sao chưa đến điểm hỗ trợ được?"),
        choices=HELP_REASONS.offered,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    name = forms.CharField(
        label=gettext_lazy("Họ và tên người cần giúp"),
        max_length=150,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Số điện thoại để gọi lại"),
        help_text=gettext_lazy("Số của mình hoặc của người nhà; số di động hay cố định đều được."),
        max_length=50,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    hamlet = forms.CharField(
        label=gettext_lazy("Xóm, thôn, tổ dân phố"),
        help_text=gettext_lazy("Ghi sao cho tìm được nhà, ví dụ: Xóm 3, gần nhà văn hóa."),
        max_length=200,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Dặn thêm"),
        help_text=gettext_lazy("Ví dụ: chỉ ở nhà buổi tối."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consent = forms.BooleanField(
        label=gettext_lazy("Tôi đồng ý"),
        error_messages={
            "required": gettext_lazy("Cần có sự đồng ý của bạn. Đánh dấu vào ô đồng ý.")
        },
    )
    # Out of people's sight; programs that fill in everything fill it in too.
    website = forms.CharField(
        label=gettext_lazy("Trang web (để trống ô này)"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_name(self) -> str:
        return _one_line(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        """Write the number in one way; a citizen id gets its own answer.

        A landline with the code of the country has twelve digits too.
        """
        typed = self.cleaned_data["phone"]
        try:
            return normalise_phone(typed, or_landline=True)
        except ValidationError:
            clean_text(typed)
            raise

    def clean_hamlet(self) -> str:
        return _one_line(self.cleaned_data["hamlet"])

    def clean_note(self) -> str:
        return clean_note(self.cleaned_data["note"])

    def clean(self) -> dict[str, Any]:
        """Say what is wrong with fields that came twice: which one was meant?"""
        if isinstance(self.data, QueryDict):
            for name in self.fields:
                if len(self.data.getlist(name)) > 1:
                    self.add_error(name, TWICE)
        return self.cleaned_data

    @property
    def problems(self) -> list[dict[str, Any]]:
        return [
            {"name": field.auto_id, "label": str(field.label).rstrip("?"), "message": message}
            for field in self.visible_fields()
            for message in field.errors
        ]


class FindForm(forms.Form):
    """The two things that a resident has of a request: its number, and the own telephone."""

    number = forms.CharField(
        label=gettext_lazy("Số yêu cầu"),
        help_text=gettext_lazy("Tám chữ và số hiện lúc gửi, ví dụ 0B0E-7A54."),
        max_length=50,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Số điện thoại đã ghi"),
        max_length=50,
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_number(self) -> str:
        number = read_number(self.cleaned_data["number"])
        if not number:
            raise ValidationError(_("Số yêu cầu gồm 8 chữ và số. Ví dụ: 0B0E-7A54."))
        return number

    def clean_phone(self) -> str:
        return normalise_phone(self.cleaned_data["phone"], or_landline=True)


class AssignForm(forms.Form):
    team: Any = forms.ModelChoiceField(
        label=gettext_lazy("Tổ ở xã này"),
        queryset=Team.objects.none(),
        empty_label=gettext_lazy("Chọn một tổ"),
        error_messages=CHOOSE,
    )

    def __init__(self, teams: TeamQuerySet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]


class OutcomeForm(forms.Form):
    """What is asked about an outcome beside its counts."""

    day = DayField(label=gettext_lazy("Ngày giúp"))
    begins_at = HourField(label=gettext_lazy("Từ mấy giờ"), required=False)
    ends_at = HourField(label=gettext_lazy("Đến mấy giờ"), required=False)
    people = forms.CharField(
        label=gettext_lazy("Mấy người của Đoàn đi giúp, hoặc gọi?"),
        initial="1",
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    is_counted = forms.BooleanField(
        label=gettext_lazy("Số này đã có trong một buổi hỗ trợ hoặc báo cáo: không tính thêm"),
        required=False,
    )

    @property
    def given(self) -> HelpGiven | None:
        """Return who helped and when; None where it is counted elsewhere."""
        sent = dict(self.cleaned_data)
        return None if sent.pop("is_counted") else HelpGiven(**sent)

    def clean_people(self) -> int:
        people = parse_count(self.cleaned_data["people"])
        if not people:
            raise ValidationError(_("Ghi số người, từ 1."))
        return people


class CannotForm(forms.Form):
    """Why a request could not be fulfilled."""

    outcome_note = forms.CharField(
        label=gettext_lazy("Vì sao không giúp được?"),
        help_text=gettext_lazy(
            "Không ghi tên, số điện thoại hay địa chỉ: dòng này còn lại sau khi thông tin của "
            "người nhờ đã xóa."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _one_line(text: str) -> str:
    cleaned = " ".join(clean_text(text).split())
    if not any(char.isalnum() for char in cleaned):
        raise ValidationError(_("Chưa nhập ô này."))
    return cleaned
