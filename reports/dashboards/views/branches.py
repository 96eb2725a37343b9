"""A branch: who works there, and what it reported."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import page_campaign
from campaign.permissions import Permission, roles_with_only
from campaign.reporting_window import phases_of
from campaign.scopes import scope_of
from campaign.selectors import find_branch, indicators_of
from campaign.views import appointments_in
from core import clock
from reports.daily.models import DailyReport
from reports.dashboards.selectors.branch_summary import own_days
from reports.dashboards.selectors.progress import progress_of_branch
from reports.dashboards.selectors.volunteer_summary import volunteer_summary_of

REPORTS = 14


@login_required
@never_cache
@require_safe
def branch_detail(request: HttpRequest, code: str) -> HttpResponse:
    branch = find_branch(request.user, code)
    campaign = page_campaign(request)
    scope = scope_of(request.user)
    indicators = indicators_of(campaign)
    reports = DailyReport.objects.visible_to(request.user).filter(campaign=campaign, branch=branch)
    lines = [
        {"report": report, "counts": [whole.get(i.code) for i in indicators.all]}
        for report in reports.mark_unreconciled()
        .select_related("unit", "branch")
        .order_by("-date", "unit")[:REPORTS]
        for whole in [indicators.complete(report.counts)]
    ]
    context = {
        "branch": branch,
        "campaign": campaign,
        "appointments": appointments_in(branch),
        "may_invite": scope.may_invite_in(branch),
        "invited_roles": roles_with_only(Permission.REPORT),
        "may_enter": scope.may_report_for(branch),
        "may_open_days": scope.may(Permission.LEAD, unit=branch.home_unit),
        "days": own_days(campaign, branch),
        "progress": progress_of_branch(campaign, branch, indicators),
        "indicators": indicators.all,
        "volunteer_summary": volunteer_summary_of(
            campaign,
            branch,
            list(branch.children.on(clock.today()).order_by("sort_key")),
            [p for p in phases_of(campaign) if p.is_peak],
        ),
        "reports": lines,
    }
    return render(request, "reports/dashboards/branch_detail.html", context)
