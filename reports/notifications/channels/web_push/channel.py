"""Notices on phones that have asked for them. Off without a VAPID key."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.models import User
from reports.notifications.channel import (
    Channel,
    Message,
    PermanentFailure,
    TemporaryFailure,
)
from reports.notifications.channels.web_push.contact_points import (
    SESSION_KEY,
    note_refused,
    note_taken,
    purge_phones,
    remove_phone,
)
from reports.notifications.channels.web_push.models import PushSubscription
from reports.notifications.channels.web_push.transport import (
    SubscriptionRefused,
    public_key,
    push,
)
from reports.notifications.registry import register_channel


class WebPush(Channel):
    code = "web_push"
    label = gettext_lazy("Thông báo trên điện thoại")
    template = "channels/web_push.html"
    position = 1
    is_brief = True

    def is_on(self) -> bool:
        return bool(settings.VAPID_PRIVATE_KEY)

    def reached(self, users: Iterable[User]) -> set[int]:
        found = PushSubscription.objects.filter(user__in=[user.pk for user in users])
        return set(found.values_list("user_id", flat=True))

    def send(self, user: User, message: Message, key: str) -> None:
        """Send to all phones of the user; one that took it is enough."""
        content = {
            "title": message.title,
            "body": message.body,
            "url": message.path,
            "tag": key,
            "owner": str(user.pk),
        }
        data = json.dumps(content, ensure_ascii=False).encode()
        taken, reasons = 0, []
        for subscription in PushSubscription.objects.filter(user=user).order_by("-pk"):
            try:
                push(subscription, data, key)
                taken += 1
                note_taken(subscription)
            except PermanentFailure:
                subscription.delete()
            except SubscriptionRefused as error:
                reasons.append(str(error))
                note_refused(subscription)
            except TemporaryFailure as error:
                reasons.append(str(error))
        if taken:
            return
        if reasons:
            raise TemporaryFailure(reasons[0])
        raise PermanentFailure("no phone takes notices any more")

    def section(self, request: HttpRequest) -> dict[str, Any]:
        phones = PushSubscription.objects.visible_to(request.user)
        is_known = phones.filter(pk=request.session.get(SESSION_KEY, 0)).exists()
        return {"public_key": public_key(), "is_known": is_known}

    def sign_out(self, request: HttpRequest) -> None:
        """Show nothing of the one who leaves on this phone any more."""
        user: Any = request.user
        phone = request.session.get(SESSION_KEY)
        if phone is not None:
            remove_phone(actor=user, pk=phone)

    def purge(self) -> int:
        return purge_phones()


register_channel(WebPush())
