"""Support points for the calendar of whoever wants to come: places and hours, and no person.

An event keeps its id, and its number goes up with each change: a calendar that has it is put right
when the session is moved or cancelled.
"""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.public.selectors import communes_of, public_campaign
from volunteers.sessions.calendar_feed import make_feed
from volunteers.sessions.models import SupportSession
from volunteers.sessions.selectors.support_points import calendar_of, open_to_all


@require_safe
def point(request: HttpRequest, session_id: int) -> HttpResponse:
    """Send one support point."""
    # More digits than the database has.
    found = open_to_all().filter(pk=session_id) if session_id < 2**63 else ()
    return _calendar(request, found, f"diem-ho-tro-{session_id}")


@require_safe
def points(request: HttpRequest, code: str) -> HttpResponse:
    """Send the points of a commune, as telephones subscribe to them."""
    campaign = public_campaign(request.GET.get("campaign", ""))
    unit = communes_of(campaign).filter(code=code).first() if campaign else None
    if campaign is None or unit is None:
        return _calendar(request, (), "")
    return _calendar(request, calendar_of(campaign, unit), f"diem-ho-tro-{unit.code}", empty=True)


def _calendar(
    request: HttpRequest, sessions: Iterable[SupportSession], name: str, *, empty: bool = False
) -> HttpResponse:
    found = list(sessions)
    if not found and not empty:
        text = _("Không có điểm hỗ trợ này.")
        return HttpResponseNotFound(text, content_type="text/plain; charset=utf-8")
    root = request.build_absolute_uri("/").rstrip("/")
    feed = make_feed(found, root=root, is_public=True)
    response = HttpResponse(feed, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    response.headers["Cache-Control"] = "public, max-age=60"
    patch_vary_headers(response, ("Cookie",))
    return response
