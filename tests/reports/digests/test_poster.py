"""The poster: 1080 pixels wide, in our own letters, whatever the names and the day are."""

import datetime as dt
import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from fontTools.ttLib import TTFont

from accounts.models import User
from accounts.services import issue_token
from campaign.models import Campaign, FormulaTerm, Indicator, Unit
from reports.daily.models import DailyReport, Lateness
from reports.digests.poster import draw, poster, render
from reports.digests.poster.font_metrics import font_files, printable, shorten, width, wrap
from reports.digests.poster.layout import INNER, WIDTH
from reports.digests.poster.tags import brief, line
from reports.digests.selectors import Digest, digest
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_baseline, make_branch, make_target, make_unit
from tests.reports.digests.test_digest import HOSTILE
from tests.reports.reporting import report

Browse = Callable[[User], Client]
URL = "/c/de-an-06-2023/digests/365/2023-06-20.png"


def add_up() -> None:
    """Add up. The drain's limit on idling would hold on in the test's one transaction, in which
    a poster may be drawn for seconds on a busy machine."""
    drain()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


@pytest.fixture
def reported(world: World) -> World:
    """A district with two communes that have targets, one of which reported today."""
    activated = world.indicators["activated"]
    make_target(campaign=world.campaign, unit=world.district, indicator=activated, value=2000)
    make_target(campaign=world.campaign, unit=world.sibling, indicator=activated, value=500)
    report(world.owner, "XD-14173", {"level1": 320})
    DailyReport.objects.update(lateness=Lateness.ON_TIME)
    add_up()
    return world


def digest_of(world: World, unit: Unit, day: dt.date = TODAY) -> Digest:
    unit.refresh_from_db()
    return digest(campaign=Campaign.objects.get(pk=world.campaign.pk), unit=unit, day=day)


