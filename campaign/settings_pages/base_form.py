"""A form of settings as the portal shows it: in parts, with fields that read what people type."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy

from campaign.checked_form import CheckedForm, WeekdaysField
from campaign.resources.widgets import MOST, MOST_SMALL
from campaign.settings_pages.meanwhile import NoticesOthers
from core.form_fields import DayField, HourField, WholeField

REQUIRED = {"required": gettext_lazy("Chưa nhập ô này.")}
CHOOSE = {
    "required": gettext_lazy("Chưa chọn."),
    "invalid_choice": gettext_lazy("Không còn lựa chọn này. Chọn lại."),
}


def settings_field(column: Any, **given: Any) -> Any:
    """Return the field of a column: days and hours as typed, whole numbers strictly read."""
    if column.name == "weekdays":
        label = gettext_lazy("Ngày báo cáo trong tuần")
        return WeekdaysField(label=label, required=not column.blank, error_messages=CHOOSE)
    if isinstance(column, models.DateField):
        given["form_class"] = DayField
    elif isinstance(column, models.TimeField):
        given["form_class"] = HourField
    elif isinstance(column, models.PositiveIntegerField | models.PositiveSmallIntegerField):
        is_small = isinstance(column, models.PositiveSmallIntegerField)
        given |= {"form_class": WholeField, "most": MOST_SMALL if is_small else MOST}
    is_chosen = column.is_relation or column.choices
    return column.formfield(**{"error_messages": CHOOSE if is_chosen else REQUIRED, **given})


class SettingsForm(NoticesOthers, CheckedForm):
    """``parts`` are its headings with their fields; what none of them names stands in the last."""

    parts: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = ()

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean(self) -> dict[str, Any]:
        """Let an hour that is typed as it was be what it was, and 23:59 be the end of the day."""
        for name, value in self.cleaned_data.items():
            if isinstance(value, dt.time):
                was = getattr(self.instance, name)
                if was is not None and was.replace(second=0) == value:
                    self.cleaned_data[name] = was
                elif value == dt.time(23, 59):
                    self.cleaned_data[name] = dt.time(23, 59, 59)
        return super().clean()

    @property
    def shown_parts(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        named = {name for _title, names in self.parts for name in names}
        rest = [name for name in self.fields if name not in named]
        for at, (title, names) in enumerate(self.parts, start=1):
            more = rest if at == len(self.parts) else []
            yield title, [self[name] for name in (*names, *more) if name in self.fields]
