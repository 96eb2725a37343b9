"""What the log holds, as the subjects say.

A subject has two lines: ``log_rows`` in a migration, which lets the database write its leaves,
and ``register_subject`` here, by which ``verify`` holds the rows against them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Rows that a subject's leaves speak of.

    ``said`` is what a leaf says of the row and ``key`` the row's id, in SQL: ``doc`` is the leaf's
    content. ``columns`` are those of the table that are read, ``trigger`` is what writes leaves.
    """

    table: str
    said: str = "doc"
    key: str = "leaf.key"
    columns: str = "*"
    trigger: str = "row_is_logged"


@dataclass(frozen=True)
class Subject:
    name: str
    parts: tuple[Part, ...]


_subjects: dict[str, Subject] = {}


def register_subject(name: str, *parts: Part) -> None:
    _subjects[name] = Subject(name, parts)


def subjects() -> list[Subject]:
    return list(_subjects.values())
