"""Where the province takes an archived campaign away, and sees what it took away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import page_campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.states import CampaignState
from reports.deletion.models import FinalExport
from reports.deletion.services import delete_campaign, make_final_export


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest) -> HttpResponseBase:
    """Give the last file of an archived campaign, and delete it once its short name is typed."""
    _require_right(request.user)
    campaign, actor = page_campaign(request), _actor(request)
    errors: list[str] = []
    if request.method == "POST":
        try:
            if "export" in request.POST:
                export, file = make_final_export(actor=actor, campaign=campaign)
                name = f"{export.slug}-{export.made_at:%Y%m%dT%H%M%S}.zip"
                return FileResponse(file, as_attachment=True, filename=name)
            gone = delete_campaign(
                actor=actor,
                campaign=campaign,
                slug=request.POST.get("slug", ""),
                reason=request.POST.get("reason", ""),
            )
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, _("Đã xóa chiến dịch %(name)s.") % {"name": gone.name})
            return redirect("deleted-campaigns")
    context = {
        "campaign": campaign,
        "is_archived": campaign.state == CampaignState.ARCHIVED,
        "export": FinalExport.objects.of(campaign).select_related("made_by").first(),
        "errors": errors,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "reports/deletion/delete.html", context)


@login_required
@never_cache
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """Show which campaigns were deleted, by whom, why, and the hash of the last file of each."""
    _require_right(request.user)
    gone = FinalExport.objects.visible_to(request.user).exclude(deleted_at=None)
    rows = gone.select_related("deleted_by").order_by("-deleted_at")
    return render(request, "reports/deletion/deleted.html", {"rows": rows})


def _actor(request: HttpRequest) -> Any:
    return request.user


def _require_right(user: Any) -> None:
    scope = scope_of(user)
    if not scope.roles:
        raise Http404
    if not scope.may(Permission.SET_UP):
        raise PermissionDenied
