"""Which rows keep another one from being deleted, in words."""

from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _


def blockers_of(row: models.Model) -> list[str]:
    """Return one line for each kind of row that protects ``row`` from being deleted.

    Counts in the database. Django's own collector would load every such row first, and a
    campaign is held by a million reports.
    """
    lines = []
    for relation in row._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        if relation.on_delete not in (models.PROTECT, models.RESTRICT):
            continue
        holder: Any = relation.related_model
        count = holder._base_manager.filter(**{relation.field.name: row}).count()
        if count:
            lines.append(
                _("“%(name)s” đang được dùng ở %(count)s %(kind)s.")
                % {
                    "name": capfirst(str(row)),
                    "count": count,
                    "kind": holder._meta.verbose_name_plural,
                }
            )
    return lines
