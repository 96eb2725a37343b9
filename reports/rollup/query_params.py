"""What totals and completeness are asked about: units or branches, over some days."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from campaign.models import Branch, Campaign, Level, Unit
from campaign.selectors import find_branch
from campaign.serializers import RangeQuery
from core import clock

CHOICE: dict[str, Any] = {"invalid_choice": gettext_lazy("Không có lựa chọn “{input}”.")}


class LevelQuery(RangeQuery):
    level = serializers.ChoiceField(choices=Level.values, required=False, error_messages=CHOICE)


def days_asked(campaign: Campaign, asked: dict[str, Any]) -> tuple[dt.date, dt.date]:
    """Return the first and last day asked for, within the campaign.

    Nothing can have come in, or be missing, on a day that is still ahead.
    """
    last = min(asked.get("to", clock.today()), clock.today(), campaign.ends_on)
    return max(asked.get("from", campaign.starts_on), campaign.starts_on), last


def branches_asked(user: Any, asked: dict[str, Any]) -> tuple[Branch, list[Any]]:
    """Return the branch asked for, and what is told of: itself, or those at home on the level."""
    top = find_branch(user, asked["branch"])
    if "level" not in asked:
        return top, [top]
    below = Branch.objects.visible_to(user).select_related("home_unit").belonging_to(top)
    return top, list(below.filter(home_unit__level=asked["level"]).order_by("code"))


def node_fields(node: Unit | Branch) -> dict[str, str]:
    level = node.level if isinstance(node, Unit) else node.home_unit.level
    return {"unit": node.code, "name": node.name, "level": level}
