"""Where the province opens a trial, sees who has tried, and ends it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from campaign.models import Trial
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.services.trials import end_trial, open_trial
from campaign.trials import OpenTrial
from core import clock
from core.retention import PERIODS
from reports.dashboards.selectors.action_items import NonReportingBranch
from reports.dashboards.selectors.completeness_grid import contacts_of
from reports.trial.selectors import attendance, missing_text


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest) -> HttpResponse:
    scope = scope_of(request.user)
    if not scope.may(Permission.SET_UP):
        raise PermissionDenied if scope.roles else Http404
    campaign, errors = page_campaign(request), []
    if request.method == "POST":
        actor: Any = request.user
        is_end = request.POST.get("do") == "end"
        try:
            if is_end:
                end_trial(actor=actor, campaign=campaign)
            else:
                open_trial(actor=actor, campaign=campaign)
        except ValidationError as error:
            errors = error.messages
        else:
            done = _("Đã kết thúc, mọi số tập dượt đã xóa.") if is_end else _("Đã mở tập dượt.")
            messages.success(request, done)
            return lead_to(request, "trial")
    running = Trial.objects.visible_to(request.user).running().filter(campaign=campaign).first()
    context: dict[str, Any] = {
        "campaign": campaign,
        "errors": errors,
        "days": PERIODS["trials"].days,
        "trial": None,
    }
    if running is not None:
        running.campaign = campaign
        found = attendance(request.user, running)
        address = request.build_absolute_uri(reverse("trial-report", args=[campaign.slug]))
        missing = [NonReportingBranch(branch, 1) for branch in found.missing]
        context |= {
            "trial": OpenTrial(running, []),
            "attendance": found,
            "calls": contacts_of(missing, scope, clock.today()),
            "text": missing_text(found, running, address),
        }
    return render(request, "reports/trial/trial.html", context)
