"""The notice with a day's head of the log: whoever keeps it can tell when the log is another."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.log.day_heads import DayHead, day_heads
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.registry import NoticeKind, register_kind

# What has waited for longer is followed by later heads, which hold it.
USEFUL_FOR = dt.timedelta(days=2)


def head_words(found: DayHead) -> str:
    """Say a day's head in one line, short enough for a message."""
    return _("Đầu sổ ghi ngày %(day)s: %(head)s") % {
        "day": f"{found.day:%d/%m/%Y}",
        "head": found.head,
    }


def _head(notice: Notice) -> Message | None:
    found = day_heads(notice.day, 1)
    if not found or clock.now() > notice.due_at + USEFUL_FOR:
        return None
    words, path = head_words(found[0]), reverse("log")
    keep = _("Giữ tin này: có nó, không ai sửa hay làm lại sổ mà bạn không biết.")
    return Message(
        _("Đầu sổ ghi ngày %(day)s") % {"day": f"{notice.day:%d/%m}"},
        f"{words}\n{keep}",
        path,
        long_body=f"{words}\n{keep}\n\n{found[0].signed.note}",
    )


HEAD = register_kind(NoticeKind("log_head", gettext_lazy("Đầu sổ ghi trong ngày"), _head))
