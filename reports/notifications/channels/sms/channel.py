"""SMS by a gateway: reminders to the account's own telephone, and reports from it. Off without."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from reports.notifications.channel import (
    Channel,
    IncomingMessage,
    Message,
    NotFromService,
    PermanentFailure,
    TemporaryFailure,
)
from reports.notifications.channels.sms.contact_points import (
    TooManyCodes,
    prove,
    send_code,
    unlink,
    user_of,
)
from reports.notifications.channels.sms.models import SmsNumber
from reports.notifications.channels.sms.transport import WITHOUT_MARKS, read_sms, send_sms
from reports.notifications.registry import register_channel

# The code's field on the page.
CODE = "sms-code"


class Sms(Channel):
    code = "sms"
    label = gettext_lazy("SMS")
    template = "channels/sms.html"
    actions = ("sms", "sms-prove", "sms-off")
    position = 4
    is_brief = True
    hears = True
    most_letters = WITHOUT_MARKS
    # Every SMS is paid for.
    answers_strangers = False

    def is_on(self) -> bool:
        return bool(settings.SMS_GATEWAY_URL and settings.SMS_GATEWAY_TOKEN)

    def reached(self, users: Iterable[User]) -> set[int]:
        found = SmsNumber.objects.exclude(proved_at=None).filter(
            user__in=[user.pk for user in users], user__phone=F("number")
        )
        return set(found.values_list("user_id", flat=True))

    def send(self, user: User, message: Message, key: str) -> None:
        """Send; a number that the gateway cannot reach is proved no longer."""
        row = SmsNumber.objects.exclude(proved_at=None).filter(user=user, number=user.phone)
        if not row.update(used_at=clock.now()):
            raise PermanentFailure("no number")
        try:
            text = f"{message.title}\n{message.body}\n{settings.PORTAL_URL}{message.path}"
            send_sms(user.phone, text)
        except PermanentFailure:
            row.update(proved_at=None)
            raise

    def section(self, request: HttpRequest) -> dict[str, Any]:
        user: Any = request.user
        row = SmsNumber.objects.visible_to(user).first()
        is_own = row is not None and row.number == user.phone
        return {
            "has_phone": bool(user.phone),
            "last_digits": (user.phone or "")[-3:],
            "is_proved": is_own and row is not None and row.proved_at is not None,
            "is_waiting": is_own and row is not None and row.proved_at is None,
            "gateway": settings.SMS_NUMBER,
        }

    def act(self, request: HttpRequest, action: str) -> bool:
        user: Any = request.user
        if action == "sms-off":
            unlink(actor=user)
            messages.success(request, _("Từ nay không nhắc qua SMS nữa."))
        elif self.is_on() and user.phone:
            (self._prove if action == "sms-prove" else self._send_code)(request, user)
        return True

    def _send_code(self, request: HttpRequest, user: User) -> None:
        try:
            send_code(actor=user)
        except TooManyCodes:
            messages.error(request, _("Đã gửi nhiều mã quá. Chờ một giờ rồi lấy mã khác."))
        except (PermanentFailure, TemporaryFailure):
            messages.error(request, _("Chưa gửi được SMS. Chờ vài phút rồi lấy mã khác."))
        else:
            messages.success(request, _("Đã gửi mã đến điện thoại của bạn."))

    def _prove(self, request: HttpRequest, user: User) -> None:
        if prove(actor=user, code=request.POST.get(CODE, "")[:20]):
            messages.success(request, _("Đã nối với số điện thoại của bạn."))
        else:
            messages.error(
                request, _("Mã chưa đúng, hoặc đã quá 10 phút. Xem lại, hay lấy mã khác.")
            )

    def read_webhook(self, request: HttpRequest) -> list[IncomingMessage]:
        secret = settings.SMS_WEBHOOK_SECRET
        given = request.headers.get("Authorization", "")
        if not secret or not constant_time_compare(given, f"Bearer {secret}"):
            raise NotFromService
        return read_sms(request.body)

    def user_of(self, message: IncomingMessage) -> User | None:
        return user_of(message.sender)

    def reply(self, address: str, text: str) -> None:
        send_sms(address, text)


register_channel(Sms())
