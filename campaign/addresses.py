"""Addresses of campaign pages, made in one place: ``/c/SLUG/…``.

Whatever one drills into, one stays in what one was reading: a link keeps the campaign, the
basis, the measure and the indicator of the page on which it stands, unless it says that it
changes them.
"""

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from campaign.models import Campaign
from campaign.selectors import current_campaign

# What is read, beside the campaign: figures as reported or as approved, their measure, of which
# indicator, and whether by the map of then or of today.
READING = ("basis", "by", "indicator", "map")
WORD = re.compile("[a-z][a-z0-9_]{0,39}")
# Residents' pages stand outside; they are told the campaign as the API is.
OUTSIDE = ("public",)


def page_campaign(request: HttpRequest) -> Campaign:
    """Return the campaign in whose pages the address stands.

    Raises ``Http404`` where the user sees no such campaign.
    """
    found = campaign_or_none(request)
    return found or current_campaign(request.user, getattr(request, "campaign_slug", None))


def campaign_or_none(request: HttpRequest | None) -> Campaign | None:
    """Return the same, or None on a page that stands outside campaigns."""
    return getattr(request, "campaign", None)


def path_of(campaign: Campaign | None, name: str, *args: Any, **query: Any) -> str:
    """Return the address of a page; without a campaign the short one, which leads on.

    ``query`` is what the address asks for: blank is left out, a dictionary is taken whole.
    """
    if campaign is not None and name in OUTSIDE:
        query = {"campaign": campaign.slug, **query}
        campaign = None
    return _with(reverse(name, args=[*([campaign.slug] if campaign else []), *args]), query)


def link(request: HttpRequest | None, name: str, *args: Any, **query: Any) -> str:
    """Return the address of a page of the campaign, basis and measure that are read now.

    What belongs to a campaign by itself names it: ``campaign=session.campaign``.
    """
    read, campaign = campaign_or_none(request), query.pop("campaign", None)
    words = reading(request)
    if campaign is not None and campaign != read:
        # Another campaign has other indicators.
        words.pop("indicator", None)
    return path_of(campaign or read, name, *args, **{**words, **query})


def here(request: HttpRequest, **query: Any) -> str:
    """Return the address of the same page: what is read now, and ``query`` beside."""
    return _with(escape_uri_path(request.path), {**reading(request), **query})


def lead_to(request: HttpRequest, name: str, *args: Any, **query: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(link(request, name, *args, **query))


def reading(request: HttpRequest | None) -> dict[str, str]:
    asked = {name: request.GET.get(name, "") for name in READING} if request else {}
    return {name: value for name, value in asked.items() if WORD.fullmatch(value)}


def address_only(request: HttpRequest, *fields: str) -> HttpRequest:
    """Return a request that knows where one is and what one reads, and nothing of who asks.

    Whatever is drawn with it links as it does with the whole one. Of what else the address asks
    it knows these ``fields``.
    """
    asked = {name: request.GET[name] for name in fields if name in request.GET}
    bare = HttpRequest()
    bare.path = request.path
    bare.GET = QueryDict(urlencode({**reading(request), **asked}))
    bare.campaign = campaign_or_none(request)  # type: ignore[attr-defined]
    return bare


def _with(path: str, query: dict[str, Any]) -> str:
    asked: dict[str, str] = {}
    for key, value in query.items():
        asked |= _texts(value if isinstance(value, dict) else {key: value})
    return f"{path}?{urlencode(asked)}" if asked else path


def _texts(query: dict[str, Any]) -> dict[str, str]:
    """Write values as addresses do, leaving out those that are blank."""
    return {
        name: value.isoformat() if isinstance(value, dt.date) else str(value)
        for name, value in query.items()
        if value not in (None, "")
    }
