"""One report that waits for a decision, beside what is usual there and the sessions of its day."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from campaign.models import Campaign
from campaign.scopes import scope_of
from campaign.selectors import IndicatorSet, indicators_of
from reports.daily.anomalies import anomaly_labels, expectation
from reports.daily.forms import PHRASES, DecisionForm
from reports.daily.models import DailyReport, Status
from reports.daily.selectors import may_review, reviewable, unusual_first, who_did
from reports.daily.services.review import ReviewConflict
from reports.daily.views.review import take_decision
from volunteers.sessions.models import SupportSession


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review_one(request: HttpRequest, report_id: UUID) -> HttpResponse:
    user: Any = request.user
    if not scope_of(user).roles:
        raise Http404
    if not may_review(user):
        raise PermissionDenied
    campaign = page_campaign(request)
    found = reviewable(user).filter(campaign=campaign)
    report = found.select_related("branch__home_unit", "unit", "campaign").filter(pk=report_id)
    shown: DailyReport = report.or_404()
    form, status, conflict = DecisionForm(), 200, None
    if request.method == "POST":
        form, status = DecisionForm(request.POST), 400
        following = _next(user, campaign, shown)
        try:
            decided = take_decision(user, form)
        except ReviewConflict as error:
            conflict, status, decided = error, 409, None
        if decided is not None:
            messages.success(request, decided)
            if following is None:
                return lead_to(request, "review")
            return lead_to(request, "review-report", following)
        # What somebody else has just done stands on the page.
        shown = report.or_404()
    context = _context(campaign, shown)
    context |= {
        "form": form,
        "conflict": conflict,
        "who": [
            who_did(one.last, user, one.report.branch)
            for one in (conflict.conflicts if conflict else ())
            if one.last
        ],
        "following": _next(user, campaign, shown),
        "waiting": found.filter(status=Status.SUBMITTED).count(),
    }
    return render(request, "reports/daily/review_one.html", context, status=status)


def _context(campaign: Campaign, report: DailyReport) -> dict[str, Any]:
    indicators = indicators_of(campaign).on(report.date)
    sessions = SupportSession.objects.closed().filter(
        campaign=campaign, branch=report.branch, unit=report.unit, date=report.date
    )
    closed = list(sessions.order_by("begins_at", "pk"))
    return {
        "campaign": campaign,
        "report": report,
        "rows": _rows(report, indicators, closed),
        "sessions": closed,
        "flags": anomaly_labels(report.unusual, indicators),
        "phrases": PHRASES,
        "may_decide": report.status != Status.LOCKED,
        "is_approved": report.counts_as_approved,
    }


def _rows(
    report: DailyReport, indicators: IndicatorSet, sessions: list[SupportSession]
) -> list[dict[str, Any]]:
    """Return what was counted beside the median of the days before, and beside the sessions."""
    usual = expectation(report.day).usual
    given = {**report.counts}
    rows = []
    for one in indicators.typed:
        known = usual.get(one.code)
        of_sessions = [s.counts[one.code] for s in sessions if one.code in s.counts]
        if one.is_reason and one.code not in given:
            continue
        rows.append(
            {
                "indicator": one,
                "value": given.get(one.code),
                "usual": known.median if known is not None else None,
                "sessions": sum(of_sessions) if of_sessions else None,
            }
        )
    return rows


def _next(user: Any, campaign: Campaign, report: DailyReport) -> UUID | None:
    """Return what waits after a report in the order of the list, from the top again at its end."""
    waiting = reviewable(user).filter(campaign=campaign, status=Status.SUBMITTED)
    ids = list(unusual_first(waiting).values_list("pk", flat=True))
    others = [pk for pk in ids if pk != report.pk]
    if not others:
        return None
    place = ids.index(report.pk) if report.pk in ids else -1
    return ids[place + 1] if 0 <= place < len(ids) - 1 else others[0]
