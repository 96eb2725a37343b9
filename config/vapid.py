"""The key by which push services know the portal, made on a developer's machine."""

import base64
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec


def new_key() -> str:
    """Return a new private key, as ``VAPID_PRIVATE_KEY`` wants it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def stored_key(path: Path, make: Callable[[], str] = new_key) -> str:
    """Return the key kept at ``path``; the first time it is made."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(make())
    return path.read_text()
