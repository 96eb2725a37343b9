"""Slows down who tries again and again at the doors that need no sign-in."""

import logging

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from core.secret_digest import digest_of

logger = logging.getLogger(__name__)


def allow(key: str, limit: int, seconds: int) -> bool:
    """Count one try under ``key``; whether it is among the first ``limit`` in ``seconds``.

    While the counter is out of reach everybody is let in: a cache that has died must not
    close a public door.
    """
    counter = f"try:{digest_of(key)}"
    try:
        cache.add(counter, 0, seconds)
        return int(cache.incr(counter)) <= limit
    except ValueError:
        return True  # it ran out between the two
    except (RedisError, OSError):
        logger.warning("The counter of tries is out of reach; let in.")
        return True


def is_spent(key: str, limit: int) -> bool:
    """Whether ``limit`` tries have been counted under ``key``; counts none."""
    try:
        return int(cache.get(f"try:{digest_of(key)}") or 0) >= limit
    except (RedisError, OSError):
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
