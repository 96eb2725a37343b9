"""A code beside a figure that went out leads to it as it was, and to its parts by rights."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from core import clock
from core.log.sequencer import sequence
from reports.daily.models import DailyReport
from reports.exports.codes import ALPHABET, code_for, read_code, shown
from reports.exports.models import Export, FigureCode
from tests.conftest import TODAY, World
from tests.reports.police.test_changes import DAY_BEFORE, FILES, correct, reported
from tests.reports.police.test_police_csv import fetch

Browse = Callable[[User], Client]
DIGESTS = "/c/de-an-06-2023/digests"
__all__ = ["reported"]


@pytest.fixture(autouse=True)
def fresh_counters() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_every_slip_of_a_hand_is_noticed() -> None:
    code = code_for("digest", 1, 2, "2023-06-20", "activated", 76635)
    assert code == code_for("digest", 1, 2, "2023-06-20", "activated", 76635)
    assert read_code(shown(code)) == read_code(f" {code[:3].lower()} {code[3:]}-") == code
    slips = {
        code[:n] + other + code[n + 1 :]
        for n, other in product(range(10), ALPHABET)
        if other != code[n]
    }
    slips |= {
        code[:n] + code[m] + code[n + 1 : m] + code[n] + code[m + 1 :]
        for n in range(10)
        for m in range(n + 1, 10)
        if code[n] != code[m]
    }
    assert len(slips) > 310
    assert {read_code(slip) for slip in slips} == {None}
    assert {read_code(text) for text in ("", code[:9], code + "2", "0" * 10, "É" * 10)} == {None}


@pytest.fixture
def signed(reported: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The log is signed in the afternoon, and it is evening."""
    for hour in (15, 21):
        monkeypatch.setattr(clock, "now", lambda hour=hour: clock.at(TODAY, dt.time(hour, 5)))
        sequence()
    return reported


def publish(browse: Browse, who: User, unit: str) -> FigureCode:
    """Fetch a digest by the API, which is how it goes out; return the code in it."""
    answer = browse(who).get("/api/v1/digests/", {"unit": unit, "date": f"{TODAY}"})
    text = answer.content.decode()
    figure = FigureCode.objects.get(kind="digest", unit__code=unit)
    assert f"Mã tra số: {figure} (gõ tại http://testserver/f/)" in text
    return figure


def test_figure_is_the_publics_and_its_parts_are_by_rights(signed: World, browse: Browse) -> None:
    reported = signed
    page = words(browse(reported.staff).get(f"{DIGESTS}/14173/{TODAY}/"))
    assert "Mã tra số: " in page
    assert not FigureCode.objects.exists()  # a page that is looked at writes nothing
    figure = publish(browse, reported.staff, "14173")
    publish(browse, reported.lead, "14173")
    assert (figure.value, FigureCode.objects.count()) == (8, 1)
    assert figure.head
    url = f"/f/{figure}/"
    public = Client().get("/f/", {"code": f" {str(figure).lower()} "})
    assert public.status_code == 200
    page = words(public)
    assert '<b class="figure">8</b>' in page
    assert "Nay" not in page
    assert "report" not in page.split("<main")[1].split("</main")[0]
    correct(reported, DAY_BEFORE, assisted=9, level1=2)
    page = words(browse(reported.owner).get(url))
    assert '<b class="figure">8</b>' in page
    assert "Nay là 5, vì:" in page
    assert "5 → 2 (sửa qua “API”)" in page
    stored = DailyReport.objects.get(branch=reported.branch, date=DAY_BEFORE)
    assert f"{stored.pk}/" in page
    assert ">5</td>" in page  # the report as it was when the figure went out
    for other in (reported.neighbour, reported.stranger):
        page = words(browse(other).get(url))
        assert '<b class="figure">8</b>' in page
        assert "Nay" not in page
        assert str(stored.pk) not in page


def test_units_below_are_the_parts_of_what_lies_above(signed: World, browse: Browse) -> None:
    figure = publish(browse, signed.staff, "365")
    page = words(browse(signed.lead).get(f"/f/{figure}/"))
    assert "Nay vẫn vậy." in page
    assert 'href="/c/de-an-06-2023/units/14173/"' in page
    assert "14050" not in page


