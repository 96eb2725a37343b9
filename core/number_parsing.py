"""Whole numbers as people type them and as Excel hands them over.

A number that could be read in two ways is asked about, never guessed: blank is not zero,
and ``1.000`` is neither 1 nor 1000.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

# Blanks and marks of width zero that phones and chat programs put around a number.
INVISIBLE = re.compile("[\\s\u00a0\u200b-\u200f\u2060\ufeff]")

# More digits than any number here has: such a run is refused before it is converted.
LONGEST = 18


def parse_whole(text: str, most: int) -> int | None:
    """Read a whole number from 0 to ``most`` as a person typed it; blank is None.

    ASCII digits only, in one run. Raises ``ValidationError`` that says what to type.
    """
    typed = INVISIBLE.sub(" ", text).strip()
    if not typed:
        return None
    digits = re.sub(r"[ .,]", "", typed)
    if re.fullmatch(r"[0-9]+", typed):
        return check_whole(int(digits) if len(digits) <= LONGEST else most + 1, most)
    if (
        re.fullmatch(r"[0-9]{1,3}([ .,][0-9]{3})+", typed)
        and len(digits) <= LONGEST
        and int(digits) <= most
    ):
        raise ValidationError(
            _("Chưa rõ “%(typed)s” là bao nhiêu. Gõ liền các chữ số, ví dụ %(digits)s.")
            % {"typed": typed[:20], "digits": digits}
        )
    if re.fullmatch(r"[-−–]\s*[0-9]+", typed):
        raise ValidationError(_("Không nhập số âm. Nhập số nguyên, ít nhất là 0."))
    if re.fullmatch(r"[0-9]+[.,][0-9]*", typed):
        raise ValidationError(_("Nhập số nguyên, không có phần lẻ. Ví dụ: 30."))
    # What cannot be seen, or turns the line round, is not repeated in the message.
    shown = "".join(char for char in typed if char.isprintable())[:20]
    raise ValidationError(
        _("Chưa đọc được “%(typed)s”. Nhập số nguyên, ví dụ 30.") % {"typed": shown}
    )


def check_whole(value: Any, most: int) -> int:
    """Check a number that came as a number: a whole one from 0 to ``most``.

    Excel knows no whole numbers: its 35 arrives as 35.0, which is taken; 35.5 is not.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, float):
        raise ValidationError(_("Nhập số nguyên, không có phần lẻ. Ví dụ: 30."))
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValidationError(_("Nhập một số nguyên, ví dụ 30."))
    if value < 0:
        raise ValidationError(_("Không nhập số âm. Nhập số nguyên, ít nhất là 0."))
    if value > most:
        raise ValidationError(
            _("Số lớn quá: nhiều nhất là %(most)s. Xem có thừa chữ số không.")
            % {"most": number_format(most, use_l10n=True, force_grouping=True)}
        )
    return value


def read_whole(cell: Any, most: int) -> int | None:
    """Read a cell of a file: text as typed, or what Excel made of it; blank is None."""
    if cell is None:
        return None
    return parse_whole(cell, most) if isinstance(cell, str) else check_whole(cell, most)
