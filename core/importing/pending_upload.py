"""Keeps an uploaded file while its sender looks at the preview and answers questions.

A file has a random id, and the browser gets that id, with the answers, signed for one user:
nobody can have another file read.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone

from core.models import PendingUpload

LIFE = dt.timedelta(hours=12)


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
            row = PendingUpload.objects.get(pk=key)
        except (BadSignature, PendingUpload.DoesNotExist) as error:
            raise FileNotFoundError from error
        return cls(user, bytes(row.data), answers, row.pk)

    @property
    def token(self) -> str:
        return _signer(self.user).sign_object([str(self.key), dict(self.answers)])

    def keep(self) -> None:
        PendingUpload.objects.filter(made_at__lt=timezone.now() - LIFE).delete()
        if self.key is None:
            self.key = PendingUpload.objects.create(data=self.data).pk

    def remove(self) -> None:
        if self.key is not None:
            PendingUpload.objects.filter(pk=self.key).delete()
            self.key = None


def _signer(user: Any) -> TimestampSigner:
    return TimestampSigner(salt=f"import.{user.pk}")
