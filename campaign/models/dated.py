"""Values that hold from a day on: a row keeps what they were before, and until when.

Its columns hold what was set last, ``past`` what was before: so yesterday is judged by yesterday's
value, and who reads a row of a day need not look anywhere else.
"""

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from django.db import models

# Until which day a field was what: {"field": "value", "until": "2023-06-20", "was": 800000}.
# On that day it was that no more. The entries stand in the order of their days.
Entry = Mapping[str, Any]


class Dated(models.Model):
    """A row whose fields in ``dated`` hold from a day on; a change of settings writes ``past``."""

    past = models.JSONField(default=list, editable=False)

    dated: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def on(self, day: dt.date) -> Self:
        """Return the row as it was, or is going to be, on ``day``; not to be saved."""
        if not self.past:
            return self
        row = copy.copy(self)
        for name, value in values_on(type(self), self.past, day).items():
            setattr(row, name, value)
        return row


def sql_on(alias: str, name: str, day: str, kind: str) -> str:
    """Return what ``name`` was on ``day`` in raw SQL, for a field that is never blank."""
    return f"""CASE WHEN {alias}.past = '[]' THEN {alias}.{name} ELSE coalesce((
        SELECT (entry ->> 'was')::{kind} FROM jsonb_array_elements({alias}.past) entry
        WHERE entry ->> 'field' = '{name}' AND (entry ->> 'until')::date > {day}
        ORDER BY entry ->> 'until' LIMIT 1), {alias}.{name}) END"""  # noqa: S608 - our own names


def values_on(model: type[models.Model], past: Sequence[Entry], day: dt.date) -> dict[str, Any]:
    """Return what those fields were on ``day`` that are another now."""
    found: dict[str, Any] = {}
    for entry in past:
        name = entry["field"]
        if entry["until"] > day.isoformat() and name not in found:
            column: Any = model._meta.get_field(name)
            found[name] = column.to_python(entry["was"])
    return found


def last_change(past: Sequence[Entry]) -> dt.date | None:
    """Return the day from which what was set last holds; None where it was never another."""
    return dt.date.fromisoformat(past[-1]["until"]) if past else None


def past_from(past: Sequence[Entry], since: dt.date, now: Mapping[str, Any]) -> list[Entry]:
    """Return ``past`` once what was set last holds from ``since`` on; ``now`` is what it is."""
    last = [entry for entry in past if entry["until"] == past[-1]["until"]]
    rest = [entry for entry in past if entry not in last]
    before = {entry["field"]: entry["was"] for entry in last}
    return past_with(rest, since, before, {name: now[name] for name in before})


def past_with(
    past: Sequence[Entry], since: dt.date, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Entry]:
    """Return ``past`` once fields that were ``before`` are ``after`` from ``since`` on.

    What was set for days from ``since`` on is overruled; the days before stay what they were.
    """
    found = [entry for entry in past if entry["field"] not in after]
    for name, now in after.items():
        of_field = [entry for entry in past if entry["field"] == name]
        earlier = [entry for entry in of_field if entry["until"] < since.isoformat()]
        later = [entry for entry in of_field if entry["until"] >= since.isoformat()]
        was = later[0]["was"] if later else plain_value(before[name])
        earlier.append({"field": name, "until": since.isoformat(), "was": was})
        following = plain_value(now)
        for entry in reversed(earlier):
            if entry["was"] != following:
                found.append(entry)
            following = entry["was"]
    return sorted(found, key=lambda entry: (entry["until"], entry["field"]))


def plain_value(value: Any) -> Any:
    """Return a value as JSON holds it."""
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value
