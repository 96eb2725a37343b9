"""The sealed file: whole or refused, whatever is done to it."""

import os
import random
from pathlib import Path

import pytest

from backups.sealed_file import MAGIC, PIECE, SALT, TAG, DamagedFileError, SealedWriter, read_sealed

KEY = "k" * 40


def sealed(path: Path, data: bytes) -> Path:
    with SealedWriter(path, KEY) as writer:
        for start in range(0, len(data), 10_000):
            writer.write(data[start : start + 10_000])
        writer.close()
    return path


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_comes_back(tmp_path: Path, size: int) -> None:
    data = random.Random(size).randbytes(size)
    path = sealed(tmp_path / "a", data)
    assert b"".join(read_sealed(path, KEY)) == data
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(DamagedFileError):
        list(read_sealed(path, "l" * 40))


def test_a_flipped_or_cut_or_moved_file_is_refused(tmp_path: Path) -> None:
    path = sealed(tmp_path / "a", random.Random(6).randbytes(2 * PIECE + 99))
    whole = path.read_bytes()
    head, block = len(MAGIC) + SALT, PIECE + TAG
    first, second = whole[head : head + block], whole[head + block : head + 2 * block]
    last = whole[head + 2 * block :]
    wrong = [
        *(
            whole[:n]
            for n in (0, 5, head, head + 1, head + block, head + 2 * block, len(whole) - 1)
        ),
        whole + b"\0",
        whole[:head] + second + first + last,
        whole[:head] + first + last,
        whole[:head] + first + second + second + last,
    ]
    for place in [0, head - 1, head, head + block - 1, head + block, len(whole) - 1]:
        flipped = bytearray(whole)
        flipped[place] ^= 1
        wrong.append(bytes(flipped))
    for content in wrong:
        path.write_bytes(content)
        with pytest.raises(DamagedFileError):
            list(read_sealed(path, KEY))


def test_a_writer_that_is_killed_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    if not (pid := os.fork()):
        writer = SealedWriter(path, KEY)
        writer.write(bytes(3 * PIECE))
        writer._file.flush()
        os._exit(9)
    os.waitpid(pid, 0)
    [part] = tmp_path.iterdir()
    assert part == writer_part(path)
    # Not even if somebody gives it the name.
    part.rename(path)
    with pytest.raises(DamagedFileError):
        list(read_sealed(path, KEY))


def writer_part(path: Path) -> Path:
    return path.with_name("a.part")
