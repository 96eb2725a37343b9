"""Who takes part in a campaign, as it is typed: kinds to tick, branches by names or codes."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy

from campaign.branch_names import BranchNames
from campaign.models import Branch, Campaign, branch_kinds
from campaign.takes_part import LISTS
from core.form_fields import DayField

BRANCHES = LISTS[1:]
# As the page writes one: its name, and its code in brackets.
WRITTEN = re.compile(r"^(?P<name>.+?)\s*\((?P<code>[^()\s]+)\)$")

MOST_NAMED = 5


def _branches(label: Any, help_text: Any) -> forms.CharField:
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
    below = _branches(
        gettext_lazy("Cả nhánh của"),
        gettext_lazy("Tên hoặc mã các cơ sở, cách nhau bằng dấu phẩy. Gồm cả mọi cơ sở bên dưới."),
    )
    single = _branches(
        gettext_lazy("Thêm riêng từng cơ sở"),
        gettext_lazy("Tham gia dù ở chiến dịch khác không phải báo cáo hằng ngày."),
    )
    without = _branches(
        gettext_lazy("Trừ ra"), gettext_lazy("Không tham gia, cả các cơ sở bên dưới.")
    )
    since = DayField(
        label=gettext_lazy("Có hiệu lực từ ngày"),
        help_text=gettext_lazy("Để trống là hôm nay. Những ngày trước đó giữ như cũ."),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Lý do (khi chiến dịch đã công bố)"), required=False, max_length=500
    )

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        ids = {int(pk) for name in BRANCHES for pk in campaign.takes_part.get(name, ())}
        written = {
            str(pk): f"{name} ({code})"
            for pk, name, code in Branch.objects.filter(pk__in=ids).values_list(
                "pk", "name", "code"
            )
        }
        initial: dict[str, Any] = {
            name: ", ".join(
                written[pk] for pk in campaign.takes_part.get(name, ()) if pk in written
            )
            for name in BRANCHES
        }
        super().__init__(data, initial={"kinds": campaign.takes_part.get("kinds", []), **initial})
        if campaign.is_draft:
            del self.fields["since"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Find the branches by what was typed; say what there is none or more than one of."""
        cleaned = super().clean() or self.cleaned_data
        # Of several who bore a code the last is meant.
        names = BranchNames(
            Branch.objects.select_related("home_unit").order_by(
                F("opened_on").asc(nulls_first=True)
            )
        )
        self.found = {}
        for field in BRANCHES:
            found, problems = set(), []
            for typed in re.split(r"[,;\n]", cleaned.get(field, "")):
                try:
                    found |= {str(branch.pk) for branch in _found(names, " ".join(typed.split()))}
                except ValidationError as error:
                    problems.append(error)
            self.found[field] = sorted(found)
            if problems:
                self.add_error(field, problems[:MOST_NAMED])
        return cleaned

    @property
    def rule(self) -> dict[str, list[str]]:
        """What is to stand in the campaign; blank where nothing was chosen."""
        rule = {"kinds": self.cleaned_data["kinds"], **self.found}
        return rule if any(rule.values()) else {}


def _found(names: BranchNames, typed: str) -> list[Branch]:
    """Return the branch of a name or code, or those of codes with blanks between."""
    if not typed:
        return []
    written = WRITTEN.match(typed)
    if written and written["code"].casefold() in names.by_code:
        return [names.get(written["code"], written["name"])]
    codes = typed.casefold().split()
    if all(code in names.by_code for code in codes):
        return [names.by_code[code] for code in codes]
    return [names.get("", typed)]
