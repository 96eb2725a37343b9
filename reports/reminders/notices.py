"""What reminders say, worked out right before they go out."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaign.addresses import path_of
from campaign.models import Branch, Campaign, Unit
from campaign.permissions import Permission
from campaign.report_day import ReportDay
from campaign.scopes import scope_of
from campaign.selectors import running_campaigns, secretaries_of
from core import clock
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.registry import NoticeKind, register_kind
from reports.reminders.non_reporting import led_by, non_reporting_branches

# A superior sees so many names or districts at a glance; the page has the rest.
MOST_NAMES = 3
# What has waited for longer, because nobody was there to send it, is no news any more.
USEFUL_FOR = dt.timedelta(hours=3)


def _reminder(notice: Notice) -> Message | None:
    """Ask for a report, unless it is in, or not expected, or nobody may send it any more."""
    campaign, branch, day, now = notice.campaign, notice.branch, notice.day, clock.now()
    if branch is None or now > notice.due_at + USEFUL_FOR:
        return None
    report_day = ReportDay(campaign, branch, branch.home_unit, day, now)
    due = report_day.rules.due_at
    if notice.kind == BEFORE.code and now >= due:
        return None
    if notice.user not in secretaries_of([branch], now.date()).get(branch.pk, []):
        return None
    silent = [one for one in _at_once(notice) if _is_silent(one, branch, day, now)]
    # Of several that would say the same at once the first speaks for all.
    if not silent or silent[0] != campaign:
        return None
    words = {"branch": branch.home_unit.name, "time": f"{due:%H:%M}", "day": f"{day:%d/%m}"}
    where = campaign if len(silent) == 1 else None
    path = path_of(where, "report", branch=branch.code, date=day)
    if now < due:
        title = _("Còn %(minutes)d phút đến hạn báo cáo") % {
            "minutes": max(1, int((due - now).total_seconds() // 60))
        }
        body = _("%(branch)s chưa có báo cáo hôm nay. Hạn %(time)s. Nhập trong nửa phút.") % words
    elif day == now.date():
        title = _("Báo cáo hôm nay vẫn chưa có")
        body = _("%(branch)s chưa có báo cáo, đã quá hạn %(time)s. Bây giờ gửi vẫn kịp.") % words
    else:
        title = _("Báo cáo ngày %(day)s vẫn chưa có") % words
        body = _("%(branch)s chưa có báo cáo ngày %(day)s. Bây giờ gửi vẫn kịp.") % words
    return Message(title, _named(notice, silent, body), path)


def _at_once(notice: Notice) -> list[Campaign]:
    """Return the campaigns of which the user is reminded now, of this branch and day."""
    beside = Notice.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=notice.due_at),
        user=notice.user,
        channel=notice.channel,
        kind=notice.kind,
        day=notice.day,
        branch=notice.branch,
    ).select_related("campaign")
    found = {one.campaign for one in (notice, *beside) if one.campaign is not None}
    return sorted(found, key=lambda one: one.pk)


def _is_silent(campaign: Campaign, branch: Branch, day: dt.date, now: dt.datetime) -> bool:
    """Whether a report of the branch is missing that would be taken now."""
    missing = {other.pk for other in non_reporting_branches(campaign, day)}
    takes = ReportDay(campaign, branch, branch.home_unit, day, now).takes_counts
    return branch.pk in missing and takes


def _named(notice: Notice, campaigns: list[Campaign], body: str) -> str:
    """Name the campaigns where the user has several."""
    if len(campaigns) == 1 and len(running_campaigns(notice.user)) < 2:
        return body
    return f"{', '.join(one.name for one in campaigns)}: {body}"


def _summary(notice: Notice) -> Message | None:
    if clock.now() > notice.due_at + USEFUL_FOR:
        return None
    missing = led_by(notice.user, non_reporting_branches(notice.campaign, notice.day))
    if not missing:
        return None
    if scope_of(notice.user).may(Permission.SET_UP):
        names = _districts(missing)
    else:
        names = [b.home_unit.name for b in missing]
    shown = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        shown = _("%(names)s và %(count)d đơn vị khác") % {
            "names": shown,
            "count": len(names) - MOST_NAMES,
        }
    words = {"count": len(missing), "day": f"{notice.day:%d/%m}"}
    title = ngettext(
        "%(count)d đơn vị chưa báo cáo ngày %(day)s",
        "%(count)d đơn vị chưa báo cáo ngày %(day)s",
        len(missing),
    )
    path = path_of(notice.campaign, "reminders")
    body = f"{shown}."
    return Message(title % words, _named(notice, [notice.campaign], body), path)


def _districts(missing: list[Any]) -> list[str]:
    ids = {int(pk) for b in missing for pk in b.home_unit.path.split(".") if pk}
    districts = dict(Unit.objects.filter(pk__in=ids, level="district").values_list("pk", "name"))
    if not districts:
        return [branch.home_unit.name for branch in missing]
    counted: Counter[str] = Counter()
    for branch in missing:
        above = [districts.get(int(pk)) for pk in branch.home_unit.path.split(".") if pk]
        counted[next(filter(None, above), branch.home_unit.name)] += 1
    return [f"{name} ({count})" for name, count in counted.most_common()]


BEFORE = register_kind(NoticeKind("before", gettext_lazy("Sắp đến hạn, chưa báo cáo"), _reminder))
AFTER = register_kind(NoticeKind("after", gettext_lazy("Quá hạn, chưa báo cáo"), _reminder))
SUMMARY = register_kind(NoticeKind("summary", gettext_lazy("Danh sách chưa báo cáo"), _summary))
