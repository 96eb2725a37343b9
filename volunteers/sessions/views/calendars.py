"""The own calendar feed: its secret links, and the file that telephones read."""

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to
from campaign.scopes import scope_of
from volunteers.errors import NotNow
from volunteers.sessions.calendar_feed import make_feed, tag_of
from volunteers.sessions.models import CalendarLink
from volunteers.sessions.selectors.calendar import DAYS_BACK, MOST_IN_FEED, feed_kinds, feed_of
from volunteers.sessions.services.calendar_links import (
    make_calendar_link,
    open_calendar_link,
    revoke_calendar_link,
)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def calendar_link(request: HttpRequest) -> HttpResponse:
    """List the links to one's feed; make one, which is shown once, or revoke one."""
    user: Any = request.user
    if not scope_of(user).roles:
        raise Http404
    if "revoke" in request.POST:
        if not request.POST["revoke"].isascii() or not request.POST["revoke"].isdigit():
            raise Http404
        revoke_calendar_link(actor=user, link_id=int(request.POST["revoke"]))
        messages.success(request, _("Đã thu hồi. Máy dùng đường link đó không còn nhận lịch."))
        return lead_to(request, "calendar")
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            context = _card(request, make_calendar_link(actor=user))
        except NotNow as error:
            messages.error(request, str(error))
    context |= {
        "links": CalendarLink.objects.visible_to(user)
        .filter(revoked_at=None)
        .order_by("-created_at"),
        "days_back": DAYS_BACK,
        "most": MOST_IN_FEED,
        "kinds": feed_kinds(scope_of(user)),
    }
    return render(request, "volunteers/sessions/calendar.html", context)


def _card(request: HttpRequest, secret: str) -> dict[str, Any]:
    """Return what hands a new link over: the address, for a tap, and as a QR code."""
    url = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
    tap = "webcal://" + url.partition("://")[2]
    qr = segno.make(tap, error="m").svg_data_uri(scale=6, border=2)
    return {"url": url, "tap": tap, "qr": qr}


@cache_control(private=True, no_cache=True)
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Send the feed of the secret's owner, as the owner's appointments stand now.

    The secret is the key: a telephone's calendar cannot sign in. Without appointment the
    calendar is empty, so that the telephone forgets what it showed.
    """
    user = open_calendar_link(secret=secret)
    if user is None:
        raise Http404
    sessions = feed_of(user)
    tag = tag_of(user, sessions, get_language() or "")
    fresh = HttpResponse(content_type="text/calendar; charset=utf-8", headers={"ETag": tag})
    answer = get_conditional_response(request, etag=tag, response=fresh)
    if answer is not fresh and answer is not None:
        return answer
    fresh.content = make_feed(sessions, root=request.build_absolute_uri("/").rstrip("/"))
    return fresh
