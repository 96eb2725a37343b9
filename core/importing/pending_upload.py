"""Keeps an uploaded file while its sender looks at the preview and answers questions.

In the database, which all web processes share and which can be written wherever they run;
sealed, and for an hour at most. A file has a random id, and the browser gets that id, with the
answers, signed for one user: nobody can have another file read.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone

from core.models import PendingUpload
from core.sealing import seal, unseal

# The sweep comes every four minutes: an hour in all.
LIFE = dt.timedelta(minutes=55)


def keep_upload(data: bytes) -> uuid.UUID:
    """Keep a file; return the id under which it is read again."""
    return PendingUpload.objects.create(data=seal(data)).pk


def read_upload(key: uuid.UUID) -> bytes:
    """Return a file; raise ``FileNotFoundError`` if it is not there, or too old."""
    row = PendingUpload.objects.filter(pk=key, made_at__gt=timezone.now() - LIFE).first()
    if row is None:
        raise FileNotFoundError
    try:
        return unseal(bytes(row.data))
    except ValueError as error:
        raise FileNotFoundError from error


def forget_upload(key: uuid.UUID) -> None:
    PendingUpload.objects.filter(pk=key).delete()


def forget_old_uploads() -> None:
    PendingUpload.objects.filter(made_at__lte=timezone.now() - LIFE).delete()


@dataclass
class Waiting:
    """The file of one user, and what was answered about it; ``token`` is how a browser names it."""

    user: Any
    data: bytes
    answers: Mapping[str, str]
    key: uuid.UUID | None = None

    @classmethod
    def named(cls, token: str, user: Any) -> Self:
        """Return the upload; raise ``FileNotFoundError`` if it is not this user's or too old."""
        try:
            key, answers = _signer(user).unsign_object(token, max_age=LIFE)
        except BadSignature as error:
            raise FileNotFoundError from error
        return cls(user, read_upload(key), answers, key)

    @property
    def token(self) -> str:
        return _signer(self.user).sign_object([str(self.key), dict(self.answers)])

    def keep(self) -> None:
        if self.key is None:
            self.key = keep_upload(self.data)

    def remove(self) -> None:
        if self.key is not None:
            forget_upload(self.key)
            self.key = None


def _signer(user: Any) -> TimestampSigner:
    return TimestampSigner(salt=f"import.{user.pk}")
