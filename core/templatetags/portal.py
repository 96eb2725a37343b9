"""What pages say of the portal itself."""

from django import template
from django.templatetags.static import static

from core.portal import last_known_name, portal

register = template.Library()


@register.simple_tag
def portal_name() -> str:
    return portal().name


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
