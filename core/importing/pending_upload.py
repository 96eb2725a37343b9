"""Keeps an uploaded file between its preview and the confirmation.

In the media storage, which all web processes share and which does not fail with Redis. A file
is named at random, and the browser gets that name signed for one user: nobody can have
another file read.
"""

import datetime as dt
from typing import Any, Self

from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone
from import_export.tmp_storages import MediaStorage

FOLDER = "imports"
LIFE = dt.timedelta(hours=12)


class PendingUpload(MediaStorage):  # type: ignore[misc]
    """The file of one user; ``token`` is how a browser names it."""

    def __init__(self, user: Any) -> None:
        super().__init__(MEDIA_FOLDER=FOLDER)
        self.signer = TimestampSigner(salt=f"import.{user.pk}")

    @classmethod
    def named(cls, token: str, user: Any) -> Self:
        """Return the upload; raise ``FileNotFoundError`` if it is not this user's or too old."""
        upload = cls(user)
        try:
            upload.name = upload.signer.unsign(token, max_age=LIFE)
        except BadSignature as error:
            raise FileNotFoundError from error
        return upload

    @property
    def token(self) -> str:
        return self.signer.sign(self.name)

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
