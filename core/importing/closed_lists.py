"""Closed lists of a workbook that people fill in, on a sheet that nobody sees.

Written out in a cell's rule a list may have no comma in it and 255 characters at most.
"""

import itertools
from collections.abc import Sequence
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

# The reader knows it: a file that comes back is not asked about it.
SHEET = "DanhSach"


class ClosedLists:
    def __init__(self) -> None:
        self.lists: list[Sequence[str]] = []

    def rule(self, words: Sequence[str]) -> DataValidation:
        """Return the rule for cells that take one of these words, or none."""
        self.lists.append(words)
        letter = get_column_letter(len(self.lists))
        area = f"{SHEET}!${letter}$1:${letter}${len(words)}"
        return DataValidation(type="list", formula1=area, allow_blank=True)

    def write(self, workbook: Any) -> None:
        if not self.lists:
            return
        sheet = workbook.create_sheet(SHEET)
        sheet.sheet_state = "hidden"
        for row in itertools.zip_longest(*self.lists):
            sheet.append(row)
