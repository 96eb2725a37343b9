"""How a table of one's own making writes its numbers."""

from typing import Any

from django import template

from core.templatetags import formatting

register = template.Library()
# By the measure's shape (reports.explore.measures).
WRITERS = {
    "count": formatting.count,
    "signed": formatting.signed,
    "percent": formatting.percent,
    "rate": formatting.decimal,
}


@register.filter
def written(value: Any, shape: str) -> str:
    return formatting.BLANK if value is None else WRITERS[shape](value)
