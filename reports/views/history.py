"""Everything that happened to one report."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.selectors import indicators_of
from reports.models import DailyReport
from reports.selectors.review import history_of


@login_required
@never_cache
@require_safe
def report_history(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """Show every revision to whoever sees the report."""
    visible = DailyReport.objects.visible_to(request.user)
    related = visible.select_related("campaign", "branch__home_unit", "unit")
    report = related.filter(pk=report_id).first()
    if report is None:
        raise Http404
    context = {
        "report": report,
        "campaign": report.campaign,
        "steps": history_of(report, request.user, indicators_of(report.campaign)),
    }
    return render(request, "reports/report_history.html", context)
