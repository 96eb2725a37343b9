"""Heads as signed notes (https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note)."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

ED25519 = b"\1"


@dataclass(frozen=True)
class Head:
    """How many leaves, and their root."""

    size: int
    root: bytes

    @property
    def root_text(self) -> str:
        return base64.b64encode(self.root).decode()

    def __str__(self) -> str:
        """Return the two lines of the note in one, short enough for a message."""
        return f"{self.size} {self.root_text}"

    @property
    def in_address(self) -> str:
        """The same for an address, without what would be written by percents there."""
        return f"{self.size}.{base64.urlsafe_b64encode(self.root).decode().rstrip('=')}"


def heads_in(text: str) -> Iterator[Head]:
    """Yield the heads that a text names: a checkpoint, a digest, an address, a list of such."""
    for size, root in re.findall(r"\b(\d{1,15})\s+([A-Za-z0-9+/]{43}=)", text):
        yield Head(int(size), base64.b64decode(root))
    for size, root in re.findall(r"\b(\d{1,15})\.([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])", text):
        yield Head(int(size), base64.urlsafe_b64decode(f"{root}="))


def signed_note(head: Head) -> str:
    text = f"{settings.LOG_ORIGIN}\n{str(head).replace(' ', chr(10))}\n"
    signature = _key_id(settings.LOG_ORIGIN) + _private_key().sign(text.encode())
    return f"{text}\n— {settings.LOG_ORIGIN} {base64.b64encode(signature).decode()}\n"


def is_ours(note: str) -> bool:
    """Whether the note is signed with our key, whatever the portal was called then."""
    text, _blank, signatures = note.rpartition("\n\n")
    key_id = _key_id(text.partition("\n")[0])
    for line in signatures.splitlines():
        signature = base64.b64decode(line.rpartition(" ")[2])
        if signature[:4] == key_id:
            try:
                _private_key().public_key().verify(signature[4:], f"{text}\n".encode())
            except InvalidSignature:
                return False
            return True
    return False


def verifier_key() -> str:
    """Return the public key, as tools for such logs take it."""
    key = base64.b64encode(ED25519 + _public_bytes()).decode()
    return f"{settings.LOG_ORIGIN}+{_key_id(settings.LOG_ORIGIN).hex()}+{key}"


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.LOG_KEY))


def _public_bytes() -> bytes:
    return _private_key().public_key().public_bytes_raw()


def _key_id(origin: str) -> bytes:
    return hashlib.sha256(f"{origin}\n".encode() + ED25519 + _public_bytes()).digest()[:4]
