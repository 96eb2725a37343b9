"""Teams at work: a session from plan to report, phones at the place, papers, help for residents."""

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import DESK, PHONE, Stage, look
from tests.portal import Portal, free_days

pytestmark = pytest.mark.slow

SECRETARY, LEADER = "xadoan-14173", "totruong-14173"
BRANCH, UNIT = "XD-14173", "14173"
TODAY = dt.date(2023, 6, 20)
# Two people who can be reached, of each of three teams; the pages of other tests have the first.
PEOPLE = """
    SELECT t.id, t.name, array_agg(v.phone ORDER BY v.id), array_agg(v.id ORDER BY v.id)
    FROM volunteers_membership m JOIN volunteers_volunteer v ON v.id = m.volunteer_id
    JOIN volunteers_team t ON t.id = m.team_id JOIN campaign_branch b ON b.id = t.branch_id
    WHERE b.code = 'XD-14173' AND v.phone IS NOT NULL GROUP BY 1, 2
    HAVING count(*) > 1 ORDER BY 1 DESC
"""
NAME = "SELECT full_name FROM volunteers_volunteer WHERE phone = %s"
STORED = """
    SELECT s.state, s.counts, s.headcount, s.participations FROM volunteers_supportsession s
    JOIN campaign_branch b ON b.id = s.branch_id WHERE b.code = %s AND s.place = %s
    ORDER BY s.date
"""
TYPED = """
    SELECT DISTINCT jsonb_object_keys(r.counts) FROM reports_dailyreport r
    JOIN campaign_campaign c ON c.id = r.campaign_id WHERE c.slug = 'de-an-06-2023'
"""
ATTENDED = """
    SELECT v.id FROM volunteers_volunteer v
    JOIN volunteers_participation p ON p.volunteer_id = v.id AND p.checked_in_at IS NOT NULL
    JOIN volunteers_supportsession s ON s.id = p.session_id AND s.state = 'closed'
    JOIN volunteers_membership m ON m.volunteer_id = v.id
    JOIN volunteers_team t ON t.id = m.team_id JOIN campaign_branch b ON b.id = t.branch_id
    WHERE b.code = 'XD-14173' GROUP BY 1 ORDER BY 1 DESC LIMIT 1
"""
REPORTED = """
    SELECT r.counts, r.id, r.version FROM reports_dailyreport r
    JOIN campaign_branch b ON b.id = r.branch_id JOIN campaign_unit u ON u.id = r.unit_id
    JOIN campaign_campaign c ON c.id = r.campaign_id
    WHERE c.slug = 'de-an-06-2023' AND u.code = '14173' AND b.code = %s AND r.date = %s
"""
CODE = """
from volunteers.models import SupportSession
from volunteers.sessions.views.presence import code_for
print(code_for(SupportSession.objects.get(pk={pk})))
"""


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    """See that this is the page."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def team(portal: Portal, place: int) -> tuple[str, list[str]]:
    """Return the name of one of the teams, and the telephone numbers of its members."""
    _pk, name, phones, _people = portal.rows(PEOPLE)[place]
    return name, phones


def plan(page: Page, place: str, day: dt.date, *, of: str, until: str = "23:59") -> None:
    """Plan a session that has begun at midnight, from the list of sessions."""
    page.goto("/c/de-an-06-2023/sessions/")
    page.get_by_role("link", name="Lập buổi mới").click()
    page.get_by_label("Loại điểm").select_option(label="Nhà văn hóa")
    page.get_by_label("Tên điểm hỗ trợ").fill(place)
    page.get_by_label("Ngày", exact=True).fill(day.isoformat())
    page.get_by_label("Bắt đầu").fill("00:00")
    page.get_by_label("Kết thúc").fill(until)
    page.get_by_text("Các tổ, đơn vị phối hợp, ghi chú").click()
    page.get_by_label(of, exact=True).check()
    page.get_by_role("button", name="Lập buổi").click()
    heading(page, place)


def fill_outcome(page: Page, **counts: int) -> None:
    """Open the form with which a session ends, and type its counts."""
    page.get_by_role("link", name="Kết thúc buổi").click()
    heading(page, "Kết thúc buổi")
    for code, count in counts.items():
        page.locator(f"#count-{code}").fill(str(count))


def end(page: Page) -> None:
    """Look through what was typed, and end the session with it."""
    page.get_by_role("button", name="Xem lại và kết thúc").click()
    heading(page, "Xem lại trước khi kết thúc")
    page.get_by_role("button", name="Kết thúc buổi").click()
    expect(page.get_by_role("status")).to_contain_text("Đã kết thúc buổi")


def to_date(page: Page) -> int:
    """Return how many residents were guided in the commune, as its page says."""
    page.goto(f"/c/de-an-06-2023/units/{UNIT}/")
    row = page.get_by_role("row", name="Người dân được hướng dẫn")
    return int(row.get_by_role("cell").last.inner_text().replace(".", ""))


def value(page: Page, name: str) -> Locator:
    """Return what stands beside a name in a list of pairs."""
    return page.locator("dl > div").filter(has=page.locator(f"dt:has-text('{name}')")).locator("dd")


def test_secretary_plans_ends_and_reports_a_session(stage: Stage, portal: Portal) -> None:
    day = free_days(portal, BRANCH)[-1]
    name, phones = team(portal, 0)
    place = "Nhà văn hóa xóm 21"
    page = stage.enter(SECRETARY)
    portal.wait_settled(60)
    before = to_date(page)
    plan(page, place, day, of=name)
    page.get_by_role("link", name="Điểm danh", exact=True).click()
    page.get_by_label("Thêm người bằng số điện thoại").fill(phones[0])
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    page.get_by_role("link", name="Kết thúc buổi").click()
    page.locator("#count-assisted").fill("1.000")
    page.locator("#count-installed").fill("8")
    page.get_by_label("Người tham gia không ghi tên").fill("2")
    page.get_by_role("button", name="Xem lại và kết thúc").click()

    # 1.000 may be one or a thousand: it is asked about, and nothing is lost.
    expect(page).to_have_title(re.compile("^Lỗi: Kết thúc buổi · "))
    expect(page.locator("#count-installed")).to_have_value("8")
    assert look(page, "session-close-error", PHONE) == []
    page.locator("#count-assisted").fill("12")
    end(page)
    assert [look(page, "session-ended", size) for size in (DESK, PHONE)] == [[], []]
    assert portal.rows(STORED, BRANCH, place) == [
        ("closed", {"assisted": 12, "installed": 8, "participations": 3}, 2, 3)
    ]

    # It is in the totals before anybody reports, and stands in the report's form.
    portal.wait_settled(60)
    assert to_date(page) == before + 12
    page.goto(f"/c/de-an-06-2023/report/?date={day}")
    page.locator("details.sessions > summary").click()
    assert [look(page, "report-of-session", size) for size in (DESK, PHONE)] == [[], []]
    page.get_by_role("link", name=place).click()
    page.get_by_role("link", name="Nhập báo cáo").click()
    expect(page).to_have_url(re.compile(f"/c/de-an-06-2023/report/.*date={day}"))
    expect(page.locator("#count-assisted")).to_have_value("12")
    expect(page.locator("#count-participations")).to_have_value("3")
    page.locator("#count-assisted").fill("15")
    page.get_by_role("button", name="Xem lại và gửi").click()
    page.get_by_role("button", name="Gửi", exact=True).click()
    heading(page, "Đã nhận báo cáo")
    portal.wait_settled(60)
    assert to_date(page) == before + 15


def test_secretary_repeats_a_session_and_calls_one_off(stage: Stage, portal: Portal) -> None:
    place = "Chợ Giao Tiến, dãy hàng vải"
    page = stage.enter(SECRETARY)
    page.goto("/c/de-an-06-2023/sessions/new/?date=2023-06-25")
    page.get_by_label("Loại điểm").select_option(label="Chợ")
    page.get_by_label("Tên điểm hỗ trợ").fill(place)
    page.get_by_label("Bắt đầu").fill("17:00")
    page.get_by_label("Kết thúc").fill("16:00")
    page.get_by_text("Lặp lại", exact=True).first.click()
    page.locator("#id_repeat").select_option(label="Hằng ngày")
    page.get_by_label("Đến hết ngày").fill("2023-06-28")
    page.get_by_label("Trừ những ngày").fill("27/06")
    page.get_by_role("button", name="Lập buổi").click()
    expect(page).to_have_title(re.compile("^Lỗi: "))
    assert look(page, "session-new-error", PHONE) == []
    page.get_by_label("Kết thúc").fill("18:30")
    page.get_by_role("button", name="Lập buổi").click()
    expect(page.get_by_role("status")).to_contain_text("3 buổi")
    assert [row[0] for row in portal.rows(STORED, BRANCH, place)] == ["planned"] * 3

    page.goto("/c/de-an-06-2023/sessions/?view=day&date=2023-06-26")
    page.get_by_role("link", name=place).click()
    page.get_by_role("link", name="Hủy buổi").click()
    page.get_by_role("button", name="Hủy buổi").click()
    expect(page).to_have_title(re.compile("^Lỗi: "))
    page.get_by_label("Lý do hủy").fill("Mưa bão")
    page.get_by_role("button", name="Hủy buổi").click()
    expect(page.get_by_text("Buổi này đã hủy: Mưa bão")).to_be_visible()
    assert [row[0] for row in portal.rows(STORED, BRANCH, place)] == [
        *("planned", "cancelled", "planned")
    ]


def test_leader_sees_a_phone_join_and_check_in(stage: Stage, portal: Portal) -> None:
    name, phones = team(portal, 1)
    place = "Nhà văn hóa xóm 22"
    plan(stage.enter(SECRETARY), place, TODAY, of=name)
    leader = stage.enter(LEADER)
    leader.goto("/c/de-an-06-2023/sessions/?view=day&date=2023-06-20")
    leader.get_by_role("link", name=place).click()
    leader.get_by_role("link", name="Điểm danh", exact=True).click()
    link = leader.get_by_label("Đường link đăng ký").input_value()
    leader.get_by_role("link", name="Hiện mã QR điểm danh").click()
    heading(leader, "Mã QR điểm danh")
    expect(leader.get_by_role("status")).to_have_text("Đã có mặt: 0 người")
    pk = re.search(r"/c/de-an-06-2023/sessions/(\d+)/", leader.url)
    assert pk is not None
    code = portal.manage("shell", "--no-imports", "--command", CODE.format(pk=pk[1]))

    volunteer = stage.enter()
    volunteer.goto(link)
    volunteer.get_by_label("Số điện thoại của bạn").fill(f"+84 {phones[0][1:]}")
    volunteer.get_by_role("button", name="Tôi sẽ tham gia").click()
    expect(volunteer).to_have_title(re.compile("^Lỗi: "))
    assert look(volunteer, "join-error", PHONE) == []
    ((full_name,),) = portal.rows(NAME, phones[0])
    volunteer.get_by_label("Tên của bạn").fill(full_name.split()[-1])
    volunteer.get_by_role("button", name="Tôi sẽ tham gia").click()
    expect(volunteer.get_by_role("status")).to_contain_text("bạn đã được ghi tên")
    assert [look(volunteer, "join-noted", size) for size in (DESK, PHONE)] == [[], []]
    # The phone is known now: at the place one tap is enough, and the link opens nothing more.
    volunteer.goto(f"/here/{code}/")
    expect(volunteer.get_by_label("Số điện thoại của bạn")).to_have_count(0)
    assert look(volunteer, "here-known", PHONE) == []
    volunteer.get_by_role("button", name="Tôi có mặt").click()
    expect(volunteer.get_by_role("status")).to_contain_text("bạn đã được điểm danh")
    assert look(volunteer, "here-done", PHONE) == []

    leader.get_by_role("link", name="Xem số mới").click()
    expect(leader.get_by_role("status")).to_have_text("Đã có mặt: 1 người")
    leader.get_by_role("link", name="Điểm danh trên danh sách").click()
    expect(leader.get_by_role("checkbox", checked=True)).to_have_count(1)
    leader.get_by_role("checkbox", checked=False).first.check()
    leader.get_by_role("button", name="Lưu").click()
    expect(leader.get_by_role("checkbox", checked=True)).to_have_count(2)
    leader.get_by_role("link", name=place).click()
    fill_outcome(leader, assisted=4)
    end(leader)
    assert [row[0::3] for row in portal.rows(STORED, BRANCH, place)] == [("closed", 2)]
    answer = volunteer.goto(f"/here/{code}/")
    assert answer is not None
    assert answer.status == 410
    expect(volunteer.get_by_text("Buổi này đã kết thúc")).to_be_visible()


def test_second_of_two_who_end_a_session_keeps_what_was_typed(stage: Stage, portal: Portal) -> None:
    name, _phones = team(portal, 2)
    place = "Nhà văn hóa xóm 23"
    first, second = stage.enter(SECRETARY, DESK), stage.enter(LEADER)
    plan(first, place, TODAY, of=name)
    second.goto(first.url)
    fill_outcome(first, assisted=3, installed=2)
    fill_outcome(second, assisted=5)
    second.get_by_role("button", name="Xem lại và kết thúc").click()
    end(first)

    second.get_by_role("button", name="Kết thúc buổi").click()
    expect(second.get_by_text("đã kết thúc buổi này lúc")).to_be_visible()
    expect(second.locator("#count-assisted")).to_have_value("5")
    expect(second.locator("label[for=count-assisted]")).to_contain_text("bản đã có 3")
    assert [look(second, "session-conflict", size) for size in (DESK, PHONE)] == [[], []]
    expected: list[Any] = [("closed", {"assisted": 3, "installed": 2})]
    assert [_outcome(row) for row in portal.rows(STORED, BRANCH, place)] == expected
    second.get_by_role("button", name="Xem lại và lưu").click()
    heading(second, "Xem lại trước khi lưu")
    second.get_by_role("button", name="Lưu kết quả").click()
    expect(value(second, "Người dân được hướng dẫn")).to_have_text("5")
    assert [_outcome(row) for row in portal.rows(STORED, BRANCH, place)] == [
        ("closed", {"assisted": 5})
    ]


def _outcome(row: tuple[Any, ...]) -> tuple[str, dict[str, int]]:
    """Return the state of a session and what was typed of its counts."""
    return row[0], {code: n for code, n in row[1].items() if code != "participations"}


def test_volunteer_without_account_gets_a_paper_that_can_be_checked(
    stage: Stage, portal: Portal
) -> None:
    person = portal.rows(ATTENDED)[0][0]
    secretary = stage.enter(SECRETARY)
    secretary.goto(f"/c/de-an-06-2023/volunteers/{person}/")
    secretary.get_by_role("button", name="Tạo đường link").click()
    link = secretary.get_by_label("Đường link").input_value()
    assert look(secretary, "volunteer-link", PHONE) == []

    volunteer = stage.enter()
    volunteer.goto(link)
    heading(volunteer, re.compile(r"^\s*Chào "))
    with volunteer.expect_download() as download:
        volunteer.get_by_role("button", name="Tải giấy chứng nhận").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    code = re.search(r"([0-9A-Z]{4}-){2}[0-9A-Z]{4}", download.value.suggested_filename)
    assert code is not None

    stranger = stage.enter()
    stranger.goto(f"/verify/{code[0]}/")
    expect(stranger.get_by_text("Giấy chứng nhận này có hiệu lực.")).to_be_visible()
    secretary.goto(f"/c/de-an-06-2023/volunteers/{person}/")
    secretary.get_by_role("button", name=f"Thu hồi giấy {code[0]}").click()
    expect(secretary.get_by_text("đã thu hồi", exact=True)).to_be_visible()
    answer = stranger.reload()
    assert answer is not None
    assert answer.status == 410
    expect(stranger.get_by_text("hoặc giấy không còn hiệu lực")).to_be_visible()


def test_resident_asks_for_help_and_reads_that_it_is_done(stage: Stage, portal: Portal) -> None:
    who, phone = "Đặng Thị Mùi", "0977000123"
    resident = stage.enter()
    resident.goto(f"/public/?unit={UNIT}")
    resident.get_by_role("radio", name="Đến nhà giúp tôi").check()
    resident.get_by_label("Họ và tên người cần giúp").fill(who)
    resident.get_by_label("Số điện thoại để gọi lại").fill(phone)
    resident.get_by_label("Xóm, thôn, tổ dân phố").fill("Xóm 9, cạnh ao đình")
    resident.locator("input[name=reason]").first.check()
    resident.get_by_role("button", name="Gửi yêu cầu").click()
    # Without consent nothing is kept; what was typed is.
    expect(resident).to_have_title(re.compile("^Lỗi: "))
    expect(resident.get_by_label("Họ và tên người cần giúp")).to_have_value(who)
    assert look(resident, "public-ask-error", PHONE) == []
    resident.get_by_label("Tôi đồng ý cho Đoàn giữ").check()
    resident.get_by_role("button", name="Gửi yêu cầu").click()
    heading(resident, "Đã nhận yêu cầu")
    expect(resident.get_by_text(who)).to_have_count(0)

    secretary = stage.enter(SECRETARY)
    secretary.goto("/c/de-an-06-2023/requests/")
    secretary.get_by_role("link", name=who).click()
    expect(secretary.get_by_role("link", name=f"Gọi {phone}")).to_be_visible()
    # The resident's own address is another: it takes the request back.
    address = secretary.url
    name, _phones = team(portal, 0)
    secretary.get_by_label("Tổ ở xã này").select_option(label=name)
    secretary.get_by_role("button", name="Giao", exact=True).click()
    expect(value(secretary, "Tổ")).to_have_text(re.compile(name))
    resident.reload()
    heading(resident, "Đã giao người đến giúp")
    assert look(resident, "public-assigned", PHONE) == []
    secretary.locator("#count-assisted").fill("1")
    secretary.get_by_label("Từ mấy giờ").fill("00:00")
    secretary.get_by_label("Đến mấy giờ").fill("00:01")
    secretary.get_by_role("button", name="Ghi đã giúp xong").click()
    expect(secretary.get_by_role("status")).to_be_visible()
    resident.reload()
    heading(resident, "Đã giúp xong")
    # The province sees that help came, and nothing of whom.
    staff = stage.enter("tinhdoan", DESK)
    staff.goto(address)
    expect(staff.get_by_text("Tên và số điện thoại chỉ hiện với")).to_be_visible()
    expect(staff.get_by_text(who)).to_have_count(0)
    expect(staff.get_by_text(phone)).to_have_count(0)


def report_more(portal: Portal) -> None:
    """Let today's report be more than all sessions that other tests have closed come to.

    In every indicator: what an earlier test left blank may be what a session brought.
    """
    [(counts, pk, version)] = portal.rows(REPORTED, BRANCH, TODAY)
    codes = [code for (code,) in portal.rows(TYPED)]
    sent = {
        "id": str(pk),
        "campaign": "de-an-06-2023",
        "branch": BRANCH,
        "date": TODAY.isoformat(),
        "base_version": version,
        "counts": {code: counts.get(code, 0) + 500 for code in codes},
    }
    with portal.api(SECRETARY) as client:
        client.post("daily-reports/", json=sent).raise_for_status()


def test_session_that_ends_after_the_report_is_asked_about(stage: Stage, portal: Portal) -> None:
    """On the phone's saved page too: the third time one comes, it is that page."""
    name, _phones = team(portal, 0)
    page = stage.enter(SECRETARY)
    report_more(portal)
    before = portal.rows(REPORTED, BRANCH, TODAY)
    plan(page, "Sân đình Giao Tiến", TODAY, of=name)
    fill_outcome(page, installed=1)
    page.get_by_label("Người tham gia không ghi tên").fill("1")
    end(page)
    heading(page, "Đối chiếu buổi hỗ trợ")
    assert [look(page, "reconcile", size) for size in (DESK, PHONE)] == [[], []]

    for _visit in range(3):
        page.goto("/c/de-an-06-2023/report/")
        expect(page.get_by_text("Còn buổi chưa đối chiếu.")).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    assert [look(page, "report-not-reconciled", size) for size in (DESK, PHONE)] == [[], []]
    page.get_by_role("link", name="Đối chiếu").click()
    heading(page, "Đối chiếu buổi hỗ trợ")
    page.get_by_role("button", name="Đã gồm trong báo cáo").click()
    heading(page, "Đã nhận báo cáo")
    assert portal.rows(REPORTED, BRANCH, TODAY)[0][0] == before[0][0]
    page.goto("/c/de-an-06-2023/report/")
    expect(page.get_by_text("Còn buổi chưa đối chiếu.")).to_have_count(0)
    assert stage.complaints == []
