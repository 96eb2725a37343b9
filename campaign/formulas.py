"""Derived indicators as people write them: ``level1 + level2 - upgraded``."""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

TERM = re.compile(r"\s*([+-]?)\s*(?:([0-9]{1,4})\s*[*×x]\s*)?([a-z][a-z0-9_]{0,39})\s*")
MINUS = str.maketrans("−–—", "---")


def parse_formula(text: str) -> dict[str, int]:
    """Return code to factor in the order written; blank is {}.

    >>> parse_formula("level1 + 2*level2 - upgraded")
    {'level1': 1, 'level2': 2, 'upgraded': -1}
    """
    rest, terms = text.translate(MINUS).strip().lower(), dict[str, int]()
    while rest:
        match = TERM.match(rest)
        if match is None or (terms and not match[1]):
            raise ValidationError(
                _("Chưa đọc được “%(rest)s”. Ghi các mã với dấu + và −, ví dụ: %(example)s.")
                % {"rest": rest[:40], "example": "level1 + level2 - upgraded"}
            )
        sign, factor, code = match.groups()
        number = int(factor or 1) * (-1 if sign == "-" else 1)
        if number == 0 or code in terms:
            raise ValidationError(
                _("“%(code)s” phải có một lần, với hệ số khác 0.") % {"code": code}
            )
        terms[code] = number
        rest = rest[match.end() :]
    return terms


def formula_of(terms: Mapping[str, int]) -> str:
    """Write code to factor as a formula that ``parse_formula`` reads back.

    What is added comes first, then by code: the same terms always read the same.

    >>> formula_of({"level1": 1, "level2": 2, "upgraded": -1})
    'level1 + 2*level2 - upgraded'
    """
    text = ""
    for code, factor in sorted(terms.items(), key=lambda term: (term[1] < 0, term[0])):
        size = "" if abs(factor) == 1 else f"{abs(factor)}*"
        sign = (" - " if factor < 0 else " + ") if text else ("-" if factor < 0 else "")
        text += f"{sign}{size}{code}"
    return text
