"""A secretary's evening: sign in on a phone, report, be corrected, correct, be done."""

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import DESK, PHONE, Stage, look
from tests.factories import PASSWORD
from tests.portal import Portal, free_days

pytestmark = pytest.mark.slow

STORED = """
    SELECT r.counts, r.no_activity, r.version, r.difficulties FROM reports_dailyreport r
    JOIN campaign_branch b ON b.id = r.branch_id WHERE b.code = %s AND r.date = %s
"""
TYPED = {
    "assisted": "42",
    "installed": "1.000",
    "level1": " 20 ",
    "level2": "12",
    "upgraded": "5",
    "portal_login": "0",
    "participations": "",
}
MEANT = {
    "assisted": 42,
    "installed": 100,
    "level1": 20,
    "level2": 12,
    "upgraded": 5,
    "portal_login": 0,
}
TROUBLE = "Mạng yếu, mã OTP đến chậm.\nNgười già <không> có máy."


def stored(portal: Portal, branch: str, day: dt.date) -> list[tuple[Any, ...]]:
    """Return what the database has of a branch's day."""
    return portal.rows(STORED, branch, day)


def sign_in(page: Page, phone: str) -> None:
    """Sign in by telephone number, as it is dictated."""
    page.get_by_label("Tên đăng nhập hoặc số điện thoại").fill(phone)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def fill_in(page: Page) -> None:
    """Fill the form in, with one number that can be read in two ways."""
    for code, text in TYPED.items():
        page.locator(f"#count-{code}").fill(text)
    page.get_by_text("Khó khăn, đề xuất, ghi chú").click()
    page.get_by_label("Khó khăn").fill(TROUBLE)


def assert_still_there(page: Page, **changed: str) -> None:
    """Nothing that was typed is lost."""
    for code, text in {**TYPED, **changed}.items():
        expect(page.locator(f"#count-{code}")).to_have_value(text)
    expect(page.get_by_label("Khó khăn")).to_have_value(TROUBLE)


def review(page: Page) -> None:
    """Go on to what will be sent."""
    page.get_by_role("button", name="Xem lại và gửi").click()


def send(page: Page) -> None:
    """Confirm, and wait for the receipt."""
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo")


@pytest.mark.parametrize(
    ("javascript", "branch", "phone"),
    [(True, "XD-14173", "0912 000 173"), (False, "XD-14158", "+84 912 000 158")],
    ids=["phone", "without-javascript"],
)
def test_secretary_reports_mends_and_corrects(
    stage: Stage, portal: Portal, javascript: bool, branch: str, phone: str
) -> None:
    day = free_days(portal, branch)[0]
    page = stage.enter(javascript=javascript)
    page.goto(f"/c/de-an-06-2023/report/?date={day}")
    expect(page).to_have_title("Đăng nhập · Tiên Phong 06")
    sign_in(page, phone)
    expect(page).to_have_url(f"{portal.url}/c/de-an-06-2023/report/?date={day}")
    fill_in(page)
    review(page)

    # 1.000 may be one or a thousand: it is asked about, and nothing is lost.
    expect(page).to_have_title(re.compile(f"^Lỗi: Báo cáo · {day:%d/%m/%Y} · "))
    expect(page.locator("#count-installed_error")).to_be_visible()
    assert_still_there(page)
    if javascript:
        expect(page.locator("#errors")).to_be_focused()
        assert look(page, "report-error", PHONE) == []
    page.locator("#errors a").first.click()
    expect(page.locator("#count-installed")).to_be_focused()
    page.locator("#count-installed").fill("100")
    review(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    if javascript:
        assert [look(page, "report-check", size) for size in (DESK, PHONE)] == [[], []]
    page.get_by_role("button", name="Sửa lại").click()
    assert_still_there(page, installed="100")
    assert stored(portal, branch, day) == []
    review(page)
    send(page)
    assert stored(portal, branch, day) == [(MEANT, False, 1, TROUBLE)]

    page.get_by_role("link", name="Sửa báo cáo").click()
    expect(page.locator("#count-participations")).to_have_value("")
    page.locator("#count-installed").fill("101")
    review(page)
    send(page)
    expect(page.get_by_text("Lần gửi thứ")).to_be_visible()
    assert stored(portal, branch, day) == [({**MEANT, "installed": 101}, False, 2, TROUBLE)]


def test_secretary_reports_a_day_without_activity(stage: Stage, portal: Portal) -> None:
    day = free_days(portal, "XD-14173")[0]
    page = stage.enter("xadoan-14173")
    page.goto(f"/c/de-an-06-2023/report/?date={day}")
    page.get_by_role("button", name="Ngày này không phát sinh").click()
    expect(page.get_by_text("Báo cáo ngày này: không có hoạt động")).to_be_visible()
    send(page)
    expect(page.get_by_text("Không phát sinh", exact=True)).to_be_visible()
    assert stored(portal, "XD-14173", day) == [({}, True, 1, "")]


def test_second_tap_on_a_slow_network_sends_nothing_twice(stage: Stage, portal: Portal) -> None:
    day = free_days(portal, "XD-14158")[0]
    page = stage.enter("xadoan-14158")
    page.goto(f"/c/de-an-06-2023/report/?date={day}")
    page.locator("#count-installed").fill("7")
    review(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("button", name="Gửi", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo")
    assert sent.count("POST") == 1
    assert stored(portal, "XD-14158", day) == [({"installed": 7}, False, 1, "")]


def test_own_pages_are_the_secretarys_and_no_others(stage: Stage) -> None:
    page = stage.enter("xadoan-14173")
    page.goto("/")
    expect(page).to_have_url(
        page.url.split("/c/de-an-06-2023/report/")[0] + "/c/de-an-06-2023/report/"
    )
    for path in (
        "/c/de-an-06-2023/units/365/",
        "/c/de-an-06-2023/units/14158/",
        "/c/de-an-06-2023/branches/XD-14158/",
        "/c/de-an-06-2023/report/?branch=XD-14158",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_have_text("Không thấy trang này")
