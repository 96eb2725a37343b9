"""Cells that only files of campaigns have."""

from typing import Any

from import_export.widgets import Widget

from accounts.resources.cells import text_of
from campaign.formulas import formula_of, parse_formula
from campaign.numbers import read_whole

# What a PositiveSmallIntegerField and a PositiveIntegerField hold.
MOST_SMALL = 32_767
MOST = 2_147_483_647


class Whole(Widget):  # type: ignore[misc]
    """A whole number from 0, strictly read: ``1.000`` is asked about."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self.most = most

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the number or None."""
        return read_whole(value, self.most)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the number itself for Excel, else its digits."""
        if kwargs.get("force_native_type"):
            return value
        return "" if value is None else str(value)


class Formula(Widget):  # type: ignore[misc]
    """The terms of a derived indicator: ``level1 + level2 - upgraded``."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return code to factor; {} where nothing is derived."""
        return parse_formula(text_of(value))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """Return the formula."""
        return formula_of(value or {})
