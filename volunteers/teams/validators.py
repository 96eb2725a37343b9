"""Checks of values about teams and people, shared by forms, imports and services."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.clock import today
from core.validators import clean_text
from core.vietnamese import spellings

NAME_LENGTH = 150
TEAM_NAME_LENGTH = 200
YOUNGEST, OLDEST = 10, 100


def clean_name(text: str, most: int = NAME_LENGTH) -> str:
    """Return a name on one line with single blanks; raise ``ValidationError`` if too long."""
    name = " ".join(clean_text(text, most).split())
    if len(name) > most:
        raise ValidationError(_("Dài quá %(most)s ký tự. Viết ngắn lại.") % {"most": most})
    return name


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, written in capitals or with thủy as thuỷ."""
    return one == other or other.casefold() in {route.casefold() for route in spellings(one)}


def check_birth_year(year: int) -> int:
    """Return the year of somebody's birth; raise ``ValidationError`` for another number."""
    first, last = today().year - OLDEST, today().year - YOUNGEST
    if not first <= year <= last:
        raise ValidationError(
            _("Năm sinh từ %(first)s đến %(last)s. Ví dụ: 1998.") % {"first": first, "last": last}
        )
    return year


def check_dates(begins: dt.date | None, ends: dt.date | None, name: str) -> None:
    """Raise ``ValidationError`` where the end is not after the beginning.

    ``name`` is that of the end: ``dissolved_on`` of a team or ``left_on`` of a member.
    """
    if begins is not None and ends is not None and ends <= begins:
        raise ValidationError(
            _("Ngày giải thể phải sau ngày thành lập.")
            if name == "dissolved_on"
            else _("Ngày thôi phải sau ngày tham gia.")
        )
