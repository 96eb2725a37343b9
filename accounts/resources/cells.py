"""How one cell of a file is read and written: each widget takes what CSV and Excel give.

``clean`` returns the value or raises ``ValidationError`` in the reader's language; a blank
cell is None. ``render`` writes what ``clean`` reads back.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import Widget

from core.formula_guard import unguarded
from core.validators import clean_text, normalise_phone

YES = ("1", "x", "có", "co", "true", "yes", "đúng")
NO = ("0", "không", "khong", "false", "no", "sai")


def text_of(cell: Any) -> str:
    """Return what a cell says as text; Excel's 36.0 is the code 36."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return unicodedata.normalize("NFC", unguarded(str(cell).strip()))


class Text(Widget):  # type: ignore[misc]
    """Text, on one line or on several."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return clean text or None."""
        return clean_text(text_of(value)) or None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the text."""
        return "" if value is None else str(value)


class Code(Text):
    """A code, which is text even where Excel made a number of it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the code without blanks or None."""
        text = "".join(text_of(value).split())
        return clean_text(text) or None


class Phone(Text):
    """A telephone number."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return ten digits or None.

        Excel drops the first nought of a number. Nine digits are no telephone number of any
        other kind, so that it can be put back.
        """
        text = text_of(value)
        if not text:
            return None
        return normalise_phone("0" + text if re.fullmatch(r"[1-9][0-9]{8}", text) else text)


class YesNo(Widget):  # type: ignore[misc]
    """Yes or no."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return a bool or None."""
        text = text_of(value).lower()
        if text in YES:
            return True
        if text in NO:
            return False
        if text:
            raise ValidationError(_("Ghi “có” hoặc “không”."))
        return None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the word."""
        if value is None:
            return ""
        return _("có") if value else _("không")


class Choice(Widget):  # type: ignore[misc]
    """One of a closed list: the value that is stored, or the label that people see."""

    def __init__(self, choices: Iterable[tuple[str, Any]]) -> None:
        super().__init__()
        self.choices = list(choices)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the value or None."""
        text = text_of(value)
        for known, label in self.choices:
            if text.casefold() in (known.casefold(), str(label).casefold()):
                return known
        if text:
            names = ", ".join(f"{known} ({label})" for known, label in self.choices)
            raise ValidationError(
                _("Không có “%(text)s”. Ghi một trong: %(names)s.")
                % {"text": text[:40], "names": names}
            )
        return None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the value."""
        return value or ""


class Day(Widget):  # type: ignore[misc]
    """A day: ``2023-06-20``, ``20/06/2023``, or a day of Excel's."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the date or None."""
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        text = text_of(value)
        if not text:
            return None
        iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00:00)?", text)
        ours = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
        parts = iso.groups() if iso else ours.groups()[::-1] if ours else None
        try:
            if parts is None:
                raise ValueError(text)
            day = dt.date(*map(int, parts))
        except ValueError as error:
            raise ValidationError(
                _("Chưa đọc được ngày “%(text)s”. Ghi ngày/tháng/năm, ví dụ 20/06/2023.")
                % {"text": text[:20]}
            ) from error
        if not 1900 <= day.year <= 2200:
            raise ValidationError(
                _("Năm %(year)s không hợp lý. Xem lại ngày.") % {"year": day.year}
            )
        return day

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the day itself for Excel, else as ``2023-06-20``."""
        if value is None:
            return None if kwargs.get("force_native_type") else ""
        return value if kwargs.get("force_native_type") else value.isoformat()


class Time(Widget):  # type: ignore[misc]
    """A time of day: ``18:30`` or a time of Excel's."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the time or None."""
        if isinstance(value, dt.time):
            return value
        text = text_of(value)
        if not text:
            return None
        match = re.fullmatch(r"([0-9]{1,2})[:hg]([0-9]{2})(?::([0-9]{2}))?", text.lower())
        try:
            if match is None:
                raise ValueError(text)
            return dt.time(int(match[1]), int(match[2]), int(match[3] or 0))
        except ValueError as error:
            raise ValidationError(
                _("Chưa đọc được giờ “%(text)s”. Ghi giờ:phút, ví dụ 18:30.") % {"text": text[:20]}
            ) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return ``18:30``, with seconds where there are some."""
        if value is None or value == "":
            return ""
        # What a model's default gives is still text before it has been saved.
        time = dt.time.fromisoformat(value) if isinstance(value, str) else value
        return time.strftime("%H:%M:%S" if time.second else "%H:%M")


class Column(Field):  # type: ignore[misc]
    """A column of a file.

    ``attribute`` is where the value comes from, and where it goes unless the resource says
    otherwise (``places``). ``help`` tells staff what to write; ``required`` says that a
    row cannot do without.
    """

    def __init__(
        self, attribute: str, widget: Any, *, help: Any = "", required: bool = False
    ) -> None:
        super().__init__(attribute=attribute, widget=widget)
        self.help = help
        self.required = required

    def clean(self, row: Any, **kwargs: Any) -> Any:
        """Return the value of the cell; raise ``ValidationError`` where it must not be blank."""
        value = self.widget.clean(row[self.column_name], row=row, **kwargs)
        if value is None and self.required:
            raise ValidationError(_("Chưa điền."))
        return value
