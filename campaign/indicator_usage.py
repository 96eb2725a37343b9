"""Whether counts are kept under an indicator's code."""

from typing import Any

from django.db import models

from campaign.models import Campaign, Indicator


def is_counted(indicator: Indicator) -> bool:
    """Whether any row anywhere keeps a count of the indicator.

    Counts are stored as ``{code: number}``, so that no foreign key protects the code. The
    tables that store them stand in the apps above this one: they are found by what they are
    (a JSON object in a row of the campaign), not by their names. So are rows of one figure each,
    whose foreign key does protect it.
    """
    for relation in Campaign._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        holder: Any = relation.related_model
        for column in holder._meta.concrete_fields:
            if isinstance(column, models.JSONField):
                counted: dict[str, Any] = {f"{column.name}__has_key": indicator.code}
            elif _is_protecting(column):
                counted = {column.name: indicator}
            else:
                continue
            of_campaign = {relation.field.name: indicator.campaign_id}
            if holder._base_manager.filter(**of_campaign, **counted).exists():
                return True
    return False


def _is_protecting(column: Any) -> bool:
    relation = column.remote_field
    return bool(relation) and relation.model is Indicator and relation.on_delete is models.PROTECT
