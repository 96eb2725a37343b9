"""The lines of a form on which counts are typed, one for each indicator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from campaign.count_validation import Errors, parse_count
from campaign.models import Indicator

PREFIX = "count-"
TWICE = gettext_lazy("Ô này được gửi hai lần. Tải lại trang rồi nhập lại.")


@dataclass
class CountRow:
    """One indicator's line of the form.

    ``value`` is what was typed, to the letter; ``count`` is what it means, None for blank;
    ``last`` is the count beside it, ``least`` what it cannot be lower than. ``prefix`` tells
    the lines of one form apart where it has many.
    """

    indicator: Indicator
    value: str = ""
    count: int | None = None
    last: int | None = None
    least: int | None = None
    error: str | None = None
    prefix: str = PREFIX

    @property
    def name(self) -> str:
        return self.prefix + self.indicator.code

    @property
    def is_part(self) -> bool:
        return self.indicator.at_most_id is not None

    def show(self, count: int | None) -> None:
        self.count, self.value = count, "" if count is None else str(count)


def read_counts(data: QueryDict, rows: list[CountRow]) -> None:
    for row in rows:
        typed = data.getlist(row.name)
        row.value = typed[-1] if typed else ""
        if len(typed) > 1:
            row.error = str(TWICE)
            continue
        try:
            row.count = parse_count(row.value)
        except ValidationError as error:
            row.error = " ".join(error.messages)


class CountField(Protocol):
    """The field of one indicator's count, on whatever form."""

    indicator: Indicator
    error: Any


def assign_count_errors(errors: Errors, rows: Sequence[CountField]) -> dict[str, list[str]]:
    """Put what is wrong with counts beside them; return what is wrong with the rest, by name."""
    rest = {}
    for name, messages in errors.items():
        if isinstance(messages, dict):
            for row in rows:
                row.error = " ".join(messages.get(row.indicator.code, [])) or row.error
        else:
            rest[name] = messages
    return rest


def assign_errors(errors: Errors, form: forms.Form, rows: Sequence[CountRow]) -> None:
    for name, messages in assign_count_errors(errors, rows).items():
        is_shown = name in form.fields and not form.fields[name].widget.is_hidden
        form.add_error(name if is_shown else None, ValidationError(messages))


def summary(rows: list[CountRow], form: forms.Form) -> list[dict[str, str]]:
    """Return all errors in the order of the fields, for the head of the page."""
    found = [
        {"name": row.name, "label": row.indicator.name, "message": row.error}
        for row in rows
        if row.error
    ]
    for field in form.visible_fields():
        for message in field.errors:
            label = str(field.label)
            found.append({"name": f"id_{field.name}", "label": label, "message": str(message)})
    return found
