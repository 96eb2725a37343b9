"""Cells that only files of campaigns have."""

from typing import Any

from import_export.widgets import IntegerWidget, Widget

from campaign.formulas import formula_of, parse_formula
from core.importing.widgets import text_of
from core.number_parsing import read_whole

# What a PositiveSmallIntegerField and a PositiveIntegerField hold.
MOST_SMALL = 32_767
MOST = 2_147_483_647


class WholeWidget(IntegerWidget):  # type: ignore[misc]
    """A whole number from 0, strictly read: ``1.000`` is asked about."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self.most = most

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return read_whole(value, self.most)


class FormulaWidget(Widget):  # type: ignore[misc]
    """The terms of a derived indicator, ``level1 + level2 - upgraded``: code to factor."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return parse_formula(text_of(value))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return formula_of(value or {})
