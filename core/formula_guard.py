"""Text in files that spreadsheets open: nothing of it may run as a formula."""

from typing import Any

# What a spreadsheet takes for a formula begins so, full-width signs too.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
GUARD = "'"


def guarded(cell: Any) -> Any:
    """Put a mark before text that would be taken for a formula; ``unguarded`` takes it off.

    Text that begins with the mark gets another one, so that reading gives back what was written.
    """
    is_risky = isinstance(cell, str) and cell.startswith((*FORMULA_STARTS, GUARD))
    return GUARD + cell if is_risky else cell


def unguarded(text: str) -> str:
    bare = text.removeprefix(GUARD)
    return bare if bare.startswith((*FORMULA_STARTS, GUARD)) else text
