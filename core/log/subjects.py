"""What the log holds, as the subjects say.

A subject has two lines: ``log_rows`` in a migration, which lets the database write its leaves,
and ``register_subject`` here, by which ``verify`` holds the rows against them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Rows that a subject's leaves speak of.

    ``content`` is what a leaf says of the row, ``key`` the row's id, both in SQL over ``doc``, all
    that the leaf holds. ``columns`` are read of the table, ``trigger`` writes its leaves.
    ``is_forgotten`` is whether a row is deleted only with what the log said of it; ``gone`` says of
    which rows a record tells that they were deleted lawfully, in SQL over ``doc`` too.
    """

    table: str
    content: str = "doc"
    key: str = "leaf.key"
    columns: str = "*"
    trigger: str = "row_is_logged"
    is_forgotten: bool = False
    gone: str = "false"


@dataclass(frozen=True)
class Subject:
    name: str
    parts: tuple[Part, ...]


_subjects: dict[str, Subject] = {}


def register_subject(name: str, *parts: Part) -> None:
    _subjects[name] = Subject(name, parts)


def subjects() -> list[Subject]:
    return list(_subjects.values())
