"""Hashes and proofs, held against the vectors of RFC 6962 and a verifier of our own."""

from hashlib import sha256

import pytest

from core.log.merkle import HASH, NO_LEAVES, WIDTH, Proofs, Roots, Tree, leaf_hash, root_of

Grown = tuple[list[bytes], dict[int, bytes], dict[tuple[int, int], bytes]]
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
# The roots over the first one, two, … of them, as the logs of Certificate Transparency have them.
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# Around what fills a tile of the first level, and of the second.
SIZES = (1, 2, 3, 7, 255, 256, 257, 300, 511, 513, 65535, 65536, 65537, 66000)


def included(leaf: bytes, number: int, size: int, path: list[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    last, found = size - 1, leaf
    for other in path:
        if number & 1 or number == last:
            found = sha256(b"\1" + other + found).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + other).digest()
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def consistent(old: int, size: int, old_root: bytes, root: bytes, path: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2."""
    if old & (old - 1) == 0:
        path = [old_root, *path]
    number, last = old - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = now = path[0]
    for other in path[1:]:
        if number & 1 or number == last:
            before = sha256(b"\1" + other + before).digest()
            now = sha256(b"\1" + other + now).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            now = sha256(b"\1" + now + other).digest()
        number, last = number >> 1, last >> 1
    return last == 0 and (before, now) == (old_root, root)


@pytest.fixture(scope="module")
def grown() -> Grown:
    """66,000 leaves, the roots at every size of interest, and the tiles."""
    leaves = [leaf_hash(str(n).encode()) for n in range(66000)]
    tree, roots, found = Tree(), Roots(), {}
    for leaf in leaves:
        tree.append(leaf)
        roots.append(leaf)
        if tree.size in SIZES:
            assert tree.root() == roots.root()
            found[tree.size] = tree.root()
    return leaves, found, {(level, index): hashes for level, index, hashes in tree.tiles()}


def test_roots_are_those_of_the_standard() -> None:
    tree, roots = Tree(), Roots()
    assert tree.root() == roots.root() == NO_LEAVES
    for entry, root in zip(ENTRIES, ROOTS, strict=True):
        tree.append(leaf_hash(entry))
        roots.append(leaf_hash(entry))
        assert tree.root().hex() == roots.root().hex() == root
    assert root_of([leaf_hash(entry) for entry in ENTRIES]).hex() == ROOTS[-1]


def test_tiles_are_as_wide_as_the_tree_asks(
    grown: Grown,
) -> None:
    _leaves, _roots, tiles = grown
    widths = {place: len(hashes) // HASH for place, hashes in tiles.items()}
    assert sum(width for (level, _n), width in widths.items() if level == 0) == 66000
    assert (widths[0, 257], widths[1, 0], widths[1, 1], widths[2, 0]) == (208, WIDTH, 1, 1)
    assert set(widths.values()) == {WIDTH, 208, 1}


@pytest.mark.parametrize("size", SIZES)
def test_a_leaf_is_proved_to_be_in_the_tree(grown: Grown, size: int) -> None:
    leaves, roots, tiles = grown
    proofs = Proofs(lambda level, index: tiles[level, index])
    for number in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
        path = proofs.inclusion(number, size)
        assert included(leaves[number], number, size, path, roots[size])
        assert not included(leaves[number - 1], number, size, path, roots[size]) or size == 1


def test_a_tree_is_proved_to_be_the_beginning_of_another(
    grown: Grown,
) -> None:
    _leaves, roots, tiles = grown
    proofs = Proofs(lambda level, index: tiles[level, index])
    for old in SIZES:
        for size in SIZES:
            if old < size:
                path = proofs.consistency(old, size)
                assert consistent(old, size, roots[old], roots[size], path), (old, size)
                assert not consistent(old, size, NO_LEAVES, roots[size], path)
    assert proofs.consistency(5, 5) == proofs.consistency(0, 5) == []
