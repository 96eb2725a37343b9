"""Units and branches by file, in the portal's look: previewed, then taken with a reason."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaign.models import Unit
from campaign.resources import BranchResource, UnitListResource
from campaign.resources.settings import SettingsResource
from campaign.services.settings_change import since_day
from campaign.setup.access import for_setup
from campaign.setup.territory import become_staff
from core.importing.steps import preview_pending, through_page


@for_setup
@require_http_methods(["GET", "POST"])
def unit_file(request: HttpRequest) -> HttpResponse:
    response = _take(
        request, UnitListResource(user=request.user), "setup-unit-file", "setup-unit-list"
    )
    if response.status_code == 302:
        actor: Any = request.user
        become_staff(actor)
    return response


@for_setup
@require_http_methods(["GET", "POST"])
def branch_file(request: HttpRequest) -> HttpResponse:
    return _take(
        request, BranchResource(user=request.user), "setup-branch-file", "setup-branch-list"
    )


def _take(request: HttpRequest, resource: SettingsResource, page: str, listed: str) -> HttpResponse:
    """Take a file all its way; for another day than the one shown it is shown again first."""
    asked = {name: request.POST.get(name, "") for name in ("reason", "since", "shown")}
    resource.reason = asked["reason"]
    again, done = reverse(page), reverse(listed)
    shown = {"action": again, "listed": done, "is_unit": resource._meta.model is Unit}
    template = "campaign/settings_pages/file.html"
    try:
        since_day(asked["since"])
        resource.since = asked["since"]
    except ValidationError:
        resource.since = ""
    is_answered = bool(resource.reason.strip()) and asked["since"] == asked["shown"]
    if "token" in request.POST and "reason" in request.POST and not is_answered:
        try:
            error = "" if resource.reason.strip() else _("Chưa ghi lý do.")
            preview = preview_pending(resource, request.POST["token"])
            outcome = {"reason": resource.reason, "error": error}
            return render(request, template, {**shown, "outcome": outcome, **preview})
        except FileNotFoundError:
            # Answered below, as any file that waits no more.
            pass
    return through_page(request, resource, page=template, again=again, done=done, shown=shown)
