"""A closed day is opened again for one branch."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from campaign.models import Branch, Campaign, LateEntryGrant
from campaign.permissions import Permission
from campaign.reporting_window import reporting_days, rules_on
from campaign.scopes import scope_of
from campaign.selectors import find_branch
from campaign.services.grants import USUAL_DAYS, reopen_day
from core import clock
from reports.daily.forms import GrantForm

RECENT = 14
LISTED = 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_day(request: HttpRequest, code: str) -> HttpResponse:
    branch = find_branch(request.user, code)
    if not scope_of(request.user).may(Permission.LEAD, unit=branch.home_unit):
        raise PermissionDenied
    campaign = page_campaign(request)
    now = clock.now()
    usual = now.date() + dt.timedelta(days=USUAL_DAYS)
    initial = {"date": request.GET.get("date", ""), "expires_on": usual}
    form = GrantForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        # Whoever bore the code on the day: another may bear it since.
        of_day = find_branch(request.user, code, form.cleaned_data["date"])
        grant = _grant(request, campaign, of_day, form)
        if grant is not None:
            message = _("Đã mở lại ngày %(day)s cho %(branch)s đến %(until)s.") % {
                "day": f"{grant.date:%d/%m/%Y}",
                "branch": of_day.name,
                "until": f"{grant.expires_at:%H:%M %d/%m/%Y}",
            }
            messages.success(request, message)
            return lead_to(request, "open-day", branch.code)
    given = LateEntryGrant.objects.filter(branch__code=branch.code, campaign=campaign)
    context = {
        "branch": branch,
        "campaign": campaign,
        "form": form,
        "closed": _closed_days(campaign, now),
        "grants": given.select_related("grantor")[:LISTED],
        "now": now,
    }
    return render(
        request, "reports/daily/open_day.html", context, status=400 if form.errors else 200
    )


def _grant(
    request: HttpRequest, campaign: Campaign, branch: Branch, form: GrantForm
) -> LateEntryGrant | None:
    asked = form.cleaned_data
    user: Any = request.user
    try:
        return reopen_day(
            actor=user,
            campaign=campaign,
            branch=branch,
            day=asked["date"],
            reason=asked["reason"],
            expires_at=clock.at(asked["expires_on"], dt.time(23, 59, 59)),
        )
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            form.add_error("expires_on" if name == "expires_at" else name, texts)
    return None


def _closed_days(campaign: Campaign, now: dt.datetime) -> list[dt.date]:
    days = reporting_days(campaign, campaign.starts_on, now.date())
    closed = (d for d in reversed(days) if now > rules_on(campaign, d).closes_at)
    return [day for day, _n in zip(closed, range(RECENT), strict=False)]
