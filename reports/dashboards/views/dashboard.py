"""The dashboard of a unit."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import campaign_or_none, lead_to, page_campaign, path_of
from campaign.models import Campaign, Unit
from campaign.permissions import Permission
from campaign.routing import lead_on
from campaign.scopes import scope_of
from campaign.selectors import find_unit, top_unit, visible_ancestors
from core.log.findings import remarks_in
from reports.dashboards.selectors.dashboard import build_dashboard
from reports.dashboards.selectors.generation import current_generation, dashboard_tag
from reports.dashboards.selectors.ranking import MEASURES
from reports.rollup.selectors import differences_shown
from reports.rollup.totals import BASES


@login_required
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    if not scope.roles:
        return render(request, "campaign/no_appointment.html")
    name = "sessions" if scope.permissions == {Permission.LEAD_TEAMS} else "dashboard"
    return _lead_from_start(request, "report" if scope.permissions == {Permission.REPORT} else name)


def _lead_from_start(request: HttpRequest, name: str) -> HttpResponse:
    if campaign_or_none(request) is not None:
        return lead_to(request, name)
    return lead_on(request, path_of(None, name))


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    campaign = page_campaign(request)
    return _dashboard_page(request, campaign, top_unit(request.user, campaign))


@login_required
@require_safe
def unit_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one unit; a code means the unit that bears it in the campaign's structure."""
    campaign = page_campaign(request)
    return _dashboard_page(request, campaign, find_unit(request.user, campaign, code))


def _dashboard_page(request: HttpRequest, campaign: Campaign, unit: Unit) -> HttpResponse:
    """Answer with the page, or to htmx with the board alone and 304 where nothing changed."""
    basis = request.GET.get("basis", "reported")
    measure = request.GET.get("by", "target")
    if basis not in BASES or measure not in MEASURES:
        raise Http404
    generation = current_generation(campaign)
    tag = dashboard_tag(
        generation=generation,
        user=request.user,
        unit=unit,
        campaign=campaign,
        reading=(basis, measure, get_language()),
    )
    is_part = bool(getattr(request, "htmx", False))
    if is_part and request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        return _tagged(HttpResponseNotModified(), tag)
    overview = build_dashboard(
        campaign=campaign,
        unit=unit,
        visible=visible_ancestors(request.user, unit),
        basis=basis,
        measure=measure,
        moment=generation.as_of,
    )
    context: dict[str, Any] = {"dashboard": overview, "etag": tag}
    if generation.differences and unit.parent_id is None:
        context["differences"] = differences_shown(request.user, campaign)
    if Permission.SET_UP in scope_of(request.user).permissions:
        if generation.history and unit.parent_id is None:
            context["is_altered"] = generation.is_altered
            context["known_findings"] = remarks_in(generation.history)
        context["backup"] = generation.backup.words
        context["overdue_requests"] = generation.overdue_requests
    template = (
        "reports/dashboards/_dashboard.html" if is_part else "reports/dashboards/dashboard.html"
    )
    return _tagged(render(request, template, context), tag)


def _tagged(response: HttpResponse, tag: str) -> HttpResponse:
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Cookie", "HX-Request"))
    return response
