"""The form of the daily report, built from the campaign's indicators."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.count_fields import TWICE
from core.validators import clean_note
from reports.daily.models import DailyReport, Explanation
from reports.daily.validators import clean_url


class ReportForm(forms.Form):
    """The parts of a report that are the same in every campaign."""

    # What is hidden has no place for a message of its own: see ``clean``.
    report_id = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    no_activity = forms.BooleanField(required=False, widget=forms.HiddenInput)
    # Asked about on the check page, and only where something is unusual.
    explanation = forms.ChoiceField(
        required=False,
        choices=Explanation.choices,
        widget=forms.HiddenInput,
    )
    note = forms.CharField(
        label=gettext_lazy("Ghi chú"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    difficulties = forms.CharField(
        label=gettext_lazy("Khó khăn"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    proposals = forms.CharField(
        label=gettext_lazy("Đề xuất"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    evidence_url = forms.CharField(
        label=gettext_lazy("Đường link ảnh, bài đăng"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )

    def clean_note(self) -> str:
        """Check the free text."""
        return clean_note(self.cleaned_data["note"])

    def clean_difficulties(self) -> str:
        """Check the free text."""
        return clean_note(self.cleaned_data["difficulties"])

    def clean_proposals(self) -> str:
        """Check the free text."""
        return clean_note(self.cleaned_data["proposals"])

    def clean_evidence_url(self) -> str:
        """Check the link."""
        return clean_url(self.cleaned_data["evidence_url"])

    def clean(self) -> dict[str, Any]:
        """Say what to do about hidden fields, and about fields that came twice."""
        hidden = {field.name for field in self.hidden_fields()}
        if hidden & self.errors.keys():
            self.add_error(None, _("Trang này thiếu dữ liệu. Mở lại trang báo cáo rồi nhập lại."))
        sent = self.data.getlist if isinstance(self.data, QueryDict) else lambda name: [name]
        for name in self.fields:
            if len(sent(name)) > 1:
                self.add_error(None if name in hidden else name, TWICE)
        return self.cleaned_data

    def entry_fields(self) -> dict[str, Any]:
        """Return the checked values under the names that the service gives them."""
        values = dict(self.cleaned_data)
        return {"id": values.pop("report_id"), **values}

    @classmethod
    def blank(cls, report: DailyReport | None) -> "ReportForm":
        """Return the form as it is first shown: new, or with what was reported."""
        if report is None:
            return cls(initial={"report_id": uuid.uuid4(), "base_version": 0})
        texts = ("note", "difficulties", "proposals", "evidence_url")
        initial: dict[str, Any] = {name: getattr(report, name) for name in texts}
        return cls(initial={"report_id": report.pk, "base_version": report.version, **initial})
