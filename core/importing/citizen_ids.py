"""A file with citizen ids is refused as a whole: nothing of it is kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.importing.inspection import address
from core.personal_data import DIGITS, NO_WIDTH, can_be_citizen_id, holds_citizen_id
from core.text_gate import normal

# A single one is told with its row, as any other text that is wrong.
MOST_IN_A_COLUMN = 1
# What Excel itself lets stand in a cell.
LONGEST_CELL = 32_767


def refuse_columns_of_ids(rows: Mapping[int, list[Any]]) -> None:
    """Raise ``ValidationError`` for a column of ids, whether anybody reads it or not."""
    seen: Counter[int] = Counter()
    for number, cells in rows.items():
        for index, cell in enumerate(cells):
            if _is_like_an_id(cell):
                seen[index] += 1
                if seen[index] > MOST_IN_A_COLUMN:
                    text = _(
                        "Ô %(cell)s có số giống số định danh. Xóa cột đó khỏi tệp: cổng không lưu."
                    )
                    raise ValidationError(text % {"cell": address(number, index)})


def refuse_any_id(*rows: Iterable[Any]) -> None:
    """Raise ``ValidationError`` for a single id in a table that is stored as it came."""
    for cells in rows:
        if any(map(_is_like_an_id, cells)):
            raise ValidationError(
                _("Trong tệp có số giống số định danh. Xóa số đó khỏi tệp: cổng không lưu.")
            )


def _is_like_an_id(cell: Any) -> bool:
    if isinstance(cell, int | float):
        # As a number it has lost its nought; 84 begins the number of a telephone.
        is_whole = 10**10 <= cell < 10**12 and cell // 10**9 != 84
        return is_whole and can_be_citizen_id(f"{int(cell):012d}")
    # Most cells have too few digits to look any further.
    if not isinstance(cell, str) or len(cell) < DIGITS or sum(map(str.isnumeric, cell)) < DIGITS:
        return False
    return holds_citizen_id(NO_WIDTH.sub("", normal("NFKC", cell[:LONGEST_CELL])))
