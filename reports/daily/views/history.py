"""Everything that happened to one report."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import page_campaign
from campaign.selectors import indicators_of
from reports.daily.selectors import find_report, history_of


@login_required
@never_cache
@require_safe
def report_history(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    report = find_report(request.user, page_campaign(request), report_id)
    context = {
        "report": report,
        "campaign": report.campaign,
        "steps": history_of(report, request.user, indicators_of(report.campaign).on(report.date)),
    }
    return render(request, "reports/daily/report_history.html", context)
