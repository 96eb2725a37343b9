"""The key that signs the head of the log."""

import base64
import secrets


def new_key() -> str:
    """Return a new private key (Ed25519), as ``LOG_KEY`` wants it."""
    return base64.b64encode(secrets.token_bytes(32)).decode()
