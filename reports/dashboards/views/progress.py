"""The own progress of a branch: days, rank, what is left, a thank-you."""

import datetime as dt
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import lead_to, page_campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.selectors import find_branch
from core import clock
from reports.dashboards.selectors.branch_history import HistoryDay, branch_history_of
from reports.dashboards.selectors.thank_you import thank_you

WEEK = 7
MONDAY = dt.date(2023, 1, 2)


@login_required
@never_cache
@require_safe
def own_progress(request: HttpRequest) -> HttpResponse:
    """Show one own branch; who leads is led to where all branches stand."""
    user: Any = request.user
    campaign = page_campaign(request)
    scope = scope_of(user)
    reporting = {b.pk: b for b in scope.branches_with(Permission.REPORT)}
    own = sorted(reporting.values(), key=lambda b: b.sort_key)
    if "branch" in request.GET:
        branch = find_branch(user, request.GET["branch"])
        if not scope.may_report_for(branch):
            raise PermissionDenied
    elif own:
        branch = own[0]
    elif scope.lead_unit_paths:
        return lead_to(request, "completeness")
    else:
        raise PermissionDenied
    context: dict[str, Any] = {
        "campaign": campaign,
        "branch": branch,
        "branches": own,
        "has_begun": campaign.starts_on <= clock.today(),
        "weekdays": [MONDAY + dt.timedelta(days=n) for n in range(WEEK)],
    }
    if context["has_begun"]:
        found = branch_history_of(campaign, branch)
        context |= {"record": found, "text": thank_you(found), "months": _months(found.days)}
    return render(request, "reports/dashboards/own_progress.html", context)


def _months(days: tuple[HistoryDay, ...]) -> list[dict[str, Any]]:
    """Lay the days out by months, the newest first, in weeks from Monday; None is no day."""
    months = []
    for (year, month), owned in groupby(days, key=lambda d: (d.date.year, d.date.month)):
        dated = list(owned)
        cells: list[HistoryDay | None] = [None] * dated[0].date.weekday()
        cells += dated
        cells += [None] * (-len(cells) % WEEK)
        weeks = [cells[n : n + WEEK] for n in range(0, len(cells), WEEK)]
        months.append({"first": dt.date(year, month, 1), "weeks": weeks})
    return months[::-1]
