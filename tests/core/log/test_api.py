"""The log as everybody reads it, verified as a stranger would: with the public key only."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import LazySettings
from django.test import Client

from core.log.sequencer import sequence
from tests.conftest import World
from tests.core.log.test_merkle import consistent, included
from tests.reports.reporting import report

LOG = "/api/v1/log"


def read(address: str) -> bytes:
    answer = Client().get(f"{LOG}/{address}")
    assert answer.status_code == 200, (address, answer.content)
    return bytes(answer.content)


@pytest.fixture
def log(world: World, settings: LazySettings) -> World:
    settings.LOG_ORIGIN = "tienphong.example/api/v1/log"
    report(world.owner, "XD-14173", {"level1": 1}, note="Bà Nguyễn Thị Lan, 0912345678")
    sequence()
    return world


def verified(note: str) -> tuple[int, bytes]:
    """Return size and root of a head after its signature was verified."""
    name, key_id, key = read("key").decode().strip().split("+", 2)
    kind_and_key = base64.b64decode(key)
    assert hashlib.sha256(f"{name}\n".encode() + kind_and_key).hexdigest()[:8] == key_id
    text, signature = note.split("\n\n")
    dash, signer, signed = signature.split(" ")
    raw = base64.b64decode(signed)
    assert (dash, signer, raw[:4].hex(), kind_and_key[0]) == ("—", name, key_id, 1)
    Ed25519PublicKey.from_public_bytes(kind_and_key[1:]).verify(raw[4:], f"{text}\n".encode())
    origin, size, root = text.split("\n")
    assert origin == name == "tienphong.example/api/v1/log"
    return int(size), base64.b64decode(root)


def test_a_stranger_verifies_every_leaf(log: World) -> None:
    size, root = verified(read("checkpoint").decode())
    entries = read(f"tile/entries/000.p/{size}")
    tile = read(f"tile/0/000.p/{size}")
    assert len(entries) == size * 34
    for number in range(size):
        length, entry = entries[34 * number : 34 * number + 2], entries[34 * number + 2 :][:32]
        leaf = hashlib.sha256(b"\0" + entry).digest()
        assert (length, leaf) == (b"\0\x20", tile[32 * number :][:32])
        proof, note = read(f"proof?leaf={number}").decode().split("\n\n", 1)
        kind, index, *path = proof.split("\n")
        assert (kind, index) == ("c2sp.org/tlog-proof@v1", f"index {number}")
        assert verified(note) == (size, root)
        assert included(leaf, number, size, [base64.b64decode(one) for one in path], root)
    assert read("proof") == read("proof?leaf=") == read(f"proof?leaf={size - 1}")
    assert read("consistency").startswith(f"old {size}\n\ntienphong".encode())
    # One tile later, and half a tile more.
    assert Client().get(f"{LOG}/tile/0/000").status_code == 404


def test_a_stranger_sees_that_the_log_only_grew(log: World) -> None:
    old, old_root = verified(read("checkpoint").decode())
    for day in range(1, 4):
        report(log.owner, "XD-14173", {"level1": 1}, date=log.campaign.starts_on.replace(day=day))
    sequence()
    proof, note = read(f"consistency?old={old}").decode().split("\n\n", 1)
    size, root = verified(note)
    head, *path = proof.split("\n")
    assert (head, size) == (f"old {old}", old + 3)
    assert consistent(old, size, old_root, root, [base64.b64decode(one) for one in path])


def test_nothing_personal_is_to_be_read_and_what_is_there_never_changes(log: World) -> None:
    size, _root = verified(read("checkpoint").decode())
    for address in ("checkpoint", f"tile/entries/000.p/{size}", f"tile/0/000.p/{size}"):
        assert b"Lan" not in read(address)
        assert b"0912345678" not in read(address)
    tile = Client().get(f"{LOG}/tile/0/000.p/1")
    assert "immutable" in tile.headers["Cache-Control"]
    assert tile.headers["Content-Type"] == "application/octet-stream"
    checkpoint = Client().get(f"{LOG}/checkpoint")
    assert "no-store" in checkpoint.headers["Cache-Control"]
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_what_is_not_there_is_not_found(world: World) -> None:
    for address in ("checkpoint", "proof?leaf=0", "consistency?old=1"):
        assert Client().get(f"{LOG}/{address}").status_code == 404
    sequence()
    for address in (
        *("tile/0/000.p/256", "tile/0/000.p/0", "tile/0/0", "tile/00/000", "tile/1/000"),
        *("tile/0/x000/000", "tile/0/001", "tile/entries/000", "tile/64/000", "tile/0/000.p/99"),
        *("proof?leaf=99999", "consistency?old=99999", f"tile/0/{'x999/' * 9}999"),
    ):
        assert Client().get(f"{LOG}/{address}").status_code == 404, address
    for address in ("proof?leaf=-1", "proof?leaf=x", "proof?leaf=1.5", "consistency?old=-1"):
        assert Client().get(f"{LOG}/{address}").status_code == 400, address
