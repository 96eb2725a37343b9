"""Fields for days and hours, which take what browsers send and what people type."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.number_parsing import parse_whole
from core.text_gate import normal

# Nobody leaves out more days than a campaign has.
MOST_DAYS = 200


# No day and no hour is written with more signs; one sign may become eighteen.
LONGEST = 60


def _short(text: str) -> str:
    return normal("NFKC", text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def parse_day(text: str, year: int | None = None) -> dt.date:
    """Read ``2023-06-25`` or ``25/06/2023``, with ``year`` also ``25/6``."""
    text = _short(text).strip()
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, flags=re.ASCII)
    numbers = match.groups() if match else ()
    if not match:
        match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?", text, flags=re.ASCII)
        numbers = match.groups()[::-1] if match else ()
    try:
        y, m, d = (int(number) if number else year for number in numbers)
        return dt.date(y, m, d)  # type: ignore[arg-type]  # None is a TypeError
    except (ValueError, TypeError) as error:
        raise ValidationError(
            _("Không có ngày “%(text)s”. Ghi ngày/tháng/năm, ví dụ 25/06/2023.")
            % {"text": "".join(char for char in text if char.isprintable())[:20]}
        ) from error


def parse_hour(text: str) -> dt.time:
    """Read ``19:00``, ``7:30``, ``19h``, ``19h30``, ``19.30``."""
    text = _short(text).strip().lower()
    match = re.fullmatch(r"(\d{1,2})(?:\s*(?::|h|g|\.)\s*(\d{2})?(?::00)?)?", text, flags=re.ASCII)
    try:
        if match is None:
            raise ValueError(text)
        return dt.time(int(match[1]), int(match[2] or 0))
    except ValueError as error:
        raise ValidationError(
            _("Không có giờ “%(text)s”. Ghi giờ:phút, ví dụ 19:30.")
            % {"text": "".join(char for char in text if char.isprintable())[:20]}
        ) from error


class DayField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Write a day as browsers want it; what was typed stays."""
        return value.isoformat() if isinstance(value, dt.date) else value

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return parse_day(typed) if typed else None


class HourField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Write an hour as browsers want it; what was typed stays."""
        return f"{value:%H:%M}" if isinstance(value, dt.time) else value

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return parse_hour(typed) if typed else None


class WholeField(forms.IntegerField):
    """A whole number, strictly read: Django's own takes ``1.000`` for 1."""

    look = ""

    def __init__(self, *, most: int, is_signed: bool = False, **kwargs: Any) -> None:
        self.most, self.is_signed = most, is_signed
        attrs = {"inputmode": "numeric", **({"class": self.look} if self.look else {})}
        kwargs["widget"] = forms.TextInput(attrs=attrs)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        text = "" if value is None else str(value).strip().replace("−", "-")
        if self.is_signed and text.startswith("-"):
            size = parse_whole(text[1:], self.most)
            return None if size is None else -size
        return parse_whole(text, self.most)


def parse_days(text: str, year: int) -> list[dt.date]:
    """Read days between commas or blanks, the year of which may be left out."""
    found = [part for part in re.split(r"[,;\s]+", text) if part]
    if len(found) > MOST_DAYS:
        raise ValidationError(_("Quá %(most)s ngày. Bớt đi.") % {"most": MOST_DAYS})
    return [parse_day(part, year) for part in found]


class _Fieldset:
    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return the fieldset's id, so that an error can lead to it."""
        return id_ if index is None else super().id_for_label(id_, index)  # type: ignore[misc]


class CheckboxGroup(_Fieldset, forms.CheckboxSelectMultiple):
    """Boxes to tick in a fieldset that bears the field's id."""


class RadioGroup(_Fieldset, forms.RadioSelect):
    """The same, of which one is chosen."""


class SpanForm(forms.Form):
    """A form with two days, ``from`` and ``to``, each of which may be blank."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and first > last:
            self.add_error("to", _("Ngày cuối phải sau ngày đầu."))
        return cleaned
