"""What a plan is asked, and what a checker says beside the counts."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Campaign
from core import clock
from core.form_fields import DayField
from core.validators import NOTE_LENGTH
from reports.checks.models import CheckerKind, How, Obstacle
from reports.checks.verdict import MOST

LEAST, USUAL = 6, 15
CHOOSE = {
    "required": gettext_lazy("Chưa chọn."),
    "invalid_choice": gettext_lazy("Chưa chọn."),
}
BETWEEN = gettext_lazy("Ghi một số từ 6 đến 60.")


class PlanForm(forms.Form):
    """Days that are over, how many to draw in each area, and who recounts."""

    first_day = DayField(label=gettext_lazy("Kiểm tra số liệu từ ngày"))
    last_day = DayField(label=gettext_lazy("Đến hết ngày"))
    per_area = forms.IntegerField(
        label=gettext_lazy("Số lượt mỗi địa bàn"),
        help_text=gettext_lazy(
            "Từ 6 đến 60. 15 lượt cho khoảng rộng chừng 30 điểm phần trăm, 60 lượt chừng 12."
        ),
        min_value=LEAST,
        max_value=MOST,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), BETWEEN),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    asked = forms.ChoiceField(
        label=gettext_lazy("Người kiểm tra"),
        help_text=gettext_lazy("Không ai kiểm tra đơn vị của mình hay số do chính mình nhập."),
        choices=CheckerKind.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", _("Ngày cuối phải sau ngày đầu."))
        if last and last >= clock.today():
            self.add_error("last_day", _("Chỉ kiểm tra những ngày đã qua."))
        return cleaned


class OutcomeForm(forms.Form):
    """How it was checked, or why it could not be; the counts stand beside it."""

    outcome_id = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    how = forms.ChoiceField(
        label=gettext_lazy("Kiểm tra bằng cách nào"),
        choices=How.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    obstacle = forms.ChoiceField(
        label=gettext_lazy("Vì sao không kiểm tra được"),
        choices=Obstacle.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    remark = forms.CharField(
        label=gettext_lazy("Ghi chú"),
        help_text=gettext_lazy("Không ghi tên, số điện thoại hay số định danh của người dân."),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "max_length": gettext_lazy("Dài quá %(limit_value)s ký tự. Viết ngắn lại.")
        },
    )

    @classmethod
    def blank(cls, version: int) -> "OutcomeForm":
        return cls(initial={"outcome_id": uuid.uuid4(), "base_version": version})
