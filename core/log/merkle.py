"""Hashes of RFC 6962: leaves, nodes, the root of any number of them, and what proves it.

A tile is 256 hashes of one level, as https://c2sp.org/tlog-tiles stores a tree: those of level 0
are of leaves, those of level 1 the roots of whole tiles of level 0, and so on.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH = 32
HEIGHT = 8
WIDTH = 2**HEIGHT
NO_LEAVES = sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the hashes; the last may be of a smaller subtree than the others."""
    row = list(hashes)
    while len(row) > 1:
        pairs = [node_hash(*row[n : n + 2]) for n in range(0, len(row) - 1, 2)]
        row = pairs + row[-1:] if len(row) % 2 else pairs
    return row[0] if row else NO_LEAVES


def cut(hashes: bytes) -> list[bytes]:
    """Return the hashes of a tile one by one."""
    return [bytes(hashes[n : n + HASH]) for n in range(0, len(hashes), HASH)]


class Tree:
    """A tree that grows: of each level the tile at its right end, not full yet."""

    def __init__(self, size: int = 0, ends: dict[int, list[bytes]] | None = None) -> None:
        self.size = size
        self.ends = ends or {}
        self.full: dict[tuple[int, int], bytes] = {}

    def append(self, leaf: bytes) -> None:
        self.size += 1
        level, added = 0, leaf
        while True:
            end = self.ends.setdefault(level, [])
            end.append(added)
            if len(end) < WIDTH:
                return
            level += 1
            self.full[level - 1, self.size // WIDTH**level - 1] = b"".join(end)
            added = root_of(end)
            end.clear()

    def root(self) -> bytes:
        right: list[bytes] = []
        for level in sorted(self.ends):
            hashes = self.ends[level] + right
            right = [root_of(hashes)] if hashes else []
        return root_of(right)

    def tiles(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield level, index and hashes of the tiles that were filled, and of those at the ends."""
        for (level, index), hashes in self.full.items():
            yield level, index, hashes
        for level, end in self.ends.items():
            if end:
                yield level, self.size // WIDTH ** (level + 1), b"".join(end)


class Roots:
    """The root of the first leaves, for as many as were added: by its peaks, without tiles."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        left_over = self.size
        while left_over & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            left_over >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return NO_LEAVES
        *others, found = self._peaks
        for peak in reversed(others):
            found = node_hash(peak, found)
        return found


class Proofs:
    """Proofs out of tiles; ``tile`` gives the hashes of one by level and index."""

    def __init__(self, tile: Callable[[int, int], bytes]) -> None:
        self._tile = tile

    def root(self, size: int) -> bytes:
        """Return the root of the first ``size`` leaves, at least one."""
        return self._root(0, size)

    def inclusion(self, number: int, size: int) -> list[bytes]:
        """Return the path from a leaf to the root of the first ``size``, the leaf's end first."""
        path, first, last = [], 0, size
        while last - first > 1:
            middle = first + _split(last - first)
            if number < middle:
                path.append(self._root(middle, last))
                last = middle
            else:
                path.append(self._root(first, middle))
                first = middle
        return path[::-1]

    def consistency(self, old: int, size: int) -> list[bytes]:
        """Return what shows that the first ``old`` leaves are the beginning of the tree."""
        if not 0 < old < size:
            return []
        path, first, last = [], 0, size
        while last != old:
            middle = first + _split(last - first)
            if old <= middle:
                path.append(self._root(middle, last))
                last = middle
            else:
                path.append(self._root(first, middle))
                first = middle
        # Who asks knows the old root; a part of it has to be said.
        own = [self._root(first, last)] if first else []
        return own + path[::-1]

    def _root(self, first: int, last: int) -> bytes:
        size = last - first
        middle = _split(size) if size > 1 else 0
        if middle * 2 == size or size == 1:
            return self._whole(first, size)
        return node_hash(self._root(first, first + middle), self._root(first + middle, last))

    def _whole(self, first: int, size: int) -> bytes:
        """Return the root of a whole subtree: of so many hashes of one tile."""
        level, height = divmod(size.bit_length() - 1, HEIGHT)
        index, place = divmod(first >> (HEIGHT * level), WIDTH)
        hashes = self._tile(level, index)[place * HASH : (place + 2**height) * HASH]
        return root_of(cut(hashes))


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)
