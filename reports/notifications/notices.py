"""The notice that shows whether one is reached."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.addresses import path_of
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.registry import NoticeKind, register_kind


def _test_message(notice: Notice) -> Message:
    return Message(
        _("Gửi thử: bạn nhận được rồi"),
        _("Từ nay đến giờ báo cáo mà chưa có số, cổng sẽ nhắc ở đây."),
        path_of(notice.campaign, "reminders"),
    )


# Who asks whether it works is told at once, whatever the hour.
TEST = register_kind(NoticeKind("test", gettext_lazy("Gửi thử"), _test_message, at_any_hour=True))
