"""What is typed about differences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports.reconciliation.models import DifferenceState, DifferenceTolerance
from reports.reconciliation.services import LENGTH


class RemarkForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)
    state = forms.ChoiceField(label=_("Tình trạng"), choices=DifferenceState.choices)
    owner = forms.ChoiceField(label=_("Người phụ trách"), required=False)
    text = forms.CharField(
        label=_("Ghi chú"),
        required=False,
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Vì sao chênh, đã hỏi ai. Không ghi tên hay số định danh của người dân."),
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", _("chưa giao")),
            *((pk, str(user)) for pk, user in self.people.items()),
        ]

    def clean_owner(self) -> User | None:
        return self.people.get(self.cleaned_data["owner"])


class ToleranceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DifferenceTolerance
        fields = ("percent", "accounts")
