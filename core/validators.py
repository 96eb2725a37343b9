"""Checks of what people type about themselves, shared by forms, imports and services."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.personal_data import NO_WIDTH, holds_citizen_id
from core.text_gate import LONGEST, is_stacked, normal

# Marks that turn the direction of text round can make a line read as another one.
UNSEEN_RANGES = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e\u2066-\u2069"
UNSEEN = re.compile(rf"[{UNSEEN_RANGES}\ud800-\udfff]")
NOTE_LENGTH = 2000
# A number with what people write between its digits; what is longer is none.
LONGEST_PHONE = 60
# Of a table in the admin, and what stands for how many there are.
MOST_ROWS, LONGEST_COUNT = 100, 9
# A letter with its marks, as some phones send them, is three characters.
SPELT = 3
UNREADABLE = gettext_lazy("Có ký tự điều khiển không đọc được. Xóa đi rồi gõ lại phần chữ đó.")
STACKED = gettext_lazy("Có chữ mang quá nhiều dấu chồng lên nhau. Xóa đi rồi gõ lại chữ đó.")
CITIZEN_ID = gettext_lazy(
    "Có 12 chữ số liền nhau, giống số định danh. Xóa đi: cổng không lưu số định danh."
)

# Django's own Vietnamese has no words for it.
ProhibitNullCharactersValidator.message = UNREADABLE


def normalise_phone(text: str, *, or_landline: bool = False) -> str:
    """Return a Vietnamese telephone number as 10 digits from 0, of a landline as 11.

    Takes ``0912 345 678``, ``+84912345678`` and ``84.912.345.678``, and ``0228 3648 123`` where
    a landline will do. Raises ``ValidationError`` for anything else.
    """
    digits = re.sub(r"[\s.\-()/]", "", normal("NFKC", text[:LONGEST_PHONE]))
    number = r"[1-9]\d{8}|2\d{9}" if or_landline else r"[1-9]\d{8}"
    match = re.fullmatch(rf"(?:(?:\+|00)?84|0)({number})", digits, flags=re.ASCII)
    if match is None and or_landline:
        raise ValidationError(
            _("Số di động gồm 10 chữ số, số cố định 11, bắt đầu bằng 0. Ví dụ: 0912345678.")
        )
    if match is None:
        raise ValidationError(_("Số điện thoại gồm 10 chữ số, bắt đầu bằng 0. Ví dụ: 0912345678."))
    return "0" + match[1]


def clean_text(text: str, most: int = LONGEST) -> str:
    """Return free text in NFC without blank ends, or say what may not be in it.

    Raises ``ValidationError`` for what is longer than ``most`` however it is spelt, for letters
    that no script has, for control characters and for citizen ids: of residents the portal
    keeps counts only.
    """
    if len(text) > SPELT * most:
        raise ValidationError(_("Dài quá %(most)s ký tự. Viết ngắn lại.") % {"most": most})
    if is_stacked(text):
        raise ValidationError(STACKED)
    text = normal("NFC", text).replace("\r\n", "\n").strip()
    if UNSEEN.search(text):
        raise ValidationError(UNREADABLE)
    refuse_citizen_id(text)
    return text


def refuse_citizen_id(text: str) -> None:
    if holds_citizen_id(NO_WIDTH.sub("", normal("NFKC", text))):
        raise ValidationError(CITIZEN_ID)


def clean_note(text: str, max_length: int = NOTE_LENGTH) -> str:
    """Check a free text of at most ``max_length`` characters and return it clean."""
    text = clean_text(text, max_length)
    if len(text) > max_length:
        raise ValidationError(_("Dài quá %(most)s ký tự. Viết ngắn lại.") % {"most": max_length})
    return text


def check_form(request: HttpRequest) -> None:
    """Refuse a form with a text that no field could take, names of files included.

    What a page of ours sends as JSON writes letters as they are.
    """
    if request.content_type == "application/json":
        if is_stacked(request.body.decode(errors="replace")):
            raise ValidationError(STACKED)
        return
    for name, texts in request.POST.lists():
        if any(map(is_stacked, texts)):
            raise ValidationError(STACKED)
        if name.endswith("-TOTAL_FORMS"):
            _check_rows(texts[-1])
    for _name, files in request.FILES.lists():
        for file in files:
            if is_stacked(file.name or ""):
                raise ValidationError(STACKED)
            refuse_citizen_id(file.name or "")


def _check_rows(text: str) -> None:
    """Refuse a table of more rows than a page has: Django would make a form for each."""
    if len(text) > LONGEST_COUNT:
        raise ValidationError(UNREADABLE)
    forms.IntegerField(max_value=MOST_ROWS).clean(text)


@contextmanager
def blamed_on(field: str) -> Iterator[None]:
    """Let what is refused within be the fault of ``field``."""
    try:
        yield
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error
