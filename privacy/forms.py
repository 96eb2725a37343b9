"""The form with which a request of a data subject is written down."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.form_fields import DayField
from core.validators import clean_text, normalise_phone
from privacy.models import RequestKind

# Requests on paper are written down some days later at most.
OLDEST = dt.timedelta(days=30)


class SubjectRequestForm(forms.Form):
    """Who asks for what; the name or the number will do, the number finds more surely."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Người đó muốn"),
        choices=RequestKind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Chưa chọn. Chọn một trong các mục."),
            "invalid_choice": gettext_lazy("Chưa chọn. Chọn một trong các mục."),
        },
    )
    phone = forms.CharField(
        label=gettext_lazy("Số điện thoại"),
        help_text=gettext_lazy("Số mà người đó đã cho. Có số thì tìm chắc chắn hơn tên."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Họ và tên"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    received_on = DayField(
        label=gettext_lazy("Ngày nhận"),
        error_messages={"required": gettext_lazy("Chưa nhập ô này.")},
    )

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        return normalise_phone(phone, or_landline=True) if phone else ""

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])

    def clean_received_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["received_on"]
        if not clock.today() - OLDEST <= day <= clock.today():
            raise ValidationError(_("Ngày nhận trong vòng 30 ngày qua."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_wrong = "phone" in self.errors or "name" in self.errors
        if not is_wrong and not cleaned.get("phone") and not cleaned.get("name"):
            self.add_error("phone", _("Ghi số điện thoại hoặc họ tên."))
        return cleaned
