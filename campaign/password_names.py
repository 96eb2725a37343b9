"""Passwords that are made of names which everybody knows: the first that somebody tries."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.models import Unit
from campaign.scopes import scope_of
from core.portal import portal
from core.vietnamese import fold

# Fewer letters than these, beside the names, are no word of one's own.
LEAST_LEFT = 4
SHORTEST_WORD = 3


class KnownNamesValidator:
    """Refuses what is only the names of the portal, the province, the own unit or the person."""

    def validate(self, password: str, user: Any = None) -> None:
        left = typed = _letters(password)
        for name in sorted(_known_to(user), key=len, reverse=True):
            left = left.replace(name, "")
        # Digits alone are refused by a rule of their own.
        if typed and len(left) < LEAST_LEFT:
            raise ValidationError(self.get_help_text(), code="password_of_known_names")

    def get_help_text(self) -> str:
        return _(
            "Mật khẩu chỉ gồm tên cổng, tên địa bàn, tên của bạn và số thì ai cũng đoán được. "
            "Thêm vài từ khác không liên quan."
        )


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", fold(text))


def _known_to(user: Any) -> set[str]:
    """Return names and their longer words, as letters alone."""
    names = [portal().name, *Unit.objects.filter(parent=None).values_list("name", flat=True)]
    if user is not None:
        names += [user.full_name, user.username, user.email.partition("@")[0]]
        # An account that is only about to be has none.
        for appointment in scope_of(user).appointments if user.pk else ():
            names += [str(place) for place in (appointment.branch, appointment.unit) if place]
    words = {_letters(word) for name in names for word in (name, *re.split(r"[\W_]+", name))}
    return {word for word in words if len(word) >= SHORTEST_WORD}
