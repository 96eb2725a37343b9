"""Support points for the calendar of whoever wants to come: places and hours, and no person.

An event keeps its id, and its number goes up with each change: a calendar that has it is put right
when the session is moved or cancelled.
"""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaign.models import Unit
from core import clock
from reports.public.selectors import communes_of, public_campaigns
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
    """Send the points of a commune, as telephones subscribe to them.

    A calendar cannot be asked which campaign it means: without a name it has those of all that
    run, each named, and before the first it waits empty.
    """
    slug = request.GET.get("campaign", "")
    campaigns = public_campaigns(slug)
    if not campaigns and not slug:
        is_known = Unit.objects.on(clock.today()).communes().filter(code=code).exists()
        return _calendar(request, (), f"diem-ho-tro-{code}", empty=is_known)
    found = [(one, communes_of(one).filter(code=code).first()) for one in campaigns]
    here = [(campaign, unit) for campaign, unit in found if unit is not None]
    sessions = [session for campaign, unit in here for session in calendar_of(campaign, unit)]
    return _calendar(request, sessions, f"diem-ho-tro-{code}", empty=bool(here))


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
