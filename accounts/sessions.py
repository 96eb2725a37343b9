"""Where sign-ins are kept: Django's own store, whose rows say whose they are and on what device.

Set as ``SESSION_ENGINE``; a session of somebody who has not signed in belongs to nobody.
"""

import datetime as dt
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Session

# In the session itself, so that a request that changes nothing asks the database no more.
BEGAN, USED, DEVICE = "began", "used", "device"
# How exact "last used" is.
USE_STEP = dt.timedelta(minutes=10)


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to save, with what the list of devices shows in columns of its own."""
        user_id = data.get(SESSION_KEY)
        if user_id is not None:
            now = timezone.now().timestamp()
            data.setdefault(BEGAN, now)
            data.setdefault(USED, now)
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = int(user_id) if user_id is not None else None
        row.device = data.get(DEVICE, "")
        row.created_at = _moment(data.get(BEGAN))
        row.used_at = _moment(data.get(USED))
        return row


def _moment(seconds: float | None) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else timezone.now()


def begin(request: HttpRequest) -> None:
    """Let the sign-in that has just been made begin now, on the device that asks."""
    session: Any = request.session
    session[BEGAN] = session[USED] = timezone.now().timestamp()
    session[DEVICE] = device_of(request.headers.get("User-Agent", ""))


def note_use(request: HttpRequest) -> None:
    """Remember that the session is used, every few minutes."""
    session: Any = request.session
    now = timezone.now().timestamp()
    if now - session.get(USED, 0) > USE_STEP.total_seconds():
        session[USED] = now
        session.setdefault(BEGAN, now)


def ages_of(request: HttpRequest) -> tuple[dt.timedelta, dt.timedelta]:
    """Return for how long the session has not been used, and how long ago it began."""
    session: Any = request.session
    now = timezone.now().timestamp()
    used, began = session.get(USED, now), session.get(BEGAN, now)
    return dt.timedelta(seconds=now - used), dt.timedelta(seconds=now - began)


# The first word that stands in what a browser says of itself names it: most claim to be others.
BROWSERS = (
    ("Zalo", "Zalo"),
    ("FBAN", "Facebook"),
    ("Edg", "Edge"),
    ("coc_coc", "Cốc Cốc"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """Return a device in words: “Chrome · Android”; blank for one that says nothing of itself."""
    found = (next((w for mark, w in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS))
    return " · ".join(word for word in found if word)
