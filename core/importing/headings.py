"""Where the header of a table is, and what it says."""

import itertools
from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.importing.inspection import Grid, Unread
from core.importing.kinds import refusal
from core.importing.workbook import MOST_TITLES

MOST_COLUMNS = 100


def header_row(grid: Grid) -> int:
    """Return the row of the header: below rows with a single cell, which are titles.

    A letterhead, with the names of two offices side by side, is a title too where another of few
    cells stands under it.
    """
    if not grid.rows:
        raise ValidationError(_("Tệp trống. Chọn tệp có dòng tiêu đề và các dòng dữ liệu."))
    above = list(itertools.islice(grid.rows, 1 + MOST_TITLES))
    filled = {n: sum(c is not None for c in grid.rows[n]) for n in above}
    is_letterhead = filled[above[0]] == 2 and filled.get(above[min(1, len(above) - 1)], 0) <= 2
    if is_letterhead and max(filled.values()) > 3:
        return next(n for n in above if filled[n] > 2)
    if filled[above[0]] == 1:
        return next((n for n in above if filled[n] > 1), above[0])
    return above[0]


def headers_of(cells: list[Any]) -> list[str]:
    for cell in cells:
        if isinstance(cell, Unread):
            raise ValidationError(cell.text)
    names = ["" if c is None else " ".join(str(c).split()).lower() for c in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise ValidationError(_("Dòng đầu trống. Dòng đầu phải là tên các cột."))
    if len(names) > MOST_COLUMNS:
        raise ValidationError(refusal("wide"))
    if "" in names:
        raise ValidationError(
            _("Cột thứ %(n)s không có tên ở dòng đầu. Đặt tên hoặc xóa cột đó.")
            % {"n": names.index("") + 1}
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValidationError(
            _("Cột “%(name)s” có hai lần. Chỉ giữ một cột.") % {"name": twice[0][:40]}
        )
    return names


def join_headings(grid: Grid, header: int) -> dict[int, str] | None:
    """Make one row, the lower, of two rows of headings: groups merged over their columns.

    Return the groups by column, None where there is one row only. Of columns with the same name
    in several groups the group is part of the name.
    """
    areas = [
        (left, right)
        for top, bottom, left, right in grid.merged
        if top == bottom == header and left < right
    ]
    upper, lower = grid.rows[header], grid.rows.get(header + 1)
    if lower is not None and not grid.merged:
        areas = _spread(upper, lower)
    if not areas or lower is None:
        return None
    width = max(len(upper), len(lower), *(right + 1 for _left, right in areas))
    upper, lower = (cells + [None] * (width - len(cells)) for cells in (upper, lower))
    group_of = {c: upper[left] for left, right in areas for c in range(left, right + 1)}
    is_heading = all(
        isinstance(below, str) if c in group_of else None in (upper[c], below)
        for c, below in enumerate(lower)
    )
    if not is_heading:
        # What stands under a heading of several columns are data.
        return None
    names = [below if c in group_of else upper[c] or below for c, below in enumerate(lower)]
    known = Counter(str(name).casefold() for name in names)
    groups = {c: " ".join(str(of).split()) for c, of in group_of.items() if of is not None}
    for column in [c for c in groups if known[names[c].casefold()] > 1]:
        names[column] = f"{groups.pop(column)} {names[column]}"
    del grid.rows[header]
    grid.rows[header + 1] = names
    return groups


def _spread(upper: list[Any], lower: list[Any]) -> list[tuple[int, int]]:
    """Return the columns over which headings stand without being merged, as CSV has them.

    “Lũy kế” above M1 with a blank beside it, above M2; and beside such groups columns with nothing
    below their heading, which a row of data would hardly have.
    """
    width = max(len(upper), len(lower))
    upper, lower = (cells + [None] * (width - len(cells)) for cells in (upper, lower))
    areas: list[tuple[int, int]] = []
    for column, (above, below) in enumerate(zip(upper, lower, strict=True)):
        if above is not None and below is not None:
            areas.append((column, column))
        elif above is None and below is not None:
            if not areas or areas[-1][1] != column - 1:
                return []
            areas[-1] = areas[-1][0], column
    has_single = any(below is None for below in lower)
    return areas if has_single and all(left < right for left, right in areas) else []
