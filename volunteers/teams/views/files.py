"""Teams with their members as a file, in and out, within one's own scope."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import link
from campaign.scopes import scope_of
from core import clock
from core.importing import steps
from core.importing.formats import EXPORT_FORMATS, ExcelFile
from volunteers.teams.models import Membership
from volunteers.teams.resources import MembershipResource
from volunteers.teams.services import runs_teams


def _check_runs_teams(user: Any) -> None:
    """Raise 404 for nobody's business, 403 for those who only look."""
    if not scope_of(user).roles:
        raise Http404
    if not runs_teams(user):
        raise PermissionDenied


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def teams_import(request: HttpRequest) -> HttpResponse:
    _check_runs_teams(request.user)
    return steps.through_page(
        request,
        MembershipResource(user=request.user),
        page="volunteers/teams/team_import.html",
        again=link(request, "teams-import"),
        done=link(request, "teams"),
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def teams_export(request: HttpRequest) -> HttpResponse:
    """Send the members whom the user may see as a file; a record is kept of who took it."""
    _check_runs_teams(request.user)
    user: Any = request.user
    members = Membership.objects.visible_to(user)
    if request.method != "POST":
        return render(request, "volunteers/teams/team_export.html", {"count": members.count()})
    made = EXPORT_FORMATS.get(request.POST.get("format", ""), ExcelFile)()
    rows = members.order_by("team__unit__sort_key", "team__sort_key", "volunteer__sort_key", "pk")
    data = steps.export_rows(MembershipResource(user=user), rows, made)
    response = HttpResponse(data, content_type=made.get_content_type())
    name = f"to-va-thanh-vien-{clock.today().isoformat()}.{made.get_extension()}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
