"""Web Push (RFC 8030) with the portal's own VAPID key (RFC 8292)."""

import base64
import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from core.lazy_module import lazy_module
from reports.notifications.channel import TIMEOUT, PermanentFailure, TemporaryFailure
from reports.notifications.channels.web_push.models import PushSubscription

if TYPE_CHECKING:
    import pywebpush
else:
    pywebpush = lazy_module("pywebpush")

# A reminder that the phone could not be given for so long is no longer of use.
LIFE_SECONDS = 4 * 60 * 60
# Answers to a subscription that is not the portal's to use, or is none; or to a wrong key of ours.
REFUSALS = (400, 401, 403)
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class SubscriptionRefused(TemporaryFailure):
    """The service does not take this subscription; it may be our own fault, for a while."""


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


def push(subscription: PushSubscription, data: bytes, key: str) -> None:
    if not is_push_service(subscription.endpoint):
        raise PermanentFailure("not a push service")
    try:
        keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
        info = {"endpoint": subscription.endpoint, "keys": keys}
        body = pywebpush.WebPusher(info).encode(data)["body"]
    except Exception as error:
        # Keys that nobody can encrypt for were never those of a browser.
        raise PermanentFailure("the phone's keys do not work") from error
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
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise TemporaryFailure(f"push service: {type(error).__name__}") from error
    if answer.status_code in (404, 410):
        raise PermanentFailure("the phone has ended its subscription")
    if answer.status_code in REFUSALS:
        raise SubscriptionRefused(f"push service: {answer.status_code}")
    if not 200 <= answer.status_code < 300:
        raise TemporaryFailure(f"push service: {answer.status_code}")
