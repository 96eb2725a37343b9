"""A package is checked by a machine that has nothing but it."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from core.log.proof_texts import consistency_text, proofs
from core.log.sequencer import sequence
from reports.daily.services.review import review_reports
from reports.exports.models import Export
from reports.rollup.services.rollup import drain
from tests.conftest import World
from tests.reports.police.test_police_csv import YESTERDAY, fetch
from tests.reports.reporting import police_indicators, report

Browse = Callable[[User], Client]


@pytest.fixture
def staff(world: World, browse: Browse) -> Client:
    """Two communes have reported, and both are approved."""
    police_indicators(world)
    for actor, lead, code in (
        (world.owner, world.lead, "XD-14173"),
        (world.other_lead, world.other_lead, "XD-14050"),
    ):
        sent = report(actor, code, {"level1": 1600}, date=YESTERDAY)
        review_reports(actor=lead, seen={sent.pk: sent.version}, decision="approve")
    drain()
    return browse(world.staff)


@pytest.fixture
def take(staff: Client, tmp_path: Path) -> Callable[[str], Path]:
    """Take a file, and its package after the log has come to it."""

    def taken(name: str) -> Path:
        fetch(staff)
        page = f"/c/de-an-06-2023/exports/{Export.objects.latest('pk').pk}/"
        early = staff.get(f"{page}proof.zip")
        assert (early.status_code, early.headers["Location"]) == (302, page)
        sequence()
        answer = staff.get(f"{page}proof.zip")
        assert answer.headers["Content-Type"] == "application/zip"
        assert staff.get(f"{page}proof.zip").content == answer.content
        (tmp_path / name).write_bytes(answer.content)
        return tmp_path / name

    return taken


def verify(package: Path, *others: Path) -> tuple[int, str]:
    """Run the program as it lies in the package, with no library and no environment."""
    program = package.with_suffix(".py")
    program.write_bytes(zipfile.ZipFile(package).read("verify.py"))
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", program, package, *others],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    return ran.returncode, ran.stdout + ran.stderr


def member(package: Path, end: str = ".csv") -> bytes:
    of = zipfile.ZipFile(package)
    return of.read(next(name for name in of.namelist() if name.endswith(end)))


def with_member(package: Path, end: str, content: bytes) -> Path:
    """Return a package in which one member is another."""
    of, out = zipfile.ZipFile(package), BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in of.namelist():
            made.writestr(name, content if name.endswith(end) else of.read(name))
    other = package.with_name(f"other-{package.name}")
    other.write_bytes(out.getvalue())
    return other


def rows_of(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def test_every_change_of_a_file_is_named(take: Callable[[str], Path], tmp_path: Path) -> None:
    package, given = take("a.zip"), tmp_path / "given.csv"
    content = member(package)
    head, *rows = rows_of(content)
    place = next(n for n, row in enumerate(rows) if b"1600" in row)
    given.write_bytes(content)
    code, words = verify(package, given)
    assert (code, words.split()[0]) == (0, "ĐÚNG"), words
    altered = [*rows]
    altered[place] = rows[place].replace(b"1600", b"9600", 1)
    for changed, word in (
        (altered, "cột level1: 1600 → 9600"),
        (rows[1:], "thiếu dòng 20"),
        ([*rows, rows[-1].replace(b"2023-06", b"2024-06", 1)], "thừa dòng 2024-06"),
        (rows[::-1], "đổi chỗ"),
        ([*rows, rows[0]], "dòng lặp lại"),
    ):
        given.write_bytes(b"".join([head, *changed]))
        code, words = verify(package, given)
        assert (code, word in words) == (1, True), words


def test_every_part_of_a_package_is_under_the_proof(take: Callable[[str], Path]) -> None:
    package = take("a.zip")
    proof, head = member(package, "proof.txt"), member(package, "head.txt")
    lines = proof.split(b"\n")
    for end, content, word in (
        (".csv", member(package).replace(b"1600", b"9600"), "trong gói đã bị sửa"),
        ("proof.txt", proof.replace(lines[3], lines[4], 1), "không có trong sổ đã ký"),
        ("proof.txt", proof.replace(lines[2], b"index 0", 1), "SAI"),
        ("proof.txt", proof.replace(b"\n\n", b"\n\nx", 1), "không do khóa"),
        ("proof.txt", proof[:-9] + b"AAAAAA==\n", "SAI"),
    ):
        assert content != member(package, end)
        code, words = verify(with_member(package, end, content))
        assert (code, word in words) == (1, True), (end, words)
    key = package.with_name("key.txt")
    key.write_bytes(member(package, "key.txt"))
    head_file = package.with_name("head.txt")
    head_file.write_bytes(head)
    assert verify(package, key, head_file)[0] == 0
    name, key_id, own = key.read_text().split("+", 2)
    for text in (f"{name}+{key_id}+{own.swapcase()}", "what I noted"):
        key.write_text(text)
        assert verify(package, key)[0] == 1


def test_a_log_made_anew_is_named_by_an_older_package(take: Callable[[str], Path]) -> None:
    first, second, third = take("a.zip"), take("b.zip"), take("c.zip")
    # The head of the first is neither the last of its day nor that of a digest.
    code, words = verify(third, first, second)
    assert (code, "nối tiếp đầu sổ" in words) == (0, True), words
    assert verify(first, second)[0] == 1  # the older knows nothing of the newer
    with connection.cursor() as cursor:  # the owner of the database, who has the key too
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE core_leaf SET entry = sha256(entry) WHERE number = 0")
        cursor.execute("UPDATE core_leaf SET number = NULL")
        cursor.execute("DELETE FROM core_tile")
        cursor.execute("DELETE FROM core_signedhead")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    forged = take("d.zip")
    assert verify(forged)[0] == 0
    code, words = verify(forged, first)
    assert (code, "không chứng minh được" in words) == (1, True), words
    (old, size) = (int(member(one, "head.txt").split()[1]) for one in (first, forged))
    claimed = consistency_text(proofs(), old, size).encode()
    code, words = verify(with_member(forged, "older.txt", claimed), first)
    assert (code, "đã giữ là khác" in words) == (1, True), words
