"""Forms of changing boundaries."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.boundaries.carried import CHOICES
from campaign.boundaries.lists import MOST_BYTES, NewList, built_in, choices, from_files
from core import clock
from core.form_fields import CheckboxGroup, DayField
from core.validators import clean_note

FILE: dict[str, Any] = {
    "required": False,
    "widget": forms.FileInput(attrs={"accept": ".csv"}),
}


class BeginForm(forms.Form):
    """Which list, and from which day; ``new`` is the list once all is well."""

    source = forms.ChoiceField(label=gettext_lazy("Danh sách mới"), required=False)
    units = forms.FileField(
        label=gettext_lazy("Hoặc tệp địa bàn của bạn (CSV)"),
        help_text=gettext_lazy("Các cột code,name,kind,parent_code: đủ mọi địa bàn từ ngày ấy."),
        **FILE,
    )
    successors = forms.FileField(
        label=gettext_lazy("Tệp đơn vị nào vào đơn vị nào (CSV), nếu có"),
        help_text=gettext_lazy("Các cột old_code,new_code. Chưa rõ thì để trống new_code."),
        **FILE,
    )
    holds_from = DayField(
        label=gettext_lazy("Có hiệu lực từ ngày"),
        help_text=gettext_lazy("Trước ngày này mọi báo cáo vẫn thuộc đơn vị cũ."),
        error_messages={"required": gettext_lazy("Chưa nhập ngày.")},
    )
    new: NewList

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["source"]
        field.choices = [("", _("Chọn")), *choices()]
        self.initial.setdefault("holds_from", clock.today())

    def _content(self, name: str) -> bytes | None:
        file = self.cleaned_data.get(name)
        if file is None:
            return None
        if file.size > MOST_BYTES:
            raise ValidationError({name: _("Tệp lớn quá 2 MB.")})
        return bytes(file.read())

    def clean(self) -> dict[str, Any]:
        """Read what was chosen: a file, where there is one."""
        given = self.cleaned_data
        units, successors = self._content("units"), self._content("successors")
        if units is not None:
            try:
                self.new = from_files(given["units"].name, units, successors)
            except ValidationError as error:
                raise ValidationError({"units": error.messages[:5]}) from error
        elif given.get("source"):
            self.new = built_in(given["source"])
        else:
            raise ValidationError({"source": _("Chọn một danh sách, hoặc một tệp.")})
        return given


class ApplyForm(forms.Form):
    carried = forms.MultipleChoiceField(
        label=gettext_lazy("Chuyển theo"),
        choices=list(CHOICES.items()),
        widget=CheckboxGroup,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Căn cứ"),
        help_text=gettext_lazy("Số nghị quyết, quyết định. Ghi vào lịch sử thiết lập."),
        max_length=500,
        error_messages={"required": gettext_lazy("Chưa ghi căn cứ.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        return clean_note(self.cleaned_data["reason"])


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Lý do lấy lại"),
        max_length=500,
        error_messages={"required": gettext_lazy("Chưa ghi lý do.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        return clean_note(self.cleaned_data["reason"])
