"""What the forms of settings share, in the portal's pages and in the admin."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance

from accounts.models import User
from campaign.validators import validate_weekdays
from core.form_fields import CheckboxGroup
from core.templatetags.formatting import WEEKDAYS
from core.validators import clean_text

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm


class WeekdaysField(forms.MultipleChoiceField):
    """Days of the week to tick; a campaign has them as digits (``12345``)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=tuple(zip("1234567", WEEKDAYS, strict=True)), widget=CheckboxGroup, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return list(value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> list[str]:
        return list("".join(super().to_python(value)))

    def validate(self, value: Any) -> None:
        if value or self.required:
            validate_weekdays("".join(value))

    def clean(self, value: Any) -> Any:
        return "".join(super().clean(value))


class CheckedForm(AnyModelForm):
    """A form that checks the row as a whole before the constraints of the database do.

    Text is taken in one form (NFC) and without what cannot be seen, as from files.
    """

    actor: User

    def check(self) -> None:
        """Check ``self.instance`` as it would be saved; raise ``ValidationError`` by field."""

    def clean(self) -> dict[str, Any]:
        """Run our checks before the constraints: they say what to do.

        A field that they refuse is left out when Django validates the constraints.
        """
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str):
                try:
                    cleaned[name] = clean_text(value)
                except ValidationError as error:
                    self.add_error(name, error)
        if not self.errors:
            meta = self._meta
            construct_instance(self, self.instance, meta.fields, meta.exclude)
            try:
                self.check()
            except ValidationError as error:
                self.refuse(error)
        return cleaned

    def refuse(self, error: ValidationError) -> None:
        """Show each message at its field, or above the form where it has none here."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)
