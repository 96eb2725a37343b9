"""Pages for single units and branches: find, add, rename, move, close."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from campaign.models import Branch, Unit
from campaign.services.paths import rebuild_paths
from campaign.settings_pages.kinds import BRANCHES, UNITS, Kind
from campaign.settings_pages.views import edit
from campaign.setup.access import for_setup
from core import clock
from core.querysets import scoped

PAGE = 50


@for_setup
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    return _list(request, UNITS, scoped(request.user, Unit.objects.all()).select_related("parent"))


@for_setup
@require_safe
def branch_list(request: HttpRequest) -> HttpResponse:
    branches = scoped(request.user, Branch.objects.all()).select_related("parent", "home_unit")
    return _list(request, BRANCHES, branches)


@for_setup
@require_http_methods(["GET", "POST"])
def unit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    rows = scoped(request.user, Unit.objects.all())
    row = Unit(valid_from=clock.today()) if pk is None else rows.filter(pk=pk).first()
    return edit(request, UNITS, row, reverse(UNITS.many), after=lambda: rebuild_paths(Unit))


@for_setup
@require_http_methods(["GET", "POST"])
def branch(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    rows = scoped(request.user, Branch.objects.all())
    row = Branch(opened_on=clock.today()) if pk is None else rows.filter(pk=pk).first()
    return edit(request, BRANCHES, row, reverse(BRANCHES.many), after=lambda: rebuild_paths(Branch))


def _list(request: HttpRequest, kind: Kind, rows: Any) -> HttpResponse:
    """Show those of today, or on demand those too that have ended; what matches ``q`` first."""
    q, ended = request.GET.get("q", "").strip(), "ended" in request.GET
    found = rows if ended else rows.on(clock.today())
    found = found.search(q) if q else found.order_by("depth", "sort_key", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {"kind": kind, "page_obj": page, "q": q, "ended": ended}
    return render(request, "campaign/settings_pages/nodes.html", shown)
