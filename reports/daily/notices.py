"""The notice that a report has come back."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.addresses import path_of
from campaign.scopes import scope_of
from reports.daily.models import DailyReport, Status
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.registry import NoticeKind, register_kind


def _returned(notice: Notice) -> Message | None:
    """Tell who reported that it came back, while it is still waiting to be mended."""
    reports = DailyReport.objects.filter(status=Status.RETURNED, branch=notice.branch)
    reports = reports.filter(campaign=notice.campaign, date=notice.day)
    report = next((r for r in reports if notice.about.startswith(str(r.pk))), None)
    if report is None or not scope_of(notice.user).may_report_for(report.branch):
        return None
    words = {"branch": report.branch.home_unit.name, "day": f"{notice.day:%d/%m}"}
    return Message(
        _("Báo cáo ngày %(day)s cần sửa") % words,
        _("%(branch)s: cấp trên trả lại, có ghi lý do. Mở ra sửa rồi gửi lại.") % words,
        path_of(report.campaign, "receipt", report.pk),
    )


RETURNED = register_kind(NoticeKind("returned", gettext_lazy("Báo cáo cần sửa"), _returned))
