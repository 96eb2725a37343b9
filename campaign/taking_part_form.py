"""Who takes part in a campaign, as it is typed: kinds to tick, branches by their codes."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Branch, Campaign, branch_kinds
from campaign.takes_part import LISTS
from core.form_fields import DayField

CODES = LISTS[1:]
MOST_NAMED = 5


def _codes(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
    )


class TakingPartForm(forms.Form):
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Loại cơ sở"),
        choices=branch_kinds,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    below = _codes(
        gettext_lazy("Cả nhánh của"),
        gettext_lazy("Mã các cơ sở, cách nhau bằng dấu phẩy. Gồm cả mọi cơ sở bên dưới."),
    )
    single = _codes(
        gettext_lazy("Thêm riêng từng cơ sở"),
        gettext_lazy("Tham gia dù ở chiến dịch khác không phải báo cáo hằng ngày."),
    )
    without = _codes(gettext_lazy("Trừ ra"), gettext_lazy("Không tham gia, cả các cơ sở bên dưới."))
    since = DayField(
        label=gettext_lazy("Có hiệu lực từ ngày"),
        help_text=gettext_lazy("Để trống là hôm nay. Những ngày trước đó giữ như cũ."),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Lý do (khi chiến dịch đã công bố)"), required=False, max_length=500
    )

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        ids = {int(pk) for name in CODES for pk in campaign.takes_part.get(name, ())}
        codes = dict(Branch.objects.filter(pk__in=ids).values_list("pk", "code"))
        initial: dict[str, Any] = {
            name: ", ".join(
                codes[int(pk)] for pk in campaign.takes_part.get(name, ()) if int(pk) in codes
            )
            for name in CODES
        }
        super().__init__(data, initial={"kinds": campaign.takes_part.get("kinds", []), **initial})
        if campaign.is_draft:
            del self.fields["since"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Find the branches of the codes; name those that there are none of."""
        cleaned = super().clean() or self.cleaned_data
        typed = {name: re.split(r"[\s,;]+", cleaned.get(name, "").strip()) for name in CODES}
        codes = {code for of in typed.values() for code in of if code}
        # Of several who bore a code the last is meant.
        bearers = Branch.objects.filter(code__in=codes).order_by(
            F("opened_on").asc(nulls_first=True)
        )
        found = dict(bearers.values_list("code", "pk"))
        for name, of in typed.items():
            unknown = [code for code in of if code and code not in found]
            if unknown:
                words = _("Không có cơ sở Đoàn mang mã: %(codes)s.")
                shown = ", ".join(code[:20] for code in unknown[:MOST_NAMED])
                self.add_error(name, ValidationError(words % {"codes": shown}))
        self.found = {
            name: sorted({str(found[c]) for c in of if c in found}) for name, of in typed.items()
        }
        return cleaned

    @property
    def rule(self) -> dict[str, list[str]]:
        """What is to stand in the campaign; blank where nothing was chosen."""
        rule = {"kinds": self.cleaned_data["kinds"], **self.found}
        return rule if any(rule.values()) else {}
