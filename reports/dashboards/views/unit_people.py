"""Who works in a commune and what goes on there: branches, teams, sessions, reports."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign.addresses import page_campaign
from campaign.models import Branch
from campaign.scopes import scope_of
from campaign.selectors import find_unit, indicators_of, secretaries_of, visible_ancestors
from core import clock
from reports.daily.models import DailyReport
from reports.phones.selectors import phones_of
from volunteers.sessions.models import SupportSession
from volunteers.teams.models import Team

REPORTS, SESSIONS = 10, 10


@login_required
@never_cache
@require_safe
def unit_people(request: HttpRequest, code: str) -> HttpResponse:
    """Show it to whom the unit's dashboard is shown; names and numbers to whom they are known."""
    user: Any = request.user
    campaign = page_campaign(request)
    unit = find_unit(user, campaign, code)
    scope, today = scope_of(user), clock.today()
    homes = Branch.objects.visible_to(user).on(today).filter(home_unit=unit)
    branches = list(homes.select_related("home_unit").order_by("sort_key"))
    known = [branch for branch in branches if scope.may_invite_in(branch)]
    people = secretaries_of(known, today)
    phones = phones_of([one for of in people.values() for one in of])
    indicators = indicators_of(campaign)
    headline = indicators.headline
    reports = DailyReport.objects.visible_to(user).filter(campaign=campaign, unit=unit)
    sessions = (
        SupportSession.objects.visible_to(user).existing().filter(campaign=campaign, unit=unit)
    )
    context = {
        "campaign": campaign,
        "unit": unit,
        "crumbs": visible_ancestors(user, unit),
        "branches": [
            {
                "branch": branch,
                "people": [(one, phones.get(one.pk, ())) for one in people.get(branch.pk, ())],
                "is_known": branch in known,
            }
            for branch in branches
        ],
        "teams": list(Team.objects.visible_to(user).on(today).filter(unit=unit)),
        "coming": list(sessions.filter(date__gte=today).order_by("date", "begins_at")[:SESSIONS]),
        "past": list(sessions.filter(date__lt=today).order_by("-date", "-begins_at")[:SESSIONS]),
        "headline": headline,
        "reports": [
            (one, indicators.complete(one.counts).get(headline.code) if headline else None)
            for one in reports.select_related("branch").order_by("-date", "pk")[:REPORTS]
        ],
    }
    return render(request, "reports/dashboards/unit_people.html", context)