def size_of(png: bytes) -> tuple[int, int]:
    """Return width and height, and see that the file is whole."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png[-8:-4] == b"IEND"
    data = b""
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    assert len(zlib.decompress(data)) > 1080 * 1000
    wide, high = struct.unpack(">II", png[16:24])
    return wide, high


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  # drawn by us


def tags_of(svg: str) -> set[str]:
    return {element.tag.split("}")[-1] for element in parsed(svg).iter()}


def lines_of(svg: str) -> list[str]:
    """Return what is written on a poster."""
    return [e.text or "" for e in parsed(svg).iter() if e.tag.endswith("text")]


def placed(
    element: ElementTree.Element, x: float = 0, y: float = 0
) -> Iterator[tuple[ElementTree.Element, float, float]]:
    """Yield the texts with the point from which theirs is measured."""
    move = re.fullmatch(r"translate\((\S+) (\S+)\)", element.attrib.get("transform", ""))
    if move:
        x, y = x + float(move[1]), y + float(move[2])
    if element.tag.endswith("text"):
        yield element, x, y
    for child in element:
        yield from placed(child, x, y)


def test_poster_says_what_the_digest_says(reported: World) -> None:
    lines = lines_of(draw(digest_of(reported, reported.district)))
    for words in (
        "Huyện Giao Thủy",
        "20/6/2023",
        "320",
        "16,0%",
        "chỉ tiêu 2.000",
        "+320",
        "1/2",
        "Dẫn đầu",
        "Xã Giao Tiến",
        "32,0%",
        "Chưa có báo cáo: 1 đơn vị",
        "Đoàn xã Hồng Thuận",
        "Nguồn: báo cáo ngày của các cơ sở Đoàn. Đã duyệt 0.",
    ):
        assert words in lines


def test_poster_is_1080_wide_and_shows_the_letters(reported: World) -> None:
    drawn = render(digest_of(reported, reported.district))
    assert size_of(drawn)[0] == WIDTH
    assert size_of(drawn)[1] >= 1350
    Unit.objects.filter(pk=reported.district.pk).update(name="")
    without = render(digest_of(reported, reported.district))
    assert size_of(without) == size_of(drawn)
    Unit.objects.filter(pk=reported.district.pk).update(name="Huyện Giao Thuỳ")
    other = render(digest_of(reported, reported.district))
    assert len({hashlib.sha256(png).digest() for png in (drawn, without, other)}) == 3


VIETNAMESE = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
MARKS = "\u0300\u0301\u0303\u0309\u0323"


def test_every_vietnamese_letter_is_in_our_typeface() -> None:
    letters = "".join(f"{vowel}{mark}" for vowel in VIETNAMESE for mark in ["", *MARKS])
    assert printable(letters + "đĐ") == printable(printable(letters) + "đĐ")
    every = set(printable(letters + "đĐ0123456789.,%+−–…▲/:()“”"))
    assert len(every) > 140
    for path in font_files():
        with TTFont(path) as font:
            assert every - {"▲"} <= {chr(code) for code in font.getBestCmap()}


def test_every_letter_of_every_poster_has_a_glyph(reported: World) -> None:
    Campaign.objects.update(name="Đề án 06 🚀 𝔛", notice="Số liệu ⚠️ minh họa")
    known = set.intersection(
        *({chr(code) for code in TTFont(path).getBestCmap()} for path in font_files())
    )
    for unit in (reported.province, reported.district, reported.commune):
        for words in lines_of(draw(digest_of(reported, unit))):
            assert set(words) <= known


def test_a_name_cannot_draw(reported: World) -> None:
    for row in (
        reported.district,
        reported.commune,
        reported.sibling,
        reported.neighbour_branch,
        reported.campaign,
    ):
        type(row).objects.filter(pk=row.pk).update(name=HOSTILE)
    plain = draw(digest_of(reported, reported.province))
    svg = draw(digest_of(reported, reported.district))
    assert tags_of(svg) == tags_of(plain)
    assert "<script" not in svg
    assert "\u202e" not in svg
    assert size_of(render(digest_of(reported, reported.district)))[0] == WIDTH


def test_long_names_and_many_silent_branches_stay_on_the_sheet(reported: World) -> None:
    long = "Thị trấn Nông trường Rạng Đông và Vùng Kinh tế mới Bạch Long Giao Phong Quất Lâm"
    activated = reported.indicators["activated"]
    for number in range(9):
        unit = make_unit(name=f"{long} {number}", parent=reported.district)
        make_branch(name=f"Đoàn {long} {number}", home_unit=unit, parent=reported.district_union)
        make_target(campaign=reported.campaign, unit=unit, indicator=activated, value=10**9)
    Unit.objects.filter(pk=reported.district.pk).update(name=long)
    Campaign.objects.update(name=long * 2, notice=long * 3)
    Indicator.objects.update(label=long, short_label=long[:40])
    found = digest_of(reported, reported.district)
    root = parsed(draw(found))
    high = float(root.attrib["height"])
    for element, left_of, top in placed(root):
        taken = width(
            element.text or "",
            float(element.attrib["font-size"]),
            int(element.attrib["font-weight"]),
        )
        x = left_of + float(element.attrib["x"])
        anchor = element.attrib["text-anchor"]
        left = x - {"start": 0, "middle": taken / 2, "end": taken}[anchor]
        assert left >= 0
        assert left + taken <= WIDTH
        assert 0 < top + float(element.attrib["y"]) < high
    assert size_of(render(found)) == (WIDTH, high)


@pytest.mark.parametrize("name", ["province", "district", "commune", "sibling", "far_commune"])
@pytest.mark.parametrize("day", [TODAY, dt.date(2023, 4, 1), dt.date(2023, 6, 1)])
def test_every_unit_and_day_has_a_poster(reported: World, name: str, day: dt.date) -> None:
    assert size_of(render(digest_of(reported, getattr(reported, name), day)))[0] == WIDTH


def test_a_campaign_without_indicators_has_a_poster(reported: World) -> None:
    FormulaTerm.objects.all().delete()
    Indicator.objects.all().delete()
    assert "Chiến dịch chưa có chỉ số nào." in lines_of(
        draw(digest_of(reported, reported.district))
    )


def test_a_day_with_noughts_only_has_a_poster(reported: World) -> None:
    report(reported.neighbour, "XD-14158", {"level1": 0})
    add_up()
    lines = lines_of(draw(digest_of(reported, reported.sibling)))
    assert "7 ngày qua" in lines
    assert "0" in lines
    assert "–" in lines


def test_without_targets_units_are_ranked_by_residents(world: World) -> None:
    make_baseline(name="Đủ điều kiện", figures={world.district: 1000, world.other_district: 4000})
    report(world.owner, "XD-14173", {"level1": 320})
    report(world.other_lead, "XD-14050", {"level1": 640})
    DailyReport.objects.update(lateness=Lateness.ON_TIME)
    add_up()
    svg = draw(digest_of(world, world.province))
    lines = lines_of(svg)
    assert lines.index("32") < lines.index("16")
    assert "theo số trên 100 dân" in lines
    assert "100 dân: theo “Đủ điều kiện (31/03/2023)”." in " ".join(lines)
    # The leader's bar is whole, and there is no mark of the time gone on it.
    bars = [e.attrib for e in parsed(svg).iter() if e.attrib.get("class") == "blue"]
    lengths = [float(bar["width"]) for bar in bars if bar.get("height") == "12"]
    assert lengths == [398, 199]


def test_words_without_room_are_written_smaller_then_cut() -> None:
    assert 'font-size="25"' in line("16 đơn vị", 0, 0, "25 24 23", most=269)
    smaller = line("16 đơn vị chưa báo cáo", 0, 0, "25 24 23 22", most=269)
    assert 'font-size="25"' not in smaller
    assert "…" not in smaller
    assert "…" in line("Thị trấn Nông trường Rạng Đông", 0, 0, "26 24", 600, most=200)
    town = line("Thị trấn Rạng Đông", 0, 0, "24", 600, most=220, brief=brief("Thị trấn Rạng Đông"))
    assert ">TT Rạng Đông<" in town


def test_late_reports_are_marked(reported: World) -> None:
    DailyReport.objects.update(lateness=Lateness.LATE)
    assert "1 muộn" in lines_of(draw(digest_of(reported, reported.district)))


def test_poster_is_sent_once(reported: World, browse: Browse) -> None:
    client = browse(reported.lead)
    answer = client.get(URL)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert "private" in answer.headers["Cache-Control"]
    assert size_of(answer.content)[0] == WIDTH
    tag = answer.headers["ETag"]
    report(reported.neighbour, "XD-14158", {"level1": 5})
    add_up()
    after = client.get(URL, headers={"if-none-match": tag})
    assert after.status_code == 200
    assert after.headers["ETag"] != tag


def test_poster_that_is_known_is_not_sent_again(reported: World, browse: Browse) -> None:
    client = browse(reported.lead)
    url = "/c/de-an-06-2023/digests/365/2023-06-19.png"
    tag = client.get(url).headers["ETag"]
    again = client.get(url, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_poster_is_given_to_a_token_in_its_scope(reported: World) -> None:
    client = Client(headers={"authorization": f"Bearer {issue_token(user=reported.lead)}"})
    assert size_of(client.get(URL).content)[0] == WIDTH
    assert client.get("/c/de-an-06-2023/digests/36/2023-06-20.png").status_code == 404
    assert Client(headers={"authorization": "Bearer sai"}).get(URL).status_code == 401
    assert Client().get(URL).headers["Location"] == f"/sign-in/?next={URL}"


def test_poster_is_drawn_once(reported: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found = digest_of(reported, reported.district, dt.date(2023, 6, 19))
    first = poster(found)
    monkeypatch.setattr("reports.digests.poster.render", lambda _digest: b"again")
    assert poster(found) == first


def test_poster_comes_without_the_cache(
    reported: World, browse: Browse, settings: LazySettings
) -> None:
    gone = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": gone}
    assert browse(reported.lead).get(URL).status_code == 200


def test_words_are_measured_and_wrapped() -> None:
    assert width("iii", 30) < width("mmm", 30)
    assert shorten("Xã Giao Tiến", 1000, 30) == "Xã Giao Tiến"
    cut = shorten("Xã Giao Tiến " * 20, 300, 30)
    assert cut.endswith("…")
    assert width(cut, 30) <= 300
    lines = wrap("Xã Giao Tiến " * 40, INNER, 26, lines=3)
    assert len(lines) == 3
    assert all(width(words, 26) <= INNER for words in lines)
