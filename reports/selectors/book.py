"""What a phone needs in order to report without a network: the report book of a user."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from accounts.models import User
from campaign import clock
from campaign.models import Branch, Campaign
from campaign.report_day import ReportDay, read_grants
from campaign.scopes import REPORTS, scope_of
from campaign.selectors import (
    IndicatorSet,
    branches_run_by,
    current_campaign,
    indicators_of,
    places_to_choose,
    running_campaigns,
)
from campaign.window import rules_on
from reports.models import DailyReport
from reports.selectors.own import own_days
from reports.selectors.progress import progress_of_branch
from reports.selectors.unusual import yardsticks
from volunteers.selectors.outcomes import sessions_of

# A phone is without a network for days, not for weeks; older days are the server's pages.
DAYS = 8
# Who runs more than these enters for others, at a desk.
BRANCHES = 5


def report_book(user: User, slug: str = "") -> dict[str, Any]:
    """Return all that the form needs for the branches whose secretary the user is.

    Raises ``Http404`` where the user sees no campaign.
    """
    running = running_campaigns(user)
    named = (campaign for campaign in running if slug in ("", campaign.slug))
    campaign = next(named, None) or current_campaign(user, slug)
    return _book(user, campaign, indicators_of(campaign), _own_branches(user), running)


def book_for(user: Any, campaign: Campaign, indicators: IndicatorSet) -> dict[str, Any] | None:
    """Return the book for a page of the campaign; None where a phone has no use for it."""
    branches, running = _own_branches(user), running_campaigns(user)
    if not branches or campaign not in running:
        return None
    return _book(user, campaign, indicators, branches, running)


def _book(
    user: User,
    campaign: Campaign,
    indicators: IndicatorSet,
    branches: list[Branch],
    running: list[Campaign],
) -> dict[str, Any]:
    """Return the book of some branches."""
    rules = rules_on(campaign, clock.today())
    return {
        "owner": user.pk,
        "now": clock.now(),
        "today": clock.today(),
        "campaign": {
            "slug": campaign.slug,
            "name": campaign.name,
            "first": campaign.starts_on,
            "last": campaign.ends_on,
            "is_only": running == [campaign],
        },
        "rules": {
            "opens": f"{rules.opens_at:%H:%M}",
            "due": f"{rules.due_at:%H:%M}",
            "closes": f"{rules.closes_at:%H:%M}",
            "editable_days": rules.editable_days,
        },
        "indicators": [
            {
                "code": i.code,
                "name": i.name,
                "measure": i.measure,
                "required": i.required,
                "at_most": i.at_most.code if i.at_most else "",
                "people": i.counts_people,
            }
            for i in indicators.entered
        ],
        "derived": [
            {"name": i.name, "terms": indicators.terms[i.code]}
            for i in indicators.all
            if i.is_derived
        ],
        "branches": [_page_of(campaign, indicators, branch) for branch in branches],
    }


def _own_branches(user: Any) -> list[Branch]:
    """Return the branches that the user was appointed to report for, and not all one may."""
    appointments = scope_of(user).appointments
    own = {a.branch_id for a in appointments if a.role in REPORTS}
    return [branch for branch in branches_run_by(user) if branch.pk in own][:BRANCHES]


def _page_of(campaign: Campaign, indicators: IndicatorSet, branch: Branch) -> dict[str, Any]:
    """Return one branch's page of the book."""
    today = clock.today()
    units = places_to_choose(branch, today)
    progress = progress_of_branch(campaign, branch, indicators).main
    days = [
        ReportDay(campaign, branch, branch.home_unit, today - dt.timedelta(days=back))
        for back in range(DAYS)
    ]
    codes = [i.code for i in indicators.entered]
    usual = yardsticks(days[:1])[days[0]].limits(codes) if units is None else {}
    first = today - dt.timedelta(days=DAYS)
    reports = DailyReport.objects.filter(
        campaign=campaign, branch=branch, date__gte=first, date__lte=today
    ).select_related("unit")
    return {
        "code": branch.code,
        "name": branch.name,
        "home": branch.home_unit.code,
        "units": None if units is None else [[unit.code, unit.name] for unit in units],
        "progress": progress.indicator
        and {
            "label": progress.label,
            "to_date": progress.to_date,
            "target": progress.target,
            "time_gone": round(progress.time_gone, 1),
        },
        "strip": {f"{one.date}": one.state for one in own_days(campaign, branch)},
        "days": _days(days),
        "reports": [_line(report) for report in reports.order_by("-date")],
        "usual": usual,
    }


def _days(days: list[ReportDay]) -> dict[str, dict[str, Any]]:
    """Return those that still take counts, with what their sessions ask for."""
    read_grants(days)
    sessions = sessions_of(days)
    found: dict[str, dict[str, Any]] = {}
    for day in days:
        campaign = day.campaign
        if not campaign.starts_on <= day.day <= campaign.ends_on or day.state == "closed":
            continue
        of_day = sessions.of(day)
        asked = {
            "least": of_day.outcome,
            "others": len(of_day.counted_by_others),
            "open": len(of_day.still_open),
        }
        found[day.day.isoformat()] = {
            "closes": day.grant.expires_at
            if day.state == "granted" and day.grant is not None
            else day.rules.closes_at,
            **{name: value for name, value in asked.items() if value},
        }
    return found


def _line(report: DailyReport) -> dict[str, Any]:
    """Return what stands for a day; texts stay with the server."""
    line: dict[str, Any] = {
        "id": report.pk,
        "date": report.date,
        "unit": report.unit.code,
        "version": report.version,
        "status": report.status,
        "received_at": timezone.localtime(report.received_at),
        "counts": report.counts,
    }
    if report.no_activity:
        line["no_activity"] = True
    if report.return_reason:
        line["return_reason"] = report.return_reason
    if has_texts(report):
        line["texts"] = True
    return line


def has_texts(report: DailyReport) -> bool:
    """Whether the report says something in words, which a phone does not keep."""
    texts: Iterable[str] = (
        report.note,
        report.difficulties,
        report.proposals,
        report.evidence_url,
    )
    return any(texts)
