"""Web Push (RFC 8030) with the portal's own VAPID key (RFC 8292)."""

import base64
import json
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher

from accounts.models import User
from reports.channels.base import PATIENCE, Gone, Message, TryLater
from reports.models import PushSubscription, Way

# A reminder that the phone could not be given for so long is no longer of use.
LIFE_SECONDS = 4 * 60 * 60
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def is_push_service(endpoint: str) -> bool:
    """Whether the address belongs to a push service that we know.

    Anything else is refused: a browser's word must not make the server call an address
    inside its own network.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or ""), parts.port
    except ValueError:
        return False
    if not HOST.fullmatch(host) or parts.username is not None or parts.password is not None:
        return False
    origin = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    return any(fnmatchcase(origin, known) for known in settings.PUSH_SERVICES)


@lru_cache(maxsize=4)
def _signer(key: str) -> Vapid02:
    return Vapid02.from_string(key)


def public_key() -> str:
    """Return what a browser needs to subscribe, blank where push is off."""
    if not settings.VAPID_PRIVATE_KEY:
        return ""
    point = _signer(settings.VAPID_PRIVATE_KEY).public_key.public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


class WebPush:
    """Notices on phones that have asked for them."""

    way = Way.WEB_PUSH

    def is_on(self) -> bool:
        """Whether there is a key."""
        return bool(settings.VAPID_PRIVATE_KEY)

    def reached(self, users: Iterable[User]) -> set[int]:
        """Return those with a phone that shows notices."""
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
                _push(subscription, data, key)
                taken += 1
            except Gone:
                subscription.delete()
            except TryLater as error:
                reasons.append(str(error))
        if taken:
            return
        if reasons:
            raise TryLater(reasons[0])
        raise Gone("no phone takes notices any more")


def _push(subscription: PushSubscription, data: bytes, key: str) -> None:
    """Send to one phone."""
    if not is_push_service(subscription.endpoint):
        raise Gone("not a push service")
    try:
        keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
        info = {"endpoint": subscription.endpoint, "keys": keys}
        body = WebPusher(info).encode(data)["body"]
    except Exception as error:
        # Keys that nobody can encrypt for were never those of a browser.
        raise Gone("the phone's keys do not work") from error
    parts = urlsplit(subscription.endpoint)
    claims = {"sub": settings.VAPID_SUBJECT, "aud": f"{parts.scheme}://{parts.netloc}"}
    headers = {
        "Content-Encoding": "aes128gcm",
        "TTL": str(LIFE_SECONDS),
        "Urgency": "high",
        "Topic": key,
        **_signer(settings.VAPID_PRIVATE_KEY).sign(claims),
    }
    try:
        answer = requests.post(
            subscription.endpoint,
            data=body,
            headers=headers,
            timeout=PATIENCE,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise TryLater(f"push service: {type(error).__name__}") from error
    if answer.status_code in (404, 410):
        raise Gone("the phone has ended its subscription")
    if not 200 <= answer.status_code < 300:
        raise TryLater(f"push service: {answer.status_code}")
