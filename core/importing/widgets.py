"""How one cell of a file is read and written: each widget takes what CSV and Excel give.

``clean`` returns the value or raises ``ValidationError`` in the reader's language; a blank
cell is None. ``render`` writes what ``clean`` reads back.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import BooleanWidget, CharWidget, DateWidget, TimeWidget

from core.formula_guard import unguarded
from core.text_gate import normal
from core.validators import clean_text, normalise_phone
from core.vietnamese import fold

Choices = Iterable[tuple[str, Any]]
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
    return normal("NFC", unguarded(str(cell).strip()))


class TextWidget(CharWidget):  # type: ignore[misc]
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return clean_text(text_of(value)) or None


class CodeWidget(TextWidget):
    """A code, which is text even where Excel made a number of it."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return clean_text("".join(text_of(value).split())) or None


class PhoneWidget(TextWidget):
    """A telephone number of ten digits.

    Excel drops the first nought of a number. Nine digits are no telephone number of any other
    kind, so that it can be put back.
    """

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = text_of(value)
        if not text:
            return None
        return normalise_phone("0" + text if re.fullmatch(r"[1-9][0-9]{8}", text) else text)


class YesNoWidget(BooleanWidget):  # type: ignore[misc]
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = text_of(value).lower()
        if text and text not in YES + NO:
            raise ValidationError(_("Ghi “có” hoặc “không”."))
        return text in YES if text else None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return ""
        return _("có") if value else _("không")


class ChoiceWidget(CharWidget):  # type: ignore[misc]
    """One of a closed list: the value that is stored, or the label that people see."""

    def __init__(self, choices: Choices | Callable[[], Choices]) -> None:
        super().__init__()
        self._choices = choices if callable(choices) else list(choices)

    @property
    def choices(self) -> list[tuple[str, Any]]:
        return list(self._choices() if callable(self._choices) else self._choices)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = text_of(value)
        if not text:
            return None
        found = self.find(text)
        if found is None:
            raise ValidationError(
                _("Không có “%(text)s”. Ghi một trong: %(names)s.")
                % {"text": text[:40], "names": self.names()}
            )
        return found

    def find(self, text: str) -> str | None:
        for value, label in self.choices:
            if text.casefold() in (value.casefold(), str(label).casefold()):
                return value
        return None

    def names(self) -> str:
        return ", ".join(f"{value} ({label})" for value, label in self.choices)


class SpokenChoiceWidget(ChoiceWidget):
    """One of a closed list, in the words that people use for it."""

    def __init__(self, table: Mapping[str, str]) -> None:
        words = {value: line.split(" | ") for value, line in table.items()}
        super().__init__((value, spoken[0]) for value, spoken in words.items())
        self.words = words
        self.values = {spoken_key(word): v for v, spoken in words.items() for word in (v, *spoken)}

    def find(self, text: str) -> str | None:
        return self.values.get(spoken_key(text))

    def names(self) -> str:
        return ", ".join(spoken[0] for spoken in self.words.values())

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return self.words[value][0] if value else ""


def spoken_key(text: str) -> str:
    return " ".join(re.sub(r"[^0-9a-z]+", " ", fold(text)).split())


class DayWidget(DateWidget):  # type: ignore[misc]
    """A day: ``2023-06-20``, ``20/06/2023``, or a day of Excel's. Writes the first."""

    takes_days = True

    def __init__(self) -> None:
        super().__init__()
        self.formats = ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%dT00:00:00", "%Y-%m-%d 00:00:00")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        text = text_of(value)
        try:
            day = super().clean(text)
        except ValueError as error:
            raise ValidationError(
                _("Chưa đọc được ngày “%(text)s”. Ghi ngày/tháng/năm, ví dụ 20/06/2023.")
                % {"text": text[:20]}
            ) from error
        if day is not None and not 1900 <= day.year <= 2200:
            raise ValidationError(
                _("Năm %(year)s không hợp lý. Xem lại ngày.") % {"year": day.year}
            )
        return day


class TimeOfDayWidget(TimeWidget):  # type: ignore[misc]
    """A time of day: ``18:30``, ``18h30`` or a time of Excel's."""

    takes_days = True

    def __init__(self) -> None:
        super().__init__()
        self.formats = ("%H:%M", "%H:%M:%S")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, dt.time):
            return value
        text = text_of(value)
        try:
            # One digit after the colon would be read as minutes, and may be half of two.
            if text and not re.fullmatch(r"[0-9]{1,2}[:hgHG][0-9]{2}(:[0-9]{2})?", text):
                raise ValueError(text)
            return super().clean(re.sub("[hg]", ":", text, flags=re.IGNORECASE))
        except ValueError as error:
            raise ValidationError(
                _("Chưa đọc được giờ “%(text)s”. Ghi giờ:phút, ví dụ 18:30.") % {"text": text[:20]}
            ) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return ``18:30`` for Excel too, with seconds where there are some."""
        if not value:
            return ""
        # What a model's default gives is still text before it has been saved.
        time = dt.time.fromisoformat(value) if isinstance(value, str) else value
        return time.strftime(self.formats[1] if time.second else self.formats[0])


class Column(Field):  # type: ignore[misc]
    """A column of a file.

    ``attribute`` is where the value comes from, and where it goes unless the resource says
    otherwise (``resolve_references``). ``help`` tells people what to write; ``required`` says
    that a row cannot do without.
    """

    def __init__(
        self,
        attribute: str,
        widget: Any,
        *,
        help: Any = "",
        required: bool = False,
        column_name: str | None = None,
    ) -> None:
        super().__init__(attribute=attribute, widget=widget, column_name=column_name)
        self.help = help
        self.required = required

    def clean(self, row: Any, **kwargs: Any) -> Any:
        cell = row[self.column_name]
        if isinstance(cell, dt.date | dt.time) and not getattr(self.widget, "takes_days", False):
            raise ValidationError(
                _(
                    "Excel đã đổi ô này thành ngày giờ (%(cell)s). Chọn kiểu ô là Văn bản (Text) "
                    "rồi gõ lại."
                )
                % {"cell": text_of(cell).removesuffix("T00:00:00")}
            )
        value = super().clean(row, **kwargs)
        if value is None and self.required:
            raise ValidationError(_("Chưa điền."))
        return value
