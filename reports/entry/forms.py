"""The form of the daily report, built from the campaign's indicators."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from campaign.count_fields import TWICE
from campaign.models.campaigns import Asking
from reports.daily.models import DailyReport, Explanation
from reports.daily.texts import TEXT_NAMES, TEXTS, ReportText


class TextField(forms.CharField):
    def __init__(self, text: ReportText, asking: Asking) -> None:
        link, lines = forms.TextInput({"inputmode": "url"}), forms.Textarea({"rows": 2})
        super().__init__(
            label=str(text.label), required=False, widget=link if text.is_link else lines
        )
        self.text, self.is_needed = text, asking == Asking.REQUIRED
        if self.is_needed:
            self.widget.attrs["aria-required"] = "true"

    def clean(self, value: Any) -> str:
        return self.text.clean(super().clean(value))


class ReportForm(forms.Form):
    """The parts of a report that are the same in every campaign, and the texts that are asked for.

    ``asking`` is by text; without it all are asked for.
    """

    # What is hidden has no place for a message of its own: see ``clean``.
    report_id = forms.UUIDField(widget=forms.HiddenInput)
    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    # The closed sessions that the page showed, by id.
    sessions = forms.CharField(required=False, widget=forms.HiddenInput)
    no_activity = forms.BooleanField(required=False, widget=forms.HiddenInput)
    # Asked about on the check page, and only where something is unusual.
    explanation = forms.ChoiceField(
        required=False,
        choices=Explanation.choices,
        widget=forms.HiddenInput,
    )

    def __init__(
        self, *args: Any, asking: Mapping[str, Asking] = MappingProxyType({}), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asking = asking
        how = {text.name: asking.get(text.name, Asking.ASKED) for text in TEXTS}
        self.fields |= {
            text.name: TextField(text, how[text.name])
            for text in TEXTS
            if how[text.name] != Asking.NOT or self.data.get(text.name)
        }

    @property
    def texts(self) -> list[forms.BoundField]:
        return [self[name] for name in TEXT_NAMES if name in self.fields]

    @property
    def has_texts(self) -> bool:
        return any(text.value() for text in self.texts)

    @property
    def needs_texts(self) -> bool:
        return Asking.REQUIRED in self.asking.values()

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
        values = dict(self.cleaned_data)
        # What is not asked for stays as it stands.
        texts = {name: values.pop(name, None) for name in TEXT_NAMES}
        values["sessions"] = self.seen_sessions
        return {"id": values.pop("report_id"), "texts": texts, **values}

    @property
    def seen_sessions(self) -> set[int] | None:
        """The sessions that a first report includes; None where the page did not say.

        A correction includes those that the report includes.
        """
        if self.cleaned_data["base_version"] or "sessions" not in self.data:
            return None
        ids = self.cleaned_data["sessions"].split(",")
        return {int(one) for one in ids if one.isdecimal() and len(one) < 19}

    @classmethod
    def sent(
        cls, data: QueryDict, report: DailyReport | None, asking: Mapping[str, Asking]
    ) -> "ReportForm":
        """Return the form as it came; a text that has no field on the page stays as it stands.

        The page that a phone keeps has no texts (offline_form.js).
        """
        data = data.copy()
        for name in TEXT_NAMES if report is not None else ():
            data.setdefault(name, getattr(report, name))
        return cls(data, asking=asking)

    @classmethod
    def blank(
        cls, report: DailyReport | None, sessions: str, asking: Mapping[str, Asking]
    ) -> "ReportForm":
        """Return the form as it is first shown: new, or with what was reported."""
        if report is None:
            new = {"report_id": uuid.uuid4(), "base_version": 0, "sessions": sessions}
            return cls(initial=new, asking=asking)
        texts = {name: getattr(report, name) for name in TEXT_NAMES}
        shown = {"report_id": report.pk, "base_version": report.version, **texts}
        return cls(initial=shown, asking=asking)
