"""What pages say of the portal itself, and to their scripts."""

from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.safestring import SafeString

from core.portal import last_known_name, portal
from core.version import VERSION

register = template.Library()


@register.simple_tag
def portal_name() -> str:
    return portal().name


@register.simple_tag
def portal_version() -> str:
    return VERSION


@register.simple_tag
def portal_contact() -> str:
    return portal().contact


@register.simple_tag
def emblem() -> str:
    """Return the address of the picture in the bar."""
    here = portal()
    return here.icon("any", 192) if here.emblem_mark else static("core/star.svg")


# Asks no database.
register.simple_tag(last_known_name)


class _ShortEncoder(DjangoJSONEncoder):
    """Writes letters with marks as they are, and no spaces: a phone pays for both."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"ensure_ascii": False, "separators": (",", ":")})


@register.filter
def for_script(value: Any, element_id: str) -> SafeString:
    """Put a value into the page for a script, as Django's ``json_script`` does."""
    return json_script(value, element_id, encoder=_ShortEncoder)
