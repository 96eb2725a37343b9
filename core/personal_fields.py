"""Columns that hold a person's name or number: who takes one out of a row is noted.

No page says that it shows people, so no page can forget to: what is taken out of such a column
while a page is made is what the page shows (``privacy.middleware`` keeps the record). What is
read past the row, by ``values()``, is not noted; ``tests/privacy`` looks at every page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

# What stands in place of the name of somebody whose data has ended.
FORGOTTEN_NAME = "(đã xóa tên)"


@dataclass
class Noted:
    """Whose names and numbers were taken out: rows by ``key_of``, with their account if any."""

    people: dict[str, Any] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)

    def others(self, reader: Any) -> list[str]:
        """Return the keys of all but the reader; of everybody, for who is not signed in."""
        account = reader.pk if reader.is_authenticated else None
        own = key_of(reader) if account else ""
        return sorted(
            key
            for key, whose in self.people.items()
            if key != own and (account is None or whose != account)
        )


_noted: ContextVar[Noted | None] = ContextVar("noted", default=None)


@contextmanager
def noting(*, goes_on: bool = False) -> Iterator[Noted]:
    """Note whose data is taken out of rows within; where it ``goes_on``, for those around, too."""
    noted, around = Noted(), _noted.get()
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)
        if goes_on and around is not None:
            around.people |= noted.people
            around.numbers |= noted.numbers


def key_of(row: models.Model) -> str:
    """Return what names a person's row in the record: ``volunteer:12``."""
    return f"{row._meta.model_name}:{row.pk}"


class NotingAttribute(DeferredAttribute):
    """The column of a row, which notes when it is read."""

    field: Any

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        noted = _noted.get()
        if noted is None or instance is None or not value or value == FORGOTTEN_NAME:
            return value
        row = instance.__dict__
        if row.get("id") is not None:
            key = key_of(instance)
            noted.people[key] = row.get("user_id")
            if self.field.is_number:
                noted.numbers.add(key)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class PersonalField(models.CharField):  # type: ignore[type-arg]
    """A column with a person's name, or with a number to call. In the database it is a text."""

    descriptor_class = NotingAttribute

    def __init__(self, *args: Any, is_number: bool = False, **kwargs: Any) -> None:
        self.is_number = is_number
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Be a plain text in migrations: what is noted is no matter of the schema."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def clone(self) -> Any:
        cloned: Any = type(self)(**{**self.deconstruct()[3], "is_number": self.is_number})
        return cloned
