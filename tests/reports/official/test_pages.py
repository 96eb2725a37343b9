"""The pages of official figures: handed in, looked at, taken, typed; by whom, and at once."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import User
from reports.official.models import OfficialFigure, OfficialFile
from reports.official.services import Figure, take_figures
from tests.conftest import TODAY, World
from tests.reports.official.test_tables import csv, excel

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
URL = "/c/de-an-06-2023/official-figures/"
HEAD = ["Mã", "Đơn vị", "Ngày", "Lũy kế mức 1"]


def read(answer: Any) -> str:
    """Return a page with its blanks folded."""
    return " ".join(answer.content.decode().split())


def send(client: Client, data: bytes, name: str = "bang.xlsx") -> Any:
    return client.post(URL, {"import_file": SimpleUploadedFile(name, data), "pasted": ""})


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', read(answer))
    assert found, read(answer)
    return found[1]


def confirm(client: Client, preview: Any) -> Any:
    given = {"token": hidden(preview, "token"), "state": hidden(preview, "state")}
    return client.post(URL, given, follow=True)


def test_a_file_goes_its_way(world: World, browse: Browse) -> None:
    client = browse(world.liaison)
    assert "Chưa nhận số liệu nào" in read(client.get(URL))
    rows = [["14173", None, "19/6/2023", 10], ["14158", None, "19/6/2023", 5]]
    first = excel(HEAD, *rows)
    assert "Lũy kế" in read(send(client, first))
    assert not OfficialFile.objects.exists()
    taken = read(confirm(client, send(client, first)))
    assert "2 số mới" in taken
    # Corrected: from and to, what fell is warned of, and the sum says both.
    second = excel(HEAD, ["14173", None, "19/6/2023", 12], ["14158", None, TODAY, 4])
    preview = send(client, second)
    text = read(preview)
    for words in ("thấp hơn ngày trước", "Thay số đang có", "<b>12</b>", "<b>4</b>"):
        assert words in text
    assert "1 số thay số cũ" in read(confirm(client, preview))
    # The first again changes nothing, names the earlier one, and what came after it.
    offered = read(send(client, first))
    assert "gửi lại không đổi gì" in offered
    assert 'name="token"' not in offered
    address = re.search(rf"{URL}\d+/\?same=1", offered)
    assert address is not None
    again = read(client.get(address[0]))
    assert "1 số của tệp đã được số gửi sau thay" in again
    assert OfficialFile.objects.count() == 2
    page = read(client.get(URL))
    assert page.count("bang.xlsx") == 2
    file = OfficialFile.objects.earliest("pk")
    original = client.get(f"{URL}{file.pk}/file/")
    assert (original.content, "attachment" in original["Content-Disposition"]) == (first, True)
    assert "đã thay" in read(client.get(f"{URL}{file.pk}/"))


def test_a_pasted_table_is_asked_about_and_marked_where_it_is_wrong(
    world: World, browse: Browse
) -> None:
    client = browse(world.liaison)
    pasted = "Xã\tM1\nGiao Tiến\t12\nHồng Thuận\tx"
    asked = client.post(URL, {"pasted": pasted})
    assert "Cột “M1” là gì?" in read(asked)
    given = {"asked": hidden(asked, "asked"), "answer-column-m1": "level1:to_date"}
    asked = client.post(URL, given)
    assert "của ngày nào?" in read(asked)
    given = {"asked": hidden(asked, "asked"), "answer-day": "2023-06-20"}
    wrong = client.post(URL, given)
    assert "Dòng 3" in read(wrong)
    copy = client.post(URL, {"marked": hidden(wrong, "marked")})
    assert copy.content.startswith(b"PK")
    # Asked anew about what was answered.
    forgotten = client.post(URL, {"asked": hidden(wrong, "asked"), "forget": "1"})
    assert "Cột “M1” là gì?" in read(forgotten)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"pasted": ""}, "Chọn tệp, hoặc dán bảng"),
        ({"pasted": "x"}, "Chưa đọc được tệp"),
        ({"import_file": SimpleUploadedFile("a.xlsx", b"0" * 11_000_000)}, "10 MB"),
        ({"import_file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04")}, "Chưa đọc được tệp"),
    ],
)
def test_what_cannot_be_read_is_said(
    world: World, browse: Browse, sent: dict[str, Any], says: str
) -> None:
    answer = browse(world.liaison).post(URL, {"pasted": "", **sent})
    assert answer.status_code == 400
    assert says in read(answer)


def test_what_was_taken_meanwhile_is_looked_at_again(world: World, browse: Browse) -> None:
    client = browse(world.liaison)
    data = excel(HEAD, ["14173", None, TODAY, 12])
    preview = send(client, data)
    figures = [Figure(world.commune.pk, TODAY, "to_date", world.indicators["level1"].pk, 7)]
    take_figures(
        actor=world.staff,
        campaign=world.campaign,
        source="typed",
        figures=figures,
        rows=1,
        sha256="0" * 64,
    )
    again = confirm(client, preview)
    assert "Vừa có số khác được nhận" in read(again)
    assert OfficialFigure.objects.get().value == 7
    confirm(client, again)
    assert OfficialFigure.objects.get(superseded_by=None).value == 12
    # A file that is somebody else's, and one that waits no more.
    assert read(browse(world.staff).post(URL, {"token": hidden(again, "token")}, follow=True))
    assert OfficialFile.objects.count() == 2


@pytest.mark.parametrize(
    ("who", "look", "hand_in"),
    [
        ("staff", 200, 400),
        ("liaison", 200, 400),
        ("lead", 200, 403),
        ("owner", 403, 403),
        ("partner", 403, 403),
        ("stranger", 404, 404),
    ],
)
def test_who_may_look_and_who_hands_in(
    world: World, browse: Browse, who: str, look: int, hand_in: int
) -> None:
    client = browse(getattr(world, who))
    assert client.get(URL).status_code == look
    assert client.post(URL, {"pasted": ""}).status_code == hand_in
    assert client.get(f"{URL}typed/").status_code == (200 if hand_in == 400 else hand_in)
    take_figures(
        actor=world.staff,
        campaign=world.campaign,
        source="file",
        figures=[
            Figure(unit.pk, TODAY, "to_date", world.indicators["level1"].pk, 77)
            for unit in (world.commune, world.far_commune)
        ],
        rows=2,
        sha256="1" * 64,
        content=b"Xa,M1",
    )
    file = OfficialFile.objects.get()
    answer = client.get(f"{URL}{file.pk}/")
    assert answer.status_code == look
    if look == 200:
        # A lead sees the figures of the own district, and not the file, which has all of them.
        assert ("Trực Hưng" in read(answer)) == (who != "lead")
        assert "Giao Tiến" in read(answer)
    is_free = client.get(f"{URL}{file.pk}/file/").status_code
    assert is_free == (200 if hand_in == 400 else hand_in)


def test_figures_are_typed_and_blank_is_none(world: World, browse: Browse) -> None:
    client = browse(world.liaison)
    page = read(client.get(f"{URL}typed/?day=2023-06-20&above={world.district.pk}"))
    assert "Xã Giao Tiến" in page
    cell = f"u{world.commune.pk}-level1"
    asked = {"day": "2023-06-20", "kind": "to_date", "above": str(world.district.pk)}
    assert client.post(f"{URL}typed/", asked).status_code == 400
    assert client.post(f"{URL}typed/", {**asked, cell: "1.000"}).status_code == 400
    assert not OfficialFile.objects.exists()
    client.post(f"{URL}typed/", {**asked, cell: "15"})
    figure = OfficialFigure.objects.get()
    assert (figure.value, figure.day, figure.kind) == (15, TODAY, "to_date")
    assert (figure.file.source, figure.file.content) == ("typed", None)
    assert 'value="15"' in read(client.get(f"{URL}typed/", asked))
    assert "Không đổi gì" in read(client.post(f"{URL}typed/", {**asked, cell: "15"}, follow=True))
    client.post(f"{URL}typed/", {**asked, cell: "14"})
    client.post(f"{URL}typed/", {**asked, cell: "15"})
    assert [f.value for f in OfficialFigure.objects.order_by("pk")] == [15, 14, 15]
    # Of another's territory nothing is asked, and nothing taken.
    world.liaison.appointments.update(unit=world.other_district)
    assert client.get(f"{URL}typed/", asked).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_figure(world: World) -> None:
    level1 = world.indicators["level1"].pk
    units = (world.commune, world.sibling, world.far_commune)
    barrier, failed = threading.Barrier(4), []

    def hand_in(n: int) -> None:
        try:
            barrier.wait(10)
            take_figures(
                actor=User.objects.get(pk=world.liaison.pk),
                campaign=world.campaign,
                source="file",
                figures=[
                    Figure(unit.pk, TODAY - dt.timedelta(days=d), "to_date", level1, n)
                    for unit in (units if n % 2 else units[::-1])
                    for d in range(5)
                ],
                rows=15,
                sha256=str(n) * 64,
            )
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    current = OfficialFigure.objects.filter(superseded_by=None)
    last = OfficialFile.objects.latest("pk")
    assert current.count() == 15
    assert set(current.values_list("file", flat=True)) == {last.pk}
    assert OfficialFigure.objects.count() == 60


def test_a_copy_of_utf_16_is_marked_too(world: World, browse: Browse) -> None:
    client = browse(world.liaison)
    data = csv(HEAD, ["14173", "", "20/6/2023", "x"], encoding="utf-16")
    wrong = send(client, data, "a.csv")
    copy = client.post(URL, {"marked": hidden(wrong, "marked")})
    assert copy.content.startswith(b"PK")
