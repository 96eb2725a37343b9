"""The notice that somebody has something to recount."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaign.addresses import path_of
from reports.checks.models import Check
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.registry import NoticeKind, register_kind


def _assigned(notice: Notice) -> Message | None:
    """Say how many wait; nobody is told by name which branch it is."""
    waiting = Check.objects.open().filter(checker_id=notice.user_id, campaign=notice.campaign)
    number = waiting.count()
    if not number:
        return None
    text = ngettext(
        "%(n)s lượt kiểm tra chọn mẫu đang chờ bạn. Không báo trước cho đơn vị được kiểm tra.",
        "%(n)s lượt kiểm tra chọn mẫu đang chờ bạn. Không báo trước cho đơn vị được kiểm tra.",
        number,
    )
    return Message(
        _("Bạn được giao kiểm tra chọn mẫu"),
        text % {"n": number},
        path_of(notice.campaign, "my-checks"),
    )


ASSIGNED = register_kind(NoticeKind("check", gettext_lazy("Giao kiểm tra chọn mẫu"), _assigned))
