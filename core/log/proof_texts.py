"""Proofs as texts that other tools read: https://c2sp.org/tlog-proof."""

import base64
from collections.abc import Iterable
from functools import cache

from core.log.merkle import Proofs
from core.log.models import SignedHead, Tile

PROOF = "c2sp.org/tlog-proof@v1"


def proofs() -> Proofs:
    """Return proofs out of the tiles that are there now, each read once."""
    return Proofs(cache(tile_at))


def tile_at(level: int, index: int) -> bytes:
    """Return the hashes of a tile; none where there is no such tile."""
    found = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
    return bytes(found or b"")


def inclusion_text(made: Proofs, number: int, head: SignedHead, extra: bytes = b"") -> str:
    """Return what proves a leaf to whoever knows the key; ``extra`` goes with it unhashed."""
    known = f"extra {base64.b64encode(extra).decode()}\n" if extra else ""
    path = _lines(made.inclusion(number, head.size))
    return f"{PROOF}\n{known}index {number}\n{path}\n{head.note}"


def consistency_text(made: Proofs, old: int, size: int) -> str:
    """Return what proves that the first ``old`` leaves are the beginning of ``size``."""
    return f"old {old}\n{_lines(made.consistency(old, size))}"


def _lines(hashes: Iterable[bytes]) -> str:
    return "".join(f"{base64.b64encode(one).decode()}\n" for one in hashes)
