"""Zalo: messages from our bot to people who have written to it. Off without a token."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
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
)
from reports.notifications.channels.zalo.contact_points import (
    link_chat,
    new_code,
    unlink,
    user_of,
)
from reports.notifications.channels.zalo.models import ZaloLink
from reports.notifications.channels.zalo.transport import read_update, send_text, updates
from reports.notifications.registry import register_channel


class Zalo(Channel):
    code = "zalo"
    label = gettext_lazy("Zalo")
    template = "channels/zalo.html"
    actions = ("zalo", "zalo-off")
    position = 3
    hears = True

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
            send_text(
                link.chat_id,
                f"{message.title}\n{message.body}\n{settings.PORTAL_URL}{message.path}",
            )
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

    def received(self) -> Iterable[IncomingMessage]:
        """With a webhook the service brings them itself, and refuses to be asked."""
        return () if settings.ZALO_WEBHOOK_SECRET else updates()

    def read_webhook(self, request: HttpRequest) -> list[IncomingMessage]:
        secret = settings.ZALO_WEBHOOK_SECRET
        given = request.headers.get("X-Bot-Api-Secret-Token", "")
        if not secret or not constant_time_compare(given, secret):
            raise NotFromService
        try:
            content = json.loads(request.body)
        except (ValueError, RecursionError):
            return []
        # As documented the update stands in "result", as in the answer to getUpdates.
        update = content.get("result", content) if isinstance(content, dict) else None
        return read_update(update)

    def link(self, message: IncomingMessage) -> User | None:
        """A code in a group was read by others, and links nobody."""
        return None if message.is_group else link_chat(message.sender, message.text)

    def user_of(self, message: IncomingMessage) -> User | None:
        return user_of(message.sender)

    def reply(self, address: str, text: str) -> None:
        send_text(address, text)


register_channel(Zalo())
