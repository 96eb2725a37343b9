"""Secrets that are kept only as their digest."""

import hashlib


def digest_of(secret: str) -> str:
    """Return the SHA-256 under which a random secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
