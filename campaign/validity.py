"""The days on which a row exists: one rule for querysets, loaded rows and raw SQL.

A row exists from ``begins`` to the day before ``ends``; a blank end is open.
"""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.clock import today


@dataclass(frozen=True)
class Validity:
    """The names of the two columns."""

    begins: str
    ends: str

    def on(self, day: dt.date, prefix: str = "") -> Q:
        """Return the condition for a queryset; ``prefix`` leads to the row (``team__``)."""
        begins, ends = f"{prefix}{self.begins}", f"{prefix}{self.ends}"
        return (Q(**{f"{begins}__lte": day}) | Q(**{begins: None})) & (
            Q(**{f"{ends}__gt": day}) | Q(**{ends: None})
        )

    def during(self, first: dt.date, last: dt.date) -> Q:
        """Return the condition that a row exists on some day of a range."""
        return (Q(**{f"{self.begins}__lte": last}) | Q(**{self.begins: None})) & (
            Q(**{f"{self.ends}__gt": first}) | Q(**{self.ends: None})
        )

    def sql(self, alias: str, day: str = "%(day)s") -> str:
        """Return the condition for raw SQL; ``day`` is a parameter or a column."""
        begins, ends = f"{alias}.{self.begins}", f"{alias}.{self.ends}"
        return f"({begins} IS NULL OR {begins} <= {day}) AND ({ends} IS NULL OR {ends} > {day})"


class ValidityModel(models.Model):
    """Rows that exist for some days only."""

    validity: ClassVar[Validity]

    class Meta:
        abstract = True

    def exists_on(self, day: dt.date) -> bool:
        begins: dt.date | None = getattr(self, self.validity.begins)
        return (begins is None or begins <= day) and not self.has_ended_by(day)

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which the row exists; None where it goes on."""
        ends: dt.date | None = getattr(self, self.validity.ends)
        return ends - dt.timedelta(days=1) if ends else None

    def exists_during(self, first: dt.date, last: dt.date) -> bool:
        begins: dt.date | None = getattr(self, self.validity.begins)
        return (begins is None or begins <= last) and not self.has_ended_by(first)

    @property
    def has_ended(self) -> bool:
        return self.has_ended_by(today())

    def has_ended_by(self, day: dt.date) -> bool:
        ends: dt.date | None = getattr(self, self.validity.ends)
        return ends is not None and ends <= day
