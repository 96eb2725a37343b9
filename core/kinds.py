"""Kinds of things as data: what comes with the portal, in the province's words, and its own.

A kind is a code in a row and a word on a page. The codes that the portal brings are members of a
``TextChoices``, since code asks for some of them; a row of ``core.models.KindWord`` gives one of
them other words, takes it off the lists to choose from, or is a kind of the province's own. A code
never changes and no row is deleted, so that what bears it is always called something.

A process holds the rows for ``FRESH`` seconds, as it does the portal's name.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, ProgrammingError, models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.models import KindWord
from core.portal import FRESH, note_later
from core.vietnamese import fold

Choice = tuple[str, Any]
_known: tuple[float, dict[str, list[KindWord]]] | None = None


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds of one thing; ``longest`` is the column's width."""

    of: str
    label: Any
    built_in: type[models.TextChoices]
    longest: int = 20

    def __post_init__(self) -> None:
        REGISTRY[self.of] = self

    def rows(self) -> list[KindWord]:
        """Return all of them in their order, those that come with the portal as it calls them."""
        found = {
            code: KindWord(of=self.of, code=code, name=label, order=at)
            for at, (code, label) in enumerate(self.built_in.choices, start=1)
        }
        found |= {row.code: row for row in _rows().get(self.of, [])}
        return sorted(found.values(), key=lambda row: row.order)

    def choices(self) -> Iterator[Choice]:
        """Yield all with their words, for what is stored already."""
        return ((row.code, word_of(row)) for row in self.rows())

    def offered(self) -> list[Choice]:
        """Return those to choose from."""
        return [(row.code, word_of(row)) for row in self.rows() if row.is_offered]

    def locked(self, code: str) -> KindWord | None:
        """Return the stored row, which nobody else writes while the transaction lasts."""
        return KindWord.objects.select_for_update().filter(of=self.of, code=code).first()

    def save(self, row: KindWord) -> None:
        """Write the words of a kind down; a new one gets a code made from its name."""
        if not row.code:
            row.code = self._free(row.name)
        row.of = self.of
        is_last = not any(one.is_offered for one in self.rows() if one.code != row.code)
        if is_last and not row.is_offered:
            raise ValidationError({"is_offered": _("Phải còn ít nhất một loại để chọn.")})
        with transaction.atomic():
            row.save()
            transaction.on_commit(_spread)

    def _free(self, name: str) -> str:
        base = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_") or "loai"
        taken = {row.code for row in self.rows()}
        code, number = base[: self.longest].rstrip("_"), 2
        while code in taken:
            ending = f"_{number}"
            code, number = base[: self.longest - len(ending)].rstrip("_") + ending, number + 1
        return code


REGISTRY: dict[str, Kinds] = {}


def word_of(row: KindWord) -> Any:
    return row.name_en if row.name_en and get_language() == "en" else row.name


def _rows() -> dict[str, list[KindWord]]:
    """Return the province's rows by what they are kinds of, as they were up to 5 s ago."""
    global _known
    known = _known
    if known is None or time.monotonic() > known[0]:
        found: dict[str, list[KindWord]] = {}
        try:
            for row in KindWord.objects.order_by("order", "pk"):
                found.setdefault(row.of, []).append(row)
        # While there is no database; or no table yet, as when `migrate` looks at the models.
        except (OperationalError, InterfaceError, ProgrammingError):
            return known[1] if known else {}
        known = _known = (time.monotonic() + FRESH, found)
    return known[1]


def _spread() -> None:
    global _known
    _known = None
    note_later()
