"""The dashboard of a unit."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import address_only, campaign_or_none, here, lead_to, page_campaign, path_of
from campaign.models import Campaign, Unit
from campaign.permissions import Permission
from campaign.routing import lead_on
from campaign.scopes import scope_of
from campaign.selectors import find_unit, top_unit, visible_ancestors
from core import clock
from core.log.findings import remarks_in
from core.page_cache import cached, tag_of, tag_of_page
from reports.dashboards.selectors.dashboard import build_dashboard
from reports.dashboards.selectors.generation import Generation, current_generation
from reports.dashboards.selectors.ranking import MEASURES
from reports.rollup.selectors import differences_shown
from reports.rollup.totals import BASES
from volunteers.help_requests.selectors import may_handle


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
    """Answer with the page, or to htmx with the board alone; 304 to either where it is the same.

    Figures are drawn once for all who may see the same; around them stands what is the reader's.
    """
    basis = request.GET.get("basis", "reported")
    measure = request.GET.get("by", "target")
    if basis not in BASES or measure not in MEASURES:
        raise Http404
    generation = current_generation(campaign, unit)
    rights = _rights(request.user)
    made_from = (campaign.pk, unit.pk, here(request), get_language(), rights)
    figures_tag = (generation.tag, clock.today())
    notices = _notices(request.user, campaign, unit, generation)
    tag = tag_of(request.user.pk, made_from, figures_tag, notices)
    is_part = bool(getattr(request, "htmx", False))
    if is_part and (known := get_conditional_response(request, etag=tag)):
        return _tagged(known, tag)

    def figures() -> SafeString:
        overview = build_dashboard(campaign=campaign, unit=unit, basis=basis, measure=measure)
        context = {"dashboard": overview, "request": address_only(request), **rights}
        return render_to_string("reports/dashboards/_figures.html", context)

    context = {
        **notices,
        "campaign": campaign,
        "unit": unit,
        "crumbs": visible_ancestors(request.user, unit),
        "basis": basis,
        "day": min(clock.today(), campaign.ends_on),
        "as_of": generation.as_of,
        "etag": tag,
        "figures": cached(made_from, figures_tag, figures),
    }
    if is_part:
        return _tagged(render(request, "reports/dashboards/_dashboard.html", context), tag)
    page = render(request, "reports/dashboards/dashboard.html", context)
    tag = tag_of_page(request, page)
    return _tagged(get_conditional_response(request, etag=tag, response=page) or page, tag)


def _rights(user: Any) -> dict[str, bool]:
    """Return what the user may do, as far as figures are drawn by it."""
    scope = scope_of(user)
    return {
        "may_lead": scope.may(Permission.INVITE),
        "may_remind": bool(scope.lead_unit_paths),
        "may_help": may_handle(user),
    }


def _notices(user: Any, campaign: Campaign, unit: Unit, generation: Generation) -> dict[str, Any]:
    """Return what is said over the figures, to whom it is said."""
    notices: dict[str, Any] = {
        "is_recomputing": getattr(campaign, "is_recomputing", False),
        "restatements": getattr(campaign, "restatements", ()),
    }
    if generation.differences and unit.parent_id is None:
        notices["differences"] = differences_shown(user, campaign)
    if Permission.SET_UP in scope_of(user).permissions:
        if generation.history and unit.parent_id is None:
            notices["is_altered"] = generation.is_altered
            notices["known_findings"] = remarks_in(generation.history)
        notices["backup"] = generation.backup.words
        notices["overdue_requests"] = generation.overdue_requests
    return notices


def _tagged(response: HttpResponse, tag: str) -> HttpResponse:
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Cookie", "HX-Request"))
    return response
