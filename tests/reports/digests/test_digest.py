"""The digest: the same figures as API and dashboard, in words that can be read out."""

import base64
import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from campaign.models import Branch, Campaign, FormulaTerm, Indicator, Unit
from core import clock
from core.log.checkpoint import Head, heads_in
from core.log.models import SignedHead
from core.log.sequencer import sequence
from reports.daily.models import DailyReport, Lateness
from reports.dashboards.selectors.dashboard import build_dashboard
from reports.digests.poster.layout import layout
from reports.digests.selectors import Digest, digest, fingerprint
from reports.digests.text import text
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.factories import make_baseline, make_branch, make_session, make_target, make_unit
from tests.pages import read
from tests.reports.reporting import report, set_status

Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]
YESTERDAY = TODAY - dt.timedelta(days=1)
URL = "/api/v1/digests/"
TAM = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def evening(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Return a way to choose the time of day; it is a quarter past seven, after the due time."""

    def at(hour: int, minute: int) -> None:
        moment = dt.datetime(2023, 6, 20, hour, minute, 7, tzinfo=TAM)
        monkeypatch.setattr(clock, "now", lambda: moment)

    at(19, 15)
    return at


@pytest.fixture
def reported(world: World, evening: Callable[[int, int], None]) -> World:
    """Let two branches and the task force report, approve one report, and add up."""
    report(world.owner, "XD-14173", {"installed": 9, "level1": 1200, "level2": 50}, date=YESTERDAY)
    sent = report(world.owner, "XD-14173", {"level1": 300, "level2": 20, "upgraded": 5})
    report(world.other_lead, "XD-14050", {"level1": 7})
    report(world.officer, "CA-36", {"level2": 40}, unit="14158")
    DailyReport.objects.update(lateness=Lateness.ON_TIME)
    set_status(sent)
    drain()
    return world


def digest_of(world: World, unit: Unit | None = None, day: dt.date = TODAY) -> Digest:
    """Return the digest of a unit, the province by default."""
    campaign = Campaign.objects.get(pk=world.campaign.pk)
    return digest(campaign=campaign, unit=unit or world.province, day=day)


def words_of(world: World, unit: Unit | None = None, day: dt.date = TODAY) -> str:
    return text(digest_of(world, unit, day))


@pytest.mark.parametrize("name", ["province", "district", "commune", "sibling", "far_commune"])
@pytest.mark.parametrize("day", [TODAY, YESTERDAY])
def test_figures_are_those_of_the_totals_api(
    reported: World, api: Api, name: str, day: dt.date
) -> None:
    unit = getattr(reported, name)
    found = digest_of(reported, unit, day)
    assert found.headline is not None
    for basis in ("reported", "approved"):
        url = f"/api/v1/totals/?unit={unit.code}&from={day}&to={day}&basis={basis}"
        (line,) = api(reported.staff).get(url).json()["results"]
        suffix = "" if basis == "reported" else "_approved"
        figures = (found.headline, *found.others)
        for key, attribute in (("counts", "today"), ("counts_to_date", "to_date")):
            worded_by = {
                f.indicator.code: value
                for f in figures
                for value in [getattr(f, attribute + suffix)]
                if value is not None
            }
            assert worded_by == line[key]
        if basis == "reported":
            assert found.expected == line["reports_expected"]
            assert found.received == line["reports_received"]
            assert found.progress.target == line["target"].get("activated")


@pytest.mark.parametrize("name", ["province", "district", "commune"])
def test_figures_are_those_of_the_dashboard(reported: World, name: str) -> None:
    unit = getattr(reported, name)
    found = digest_of(reported, unit)
    dashboard = build_dashboard(campaign=reported.campaign, unit=unit, basis="reported")
    assert found.headline is not None
    assert (found.headline.today, found.headline.to_date) == (
        dashboard.today,
        dashboard.progress.to_date,
    )
    assert (found.expected, found.received) == (dashboard.expected, dashboard.received)
    assert found.progress.percent == dashboard.progress.percent
    assert found.progress.needed_per_day == dashboard.progress.needed_per_day
    assert found.change == dashboard.change
    assert [s.branch for s in found.silent] == [s.branch for s in dashboard.silent]
    assert [(s.rank, s.unit) for s in found.below.units] == [
        (r.rank, r.unit) for r in dashboard.rows
    ]


def test_a_day_without_counts_names_nobody_first_or_last(
    world: World, evening: Callable[[int, int], None]
) -> None:
    """On the first morning, and on a Sunday, too: to date there is a stand, of the day none."""
    activated = world.indicators["activated"]
    make_target(campaign=world.campaign, unit=world.sibling, indicator=activated, value=100)
    report(world.owner, "XD-14173", {"level1": 20}, date=YESTERDAY)
    report(world.neighbour, "XD-14158", {"level1": 10}, date=YESTERDAY)
    report(world.owner, "XD-14173", {}, no_activity=True)
    drain()
    before = [words_of(world, unit, YESTERDAY) for unit in (world.district, world.commune)]
    assert "Dẫn đầu về phần trăm chỉ tiêu: Xã Hồng Thuận 10,0%" in before[0]
    assert "Xếp thứ 2 trong 2 đơn vị" in before[1]
    for unit in (world.district, world.commune):
        words = words_of(world, unit)
        assert not any(word in words for word in ("Dẫn đầu", "Cần cố gắng", "Xếp thứ", "Chưa xếp"))
        assert layout(digest_of(world, unit))["columns"] == []


def test_text_of_a_district_can_be_read_out(reported: World) -> None:
    activated = reported.indicators["activated"]
    make_target(campaign=reported.campaign, unit=reported.district, indicator=activated, value=2000)
    make_target(campaign=reported.campaign, unit=reported.sibling, indicator=activated, value=400)
    assert words_of(reported, reported.district) == (
        "BÁO CÁO NHANH ngày 20/6/2023 – Huyện Giao Thủy\n"
        "Số đến 19:15.\n"
        "\n"
        "Tài khoản kích hoạt trong ngày: 355, giảm 72% so với ngày 19/6.\n"
        "Lũy kế từ 1/4: 1.605, bằng 80,3% chỉ tiêu 2.000 khi đã qua 89% thời gian.\n"
        "Trong đó đã duyệt 315.\n"
        "Còn 395 nữa; để kịp 30/6, mỗi ngày cần 40.\n"
        "\n"
        "Trong ngày còn có:\n"
        "- Mức 1: 300 lượt\n"
        "- Mức 2: 60 lượt\n"
        "- Nâng mức: 5 lượt\n"
        "\n"
        "Báo cáo: 1 trên 2 đơn vị đã gửi.\n"
        "Còn thiếu: Đoàn xã Hồng Thuận.\n"
        "\n"
        "Dẫn đầu về phần trăm chỉ tiêu: Xã Giao Tiến 156,5%, Xã Hồng Thuận 10,0%.\n"
        "\n"
        "Cảm ơn các đồng chí đã báo cáo. Đơn vị nào chưa gửi, đề nghị gửi sớm.\n"
    )


def test_a_part_is_named_in_brackets_behind_its_whole(reported: World, browse: Browse) -> None:
    part = reported.indicators["upgraded"]
    part.label = "trong đó nâng từ mức độ 1"
    part.save()
    words = words_of(reported, reported.district)
    assert "- Mức 2: 60 lượt (trong đó 5 nâng từ mức độ 1)\n" in words
    assert "- trong đó" not in words
    page = (
        browse(reported.lead)
        .get(f"/c/{reported.campaign.slug}/units/{reported.district.code}/")
        .content.decode()
    )
    row = (
        '>Mức 2<span class="part">trong đó nâng từ mức độ 1</span></th>'
        '<td class="n">60<span class="part">(5)</span></td>'
    )
    assert row in re.sub(r">\s+<", "><", page)
    # Beside its whole, and over its own chart.
    assert page.count("nâng từ mức độ 1") == 2


def test_before_the_due_time_the_digest_is_provisional(
    reported: World, evening: Callable[[int, int], None]
) -> None:
    evening(17, 42)
    found = digest_of(reported)
    assert found.is_open
    assert found.change is None
    words = text(found)
    assert "Số đến 17:42, chưa hết hạn báo cáo (18:30) nên còn thay đổi." in words
    assert "(cả ngày 19/6: 1.250)" in words
    assert "Chưa có báo cáo: Đoàn xã Hồng Thuận." in words
    evening(18, 30)
    assert not digest_of(reported).is_open


def test_yesterday_is_set_against_the_reporting_day_before_it(reported: World) -> None:
    """The 19th was a Monday; with no reports at the weekend the day before is the Friday."""
    report(reported.owner, "XD-14173", {"level1": 1000}, date=dt.date(2023, 6, 16))
    drain()
    Campaign.objects.update(weekdays="12345")
    found = digest_of(reported, day=YESTERDAY)
    assert found.before is not None
    assert (found.before.date, found.before.value) == (dt.date(2023, 6, 16), 1000)
    assert "tăng 25% so với ngày 16/6" in text(found)


def test_a_day_without_a_number_is_not_a_nought(reported: World) -> None:
    assert "trong ngày chưa có số" in words_of(reported, reported.province, dt.date(2023, 6, 1))
    report(reported.neighbour, "XD-14158", {}, date=YESTERDAY, no_activity=True)
    drain()
    words = words_of(reported, reported.sibling, YESTERDAY)
    assert "trong ngày không phát sinh" in words
    assert "Báo cáo: 1 trên 1 đơn vị đã gửi" in words
    report(reported.neighbour, "XD-14158", {"level1": 0}, date=dt.date(2023, 6, 18))
    drain()
    assert "trong ngày: 0" in words_of(reported, reported.sibling, dt.date(2023, 6, 18))


def test_without_a_target_there_is_no_percentage(reported: World) -> None:
    words = words_of(reported)
    assert "Chưa giao chỉ tiêu cho đơn vị này." in words
    assert "%" not in words.replace("giảm 71%", "")
    assert digest_of(reported).first == ()


def test_without_targets_units_are_ranked_by_residents(reported: World) -> None:
    make_baseline(
        name="Đủ điều kiện", figures={reported.district: 1000, reported.other_district: 1000}
    )
    words = words_of(reported)
    assert "Dẫn đầu về số đã đạt trên 100 dân: Huyện Giao Thủy 160,5" in words


def test_residents_are_named_by_their_baseline(reported: World) -> None:
    activated = reported.indicators["activated"]
    make_target(campaign=reported.campaign, unit=reported.district, indicator=activated, value=2000)
    make_baseline(
        name="Đủ điều kiện", figures={reported.district: 1000, reported.other_district: 10}
    )
    words = words_of(reported)
    assert (
        "Tính trên 100 dân (theo “Đủ điều kiện”): Huyện Giao Thủy 160,5, Huyện Trực Ninh 70."
        in words
    )
    assert "Chưa xếp hạng: Huyện Trực Ninh." in words


def test_late_is_told_from_late_for_lack_of_network(reported: World) -> None:
    DailyReport.objects.filter(branch=reported.far_branch).update(lateness=Lateness.LATE)
    DailyReport.objects.filter(branch=reported.branch, date=TODAY).update(
        lateness=Lateness.OFFLINE_LATE
    )
    assert (
        "Báo cáo: 2 trên 3 đơn vị đã gửi, 1 báo cáo gửi muộn, "
        "1 báo cáo ghi đúng hạn nhưng mất mạng nên tới sau.\n" in words_of(reported)
    )


def test_many_silent_branches_are_a_number(reported: World) -> None:
    for number in range(20):
        unit = make_unit(name=f"Xã Yên {number}", parent=reported.other_district)
        make_branch(name=f"Đoàn xã Yên {number}", home_unit=unit, parent=reported.union)
    found = digest_of(reported)
    words = text(found)
    assert len(found.silent) == 21
    assert "và 15 đơn vị nữa." in words
    assert sum(silent.branch.name in words for silent in found.silent) >= 6
    closed = Branch.objects.filter(name="Đoàn xã Yên 3")
    closed.update(closed_on=TODAY)
    assert len(digest_of(reported).silent) == 20


def test_sessions_of_the_day_are_told(reported: World) -> None:
    given: dict[str, Any] = {"campaign": reported.campaign, "branch": reported.branch}
    make_session(**given, state="closed", headcount=12, participations=12)
    assert "Buổi hỗ trợ: 1 buổi đã kết thúc, 12 lượt tham gia." in words_of(reported)


def test_everybody_is_thanked_when_everybody_reported(reported: World) -> None:
    report(reported.neighbour, "XD-14158", {"level1": 3})
    drain()
    assert "Tất cả các đơn vị đã báo cáo. Cảm ơn các đồng chí!" in words_of(reported)


def test_a_campaign_without_indicators_has_a_digest(reported: World) -> None:
    FormulaTerm.objects.all().delete()
    Indicator.objects.all().delete()
    assert "Chiến dịch chưa có chỉ số nào." in words_of(reported)


def test_the_notice_of_made_up_figures_is_said_in_short(reported: World) -> None:
    Campaign.objects.update(notice=f"Số liệu là minh họa. {'Và nhiều điều khác nữa. ' * 20}")
    assert words_of(reported).rstrip().endswith("(Số liệu là minh họa)")
    Campaign.objects.update(notice="Số liệu " * 100)
    assert all(len(line) < 200 for line in words_of(reported).splitlines())


HOSTILE = "Xã <script>alert(1)</script>\n</text><rect/>\u202eHồng\x07"


def test_a_name_cannot_add_lines_or_turn_the_text_around(reported: World, api: Api) -> None:
    activated = reported.indicators["activated"]
    make_target(campaign=reported.campaign, unit=reported.district, indicator=activated, value=10)
    before = words_of(reported, reported.district)
    for row in (
        reported.district,
        reported.other_district,
        reported.sibling,
        reported.neighbour_branch,
    ):
        type(row).objects.filter(pk=row.pk).update(name=HOSTILE)
    reported.district.refresh_from_db()
    words = words_of(reported, reported.district)
    assert words.splitlines()[0].endswith("– Xã <script>alert(1)</script> </text><rect/> Hồng")
    assert words.splitlines()[1] == "Số đến 19:15."
    assert not set("\u202e\x07") & set(words)
    assert words.count("\n") == before.count("\n")


def test_no_persons_name_is_in_it(reported: World) -> None:
    words = words_of(reported) + words_of(reported, reported.commune)
    assert not any(name in words for name in User.objects.values_list("full_name", flat=True))


def test_a_province_fits_in_one_message(reported: World) -> None:
    activated = reported.indicators["activated"]
    Campaign.objects.update(notice="Số liệu từng ngày, chỉ tiêu, các buổi là minh họa. Và nữa.")
    figures = {reported.district: 1000, reported.other_district: 10}
    for number in range(8):
        unit = make_unit(
            name=f"Thành phố Rất Dài {number}", level="district", parent=reported.province
        )
        figures[unit] = 9000
    make_baseline(name="Công dân đủ điều kiện (từ 14 tuổi), ước tính minh họa", figures=figures)
    for unit in figures:
        make_target(campaign=reported.campaign, unit=unit, indicator=activated, value=100_000)
    for number in range(20):
        unit = make_unit(name=f"Thị trấn Quỹ Nhất {number}", parent=reported.other_district)
        make_branch(name=f"Đoàn thị trấn Quỹ Nhất {number}", home_unit=unit, parent=reported.union)
    assert len(words_of(reported)) < 1500


@pytest.mark.parametrize("extra", [0, 3])
def test_costs_as_many_queries_for_one_as_for_many(
    reported: World, django_assert_num_queries: DjangoAssertNumQueries, extra: int
) -> None:
    for number in range(extra):
        unit = make_unit(name=f"Xã Thêm {number}", parent=reported.district)
        added = make_branch(home_unit=unit, parent=reported.district_union)
        report(reported.lead, added.code, {"level1": 1})
    drain()
    # Made for whoever asks first, and kept for all.
    # Each time it is asked whether another campaign runs, so that the words name theirs.
    for cost in (29, 4):
        campaign = Campaign.objects.get(pk=reported.campaign.pk)
        with django_assert_num_queries(cost):
            assert len(text(digest(campaign=campaign, unit=reported.district, day=TODAY))) > 100


def test_head_of_the_log_goes_out_with_the_words(
    reported: World, evening: Callable[[int, int], None]
) -> None:
    """Of the last minute while the day runs, of the due time later: the words stay as they are."""
    assert "sổ ghi" not in words_of(reported)
    evening(15, 30)
    sequence()
    head = SignedHead.objects.get()
    evening(16, 10)
    line = f"Đầu sổ ghi: {head.size} {base64.b64encode(bytes(head.root)).decode()}"
    assert line in words_of(reported).splitlines()
    assert list(heads_in(words_of(reported))) == [Head(head.size, bytes(head.root))]
    evening(21, 0)
    report(reported.neighbour, "XD-14158", {"level1": 3})
    sequence()
    assert SignedHead.objects.count() == 2
    assert line in words_of(reported).splitlines()
    assert "sổ ghi" not in words_of(reported, day=YESTERDAY)


def test_fingerprint_changes_with_the_figures_only(
    reported: World, evening: Callable[[int, int], None]
) -> None:
    first = fingerprint(digest_of(reported))
    evening(20, 40)
    assert fingerprint(digest_of(reported)) == first
    report(reported.neighbour, "XD-14158", {"level1": 3})
    drain()
    assert fingerprint(digest_of(reported)) != first
    evening(17, 0)
    open_at_five = fingerprint(digest_of(reported))
    evening(17, 1)
    assert fingerprint(digest_of(reported)) != open_at_five


# The doors


def test_api_gives_text(reported: World, api: Api) -> None:
    answer = api(reported.lead).get(f"{URL}?unit=365&date=2023-06-20")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["As-Of"] == clock.now().isoformat()
    words = answer.content.decode()
    assert words == words_of(reported, reported.district) + (
        "\nXem thêm: http://testserver/c/de-an-06-2023/digests/365/2023-06-20/\n"
    )
    again = api(reported.lead).get(
        f"{URL}?unit=365", headers={"if-none-match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("accept", ["text/plain", "*/*", "application/json", "image/png"])
def test_api_answers_whatever_is_accepted(reported: World, api: Api, accept: str) -> None:
    assert api(reported.lead).get(URL, headers={"accept": accept}).status_code == 200
    wrong = api(reported.lead).get(f"{URL}?date=31", headers={"accept": accept})
    assert (wrong.status_code, list(wrong.json())) == (400, ["date"])


def test_api_defaults_are_the_own_unit_and_today(reported: World, api: Api) -> None:
    first = api(reported.other_lead).get(URL).content.decode().splitlines()[0]
    assert first == "BÁO CÁO NHANH ngày 20/6/2023 – Huyện Trực Ninh"


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2023-06-21", "chưa tới"),
        ("2023-03-31", "từ 01/04/2023 đến 30/06/2023"),
        ("2023-07-01", "từ 01/04/2023 đến 30/06/2023"),
        ("2023-02-30", ""),
        ("0001-01-01", "từ 01/04/2023"),
        ("hôm nay", ""),
        ("20/06/2023", ""),
    ],
)
def test_days_without_a_digest_are_refused(
    reported: World, api: Api, browse: Browse, date: str, words: str
) -> None:
    answer = api(reported.lead).get(URL, {"date": date})
    assert answer.status_code == 400
    assert words in answer.json()["date"][0]
    for ending in ("/", ".png"):
        assert (
            browse(reported.lead).get(f"/c/de-an-06-2023/digests/365/{date}{ending}").status_code
            == 404
        )


SCOPES = {
    # role: 14173, 365, 36
    "owner": (200, 404, 404),
    "neighbour": (404, 404, 404),
    "lead": (200, 200, 404),
    "other_lead": (404, 404, 404),
    "staff": (200, 200, 200),
    "partner": (200, 200, 200),
    "officer": (200, 200, 200),
    "stranger": (404, 404, 404),
}


@pytest.mark.parametrize("role", SCOPES)
def test_digests_are_seen_by_whom_the_unit_is(
    reported: World, api: Api, browse: Browse, role: str
) -> None:
    user = getattr(reported, role)
    for code, status in zip(("14173", "365", "36"), SCOPES[role], strict=True):
        assert api(user).get(f"{URL}?unit={code}").status_code == status
        for ending in ("/", ".png"):
            url = f"/c/de-an-06-2023/digests/{code}/2023-06-20{ending}"
            assert browse(user).get(url).status_code == status


def test_page_shows_the_text_and_leads_on(reported: World, browse: Browse) -> None:
    client = browse(reported.lead)
    answer = client.get("/c/de-an-06-2023/digests/", follow=True)
    assert answer.redirect_chain == [("/c/de-an-06-2023/digests/365/2023-06-20/", 302)]
    body = answer.content.decode()
    link = "http://testserver/c/de-an-06-2023/digests/365/2023-06-20/"
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", body, re.DOTALL)
    assert shown is not None
    assert shown[1] == text(digest_of(reported, reported.district), link)
    assert 'href="/c/de-an-06-2023/digests/365/2023-06-19/"' in body
    assert 'href="/c/de-an-06-2023/digests/14173/2023-06-20/"' in body
    assert "/c/de-an-06-2023/digests/365/2023-06-21/" not in body
    assert "/c/de-an-06-2023/digests/36/" not in body
    first = client.get("/c/de-an-06-2023/digests/365/2023-04-01/").content.decode()
    assert "/c/de-an-06-2023/digests/365/2023-03-31/" not in first
    assert "/c/de-an-06-2023/digests/365/2023-04-02/" in first


def test_page_escapes_names(reported: World, browse: Browse) -> None:
    Unit.objects.filter(pk=reported.district.pk).update(name="</textarea><script>alert(1)</script>")
    body = browse(reported.lead).get("/c/de-an-06-2023/digests/365/2023-06-20/").content.decode()
    assert "<script>alert" not in body
    assert body.count("</textarea>") == 1


def test_before_the_campaign_begins_the_page_says_when(reported: World, browse: Browse) -> None:
    Campaign.objects.update(starts_on=dt.date(2023, 6, 25))
    page = read(browse(reported.lead).get("/c/de-an-06-2023/digests/"))
    assert page.status == 200
    assert page.heading == "Báo cáo nhanh"


def test_after_the_campaign_the_last_day_is_shown(reported: World, browse: Browse) -> None:
    Campaign.objects.update(ends_on=YESTERDAY)
    answer = browse(reported.lead).get("/c/de-an-06-2023/digests/")
    assert answer.headers["Location"] == "/c/de-an-06-2023/digests/365/2023-06-19/"
