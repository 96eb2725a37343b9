"""Zalo: messages from our bot to people who have written to it. Off without a token."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from reports.notifications.channel import Channel, Message, PermanentFailure
from reports.notifications.channels.zalo.contact_points import link_chats, new_code, unlink
from reports.notifications.channels.zalo.models import ZaloLink
from reports.notifications.channels.zalo.transport import send_text
from reports.notifications.registry import register_channel


class Zalo(Channel):
    code = "zalo"
    label = gettext_lazy("Zalo")
    template = "channels/zalo.html"
    actions = ("zalo", "zalo-off")
    position = 3

    def is_on(self) -> bool:
        return bool(settings.ZALO_BOT_TOKEN)

    def reached(self, users: Iterable[User]) -> set[int]:
        found = ZaloLink.objects.filter(user__in=[user.pk for user in users])
        return set(found.exclude(chat_id="").values_list("user_id", flat=True))

    def send(self, user: User, message: Message, key: str) -> None:
        """Send; who has blocked the bot is no longer linked."""
        link = ZaloLink.objects.filter(user=user).exclude(chat_id="").first()
        if link is None:
            raise PermanentFailure("no chat")
        try:
            send_text(link.chat_id, message)
        except PermanentFailure:
            link.chat_id = ""
            link.save(update_fields=["chat_id"])
            raise
        link.used_at = clock.now()
        link.save(update_fields=["used_at"])

    def section(self, request: HttpRequest) -> dict[str, Any]:
        return {"link": ZaloLink.objects.visible_to(request.user).first()}

    def act(self, request: HttpRequest, action: str) -> bool:
        user: Any = request.user
        if action == "zalo-off":
            unlink(actor=user)
            messages.success(request, _("Từ nay không nhắc qua Zalo nữa."))
        elif self.is_on():
            new_code(actor=user)
        return True

    def poll(self) -> int:
        return link_chats()


register_channel(Zalo())
