"""What lies in the database for a while and is nobody's to read there.

The key comes from SECRET_KEY, which is not in the database: a copy of the disk, or a dump, is
not enough.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def seal(data: bytes) -> bytes:
    return _keys().encrypt(data)


def unseal(sealed: bytes) -> bytes:
    """Return what was sealed; raise ``ValueError`` where another key did it, or nobody."""
    try:
        return _keys().decrypt(sealed)
    except InvalidToken as error:
        raise ValueError("sealed with another key") from error


def _keys() -> MultiFernet:
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(_digest(secret)))
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def _digest(secret: str | bytes) -> bytes:
    return salted_hmac("core.sealing", "", secret=secret, algorithm="sha256").digest()
