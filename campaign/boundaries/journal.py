"""Writes rows and notes what they were, so that all of it can be taken back."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from core import clock

Entry = dict[str, Any]


class Journal:
    """``written`` has an entry for each row, in order: ``model``, ``pk``, and for one that was
    there already ``was`` and ``is``, its values before and after.
    """

    def __init__(self) -> None:
        self.written: list[Entry] = []

    def create(self, row: models.Model) -> None:
        row.save()
        self.made(row)

    def made(self, row: models.Model) -> None:
        """Note a row that is new."""
        self.written.append({"model": row._meta.label, "pk": _plain(row.pk)})

    def update(self, row: models.Model, **values: Any) -> None:
        was = {name: _value(row, name) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=[*values, *_stamp(type(row))])
        now = {name: _value(row, name) for name in values}
        self.written.append({"model": row._meta.label, "pk": _plain(row.pk), "was": was, "is": now})


def take_back(written: list[Entry]) -> None:
    """Put all rows back, the last first, within ``settings_change``.

    Raises ``ValidationError`` where one was changed since, or something new hangs on one.
    """
    for entry in reversed(written):
        model = apps.get_model(entry["model"])
        row = model._base_manager.filter(pk=entry["pk"]).first()
        if "was" not in entry:
            _remove(row)
            continue
        if row is None or {name: _value(row, name) for name in entry["is"]} != entry["is"]:
            raise ValidationError(
                _("“%(row)s” đã được sửa sau đó, nên không lấy lại được nữa.") % {"row": row or "?"}
            )
        columns = {_column(model, name): value for name, value in entry["was"].items()}
        stamp = {name: clock.now() for name in _stamp(model)}
        model._base_manager.filter(pk=row.pk).update(**columns, **stamp)


def _remove(row: models.Model | None) -> None:
    if row is None:
        return
    try:
        row.delete()
    except (ProtectedError, RestrictedError) as error:
        raise ValidationError(
            _("“%(row)s” đã được dùng sau đó, nên không lấy lại được nữa.") % {"row": row}
        ) from error


def _stamp(model: type[models.Model]) -> list[str]:
    return [f.name for f in model._meta.concrete_fields if f.name == "updated_at"]


def _column(model: type[models.Model], name: str) -> str:
    column: Any = model._meta.get_field(name)
    return str(column.attname)


def _value(row: models.Model, name: str) -> Any:
    return _plain(getattr(row, _column(type(row), name)))


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it; days and keys come back from their text."""
    return value if value is None or isinstance(value, int | str | list | dict) else str(value)
