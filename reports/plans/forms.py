"""Forms of the plan: what one reckons with, and a draft."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.form_fields import DayField, HourField
from core.number_parsing import parse_whole
from core.validators import NOTE_LENGTH
from reports.plans.models import MOST_A_WEEK, MOST_PEOPLE, MOST_PERSONS, PlanAssumption
from reports.plans.services import DraftChange
from volunteers.sessions.services.session_validation import LOCATION_LENGTH

RATES = {"persons": MOST_PERSONS, "volunteers": MOST_PEOPLE, "weekly": MOST_A_WEEK}


def _number(label: Any) -> forms.CharField:
    attrs = {"inputmode": "numeric", "autocomplete": "off", "placeholder": "–"}
    return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs=attrs))


class AssumptionForm(forms.Form):
    """What the branch reckons with; blank is what sessions show."""

    persons = _number(gettext_lazy("Số làm được mỗi buổi"))
    volunteers = _number(gettext_lazy("Số người mỗi buổi"))
    weekly = _number(gettext_lazy("Số buổi làm được mỗi tuần"))
    hamlets = forms.CharField(
        label=gettext_lazy("Các thôn, xóm, mỗi dòng một tên"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "max_length": gettext_lazy("Dài quá %(limit_value)s ký tự. Viết ngắn lại.")
        },
    )

    def __init__(self, data: Any = None, *, row: PlanAssumption | None) -> None:
        names = [*RATES, "hamlets"]
        super().__init__(data, initial={name: getattr(row, name) for name in names} if row else {})

    def clean(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        for name, most in RATES.items():
            try:
                values[name] = parse_whole(values.get(name, ""), most=most)
                if values[name] == 0:
                    raise forms.ValidationError(_("Ít nhất là 1. Chưa biết thì để trống."))
            except forms.ValidationError as error:
                self.add_error(name, error)
        return values


class DraftForm(forms.Form):
    """A proposed session as it would stand."""

    place = forms.CharField(
        label=gettext_lazy("Tên điểm hỗ trợ"),
        max_length=LOCATION_LENGTH,
        error_messages={
            "required": gettext_lazy("Ghi tên điểm hỗ trợ. Ví dụ: Nhà văn hóa xóm 5."),
            "max_length": gettext_lazy("Dài quá %(limit_value)s ký tự. Viết ngắn lại."),
        },
    )
    date = DayField(
        label=gettext_lazy("Ngày"), error_messages={"required": gettext_lazy("Chọn ngày.")}
    )
    begins_at = HourField(
        label=gettext_lazy("Bắt đầu"),
        error_messages={"required": gettext_lazy("Nhập giờ bắt đầu.")},
    )
    ends_at = HourField(
        label=gettext_lazy("Kết thúc"),
        error_messages={"required": gettext_lazy("Nhập giờ kết thúc.")},
    )

    @property
    def change(self) -> DraftChange:
        return DraftChange(**self.cleaned_data)