def test_parts_are_as_of_then_beside_what_they_are_now(signed: World, browse: Browse) -> None:
    for unit, part in (("36", "/units/365/"), ("365", "/units/14173/")):
        figure = publish(browse, signed.staff, unit)
        rows = parts_of(browse(signed.staff).get(f"/f/{figure}/"))
        assert rows[part][0] == rows[part][1]
        assert sum(then for then, _now in rows.values()) == figure.value
    correct(signed, DAY_BEFORE, assisted=9, level1=2)
    for unit, part in (("36", "/units/365/"), ("365", "/units/14173/")):
        figure = FigureCode.objects.get(kind="digest", unit__code=unit)
        answer = browse(signed.staff).get(f"/f/{figure}/")
        rows = parts_of(answer)
        assert rows[part][1] == rows[part][0] - 3
        assert sum(then for then, _now in rows.values()) == figure.value
        assert {then - now for name, (then, now) in rows.items() if name != part} <= {0}
        assert "không tính được phần ấy" not in words(answer)


def test_a_session_that_was_corrected_since_is_owned_up_to(signed: World, browse: Browse) -> None:
    figure = publish(browse, signed.staff, "365")
    FigureCode.objects.filter(pk=figure.pk).update(value=figure.value + 2)
    page = words(browse(signed.staff).get(f"/f/{figure}/"))
    assert "Từ khi công bố còn thay đổi −2" in page


def parts_of(answer: Any) -> dict[str, tuple[int, int]]:
    """Return what the page shows of each unit below: then and now, by the end of its address."""
    found = {}
    for row in words(answer).split("<tr>")[2:]:
        address = row.split('href="')[1].split('"')[0].removeprefix("/c/de-an-06-2023")
        cells = re.findall(r'<td class="n">(?:<b>)?([\d.]+)', row)
        then, now = (int(cell.replace(".", "")) for cell in cells)
        found[address] = then, now
    return found


def test_file_has_a_code_and_a_proof(reported: World, browse: Browse) -> None:
    client = browse(reported.liaison)
    fetch(client, first=f"{DAY_BEFORE}", basis="reported")
    export = Export.objects.get()
    figure = FigureCode.objects.get(export=export)
    assert export.figures is not None
    assert figure.value == export.figures["to_date"] == 48
    assert f'href="/f/{figure}/"' in words(client.get(f"{FILES}{export.pk}/"))
    assert f'href="{FILES}{export.pk}/"' in words(client.get(f"/f/{figure}/"))
    assert FILES not in words(Client().get(f"/f/{figure}/"))
    early = Client().get(f"/f/{figure}/proof.txt")
    assert early.status_code == 404
    sequence()
    proof = Client().get(f"/f/{figure}/proof.txt")
    assert proof.content.startswith(b"c2sp.org/tlog-proof@v1\n")


def test_what_is_wrong_says_so_and_who_tries_too_often_waits() -> None:
    client = Client()
    code = code_for("of nothing")
    for typed, status, refusal in (
        (code, 404, "Không có số nào"),
        (code[:9] + ALPHABET[(ALPHABET.index(code[9]) + 1) % 32], 404, "Mã gõ sai"),
        ("xin chào", 404, "Mã gõ sai"),
        ("<script>", 404, "Mã gõ sai"),
    ):
        answer = client.get("/f/", {"code": typed})
        assert (answer.status_code, refusal in words(answer)) == (status, True), typed
        assert "<script>" not in answer.content.decode().split("<main")[1]
    statuses = [client.get(f"/f/{code}/").status_code for _n in range(30)]
    assert (statuses[0], statuses[-1]) == (404, 429)
    assert client.get("/f/").status_code == 200


pytestmark = pytest.mark.django_db


def test_dashboard_bears_the_code_of_the_figure_that_it_shows(
    signed: World, browse: Browse
) -> None:
    page, staff = "/c/de-an-06-2023/dashboard/", browse(signed.staff)
    assert "Mã tra số" not in words(staff.get(page))
    figure = publish(browse, signed.staff, "36")
    staff = browse(signed.staff)
    shown_code = f'href="/f/{figure}/">{figure}</a>'
    cache.clear()
    assert shown_code in words(staff.get(page))
    assert shown_code not in words(staff.get(f"{page}?basis=approved"))
    assert "Mã tra số" not in words(staff.get("/c/de-an-06-2023/units/365/"))
    correct(signed, DAY_BEFORE, assisted=9, level1=2)
    assert "Mã tra số" not in words(staff.get(page))
