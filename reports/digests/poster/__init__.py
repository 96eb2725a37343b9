"""The digest as a picture to post: PNG, 1080 pixels wide."""

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.template.loader import render_to_string
from redis.exceptions import RedisError

from core.lazy_module import lazy_module
from reports.digests.poster.font_metrics import font_files
from reports.digests.poster.layout import WIDTH, layout
from reports.digests.selectors import Digest, fingerprint

if TYPE_CHECKING:
    import resvg_py
else:
    resvg_py = lazy_module("resvg_py")

# Made anew when the drawing itself changes.
VERSION = 4
CACHED_FOR = 120


def draw(digest: Digest) -> str:
    return render_to_string("reports/digests/poster.svg", layout(digest))


def render(digest: Digest) -> bytes:
    """Return the PNG. Only our own typeface is used, whatever fonts the machine has."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=draw(digest),
            width=WIDTH,
            font_files=font_files(),
            skip_system_fonts=True,
        )
    )


def poster(digest: Digest) -> bytes:
    """Return the PNG, cached for some minutes; without the cache it is drawn each time."""
    key = f"poster-{VERSION}-{fingerprint(digest)}"
    try:
        cached = cache.get(key)
        if isinstance(cached, bytes):
            return cached
        drawn = render(digest)
        cache.set(key, drawn, CACHED_FOR)
    except (RedisError, OSError):
        return render(digest)
    return drawn
