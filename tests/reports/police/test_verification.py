"""Whether a file that somebody holds is ours: whole, altered (which lines), or none of ours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from reports.exports.models import Export
from tests.conftest import World
from tests.reports.police.test_changes import DAY_BEFORE, FILES, correct, reported
from tests.reports.police.test_police_csv import YESTERDAY, fetch

Browse = Callable[[User], Client]
URL = f"{FILES}verify/"
__all__ = ["reported"]


def drop(client: Client, content: bytes) -> str:
    answer = client.post(URL, {"file": SimpleUploadedFile("tep.csv", content)})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_page_tells_what_is_ours_from_what_was_altered(reported: World, browse: Browse) -> None:
    client = browse(reported.liaison)
    content = fetch(client, first=f"{DAY_BEFORE}", basis="reported")
    fetch(client, first=f"{DAY_BEFORE}")  # of the other basis, with the same days
    page = drop(client, content)
    assert "Đúng là tệp của cổng, còn nguyên" in page
    assert "không dòng nào đổi số" in page
    head, *rows = content.splitlines(keepends=True)
    place = next(n for n, row in enumerate(rows) if b",40," in row)
    altered = [*rows]
    altered[place] = rows[place].replace(b",40,", b",90,", 1)
    added = rows[place].replace(str(YESTERDAY).encode(), b"2023-06-31")
    for lines, words in (
        (altered, ["1 dòng khác", "<code>level1</code> 40 → <b>90</b>", "Xã Trực Hưng"]),
        (rows[1:], ["1 dòng khác", "dòng bị bỏ"]),
        ([*rows, added], ["1 dòng khác", "dòng thêm vào", "2023-06-31"]),
        ([*rows, rows[0]], ["1 dòng khác", "dòng thêm vào"]),
        (rows[::-1], ["0 dòng khác", "đổi chỗ"]),
    ):
        page = drop(client, b"".join([head, *lines]))
        assert all(word in page for word in ["đã bị sửa", *words]), words
    for foreign in (
        b"",
        b"a,b\r\n1,2\r\n",
        b"\x00" * 9000,
        head,
        b"date,commune_code,basis\nx,y,z\n",
    ):
        page = drop(client, foreign)
        assert "Không phải tệp của cổng" in page
    correct(reported, DAY_BEFORE, assisted=9, level1=2)
    page = drop(client, content)
    assert "Từ khi ấy đến nay cổng có 3 dòng đã đổi số." in page
    record = Export.objects.police().get(basis="reported")
    assert f'href="{FILES}{record.pk}/changes/"' in page


def test_hash_alone_is_enough_and_what_was_typed_wrong_says_so(
    reported: World, browse: Browse
) -> None:
    client = browse(reported.liaison)
    fetch(client)
    sha256 = Export.objects.get().sha256
    output = client.post(URL, {"sha256": sha256.upper()}).content.decode()
    assert "Đúng là tệp của cổng" in output
    assert "Không phải" in client.post(URL, {"sha256": "0" * 64}).content.decode()
    for wrong in ({"sha256": "abc"}, {}):
        answer = client.post(URL, wrong)
        assert answer.status_code == 400
    assert Export.objects.count() == 1  # nothing is kept of what was asked


def test_what_an_altered_file_was_is_shown_to_those_who_may_take_it(
    reported: World, browse: Browse
) -> None:
    content = fetch(browse(reported.liaison), first=f"{DAY_BEFORE}", basis="reported")
    altered = content.replace(b",40,", b",90,", 1)
    assert altered != content
    # A lead holds a file of the province: that it is whole she learns, and no figure of others.
    lead = browse(reported.lead)
    assert "Không phải tệp của cổng" in drop(lead, altered)
    page = drop(lead, content)
    assert "còn nguyên" in page
    assert f"{FILES}{Export.objects.get().pk}/" not in page
    assert "đã bị sửa" in drop(browse(reported.staff), altered)
    assert browse(reported.owner).get(URL).status_code == 403


def test_command_names_what_was_altered(
    reported: World, browse: Browse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = fetch(browse(reported.liaison), first=f"{DAY_BEFORE}", basis="reported")
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    call_command("verify_export", file)
    output = capsys.readouterr().out
    assert "ĐÚNG" in output
    assert "0 dòng đã đổi số" in output
    file.write_bytes(content.replace(b",40,", b",90,", 1))
    with pytest.raises(CommandError, match="ĐÃ BỊ SỬA: 1 dòng"):
        call_command("verify_export", file)
    assert "level1 40 → 90" in capsys.readouterr().out
    file.write_bytes(b"x")
    with pytest.raises(CommandError, match="KHÔNG PHẢI"):
        call_command("verify_export", file)
    nowhere: Any = tmp_path / "b.csv"
    with pytest.raises(CommandError, match="Không đọc được"):
        call_command("verify_export", nowhere)
