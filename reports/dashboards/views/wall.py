"""The wall screen of a command room: figures in turn, drawn again by themselves."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaign.addresses import page_campaign
from campaign.models import Campaign, Unit
from campaign.page_tags import PageState, tagged
from campaign.selectors import find_unit
from core import clock
from core.page_cache import cached
from reports.daily.models import DailyReport
from reports.dashboards.selectors.dashboard import build_dashboard

# The last reports, as many as are read across a room; units below, in columns of so many.
LATEST, COLUMN = 9, 15


@login_required
@tagged()
@require_safe
def wall(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show one unit, by default the reader's highest; to the screen that asks again its part."""
    campaign = page_campaign(request)
    unit = find_unit(request.user, campaign, code)
    known: Any = request
    state: PageState = known.page_state
    context = {
        "campaign": campaign,
        "unit": unit,
        "views": _views(campaign, unit, state),
        "latest": _latest(request.user, campaign, unit),
        "as_of": state.as_of,
        "etag": getattr(request, "part_tag", ""),
    }
    part = "_wall" if getattr(request, "htmx", False) else "wall"
    return render(request, f"reports/dashboards/{part}.html", context)


def _views(campaign: Campaign, unit: Unit, state: PageState) -> SafeString:
    """Draw what is the same for all who see the unit, once for all of them."""

    def draw() -> SafeString:
        overview = build_dashboard(campaign=campaign, unit=unit, basis="reported")
        rows = overview.rows[: 2 * COLUMN]
        context = {
            "dashboard": overview,
            "columns": [rows[n : n + COLUMN] for n in range(0, len(rows), COLUMN)],
            "more": len(overview.rows) - len(rows),
        }
        return render_to_string("reports/dashboards/_wall_views.html", context)

    return cached(("wall", campaign.pk, unit.pk, get_language()), (state.tag, clock.today()), draw)


def _latest(user: Any, campaign: Campaign, unit: Unit) -> list[DailyReport]:
    """Return the reports that came in last, of those that the reader sees."""
    seen = DailyReport.objects.visible_to(user).filter(
        campaign=campaign,
        unit__path__startswith=unit.path,
        date=min(clock.today(), campaign.ends_on),
    )
    return list(seen.select_related("branch").order_by("-received_at", "pk")[:LATEST])
