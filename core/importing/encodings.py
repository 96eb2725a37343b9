"""The text of a CSV file, in whichever encoding Excel saved it."""

import codecs
import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.importing.old_fonts import TONES, is_syllable
from core.text_gate import normal

BETWEEN_WORDS = re.compile(r"""[\s/,.;:|()"'-]+""")
# Latin-1 and TCVN3 use the same bytes for other letters, and make words of them that are none.
MOST_STRANGE_WORDS = 0.3


def text_of(data: bytes) -> str:
    """Return what a file says; raise ``ValidationError`` where its letters cannot be known."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ValidationError(_utf_16()) from error
    if b"\x00" in data[:1000]:
        raise ValidationError(_utf_16())
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _windows_1258(data)
        if text is None:
            raise ValidationError(
                _(
                    "Tệp không phải UTF-8 (có thể là Windows-1258 hay TCVN3), chữ có dấu sẽ sai. "
                    "Trong Excel chọn “CSV UTF-8”, hoặc gửi tệp .xlsx."
                )
            ) from error
        return text


def _utf_16() -> str:
    return _("Tệp lưu ở dạng Unicode (UTF-16). Trong Excel chọn “CSV UTF-8”, hoặc gửi tệp .xlsx.")


def _windows_1258(data: bytes) -> str | None:
    """Return the text if its tones follow their vowels, and its words are nearly all Vietnamese."""
    try:
        read = data.decode("cp1258")
    except UnicodeDecodeError:
        return None
    text = "".join(normal("NFC", line) for line in read.splitlines(keepends=True))
    words = [word for word in BETWEEN_WORDS.split(text) if not word.isascii()]
    strange = sum(not is_syllable(word) for word in words)
    has_tones = any(tone in read for tone in TONES)
    is_read = has_tones and strange <= MOST_STRANGE_WORDS * len(words)
    return text if is_read else None
