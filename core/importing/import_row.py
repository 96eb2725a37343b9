"""One row of a file on its way in, and what is wrong with a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from import_export.results import Result


@dataclass
class ImportRow:
    """One row of the file: what its cells say, where that goes, and the row it becomes.

    ``values`` are by field of the resource, ``assign`` by attribute of the model, ``errors``
    by title of the column. ``before`` and ``after`` are what the columns say in the database
    and with the file; a new row has no ``before``.
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
        return self.before != self.after

    def refuse(self, error: ValidationError, titles: Mapping[str, str]) -> None:
        """Note what is wrong; ``titles`` gives the column of what the error is about."""
        by_key = (
            error.message_dict
            if hasattr(error, "error_dict")
            else {NON_FIELD_ERRORS: error.messages}
        )
        for key, messages in by_key.items():
            self.errors.setdefault(titles.get(key, key), []).extend(messages)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a file; ``number`` is None for the file as a whole."""

    number: int | None
    column: str
    text: str


def problems_of(result: Result) -> list[Problem]:
    problems = [
        Problem(None, "", text)
        for error in result.base_errors
        for text in getattr(error.error, "messages", [str(error.error)])
    ]
    problems += [
        Problem(row.number, "", _("Lỗi không lường trước ở dòng này. Báo người quản trị."))
        for row in result.error_rows
    ]
    problems += [
        Problem(row.number, "" if column == NON_FIELD_ERRORS else column, text)
        for row in result.invalid_rows
        for column, texts in row.error_dict.items()
        for text in texts
    ]
    return sorted(problems, key=lambda problem: problem.number or 0)
