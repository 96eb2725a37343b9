"""Each day's head goes to its witnesses, and what they hold is held against the log."""

import datetime as dt
import html
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import connection
from django.test import Client

from campaign.models import Campaign
from campaign.permissions import Role
from core import clock
from core.log.checkpoint import Head, heads_in
from core.log.day_heads import day_heads
from core.log.models import SignedHead
from core.log.sequencer import sequence
from reports.digests.poster import draw
from reports.digests.selectors import digest
from reports.notifications.delivery import deliver
from reports.notifications.models import Notice
from reports.witness.services import announce_heads
from tests.conftest import TODAY, World
from tests.factories import AppointmentFactory, UserFactory
from tests.reports.digests.test_notices import give_addresses
from tests.reports.reporting import report

Choose = Callable[[dt.date, int], None]
YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Choose:
    settings.EMAIL_IS_ON = True

    def choose(day: dt.date, hour: int) -> None:
        settings.PORTAL_TODAY = day
        monkeypatch.setattr(clock, "now", lambda: clock.at(day, dt.time(hour, 5)))

    return choose


@pytest.fixture
def two_days(world: World, at: Choose) -> World:
    """The log of yesterday, signed twice, and of today."""
    give_addresses(world)
    for day, hour, actor, code in (
        (YESTERDAY, 9, world.owner, "XD-14173"),
        (YESTERDAY, 20, world.neighbour, "XD-14158"),
        (TODAY, 7, world.other_lead, "XD-14050"),
    ):
        at(day, hour)
        report(actor, code, {"level1": 10}, date=YESTERDAY)
        sequence()
    return world


def page(client: Client, head: str) -> tuple[int, str]:
    answer = client.get("/log/", {"head": head})
    assert not answer.cookies
    text = html.unescape(answer.content.decode())
    return answer.status_code, " ".join(text.split())


def test_each_morning_its_witness_gets_the_head_of_the_day_that_is_over(
    two_days: World, at: Choose
) -> None:
    last = SignedHead.objects.filter(signed_at__lt=clock.at(TODAY, dt.time.min)).latest("size")
    assert [one.head for one in day_heads(YESTERDAY, 1)] == [last.head]
    for ends_on, is_active in ((YESTERDAY, True), (None, False)):
        gone = UserFactory.create(is_active=is_active)
        unit = two_days.commune
        post = {"role": Role.POLICE_LIAISON, "unit": unit, "ends_on": ends_on}
        AppointmentFactory.create(user=gone, **post)
    for hour, made in ((5, 0), (6, 1), (6, 0), (11, 0), (12, 0)):
        at(TODAY, hour)
        assert announce_heads() == made, hour
    (notice,) = Notice.objects.filter(kind="log_head")
    assert (notice.user, notice.campaign, notice.day) == (two_days.liaison, None, YESTERDAY)
    deliver()
    (letter,) = mail.outbox
    assert list(heads_in(str(letter.body))) == [last.head, last.head]
    assert f"Đầu sổ ghi ngày {YESTERDAY:%d/%m/%Y}: {last.head}" in letter.body
    assert last.note.strip() in letter.body
    # A day on which nothing was written has no head, and tomorrow's is of today.
    at(TODAY + dt.timedelta(days=2), 8)
    assert announce_heads() == 0


def test_what_somebody_holds_is_held_against_the_log(two_days: World, client: Client) -> None:
    heads = [one.head for one in SignedHead.objects.order_by("size")]
    first, last = heads[0], heads[-1]
    assert first.size < last.size
    for head in heads:
        for text in (
            str(head),
            head.in_address,
            f"Đầu sổ ghi: {head}",
            f"x\n{head.size}\n{head.root_text}\n",
        ):
            status, words = page(client, text)
            assert (status, "Đúng." in words, "Không khớp" in words) == (200, True, False), text
    other = Head(first.size, bytes(32))
    for head, why in ((other, "mã băm khác"), (Head(last.size + 1, last.root), "chỉ có")):
        _status, words = page(client, str(head))
        assert ("Không khớp." in words, why in words, "Đúng." in words) == (True, True, False)
    for text in (
        "12",
        "0 " + first.root_text,
        first.root_text,
        "<script>",
        "9" * 400 + "." + "A" * 43,
    ):
        _status, words = page(client, text)
        assert "Đúng." not in words, text
    assert "Chưa đọc được đầu sổ" in page(client, "12")[1]
    # Somebody makes the log anew, with our key: whoever holds a head sees it.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE core_tile SET hashes = set_byte(hashes, 3, (get_byte(hashes, 3) + 1) % 256)"
            " WHERE level = 0 AND index = 0"
        )
    assert "Không khớp." in page(client, str(first))[1]


def test_too_many_questions_are_asked_to_wait(two_days: World, client: Client) -> None:
    head = str(SignedHead.objects.latest("size").head)
    answers = [page(client, head)[0] for _n in range(32)]
    assert (answers[0], answers[-1]) == (200, 429)


def test_a_days_package_is_verified_without_us(
    two_days: World, client: Client, tmp_path: Path
) -> None:
    answer = client.get(f"/log/{TODAY}.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    (tmp_path / "today.zip").write_bytes(answer.content)
    (tmp_path / "yesterday.zip").write_bytes(client.get(f"/log/{YESTERDAY}.zip").content)
    program = zipfile.ZipFile(tmp_path / "today.zip").read("verify.py")
    (tmp_path / "verify.py").write_bytes(program)
    (of_yesterday,) = day_heads(YESTERDAY, 1)
    (tmp_path / "message.txt").write_text(f"Đầu sổ ghi: {of_yesterday.head}")
    forged = Head(of_yesterday.head.size, bytes(32))
    (tmp_path / "forged.txt").write_text(str(forged))

    def verify(*names: str) -> tuple[int, str]:
        files = [tmp_path / name for name in ("verify.py", *names)]
        ran = subprocess.run(
            [sys.executable, "-I", "-S", "-X", "utf8", *files],
            capture_output=True,
            text=True,
            check=False,
            env={},
        )
        return ran.returncode, ran.stdout + ran.stderr

    size = day_heads(TODAY, 1)[0].head.size
    code, words = verify("today.zip", "yesterday.zip", "message.txt")
    assert (code, words.splitlines()) == (
        0,
        [f"ĐÚNG  đầu sổ đã ký ({size} dòng)"]
        + [f"ĐÚNG  sổ nối tiếp đầu sổ {of_yesterday.head.size} dòng"] * 2,
    )
    code, words = verify("today.zip", "forged.txt")
    assert (code, "đã giữ là khác" in words) == (1, True)
    assert verify("yesterday.zip", "today.zip")[0] == 1  # an older one does not hold a newer
    for day in (YESTERDAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)):
        assert client.get(f"/log/{day}.zip").status_code == 404


def test_digest_and_poster_lead_to_the_log(two_days: World, browse: Callable[..., Client]) -> None:
    found = digest(campaign=Campaign.objects.get(), unit=two_days.commune, day=YESTERDAY)
    head = next(heads_in(found.log_head))
    address = f"/log/?head={head.in_address}"
    shown = browse(two_days.owner).get(f"/c/de-an-06-2023/digests/14173/{YESTERDAY}/")
    assert address in html.unescape(shown.content.decode())
    assert draw(found).count("h1v1h-1z") > 50
    assert 'class="ink" d="M0 0h7v1h-7z' in draw(found)
