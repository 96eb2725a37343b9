"""Slows down who tries again and again at the doors that need no sign-in."""

import functools
import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from core.secret_digest import digest_of

logger = logging.getLogger(__name__)
# What says that Valkey is out of reach.
UNREACHED = (RedisError, OSError)


def valkey() -> Redis:
    """Return Valkey itself: Django's cache reads and writes in two steps what must be one."""
    location: Any = settings.CACHES["default"]["LOCATION"]
    return _client(location)


@functools.cache
def _client(url: str) -> Redis:
    return Redis.from_url(
        url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
    )


def key_of(kind: str, text: str) -> str:
    """Return the name of a counter, which does not tell what is counted."""
    return cache.make_key(f"{kind}:{digest_of(text)}")


def allow(key: str, limit: int, seconds: int) -> bool:
    """Count one try under ``key``; whether it is among the first ``limit`` in ``seconds``.

    While the counter is out of reach everybody is let in: a cache that has died must not
    close a public door.
    """
    counter = key_of("try", key)
    try:
        # Together: a counter that ended between the two would begin again without an end.
        with valkey().pipeline() as both:
            both.set(counter, 0, ex=seconds, nx=True)
            both.incr(counter)
            return int(both.execute()[1]) <= limit
    except UNREACHED:
        logger.warning("The counter of tries is out of reach; let in.")
        return True


def is_spent(key: str, limit: int) -> bool:
    """Whether ``limit`` tries have been counted under ``key``; counts none."""
    try:
        return int(valkey().get(key_of("try", key)) or 0) >= limit
    except UNREACHED:
        logger.warning("The counter of tries is out of reach; let in.")
        return False


def address_of(request: HttpRequest) -> str:
    """Return the address that a request came from, as far as it cannot be forged.

    With HTTPS a proxy stands before us, and the last address of the header is its word.
    """
    if settings.HTTPS:
        forwarded: str = request.headers.get("X-Forwarded-For", "")
        address = forwarded.rpartition(",")[2].strip()
        if address:
            return address
    return str(request.META.get("REMOTE_ADDR", ""))
