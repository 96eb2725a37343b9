"""The forms of the review page and of opening a day again."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.form_fields import DayField
from reports.daily.services.review import Decision

# A report and the version of it that was shown.
SEEN = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9]{1,9})")
# Ready to choose; anything else may be typed.
PHRASES = (
    gettext_lazy("Số khác với danh sách của buổi hỗ trợ, đối chiếu lại"),
    gettext_lazy("Nhập nhầm ô, xem lại mức 1 và mức 2"),
    gettext_lazy("Có vẻ là số lũy kế, chỉ ghi số trong ngày"),
    gettext_lazy("Thừa hoặc thiếu một chữ số, xem lại"),
    gettext_lazy("Số giống hệt ngày trước, xem lại"),
)


def read_seen(values: list[str]) -> dict[UUID, int]:
    """Return the versions by report; raise ``ValidationError`` for what no page of ours sends."""
    seen: dict[UUID, int] = {}
    for value in values:
        match = SEEN.fullmatch(value)
        if match is None or seen.get(UUID(match[1]), int(match[2])) != int(match[2]):
            raise ValidationError(_("Trang này thiếu dữ liệu. Mở lại trang duyệt rồi chọn lại."))
        seen[UUID(match[1])] = int(match[2])
    return seen


class DecisionForm(forms.Form):
    """What was decided about the reports that are ticked."""

    reason = forms.CharField(
        label=gettext_lazy("Lý do trả lại"),
        required=False,
        widget=forms.TextInput(attrs={"list": "phrases", "autocomplete": "off"}),
    )

    def chosen(self) -> tuple[str, dict[UUID, int], str]:
        """Return decision, versions by report, and reason; raise ``ValidationError``."""
        data: Any = self.data
        action = data.get("action", "")
        ticked = "usual" if action == "approve-usual" else "seen"
        decision = Decision.APPROVE.value if action == "approve-usual" else action
        return decision, read_seen(data.getlist(ticked)), data.get("reason", "")


class GrantForm(forms.Form):
    """A day that is opened again, why, and until when."""

    date = DayField(label=gettext_lazy("Ngày cần mở lại"))
    reason = forms.CharField(
        label=gettext_lazy("Lý do"),
        help_text=gettext_lazy("Được lưu cùng tên bạn, đơn vị cũng đọc được."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    expires_on = DayField(label=gettext_lazy("Mở đến hết ngày"))
