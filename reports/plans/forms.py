"""Forms of the plan: what one reckons with, and a draft."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import Branch
from core.number_parsing import parse_whole
from core.validators import NOTE_LENGTH
from reports.plans.hamlets import WIDE
from reports.plans.models import MOST_A_WEEK, MOST_PEOPLE, MOST_PERSONS, PlanAssumption
from reports.plans.services import DraftChange
from volunteers.sessions.forms.sessions import OccasionForm

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

    def __init__(self, data: Any = None, *, branch: Branch, row: PlanAssumption | None) -> None:
        names = [*RATES, "hamlets"]
        super().__init__(data, initial={name: getattr(row, name) for name in names} if row else {})
        # Of a wide territory the parts are known: communes.
        if branch.home_unit.level in WIDE:
            del self.fields["hamlets"]

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


class DraftForm(OccasionForm):
    """A proposed session as it would stand, and as it was seen."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def change(self) -> DraftChange:
        return DraftChange(**self.cleaned_data)
