"""Names without marks, in the database: for columns that keep no ``fold`` of their own."""

from django.db.models import CharField, Func, Value
from django.db.models.functions import Lower

from core.vietnamese import APOSTROPHES, fold

# Small letters with marks, as they are stored (NFC), and each without.
_BARE = {
    letter: fold(letter)
    for letter in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if letter.islower() and len(fold(letter)) == 1 and fold(letter) != letter
}


class Folded(Func):
    """A text as ``core.vietnamese.fold`` returns it, but for blanks: small, without marks."""

    function = "translate"
    output_field = CharField()

    def __init__(self, column: str) -> None:
        # What has no counterpart, as an apostrophe, is left out.
        marked, bare = "".join(_BARE) + APOSTROPHES, "".join(_BARE.values())
        super().__init__(Lower(column), Value(marked), Value(bare))
