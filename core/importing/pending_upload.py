"""Keeps an uploaded file between its preview and the confirmation.

In the media storage, which all web processes share and which does not fail with Redis. A file
is named at random, and the browser gets that name signed for one user: nobody can have
another file read.
"""

import datetime as dt
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone
from import_export.tmp_storages import MediaStorage

FOLDER = "imports"
LIFE = dt.timedelta(hours=12)


class PendingUpload(MediaStorage):  # type: ignore[misc]
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, MEDIA_FOLDER=FOLDER)

    def save(self, data: bytes) -> None:
        self._delete_expired()
        super().save(data)

    def _delete_expired(self) -> None:
        if not self._storage.exists(FOLDER):
            return
        for name in self._storage.listdir(FOLDER)[1]:
            path = f"{FOLDER}/{name}"
            if self._storage.get_modified_time(path) < timezone.now() - LIFE:
                self._storage.delete(path)


def _signer(user: Any) -> TimestampSigner:
    return TimestampSigner(salt=f"import.{user.pk}")


def sign(name: str, user: Any) -> str:
    return _signer(user).sign(name)


def unsign(signed: str, user: Any) -> str | None:
    """Return the name, or None if it is not this user's or too old."""
    try:
        return _signer(user).unsign(signed, max_age=LIFE)
    except BadSignature:
        return None
