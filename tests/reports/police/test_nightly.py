"""The file that a machine fetches each day: the same bytes, in parts, with its receiver's marks."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.services import issue_token
from config.celery import app
from config.schedule import app as schedule
from core import clock
from reports.exports.models import Export
from reports.police.marks import Marks, receiver_of
from reports.police.nightly import make_nightly_files, nightly_file
from tests.conftest import TODAY, World
from tests.reports.police.test_changes import DAY_BEFORE, FILES, correct, reported
from tests.reports.police.test_police_csv import YESTERDAY, fetch

Browse = Callable[[User], Client]
URL = f"{FILES}nightly.csv?basis=reported"
__all__ = ["reported"]


def machine(user: User) -> Client:
    return Client(headers={"authorization": f"Bearer {issue_token(user=user)}"})


def get(client: Client, **headers: str) -> tuple[int, bytes, Any]:
    answer: Any = client.get(URL, headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, content, answer.headers


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_machine_fetches_the_same_whole_or_in_parts(reported: World, browse: Browse) -> None:
    client = machine(reported.liaison)
    plain = fetch(browse(reported.liaison), to=f"{YESTERDAY}", basis="reported")
    status, content, headers = get(client)
    record = Export.objects.get(kind="nightly")
    assert (status, headers["ETag"]) == (200, f'"{record.sha256}"')
    assert rows_of(content) == rows_of(plain)
    assert (record.actor, record.last_day, record.file) == (reported.liaison, YESTERDAY, content)
    correct(reported, DAY_BEFORE, assisted=9, level1=2)
    tag = headers["ETag"]
    # Until midnight nothing of it becomes another, and nothing more is recorded.
    assert get(client)[:2] == (200, content)
    assert get(client, **{"if-none-match": tag})[:2] == (304, b"")
    assert get(client, **{"if-none-match": '"other"'})[0] == 200
    for asked, part in (
        ("bytes=0-9", content[:10]),
        ("bytes=10-", content[10:]),
        ("bytes=-7", content[-7:]),
        ("bytes=5-999999999", content[5:]),
    ):
        status, found, headers = get(client, range=asked)
        assert (status, found) == (206, part), asked
        assert headers["Content-Range"].endswith(f"/{len(content)}")
        assert headers["Content-Length"] == str(len(part))
    for asked in (f"bytes={len(content)}-", "bytes=9-3", "bytes=-0"):
        status, found, headers = get(client, range=asked)
        assert (status, headers["Content-Range"]) == (416, f"bytes */{len(content)}"), asked
    for asked in ("bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b"):
        assert get(client, range=asked)[:2] == (200, content)
    assert get(client, **{"range": "bytes=0-9", "if-range": '"older"'})[:2] == (200, content)
    assert get(client, **{"range": "bytes=0-9", "if-range": tag})[0] == 206
    head: Any = client.head(URL)
    assert (head.status_code, head.headers["ETag"]) == (200, tag)
    assert Export.objects.filter(kind="nightly").count() == 1
    assert client.get(f"{FILES}nightly.csv?basis=x").status_code == 400
    # Its own pages are those of any file.
    page = browse(reported.liaison).get(f"{FILES}{record.pk}/changes/").content.decode()
    assert "<code>level1</code> 5 → <b>2</b>" in page


def test_others_get_theirs_or_nothing(reported: World) -> None:
    whole, part = get(machine(reported.liaison))[1], get(machine(reported.lead))[1]
    assert {row[5] for row in rows_of(part)[1:]} < {row[5] for row in rows_of(whole)[1:]}
    assert get(machine(reported.owner))[0] == 403
    assert Client().get(URL).status_code == 401
    assert Client(headers={"authorization": "Bearer x"}).get(URL).status_code == 401
    # Who sees less than this morning gets no more than that.
    post = reported.liaison.appointments.get()
    post.unit = reported.district
    post.save()
    assert {row[5] for row in rows_of(get(machine(reported.liaison))[1])[1:]} == {
        row[5] for row in rows_of(part)[1:]
    }


def test_next_night_has_a_file_of_its_own(reported: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = machine(reported.liaison)
    first = get(client)
    monkeypatch.setattr(clock, "today", lambda: TODAY + dt.timedelta(days=1))
    assert make_nightly_files() == 1
    made = Export.objects.filter(kind="nightly").latest("pk")
    second = get(client)
    assert Export.objects.filter(kind="nightly").count() == 2
    assert second[1] == made.file
    assert {row[0] for row in rows_of(second[1])} - {row[0] for row in rows_of(first[1])} == {
        f"{TODAY}"
    }
    task = schedule.conf.beat_schedule["make-nightly-files"]["task"]
    app.loader.import_default_modules()
    assert task in app.tasks


def test_what_leaks_names_its_receiver(
    reported: World, browse: Browse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {who: get(machine(getattr(reported, who)))[1] for who in ("liaison", "staff")}
    plain = fetch(browse(reported.liaison), to=f"{YESTERDAY}", basis="reported")
    assert len(set(files.values()) | {plain}) == 3
    assert rows_of(files["liaison"]) == rows_of(files["staff"]) == rows_of(plain)
    head, *lines = files["liaison"].splitlines(keepends=True)
    # A piece of it, in another order, with a figure altered.
    piece = [lines[n] for n in range(len(lines) - 1, 0, -2)]
    place = next(n for n, line in enumerate(lines) if b",40," in line)
    altered = [*lines]
    altered[place] = lines[place].replace(b",40,", b",90,", 1)
    leak = tmp_path / "leak.csv"
    for content in (b"".join([head, *altered]), b"".join([head, *lines[:-30]])):
        leak.write_bytes(content)
        with pytest.raises(CommandError, match="ĐÃ BỊ SỬA"):
            call_command("verify_export", leak)
        assert f"người nhận: {reported.liaison.username}" in capsys.readouterr().out
    assert len(piece) > 24
    # The name is shown to who sets up, and to nobody else.
    upload = SimpleUploadedFile("leak.csv", leak.read_bytes())
    page = browse(reported.staff).post(f"{FILES}verify/", {"file": upload}).content.decode()
    assert f"người nhận: {reported.liaison}" in page
    upload = SimpleUploadedFile("leak.csv", leak.read_bytes())
    page = browse(reported.liaison).post(f"{FILES}verify/", {"file": upload}).content.decode()
    assert "đã bị sửa" in page
    assert "người nhận" not in page


def test_marks_of_nobody_name_nobody() -> None:
    days = [(f"2023-06-{n:02}", code) for n in range(1, 31) for code in ("14173", "14050")]
    receivers = range(1, 200)
    for receiver in (1, 77, 199):
        marks = [(day, code, Marks(receiver).has(day, code)) for day, code in days]
        assert receiver_of(marks, receivers) == receiver
        assert receiver_of(marks[10:36], receivers) == receiver
        assert receiver_of(marks[:23], receivers) is None
        assert receiver_of(marks, [pk for pk in receivers if pk != receiver]) is None
    assert receiver_of([(day, code, False) for day, code in days], receivers) is None
    assert receiver_of([], receivers) is None


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_file(reported: World) -> None:
    found: list[bytes] = []

    def ask() -> None:
        try:
            export = nightly_file(
                actor=reported.liaison, campaign=reported.campaign, basis="reported"
            )
            found.append(export.file)
        finally:
            connection.close()

    threads = [Thread(target=ask) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    assert Export.objects.filter(kind="nightly").count() == 1
