"""Who signs the certificates."""

from django import forms
from django.utils.translation import gettext_lazy

from volunteers.teams.validators import clean_name

LENGTH = 80


class SignatoryForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Chức vụ"),
        help_text=gettext_lazy("Ví dụ: Phó Bí thư."),
        max_length=LENGTH,
        error_messages={"required": gettext_lazy("Ghi chức vụ.")},
    )
    full_name = forms.CharField(
        label=gettext_lazy("Họ và tên"),
        max_length=LENGTH,
        error_messages={"required": gettext_lazy("Ghi họ và tên.")},
    )

    def clean_title(self) -> str:
        return clean_name(self.cleaned_data["title"], LENGTH)

    def clean_full_name(self) -> str:
        return clean_name(self.cleaned_data["full_name"], LENGTH)
