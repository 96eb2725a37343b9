"""Keeps an uploaded file between its preview and the confirmation.

In the media storage, which all web processes share. A file is named at random, and the
browser gets that name signed for one user: nobody can have another file read.
"""

import datetime as dt
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone
from import_export.tmp_storages import BaseStorage

from accounts.models import User

FOLDER = "imports"
LIFE = dt.timedelta(hours=12)


class WaitingFile(BaseStorage):  # type: ignore[misc]
    """One uploaded file."""

    def save(self, data: bytes) -> None:
        """Keep the file; forget those that nobody came back for."""
        purge()
        self.name = uuid4().hex
        default_storage.save(self.path, ContentFile(data))

    def read(self) -> bytes:
        """Return the file; raise ``FileNotFoundError`` when it is gone."""
        with default_storage.open(self.path, "rb") as file:
            return bytes(file.read())

    def remove(self) -> None:
        """Forget the file."""
        default_storage.delete(self.path)

    @property
    def path(self) -> str:
        """The place in the storage."""
        return f"{FOLDER}/{self.name}"


def purge() -> None:
    """Delete the files whose preview is too old to be confirmed."""
    if not default_storage.exists(FOLDER):
        return
    for name in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        if default_storage.get_modified_time(path) < timezone.now() - LIFE:
            default_storage.delete(path)


def _signer(user: User) -> TimestampSigner:
    return TimestampSigner(salt=f"import.{user.pk}")


def sign(name: str, user: User) -> str:
    """Return the name as this user's browser gets it."""
    return _signer(user).sign(name)


def unsign(signed: str, user: User) -> str | None:
    """Return the name, or None if it is not this user's or too old."""
    try:
        return _signer(user).unsign(signed, max_age=LIFE)
    except BadSignature:
        return None
