"""The days on which a session repeats, by an RFC 5545 recurrence rule."""

import datetime as dt
import re

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.templatetags.formatting import WEEKDAYS

# A series longer than this is a mistake of the year, not a plan.
MOST_IN_SERIES = 200
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# What a plan may say, and no more: a rule without end or without days would be counted
# through until the year 9999.
_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_NTH = rf"(?:[+-]?[1-4])?{_DAY}"
_DATE = r"(?:-?(?:[1-9]|1\d|2[0-8]))"
PARTS = {
    "FREQ": re.compile("DAILY|WEEKLY|MONTHLY"),
    "INTERVAL": re.compile("[1-4]"),
    "BYDAY": re.compile(rf"{_NTH}(?:,{_NTH}){{0,6}}"),
    "BYMONTHDAY": re.compile(rf"{_DATE}(?:,{_DATE}){{0,30}}"),
    "WKST": re.compile(_DAY),
}


def days_of(rule: str, first: dt.date, until: dt.date) -> list[dt.date]:
    """Return the days of a recurrence rule from ``first`` to ``until``.

    Raises ``ValidationError`` for a rule that is none, or that yields no day or too many.
    """
    shown = "".join(char for char in rule if char.isprintable())[:60]
    unknown = ValidationError(
        _("Chưa hiểu cách lặp lại “%(rule)s”. Ví dụ: FREQ=WEEKLY;BYDAY=SU.") % {"rule": shown}
    )
    rule = rule.upper()
    parts = [part.partition("=") for part in rule.split(";")]
    names = [name for name, _is, _value in parts]
    if "FREQ" not in names or len(names) > len(set(names)):
        raise unknown
    if not all(name in PARTS and PARTS[name].fullmatch(value) for name, _is, value in parts):
        raise unknown
    if (
        re.search(r"\d(?:MO|TU|WE|TH|FR|SA|SU)", rule.upper())
        and "FREQ=MONTHLY" not in rule.upper()
    ):
        raise unknown
    start = dt.datetime.combine(first, dt.time.min)
    try:
        moments = rrulestr(rule, dtstart=start)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise unknown from error
    days: list[dt.date] = []
    for moment in moments.xafter(start, count=MOST_IN_SERIES + 1, inc=True):
        if moment.date() > until:
            break
        days.append(moment.date())
    if len(days) > MOST_IN_SERIES:
        raise ValidationError(
            _("Chuỗi dài quá %(most)s buổi. Chọn ngày kết thúc sớm hơn.") % {"most": MOST_IN_SERIES}
        )
    if not days:
        raise ValidationError(_("Không có ngày nào khớp. Xem lại ngày bắt đầu, kết thúc và thứ."))
    return days


def moved(rule: str, days: int) -> str:
    """Return the rule of a series that was moved by some days; blank where none says it."""
    parts = dict(part.split("=", 1) for part in rule.split(";") if part)
    by_day = parts.get("BYDAY", "").split(",")
    if parts.get("FREQ") not in ("DAILY", "WEEKLY") or not set(by_day) <= {"", *CODES}:
        return ""
    if by_day != [""]:
        numbers = sorted((CODES.index(code) + days) % 7 for code in by_day)
        parts["BYDAY"] = ",".join(CODES[number] for number in numbers)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def words_of(rule: str) -> str:
    """Say a rule as people do; one that pages cannot make stays as it is."""
    if not rule:
        return _("Nhiều ngày")
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    by_day = parts.pop("BYDAY", "").split(",")
    if not set(by_day) <= {"", *CODES}:
        return rule
    days = [str(name) for code, name in zip(CODES, WEEKDAYS, strict=True) if code in by_day]
    frequency = parts.pop("FREQ")
    if parts or frequency == "MONTHLY" or (frequency == "WEEKLY" and not days):
        return rule
    if days:
        return _("%(days)s hằng tuần") % {"days": ", ".join(days)}
    return _("Hằng ngày")
