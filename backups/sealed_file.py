"""A file that only the key's holder reads, and in which nothing can be changed or cut off unseen.

A salt, then pieces of 64 KiB, each sealed with ChaCha20-Poly1305 under its number and whether it
is the last one (the STREAM construction, as age uses it). A file without its last piece is
refused, and so is one with a bit turned.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"tienphong06 backup 1\n"
SALT, PIECE, TAG = 16, 64 * 1024, 16


class DamagedFileError(Exception):
    """The file is not whole, was changed, or was sealed with another key."""


def _cipher(key: str, salt: bytes) -> ChaCha20Poly1305:
    derived = HKDF(SHA256(), 32, salt=salt, info=MAGIC).derive(key.encode())
    return ChaCha20Poly1305(derived)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class SealedWriter:
    """Writes beside ``path`` and gives the file its name when all of it lies on the disk."""

    def __init__(self, path: Path, key: str) -> None:
        self.path, self.part = path, path.with_name(f"{path.name}.part")
        salt = os.urandom(SALT)
        self._cipher, self._number, self._rest = _cipher(key, salt), 0, bytearray()
        self._sha = hashlib.sha256()
        self._file = os.fdopen(
            os.open(self.part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb"
        )
        self._put(MAGIC + salt)

    def write(self, data: bytes) -> None:
        self._rest += data
        # The last piece is kept back: only ``close`` knows that it is the last.
        while len(self._rest) > PIECE:
            self._seal(bytes(self._rest[:PIECE]), is_last=False)
            del self._rest[:PIECE]

    def close(self) -> str:
        """Finish the file; return its SHA-256."""
        self._seal(bytes(self._rest), is_last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.part.rename(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return self._sha.hexdigest()

    def _seal(self, data: bytes, *, is_last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, is_last=is_last), data, MAGIC))
        self._number += 1

    def _put(self, data: bytes) -> None:
        self._sha.update(data)
        self._file.write(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failed: object) -> None:
        self._file.close()
        self.part.unlink(missing_ok=True)


def read_sealed(path: Path, key: str) -> Iterator[bytes]:
    """Yield what was sealed, piece by piece; raise ``DamagedFileError`` at the first wrong one."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise DamagedFileError
        cipher = _cipher(key, file.read(SALT))
        for number, (piece, is_last) in enumerate(_pieces(file)):
            try:
                yield cipher.decrypt(_nonce(number, is_last=is_last), piece, MAGIC)
            except InvalidTag as error:
                raise DamagedFileError from error


def _pieces(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    piece = file.read(PIECE + TAG)
    while True:
        after = file.read(PIECE + TAG)
        yield piece, not after
        if not after:
            return
        piece = after
