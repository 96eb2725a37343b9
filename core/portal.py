"""What this portal is called, its emblem, whom its users ask: one row, which a process holds.

Every page shows the name, so a process asks for the row once in ``FRESH`` seconds. A page that
was drawn by an older row would be held under the tag (``core.changes``) of the newer one;
therefore a change is noted once more when no process knows the older row.
"""

import hashlib
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.templatetags.static import static
from django.urls import reverse

from core.models import Change, Portal

# In seconds.
FRESH = 5.0
# Of what phones install: who may cut it to a shape, and its width in pixels.
ICONS = (("any", 192), ("any", 512), ("maskable", 512))


@dataclass(frozen=True)
class Identity:
    """The portal's row without the bytes of its emblem."""

    name: str
    contact: str = ""
    emblem_mark: str = ""

    def icon(self, purpose: str, size: int) -> str:
        """Return the address of one of ``ICONS``."""
        if self.emblem_mark:
            return reverse("emblem", args=[self.emblem_mark, purpose, size])
        return static(f"icons/{'icon' if purpose == 'any' else purpose}-{size}.png")


_known: tuple[float, Identity] | None = None


def portal() -> Identity:
    """Return the portal as it is, or was up to five seconds ago."""
    global _known
    known = _known
    if known is None or time.monotonic() > known[0]:
        try:
            row = Portal.objects.values_list("name", "contact", "emblem_mark").first()
        except (OperationalError, InterfaceError):
            # The sign-in stands where the database does not.
            return known[1] if known else Identity(settings.PORTAL_NAME)
        found = Identity(*row) if row else Identity(settings.PORTAL_NAME)
        known = _known = (time.monotonic() + FRESH, found)
    return known[1]


def last_known_name() -> str:
    """Return the name without asking the database, for pages that stand where it does not."""
    return _known[1].name if _known else settings.PORTAL_NAME


def save_portal(*, name: str, contact: str, emblem: bytes | None = None) -> None:
    """Write down name and contact, and the emblem where there is one: ``b""`` is the star again."""
    with transaction.atomic():
        row = Portal.objects.select_for_update().first() or Portal(pk=1)
        row.name, row.contact = name, contact
        if emblem is not None:
            row.emblem = emblem
            row.emblem_mark = hashlib.sha256(emblem).hexdigest()[:12] if emblem else ""
        row.save()
        transaction.on_commit(_spread)


def _spread() -> None:
    global _known
    _known = None
    note_later()


def note_later() -> None:
    """Note a change once more when no process knows the older rows."""
    later = threading.Timer(FRESH + 1, _note_again)
    later.daemon = True
    later.start()


def _note_again() -> None:
    Change.objects.create(campaign_id=0, unit_id=0)
    connection.close()
