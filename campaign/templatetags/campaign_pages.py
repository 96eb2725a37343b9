"""Links between campaign pages, and the bars of progress."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from campaign import addresses
from campaign.models import Campaign
from campaign.pace import pace_level
from core.templatetags.formatting import is_blank, percent

register = template.Library()

# By what a part of the menu is drawn, besides the address and the language. A template of the
# menu finds these and nothing else, so that it cannot show what is another reader's.
RIGHTS = ("may_report", "may_lead", "may_help", "may_set_up", "may_export", "may_see_personal_data")


@register.simple_tag(takes_context=True)
def link(context: dict[str, Any], name: str, *args: Any, **query: Any) -> str:
    """The address of a campaign page, which keeps what is read: ``{% link 'unit' code %}``."""
    return addresses.link(context.get("request"), name, *args, **query)


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], **query: Any) -> str:
    return addresses.here(context["request"], **query)


@register.simple_tag(takes_context=True)
def reading_fields(context: dict[str, Any], besides: str = "") -> SafeString:
    """What is read, for a form whose answers become the address; not ``besides``, its own."""
    asked = addresses.reading(context.get("request"))
    return format_html_join(
        "",
        '<input type="hidden" name="{}" value="{}">',
        ((name, value) for name, value in asked.items() if name not in besides.split(",")),
    )


@register.inclusion_tag("campaign/_restated.html")
def restated(campaign: Campaign, day: dt.date | None = None) -> dict[str, Any]:
    """What changed of late that days that are over are reckoned by; of a day, since it was."""
    found = []
    for change in getattr(campaign, "restatements", ()):
        at = timezone.localtime(dt.datetime.fromisoformat(change["at"]))
        moves = [
            move
            for move in change["moves"]
            if move.get("restates") and move["campaign"] in ("", campaign.slug)
        ]
        if moves and at.date() >= max(campaign.starts_on, day or dt.date.min):
            found.append({**change, "at": at, "moves": moves[:3], "more": len(moves[3:])})
    return {"found": found}


@register.filter
def kinds(rows: Sequence[Any]) -> str:
    """What the units of some rows are called, the commonest first: a level has no other name."""
    found = Counter(row.unit.kind for row in rows)
    name = ", ".join(kind for kind, _count in found.most_common())
    return name[:1].upper() + name[1:]


@register.simple_tag(takes_context=True)
def current(context: dict[str, Any], name: str) -> SafeString | str:
    request = context.get("request")
    if request is None:
        return ""
    path = addresses.path_of(addresses.campaign_or_none(request), name)
    return format_html(' aria-current="{}"', "page") if request.path.startswith(path) else ""


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any], name: str) -> SafeString:
    """A part of the menu: drawn once a process for all with the same rights, and kept."""
    request, scope = context.get("request"), context.get("scope")
    offered = {right: bool(context.get(right)) for right in (*RIGHTS, "shell")}
    offered["is_superuser"] = bool(getattr(context.get("user"), "is_superuser", False))
    offered["leads_units"] = bool(scope and scope.lead_unit_paths)
    offered["has_role"] = bool(scope and scope.roles)
    # Counted only for whom it is shown.
    waiting: int = 0 + context.get("reports_waiting", 0) if offered["may_lead"] else 0
    campaign = addresses.campaign_or_none(request)
    return _drawn(
        name,
        request.path if request else None,
        tuple(addresses.reading(request).items()),
        campaign.slug if campaign else "",
        get_language(),
        tuple(offered.items()),
        waiting,
    )


@lru_cache(maxsize=512)
def _drawn(
    name: str,
    path: str | None,
    reading: tuple[tuple[str, str], ...],
    slug: str,
    _language: str | None,
    offered: tuple[tuple[str, bool], ...],
    waiting: int,
) -> SafeString:
    bare: Any = None
    if path is not None:
        bare = HttpRequest()
        bare.path, bare.GET = path, QueryDict(urlencode(reading))
        bare.campaign = Campaign(slug=slug) if slug else None
    return render_to_string(name, {"request": bare, "reports_waiting": waiting, **dict(offered)})


def _share(value: Any) -> str:
    """Return a percentage as an attribute: a point in every language, from 0 to 100."""
    return f"{min(max(float(value), 0.0), 100.0):.2f}".rstrip("0").rstrip(".")


@register.inclusion_tag("elements/_progress_bar.html")
def bar(value: Any, time: Any = None, kind: str = "") -> dict[str, Any]:
    """Draw ``value`` percent with the mark of the time gone.

    ``kind`` is "big" for the one of the page's head, which is blue whatever the time says.
    """
    blank = is_blank(value)
    return {
        "value": "0" if blank else _share(value),
        "time": None if is_blank(time) else _share(time),
        "kind": kind,
        "state": "" if kind == "big" else pace_level(value, time),
        "percent": percent(value),
        "time_percent": percent(time),
    }
