"""What an owner is told of her account, on every channel she has, at any hour."""

from collections.abc import Callable
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.superiors import Event, tell_by
from core import clock
from reports.notifications.channel import Message
from reports.notifications.models import Notice
from reports.notifications.outbox import enqueue
from reports.notifications.registry import NoticeKind, register_kind

Words = Callable[[], tuple[str, str]]


# Each says title and body; ``about`` is when, and by whom.
WORDS: dict[Event, Words] = {
    Event.LINK_MADE: lambda: (
        _("Có đường link đặt mật khẩu mới cho tài khoản của bạn"),
        _("%(about)s tạo. Không phải bạn nhờ thì vào Thiết bị và khóa của tôi để thu hồi ngay."),
    ),
    Event.PASSWORD_SET: lambda: (
        _("Mật khẩu của bạn vừa được đặt lại"),
        _("Bằng đường link do %(about)s tạo. Không phải bạn thì báo ngay cho cấp trên."),
    ),
    Event.PASSWORD_CHANGED: lambda: (
        _("Mật khẩu của bạn vừa đổi"),
        _("%(about)s. Các máy, khóa và đường link khác đã hết dùng. Không phải bạn thì báo ngay."),
    ),
    Event.FACTOR_CHANGED: lambda: (
        _("Mã xác nhận của tài khoản vừa thay đổi"),
        _("%(about)s đổi. Không phải bạn thì báo ngay cho cấp trên."),
    ),
    Event.APPOINTED: lambda: (
        _("Bạn được phân công việc mới"),
        _("%(about)s phân công. Vào Tài khoản của tôi xem và nhận việc."),
    ),
}


def _message(event: Event, notice: Notice) -> Message:
    title, body = WORDS[event]()
    name = "account" if event is Event.APPOINTED else "account-keys"
    return Message(title, body % {"about": notice.about}, reverse(name))


KINDS = {
    event: register_kind(
        NoticeKind(
            event.value, gettext_lazy("Tài khoản"), partial(_message, event), at_any_hour=True
        )
    )
    for event in Event
}


@tell_by
def tell(user: User, event: Event, actor: User) -> None:
    now = clock.now()
    about = f"{now:%H:%M %d/%m/%Y} {actor}"
    enqueue([user], kind=KINDS[event], campaign=None, day=now.date(), about=about[:60])
