"""Counts in the database: ``{indicator code: integer}``, a missing key being blank."""

from typing import Any

from django.db import models
from django.db.models import BooleanField, CheckConstraint, F, Func

from core.counts import MOST


class AreCounts(Func):
    """Whether a JSONB value is an object of whole numbers from ``least`` to ``most``."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, most: int, least: int = 0, **extra: Any) -> None:
        super().__init__(*expressions, most=most, least=least, **extra)
        self.template = (
            "(jsonb_typeof(%(expressions)s) = 'object' AND NOT jsonb_path_exists("
            '%(expressions)s, \'strict $.* ? (@.type() != "number" || @ < %(least)s '
            "|| @ > %(most)s || @.floor() != @)'))"
        )


def counts_constraint(
    field: str, name: str, most: int = MOST, *, least: int = 0
) -> CheckConstraint:
    limits = {"most": most} | ({"least": least} if least else {})
    return CheckConstraint(condition=AreCounts(F(field), **limits), name=name)


class CountsField(models.JSONField):
    """A JSONB column of counts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)
