"""The question how much of a series is meant."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.form_fields import RadioGroup
from volunteers.sessions.selectors.series import SeriesLeft, days_in_words
from volunteers.sessions.services.series import Reach

SERIES_QUESTION = ("reach", "with_own")


class SeriesQuestion(forms.Form):
    """Fields that are there where a series has other sessions to come: see ``ask_about``."""

    reach = forms.ChoiceField(
        label=gettext_lazy("Áp dụng cho"),
        required=False,
        widget=RadioGroup,
        error_messages={
            "required": gettext_lazy("Chọn những buổi nào."),
            "invalid_choice": gettext_lazy("Chọn một mục trong danh sách."),
        },
    )
    with_own = forms.BooleanField(required=False)

    def ask_about(self, left: SeriesLeft | None) -> None:
        if left is None or not left.others:
            for name in SERIES_QUESTION:
                del self.fields[name]
            return
        reach: Any = self.fields["reach"]
        reach.choices = left.choices
        # What is cancelled already can mean the others only: nobody guesses which.
        reach.required = Reach.ONE not in dict(left.choices)
        reach.initial = None if reach.required else Reach.ONE
        if left.own:
            days = days_in_words(left.own)
            self.fields["with_own"].label = _("Cả buổi đã sửa riêng: %(days)s") % {"days": days}
        else:
            del self.fields["with_own"]

    @property
    def chosen_reach(self) -> dict[str, Any]:
        """Return ``reach`` and ``with_own`` as the services take them."""
        if "reach" not in self.fields:
            return {"reach": Reach.ONE}
        reach = self.cleaned_data["reach"] or Reach.ONE
        return {"reach": reach, "with_own": self.cleaned_data.get("with_own", False)}
