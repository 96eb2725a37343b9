"""What a phone needs in order to report without a network: the offline snapshot of a user."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from backups.selectors import restored_mark
from campaign.models import Branch, Campaign, Indicator, Unit
from campaign.models.campaigns import Asking
from campaign.permissions import Permission
from campaign.report_day import ReportDay
from campaign.reporting_window import rules_on
from campaign.scopes import scope_of
from campaign.selectors import (
    IndicatorSet,
    branches_run_by,
    indicators_of,
    named_campaign,
    running_campaigns,
    units_to_choose,
)
from campaign.takes_part import is_left_out
from campaign.trials import trial_links
from core import clock
from core.counts import add_up
from reports.daily.anomalies import expectation_of, residents_for
from reports.daily.models import DailyReport
from reports.daily.reconciliation import question_of
from reports.daily.texts import TEXT_NAMES, asking_on
from reports.dashboards.selectors.branch_summary import BranchSummary, summaries_of
from volunteers.sessions.models import SupportSession

# A phone is without a network for days, not for weeks; older days are the server's pages.
DAYS = 8
# Who runs more than these enters for others, at a desk.
BRANCHES = 5
# So many names a phone takes along of what else there is to choose.
CHOICES = 60


def offline_snapshot_of(user: User, slug: str = "") -> dict[str, Any]:
    """Return all that the form needs for the branches whose secretary the user is.

    Raises what ``named_campaign`` does.
    """
    running = running_campaigns(user)
    named = (one for one in running if one.slug == slug or (not slug and len(running) == 1))
    campaign = next(named, None) or named_campaign(user, slug)
    return _read(user, campaign, indicators_of(campaign), running)


def snapshot_for(user: Any, campaign: Campaign, indicators: IndicatorSet) -> dict[str, Any] | None:
    """Return the snapshot for a page of the campaign; None where a phone has no use for it."""
    snapshot = _read(user, campaign, indicators, running_campaigns(user))
    return snapshot if snapshot["branches"] else None


def _read(
    user: User, campaign: Campaign, indicators: IndicatorSet, running: list[Campaign]
) -> dict[str, Any]:
    branches = branches_run_by(user)
    days = snapshot_days(user, campaign, branches, running)
    summaries = summaries_of(days, indicators) if days else {}
    return snapshot_of(user, campaign, indicators, summaries, days, branches, running)


def snapshot_days(
    user: Any, campaign: Campaign, branches: Iterable[Branch], running: list[Campaign]
) -> list[ReportDay]:
    """Return the last days, the newest first, of those branches whose secretary the user is.

    ``branches`` are all that the user may report for. There are none where a phone has no use
    for them: of a campaign that does not run.
    """
    secretary_of = {b.pk for b in scope_of(user).branches_with(Permission.REPORT)}
    today = clock.today()
    own = [
        branch
        for branch in branches
        if branch.pk in secretary_of and not is_left_out(campaign, branch, today)
    ][:BRANCHES]
    if not own or campaign not in running:
        return []
    return [
        ReportDay(campaign, branch, branch.home_unit, today - dt.timedelta(days=back))
        for branch in own
        for back in range(DAYS)
    ]


def snapshot_of(
    user: User,
    campaign: Campaign,
    indicators: IndicatorSet,
    summaries: Mapping[int, BranchSummary],
    days: Sequence[ReportDay],
    branches: Sequence[Branch],
    running: list[Campaign],
) -> dict[str, Any]:
    """Return what a phone takes along of these days (three queries at most).

    ``branches`` are all that the user may report for.
    """
    by_branch: dict[Branch, list[ReportDay]] = {}
    for day in days:
        by_branch.setdefault(day.branch, []).append(day)
    units = units_to_choose(list(by_branch), clock.today())
    homes = [branch.home_unit for branch in by_branch if branch.pk not in units]
    residents = residents_for(homes, [clock.today()])[clock.today()]
    codes = [i.code for i in indicators.entered if not i.is_state]
    rules = rules_on(campaign, clock.today())
    return {
        "owner": user.pk,
        "now": clock.now(),
        "today": clock.today(),
        "restored": restored_mark(),
        "campaign": {
            "slug": campaign.slug,
            "name": campaign.name,
            "first": campaign.starts_on,
            "last": campaign.ends_on,
        },
        "running": [[one.slug, one.name] for one in running],
        **({"trials": trials} if (trials := trial_links(user, running)) else {}),
        "rules": {
            "opens": f"{rules.opens_at:%H:%M}",
            "due": f"{rules.due_at:%H:%M}",
            "closes": f"{rules.closes_at:%H:%M}",
            "editable_days": rules.editable_days,
        },
        "indicators": [_indicator(i) for i in indicators.typed],
        "derived": [
            {"name": i.name, "terms": indicators.terms[i.code]}
            for i in indicators.all
            if i.is_derived
        ],
        "choices": [[b.code, b.name] for b in branches] if 1 < len(branches) <= CHOICES else [],
        "left_out": len(branches) - len(by_branch) if len(branches) > CHOICES else 0,
        "branches": [
            _page_of(
                summaries[branch.pk],
                of_branch,
                units.get(branch.pk),
                {}
                if branch.pk in units
                else _limits(summaries[branch.pk], codes, residents.get(branch.home_unit_id)),
            )
            for branch, of_branch in by_branch.items()
        ],
    }


def _indicator(indicator: Indicator) -> dict[str, Any]:
    """Return an indicator without what it is not: each byte waits on a slow network."""
    if indicator.is_reason:
        return {"code": indicator.code, "name": indicator.short_name, "reason": 1}
    known = {
        "code": indicator.code,
        "name": indicator.name,
        "measure": indicator.measure,
        "required": indicator.required,
        "at_most": indicator.at_most.code if indicator.at_most else "",
        "people": indicator.counts_people,
        "state": indicator.is_state,
    }
    return {name: value for name, value in known.items() if value}


def _limits(summary: BranchSummary, codes: Sequence[str], residents: int | None) -> dict[str, int]:
    """Return by indicator above what a count of today at home is asked about."""
    home = summary.branch.home_unit_id
    lines = ((r.date, r.status, r.counts) for r in summary.reports if r.unit_id == home)
    return expectation_of(lines, clock.today(), residents).limits(codes)


def _page_of(
    summary: BranchSummary,
    days: Sequence[ReportDay],
    units: Sequence[Unit] | None,
    usual: dict[str, int],
) -> dict[str, Any]:
    branch, progress = summary.branch, summary.progress.main
    # The day before the first is what its counts are held against.
    last, first = days[0].day, days[-1].day - dt.timedelta(days=1)
    return {
        "code": branch.code,
        "name": branch.name,
        "superior": branch.parent.name if branch.parent else "",
        # Residents are shown it: who is signed out may be told to whom to give the counts.
        "office": branch.parent.home_unit.contact if branch.parent else "",
        "home": branch.home_unit.code,
        "units": None if units is None else [[unit.code, unit.name] for unit in units],
        "progress": progress.indicator
        and {
            "label": progress.label,
            "to_date": progress.to_date,
            "target": progress.target,
            "time_gone": round(progress.time_gone, 1),
        },
        "strip": {f"{one.date}": one.state for one in summary.recent_days},
        "days": {f"{day.day}": _day(day, summary) for day in days if _may_take(day)},
        "reports": [_line(r) for r in summary.reports if first <= r.date <= last],
        "usual": usual,
    }


def _may_take(day: ReportDay) -> bool:
    """Whether counts of the day are taken now, or will be once it has opened."""
    campaign = day.campaign
    return campaign.starts_on <= day.day <= campaign.ends_on and day.state != "closed"


def _day(day: ReportDay, summary: BranchSummary) -> dict[str, Any]:
    sessions, existing = summary.sessions.of(day), summary.report_of(day)
    is_asked = existing is not None and question_of(existing, sessions.closed) is not None
    asked = {
        "least": add_up(existing.covered_sessions.values()) if existing else sessions.outcome,
        "unreconciled": is_asked,
        "others": len(sessions.counted_by_others),
        "open": len(sessions.still_open),
        "sessions": [session.pk for session in sessions.closed],
        "listed": [_session(s, day) for s in (*sessions.own, *sessions.counted_by_others)],
        "granted": day.state == "granted",
        "last_states": summary.last_states(day),
        "asks": {
            name: how
            for name, how in asking_on(day.campaign, day.day).items()
            if how != Asking.ASKED
        },
    }
    return {
        "closes": day.takes_counts_until,
        **{name: value for name, value in asked.items() if value},
    }


def _session(session: SupportSession, day: ReportDay) -> dict[str, Any]:
    """Return a session as the day's list names it: its host where another branch counts it."""
    is_own = session.branch_id == day.branch.pk
    at_all = {"id": session.pk, "time": f"{session.begins_at:%H:%M}", "place": session.place}
    return at_all | ({"state": session.state} if is_own else {"host": session.branch.name})


def _line(report: DailyReport) -> dict[str, Any]:
    """Return what stands for a day; texts stay with the server."""
    line: dict[str, Any] = {
        "id": report.pk,
        "date": report.date,
        "unit": report.unit.code,
        "version": report.version,
        "status": report.status,
        "received_at": timezone.localtime(report.received_at).isoformat(timespec="seconds"),
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
    return any(getattr(report, name) for name in TEXT_NAMES)
