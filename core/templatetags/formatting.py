"""How pages write numbers and days."""

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format, get_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

# "Nothing was reported" is not "nought was reported".
BLANK = "–"
MINUS = "−"

# Django's own Vietnamese calls Tuesday "Thứ 3"; our readers write it out.
WEEKDAYS = (
    gettext_lazy("Thứ Hai"),
    gettext_lazy("Thứ Ba"),
    gettext_lazy("Thứ Tư"),
    gettext_lazy("Thứ Năm"),
    gettext_lazy("Thứ Sáu"),
    gettext_lazy("Thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)
SHORT_WEEKDAYS = (
    gettext_lazy("T2"),
    gettext_lazy("T3"),
    gettext_lazy("T4"),
    gettext_lazy("T5"),
    gettext_lazy("T6"),
    gettext_lazy("T7"),
    gettext_lazy("CN"),
)


def is_blank(value: Any) -> bool:
    return value is None or value == ""


def _number(value: Any, locations: int) -> str:
    """Write a number by the active language, rounded half up as people round."""
    if isinstance(value, int) and not locations:
        # A table has thousands of them, and a Decimal costs ten times as much.
        digits = f"{abs(value):,}".replace(",", get_format("THOUSAND_SEPARATOR"))
        return f"{MINUS}{digits}" if value < 0 else digits
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-locations), rounding=ROUND_HALF_UP)
    text: str = number_format(abs(rounded), locations, use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if rounded < 0 else text


@register.filter
def count(value: Any) -> str:
    """1234567 → 1.234.567; nothing → –."""
    return BLANK if is_blank(value) else _number(value, 0)


@register.filter
def decimal(value: Any) -> str:
    """Write a number to a tenth (``12,5``); a whole one without."""
    is_whole = not is_blank(value) and float(value) == int(value)
    return _number(value, 0 if is_whole else 1)


@register.filter
def percent(value: Any) -> str:
    """74.83 → 74,8%; nothing → –."""
    return BLANK if is_blank(value) else f"{_number(value, 1)}%"


@register.filter
def percent_whole(value: Any) -> str:
    """88.9 → 89%; nothing → –."""
    return BLANK if is_blank(value) else f"{_number(value, 0)}%"


@register.filter
def signed(value: Any) -> str:
    """7317 → +7.317; -5 → −5; 0 → 0; nothing → –."""
    if is_blank(value):
        return BLANK
    text = _number(value, 0)
    return f"+{text}" if text[0] != MINUS and text != "0" else text


def _date(value: Any) -> dt.date | None:
    """Return the day; of a moment, which the database gives in UTC, the day here."""
    if isinstance(value, dt.datetime):
        return timezone.localdate(value)
    return parse_date(value) if isinstance(value, str) else value


@register.filter
def day(value: Any) -> str:
    """A date → 20/06/2023."""
    date = _date(value)
    return BLANK if date is None else date_format(date, "d/m/Y")


@register.filter
def short_day(value: Any) -> str:
    """A date → 20/06."""
    date = _date(value)
    return BLANK if date is None else date_format(date, "d/m")


@register.filter
def weekday_day(value: Any) -> str:
    """A date → Thứ Ba, 20/06/2023."""
    date = _date(value)
    return BLANK if date is None else f"{WEEKDAYS[date.weekday()]}, {day(date)}"


@register.filter
def weekday(value: Any) -> str:
    """A date → T3."""
    date = _date(value)
    return BLANK if date is None else str(SHORT_WEEKDAYS[date.weekday()])


@register.filter
def minutes(value: int | None) -> str:
    """48 → 48 phút; 192 → 3 giờ 12 phút."""
    if value is None:
        return BLANK
    hours, rest = divmod(int(value), 60)
    if not hours:
        return _("%(minutes)d phút") % {"minutes": rest}
    if not rest:
        return _("%(hours)d giờ") % {"hours": hours}
    return _("%(hours)d giờ %(minutes)d phút") % {"hours": hours, "minutes": rest}


@register.filter
def total(items: Iterable[Any], name: str) -> int:
    """The sum of an attribute: what a column shows must add up before the reader's eyes."""
    return sum(getattr(item, name) for item in items)


@register.filter
def split(value: str) -> list[str]:
    """Turn "a,b" into a and b, to loop over names that a template knows."""
    return value.split(",")
