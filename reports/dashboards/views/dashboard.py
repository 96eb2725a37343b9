"""The dashboard of a unit."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import address_only, campaign_or_none, here, lead_to, page_campaign, path_of
from campaign.models import Campaign, Unit
from campaign.page_tags import PageState, tagged
from campaign.permissions import Permission
from campaign.routing import lead_on
from campaign.scopes import may_set_up, scope_of
from campaign.selectors import find_unit, top_unit, visible_ancestors
from campaign.todays_map import map_of
from core import clock
from core.page_cache import cached
from reports.checks.querysets import may_see_results
from reports.dashboards.selectors.action_items import Remark
from reports.dashboards.selectors.alerts import COLUMNS, alerts_of, has_differences
from reports.dashboards.selectors.dashboard import build_dashboard
from reports.dashboards.selectors.ranking import MEASURES
from reports.dashboards.views.todays_map import todays_map
from reports.rollup.selectors import differences_shown
from reports.rollup.totals import BASES
from volunteers.help_requests.selectors import may_handle

MAPS = ("then", "now")
# The others are of the whole portal, and said over its highest unit.
# So many difficulties are shown, of so many that are held for all readers.
REMARKS, MOST_REMARKS = 5, 200
OF_EVERY_UNIT = ("backup", "overdue_requests")


@login_required
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    if not scope.roles:
        if may_set_up(request.user):
            return redirect("setup")
        return render(request, "campaign/no_appointment.html")
    name = "sessions" if scope.permissions == {Permission.LEAD_TEAMS} else "dashboard"
    return _lead_from_start(request, "report" if scope.permissions == {Permission.REPORT} else name)


def _lead_from_start(request: HttpRequest, name: str) -> HttpResponse:
    if campaign_or_none(request) is not None:
        return lead_to(request, name)
    return lead_on(request, path_of(None, name))


def _shown(user: Any, state: PageState) -> object:
    return has_differences(state), alerts_of(user, state)


def on_either_map(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show a page as it was, or with ``?map=now`` by today's map; another word is no page."""

    @wraps(view)
    def page(request: HttpRequest, **named: str) -> HttpResponse:
        asked = request.GET.get("map", "then")
        if asked not in MAPS:
            raise Http404
        return todays_map(request, **named) if asked == "now" else view(request, **named)

    return page


@on_either_map
@login_required
@tagged(*COLUMNS, shown=_shown)
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    campaign = page_campaign(request)
    try:
        top = top_unit(request.user, campaign)
    except Http404:
        if not Unit.objects.on(campaign.shown_day).exists():
            raise
        # Who is appointed to a unit that came later reads by today's map.
        map_of(request.user, clock.today()).find()
        return lead_to(request, "dashboard", map="now")
    return _dashboard_page(request, campaign, top)


@on_either_map
@login_required
@tagged(*COLUMNS, shown=_shown)
@require_safe
def unit_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one unit; a code means the unit that bears it in the campaign's structure."""
    campaign = page_campaign(request)
    return _dashboard_page(request, campaign, find_unit(request.user, campaign, code))


def _dashboard_page(request: HttpRequest, campaign: Campaign, unit: Unit) -> HttpResponse:
    """Answer with the page, or to htmx with the board alone.

    Figures are drawn once for all who may see the same; around them stands what is the reader's.
    """
    basis = request.GET.get("basis", "reported")
    measure = request.GET.get("by", "target")
    indicator = request.GET.get("indicator", "")
    if basis not in BASES or measure not in MEASURES:
        raise Http404
    known: Any = request
    state: PageState = known.page_state
    rights = _rights(request.user)
    made_from = (campaign.pk, unit.pk, here(request), get_language(), rights)

    def figures() -> tuple[SafeString, list[Remark]]:
        overview = build_dashboard(
            campaign=campaign, unit=unit, basis=basis, measure=measure, indicator=indicator
        )
        context = {"dashboard": overview, "request": address_only(request), **rights}
        drawn = render_to_string("reports/dashboards/_figures.html", context)
        return drawn, overview.recent.difficulties(unit.path)[:MOST_REMARKS]

    drawn, remarks = cached(made_from, (state.tag, clock.today()), figures)
    scope = scope_of(request.user)
    context = {
        **_alerts(request.user, campaign, unit, state),
        "campaign": campaign,
        "unit": unit,
        "crumbs": visible_ancestors(request.user, unit),
        "basis": basis,
        "day": min(clock.today(), campaign.ends_on),
        "as_of": state.as_of,
        "etag": getattr(request, "part_tag", ""),
        "figures": drawn,
        # Drawn for each reader: not all who see a unit see the reports of its branches.
        "remarks": [remark for remark in remarks if remark.is_visible_in(scope)][:REMARKS],
        "may_lead": rights["may_lead"],
    }
    part = "_dashboard" if getattr(request, "htmx", False) else "dashboard"
    return render(request, f"reports/dashboards/{part}.html", context)


def _rights(user: Any) -> dict[str, bool]:
    """Return what the user may do, as far as figures are drawn by it."""
    scope = scope_of(user)
    return {
        "may_lead": scope.may(Permission.INVITE),
        "may_remind": bool(scope.lead_unit_paths),
        "may_help": may_handle(user),
        "may_see_checks": may_see_results(scope),
    }


def _alerts(user: Any, campaign: Campaign, unit: Unit, state: PageState) -> dict[str, Any]:
    """Return what is said over the figures, to whom it is said."""
    alerts = alerts_of(user, state)
    if unit.parent_id is None:
        if has_differences(state):
            alerts["differences"] = differences_shown(user, campaign)
        return alerts
    return {name: words for name, words in alerts.items() if name in OF_EVERY_UNIT}
