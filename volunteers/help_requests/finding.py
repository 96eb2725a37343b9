"""A request found again by what is on its receipt and the telephone, or by a desk."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.guesses import Guesses
from core.receipt_numbers import read_number
from core.validators import normalise_phone
from volunteers.help_requests.models import HelpRequest
from volunteers.help_requests.querysets import HelpRequestQuerySet
from volunteers.help_requests.services import TooMany


def find_again(*, number: str, phone: str, address: str) -> HelpRequest | None:
    """Return the request of a receipt and the telephone on it, None for any other pair.

    Whoever has both is let in as with the address of the receipt. Wrong pairs are guesses at the
    number: raises ``TooMany``.
    """
    guesses = Guesses(f"request {address}", f"request {number}")
    if seconds := guesses.begin():
        text = _("Sai nhiều lần. Đợi %(minutes)s phút rồi thử lại.")
        raise TooMany(text % {"minutes": -(-seconds // 60)}, seconds)
    found = HelpRequest.objects.numbered(number).filter(phone=phone, purged_at=None)
    request = found.select_related("unit").first()
    if request is not None:
        guesses.forgive()
    return request


def requests_called(user: Any, text: str) -> HelpRequestQuerySet:
    """Return the requests that a desk means by a number or a telephone; none for other text.

    By telephone only those are found whose person the user may know.
    """
    visible = HelpRequest.objects.visible_to(user)
    try:
        phone = normalise_phone(text, or_landline=True)
    except ValidationError:
        number = read_number(text)
        return visible.numbered(number) if number else visible.none()
    return HelpRequest.objects.known_to(user).filter(phone=phone)
