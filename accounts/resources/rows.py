"""One row of a file on its way in, and what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from import_export.results import Result


@dataclass
class Item:
    """One row of the file: what its cells say, where that goes, and the row it becomes.

    ``values`` are by column, ``assign`` by attribute of the model; ``errors`` by column.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    assign: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    instance: Any = None
    before: list[str] | None = None
    after: list[str] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        """Whether the row says something else than the database."""
        return self.before != self.after

    def refuse(self, error: ValidationError) -> None:
        """Note what is wrong with the row."""
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in found.items():
            self.errors.setdefault("" if name == NON_FIELD_ERRORS else name, []).extend(messages)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a file; ``number`` is None for the file as a whole."""

    number: int | None
    column: str
    text: str


def problems_of(result: Result, title_of: Callable[[str], str]) -> list[Problem]:
    """Return everything that keeps a file from being imported, by row.

    ``title_of`` says how a column is called in the file.
    """
    problems = [
        Problem(None, "", text)
        for error in result.base_errors
        for text in getattr(error.error, "messages", [str(error.error)])
    ]
    for row in result.error_rows:
        problems.append(
            Problem(row.number, "", _("Lỗi không lường trước ở dòng này. Báo người quản trị."))
        )
    for row in result.invalid_rows:
        for column, texts in row.error_dict.items():
            name = "" if column == NON_FIELD_ERRORS else title_of(column)
            problems += [Problem(row.number, name, text) for text in texts]
    return sorted(problems, key=lambda problem: problem.number or 0)
