"""What a notice says, worked out right before it goes out, from how things stand then."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign import clock
from campaign.models import Unit
from campaign.report_day import ReportDay
from campaign.scopes import scope_of
from reports.channels import Message
from reports.digests.selectors import digest
from reports.digests.text import link_of, text
from reports.digests.text.figures import day_words
from reports.digests.text.header_footer import title
from reports.models import DailyReport, Notice, NoticeKind, Status, Way
from reports.selectors.silent import led_by, secretaries_of, silent_branches

# A superior sees so many names or districts at a glance; the page has the rest.
MOST_NAMES = 3
# What has waited for longer, because nobody was there to send it, is no news any more.
WORTH = dt.timedelta(hours=3)


def words_of(notice: Notice) -> Message | None:
    """Return what the notice says now; None where it is not wanted any more."""
    return WORDS[NoticeKind(notice.kind)](notice)


def _reminder(notice: Notice) -> Message | None:
    """Ask for a report, unless it is in, or not expected, or nobody may send it any more."""
    campaign, branch, day, now = notice.campaign, notice.branch, notice.day, clock.now()
    if branch is None or now > notice.due_at + WORTH:
        return None
    report_day = ReportDay(campaign, branch, branch.home_unit, day, now)
    due = report_day.rules.due_at
    if notice.kind == NoticeKind.BEFORE and now >= due:
        return None
    silent = [b for b in silent_branches(campaign, day) if b.pk == branch.pk]
    if notice.user not in secretaries_of(silent, now.date()).get(branch.pk, []):
        return None
    if not report_day.takes_counts:
        return None
    said = {"branch": branch.home_unit.name, "time": f"{due:%H:%M}", "day": f"{day:%d/%m}"}
    path = f"/report/?branch={branch.code}&date={day:%Y-%m-%d}"
    if now < due:
        title = _("Còn %(minutes)d phút đến hạn báo cáo") % {
            "minutes": max(1, int((due - now).total_seconds() // 60))
        }
        body = _("%(branch)s chưa có báo cáo hôm nay. Hạn %(time)s. Nhập trong nửa phút.") % said
    elif day == now.date():
        title = _("Báo cáo hôm nay vẫn chưa có")
        body = _("%(branch)s chưa có báo cáo, đã quá hạn %(time)s. Bây giờ gửi vẫn kịp.") % said
    else:
        title = _("Báo cáo ngày %(day)s vẫn chưa có") % said
        body = _("%(branch)s chưa có báo cáo ngày %(day)s. Bây giờ gửi vẫn kịp.") % said
    return Message(title, body, path)


def _summary(notice: Notice) -> Message | None:
    """Tell a superior how many are silent, and where."""
    if clock.now() > notice.due_at + WORTH:
        return None
    silent = led_by(notice.user, silent_branches(notice.campaign, notice.day))
    if not silent:
        return None
    if scope_of(notice.user).is_province_staff:
        names = _districts(silent)
    else:
        names = [b.home_unit.name for b in silent]
    shown = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        shown = _("%(names)s và %(count)d nơi khác") % {
            "names": shown,
            "count": len(names) - MOST_NAMES,
        }
    said = {"count": len(silent), "day": f"{notice.day:%d/%m}", "names": shown}
    title = ngettext(
        "%(count)d nơi chưa báo cáo ngày %(day)s",
        "%(count)d nơi chưa báo cáo ngày %(day)s",
        len(silent),
    )
    return Message(title % said, _("%(names)s. Đã nhắc từng nơi.") % said, "/reminders/")


def _districts(silent: list[Any]) -> list[str]:
    """Return the districts of the silent with how many in each, most first."""
    ids = {int(pk) for b in silent for pk in b.home_unit.path.split(".") if pk}
    districts = dict(Unit.objects.filter(pk__in=ids, level="district").values_list("pk", "name"))
    counted: Counter[str] = Counter()
    for branch in silent:
        above = [districts.get(int(pk)) for pk in branch.home_unit.path.split(".") if pk]
        counted[next(filter(None, above), branch.home_unit.name)] += 1
    return [f"{name} ({count})" for name, count in counted.most_common()]


def _returned(notice: Notice) -> Message | None:
    """Tell who reported that it came back, while it is still waiting to be mended."""
    reports = DailyReport.objects.filter(status=Status.RETURNED, branch=notice.branch)
    reports = reports.filter(campaign=notice.campaign, date=notice.day)
    report = next((r for r in reports if notice.about.startswith(str(r.pk))), None)
    if report is None or not scope_of(notice.user).may_report_for(report.branch):
        return None
    said = {"branch": report.branch.home_unit.name, "day": f"{notice.day:%d/%m}"}
    return Message(
        _("Báo cáo ngày %(day)s cần sửa") % said,
        _("%(branch)s: cấp trên trả lại, có ghi lý do. Mở ra sửa rồi gửi lại.") % said,
        f"/report/{report.pk}/",
    )


def _digest(notice: Notice) -> Message | None:
    """Give the day's digest: whole where there is room, its first figure on a phone's screen."""
    unit, day = notice.unit, notice.day
    if unit is None or clock.now() > notice.due_at + WORTH:
        return None
    if not Unit.objects.visible_to(notice.user).filter(pk=unit.pk).exists():
        return None
    found = digest(campaign=notice.campaign, unit=unit, day=day)
    path = link_of(found, notice.campaign.slug)
    if notice.way != Way.WEB_PUSH:
        return Message(title(found), text(found), path)
    said = {"unit": unit.name, "day": f"{day:%d/%m}", "figure": day_words(found)[0]}
    return Message(
        _("Bản tin ngày %(day)s đã có") % said,
        _("%(unit)s. %(figure)s Mở ra xem, chép vào nhóm Zalo.") % said,
        path,
    )


def _test(notice: Notice) -> Message | None:
    return Message(
        _("Gửi thử: bạn nhận được rồi"),
        _("Từ nay đến giờ báo cáo mà chưa có số, Tiên Phong 06 sẽ nhắc ở đây."),
        "/reminders/",
    )


WORDS: dict[NoticeKind, Callable[[Notice], Message | None]] = {
    NoticeKind.BEFORE: _reminder,
    NoticeKind.AFTER: _reminder,
    NoticeKind.SUMMARY: _summary,
    NoticeKind.RETURNED: _returned,
    NoticeKind.DIGEST: _digest,
    NoticeKind.TEST: _test,
}
