"""What was typed outlives a reload, signing out, an appointment that ends and a wrong clock."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.history import OTHER, TODAY, YESTERDAY, History, sent
from tests.e2e.network_proxy import Network
from tests.e2e.phone import OWN, PUT, Start
from tests.portal import Portal, until

pytestmark = pytest.mark.slow

REPORT = "/c/de-an-06-2023/report/"
TOMORROW = "2023-06-21"
DAY_MS = 86_400_000
APPOINTMENTS = """
    UPDATE campaign_appointment SET ends_on = %s
    WHERE user_id = (SELECT id FROM accounts_user WHERE username = %s)
"""

NUMBER = "UPDATE accounts_user SET phone = %s WHERE username = 'huyendoan-365'"
LEADS = "0190000365"


@pytest.fixture
def dismissed(portal: Portal) -> Iterator[str]:
    """Somebody whose appointment ends in the test, and is given back after it."""
    portal.rows(NUMBER, LEADS)
    yield OTHER
    portal.rows(APPOINTMENTS, None, OTHER)
    portal.rows(NUMBER, None)


def test_typed_numbers_survive_the_check_a_reload_and_another_day(start: Start) -> None:
    page = start().page
    field = page.locator("#count-installed")
    page.goto(REPORT)
    shown = field.input_value()
    field.fill("44")
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    page.reload()
    expect(field).to_have_value("44")
    page.goto(f"{REPORT}?date={YESTERDAY}")
    expect(field).not_to_have_value("44")
    page.go_back()
    expect(field).to_have_value("44")
    # Another tab gives it back too, says so, and shows what stands when it is asked to.
    other = page.context.new_page()
    other.goto(REPORT)
    expect(other.locator("#count-installed")).to_have_value("44")
    line = other.locator("#report [data-draft]")
    expect(line).to_contain_text("Đã lấy lại những gì bạn gõ dở lúc")
    line.get_by_role("button", name="Bỏ").click()
    expect(other.locator("#count-installed")).to_have_value(shown)
    other.reload()
    expect(other.locator("#count-installed")).to_have_value(shown)


def test_typed_numbers_give_way_to_what_was_sent(start: Start) -> None:
    phone = start()
    phone.report(TODAY, 46)
    phone.wait_state(TODAY, "received")
    phone.page.goto(f"{REPORT}?date={TODAY}")
    expect(phone.page.locator("#count-installed")).to_have_value("46")


def test_signing_out_without_a_network_takes_nothing_away(start: Start, net: Network) -> None:
    phone = start()
    page = phone.page
    page.goto("/account/")
    phone.context.set_offline(True)
    page.locator("main").get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("#unsent")).to_contain_text("Chưa có mạng nên chưa gửi")
    page.goto(REPORT)
    expect(page.locator("#count-installed")).to_be_visible()
    phone.context.set_offline(False)
    # Whoever answers in the portal's place has signed nobody out.
    page.goto("/account/")
    net.rule = lambda method, path: "redirect" if path == "/sign-out/" else "pass"
    page.locator("main").get_by_role("button", name="Đăng xuất").click()
    until(lambda: ("POST", "/sign-out/") in net.seen, 10)
    net.rule = lambda method, path: "pass"
    page.goto(REPORT)
    expect(page.locator("#count-installed")).to_be_visible()
    assert phone.snapshot() is not None
    # The answer may be lost, and the server has signed out all the same.
    page.goto("/account/")
    net.rule = lambda method, path: "drop" if path == "/sign-out/" else "pass"
    page.locator("main").get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa có mạng")
    net.rule = lambda method, path: "pass"
    until(lambda: phone.snapshot() is None, 10)


def test_who_is_no_secretary_any_more_is_told_whom_to_give_the_numbers(
    start: Start, portal: Portal, dismissed: str
) -> None:
    phone = start(dismissed)
    history = History(portal, "XD-14158")
    phone.context.set_offline(True)
    phone.report(TODAY, 12)
    portal.rows(APPOINTMENTS, YESTERDAY, dismissed)
    phone.context.set_offline(False)
    phone.wait_state(TODAY, "attention")
    expect(phone.page.locator("main")).to_contain_text("đã hết ngày 19/06/2023")
    expect(phone.page.get_by_role("link", name="Mở ra sửa")).to_have_count(0)
    phone.page.goto(REPORT)
    expect(phone.page.locator(".announced")).to_contain_text("không còn báo cáo cho đơn vị này")
    expect(phone.page.locator("#report")).to_be_hidden()
    # From then on the report's page is not hers; every page leads to what is kept here.
    page = phone.page
    page.goto("/account/")
    page.locator("#waiting a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Báo cáo còn trên máy này")
    line = page.locator("#kept li")
    expect(line).to_contain_text("đã hết ngày 19/06/2023")
    expect(line.get_by_role("link", name=LEADS)).to_have_attribute("href", f"tel:{LEADS}")
    expect(line.locator(".whom")).to_contain_text("Phụ trách địa bàn, Huyện Đoàn Giao Thủy")
    text = "^Đoàn xã Hồng Thuận, 20/06/2023 – .*; Cài ứng dụng VNeID: 12;"
    expect(page.locator("#kept-text")).to_have_value(re.compile(text))
    # Put out altogether she still sees it, and what it says is true.
    phone.context.clear_cookies()
    page.goto("/sign-in/")
    page.locator("#waiting a").click()
    expect(line.locator(".whom")).to_contain_text("Đưa số cho:")
    expect(line.get_by_role("button")).to_have_count(0)
    # Appointed again, the same numbers go without being typed again.
    portal.rows(APPOINTMENTS, None, dismissed)
    phone.sign_in(dismissed)
    page.goto("/queue/")
    line.get_by_role("button", name="Gửi lại").click()
    expect(page.locator("#none")).to_be_visible()
    until(lambda: history.new(TODAY) == [sent(12, OTHER)], 20)


def test_report_of_a_wrong_day_is_moved_to_the_right_one(start: Start, portal: Portal) -> None:
    phone, history = start(), History(portal)
    phone.context.set_offline(True)
    # Its clock has been set a day ahead since the snapshot came.
    snapshot = phone.snapshot() or {}
    snapshot["fetched_at"] -= DAY_MS
    phone.page.evaluate(PUT, [["kept", {"name": "book", "value": snapshot}]])
    phone.report(TOMORROW, 47)
    phone.context.set_offline(False)
    phone.wait_state(TOMORROW, "attention")
    phone.page.get_by_role("button", name="Chuyển sang Thứ Ba, 20/06/2023").click()
    current = phone.page.locator("[aria-current=date]")
    expect(current).to_have_attribute("href", re.compile(TODAY))
    # What stands on the right day already is asked about, never replaced.
    until(lambda: phone.entries().get(TODAY) in ("received", "attention"), 20)
    if phone.entries()[TODAY] == "attention":
        phone.page.get_by_role("button", name="Gửi bản của tôi").click()
    phone.wait_state(TODAY, "received")
    assert TOMORROW not in phone.entries()
    assert history.new(TODAY) == [sent(47, OWN)]


def test_where_the_clock_went_back_the_day_is_put_right_before_sending(start: Start) -> None:
    phone = start()
    page = phone.page
    phone.context.set_offline(True)
    snapshot = phone.snapshot() or {}
    snapshot["fetched_at"] += 3 * DAY_MS
    page.evaluate(PUT, [["kept", {"name": "book", "value": snapshot}]])
    page.goto(f"{REPORT}?date={YESTERDAY}")
    expect(page.locator(".report-head .notice").last).to_contain_text(
        "Đồng hồ điện thoại có thể sai"
    )
    phone.report(YESTERDAY, 58)
    assert phone.entries()[YESTERDAY] == "saved"
    # It was tomorrow's: typed once, it goes there, and what waited does not.
    page.goto(f"{REPORT}?date={YESTERDAY}")
    expect(page.locator("#count-installed")).to_have_value("58")
    page.get_by_role("button", name="Xem lại và gửi").click()
    page.get_by_text("Không phải ngày này?").click()
    page.get_by_role("button", name="Chuyển sang Thứ Tư, 21/06/2023").click()
    expect(page.locator("[aria-current=date]")).to_have_attribute("href", re.compile(TOMORROW))
    expect(page.locator("#count-installed")).to_have_value("58")
    assert phone.entries() == {}


def test_links_of_the_page_are_the_same_each_time_it_is_opened(start: Start) -> None:
    page = start().page
    links = (
        "(all) => all.map((one) => one.pathname).filter((path) => !/\\/sessions\\/\\d/.test(path))"
    )
    # What the server draws, and what the phone does.
    page.goto(f"{REPORT}?full=1")
    shown = set(page.locator("a[href]:not(.skip, .day)").evaluate_all(links))
    page.goto(REPORT)
    expect(page.locator("#count-installed")).to_be_visible()
    assert set(page.locator("a[href]:not(.skip, .day)").evaluate_all(links)) >= shown
