"""What may be asked in a message, answered from the asker's own scope. Names of people never."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.addresses import path_of
from campaign.handover import hand_over
from campaign.models import Appointment, Campaign
from campaign.permissions import Permission, grants, roles_with
from campaign.report_day import ReportDay
from campaign.scopes import scope_of
from campaign.selectors import indicators_of
from core import clock
from core.templatetags.formatting import count, percent, weekday_day
from core.templatetags.formatting import day as day_text
from reports.conversation.wording import counts_in_words, link_to
from reports.daily.models import DailyReport, Status
from reports.dashboards.selectors.progress import Progress, progress_by_branch, progress_by_unit
from reports.reminders.non_reporting import expected_branches, led_by, non_reporting_branches

# So many lines are read on a phone; the rest stands on the page.
MOST_SHOWN = 25


def who_is_missing(user: User, campaign: Campaign, day: dt.date) -> str:
    """Say who of those below has not reported; who leads nobody is told of the own branches."""
    if not scope_of(user).may(Permission.LEAD):
        return own_state(user, campaign, day)
    missing = led_by(user, non_reporting_branches(campaign, day))
    if not missing:
        if not led_by(user, expected_branches(campaign, day)):
            return _("Ngày %(day)s không phải ngày báo cáo.") % {"day": day_text(day)}
        return _("Ngày %(day)s: tất cả đã báo cáo.") % {"day": day_text(day)}
    lines = [
        _("Ngày %(day)s còn %(count)s đơn vị chưa báo cáo:")
        % {"day": day_text(day), "count": count(len(missing))}
    ]
    lines += [f"{n}. {b.name}" for n, b in enumerate(missing[:MOST_SHOWN], start=1)]
    if len(missing) > MOST_SHOWN:
        rest = _("… và %(count)s đơn vị nữa: %(link)s")
        lines.append(
            rest
            % {
                "count": count(len(missing) - MOST_SHOWN),
                "link": link_to(path_of(campaign, "completeness")),
            }
        )
    return "\n".join(lines)


def own_state(user: User, campaign: Campaign, day: dt.date) -> str:
    """Say of each own branch whether its report of the day is in, and with what counts."""
    branches = scope_of(user).branches_with(Permission.REPORT)
    if not branches:
        return _("Bạn không phải báo cáo cho đơn vị nào.")
    indicators = indicators_of(campaign)
    found = DailyReport.objects.filter(campaign=campaign, branch__in=branches, date=day)
    by_branch = {report.branch_id: report for report in found.select_related("unit")}
    due = {branch.pk for branch in expected_branches(campaign, day)}
    lines = [f"{weekday_day(day)}:"]
    for branch in branches:
        report = by_branch.get(branch.pk)
        if report is None:
            rules = ReportDay(campaign, branch, branch.home_unit, day).rules
            text = (
                _("%(name)s: chưa báo cáo, hạn %(time)s.")
                if branch.pk in due
                else _("%(name)s: chưa báo cáo; hôm đó không phải ngày báo cáo.")
            )
            lines.append(text % {"name": branch.name, "time": f"{rules.due_at:%H:%M %d/%m}"})
            continue
        counts = counts_in_words(report.counts, indicators)
        counts = counts if not report.no_activity else _("không phát sinh")
        back = _(" Đang bị trả lại, cần sửa.") if report.status == Status.RETURNED else ""
        lines.append(
            _("%(name)s: đã báo cáo (%(counts)s).%(back)s")
            % {"name": branch.name, "counts": counts, "back": back}
        )
    return "\n".join(lines)


def what_is_left(user: User, campaign: Campaign) -> str:
    """Say how far the asker's own communes, district or province are from their targets."""
    scope, indicators = scope_of(user), indicators_of(campaign)
    branches = scope.branches_with(Permission.REPORT)
    by_branch = progress_by_branch(campaign, branches, indicators)
    units = [_unit(a) for a in scope.appointments if grants(a.role, Permission.LEAD)]
    by_unit = progress_by_unit(campaign, units, clock.today(), indicators)
    found = [by_branch[b.pk].main for b in branches] + [by_unit[u.pk] for u in units]
    return "\n".join(map(_left, found)) or _("Bạn chưa được phân công ở đơn vị nào.")


def why_not(user: User, campaigns: Sequence[Campaign]) -> str:
    """Say why no counts are taken from the user, and who takes them instead, by office."""
    owned = Appointment.objects.filter(
        user=user, proposed_by=None, branch__isnull=False, role__in=roles_with(Permission.REPORT)
    )
    last = owned.order_by(F("ends_on").desc(nulls_first=True), "-starts_on", "pk").first()
    branch = last.branch if last is not None else None
    slug = campaigns[0].slug if campaigns else ""
    found = hand_over(user, campaign=slug, branch=branch.code) if branch is not None else None
    if not found or not found["detail"]:
        return _("Bạn không được phân công nhập báo cáo, nên cổng không ghi gì.")
    parts = [found["detail"]]
    if found["contact"] is not None:
        values = {"office": found["contact"]["role"], "area": found["contact"]["area"]}
        parts.append(_("Còn số thì đưa cho %(office)s, %(area)s.") % values)
    return " ".join(parts)


def _unit(appointment: Appointment) -> Any:
    branch = appointment.branch
    return appointment.unit if branch is None else branch.home_unit


def _left(progress: Progress) -> str:
    if progress.indicator is None or progress.target is None:
        return _("%(name)s chưa được giao chỉ tiêu.") % {"name": progress.node.name}
    values = {
        "label": progress.label,
        "done": count(progress.to_date or 0),
        "target": count(progress.target),
        "percent": percent(progress.percent),
        "left": count(progress.remaining),
        "due": day_text(progress.due_on),
        "daily": count(progress.needed_per_day),
    }
    if not progress.remaining:
        return _("%(label)s: đã được %(done)s trên %(target)s, đủ chỉ tiêu.") % values
    return (
        _(
            "%(label)s: đã được %(done)s trên %(target)s (%(percent)s). Còn %(left)s đến hết "
            "%(due)s, mỗi ngày %(daily)s."
        )
        % values
    )
