"""What was typed outlives a reload, signing out, an appointment that ends and a wrong clock."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.phone import OWN, Start
from tests.e2e.test_offline import OTHER, TODAY, YESTERDAY, History, sent
from tests.e2e.test_offline_odd import PUT
from tests.portal import Portal, until

pytestmark = pytest.mark.slow

REPORT = "/c/de-an-06-2023/report/"
TOMORROW = "2023-06-21"
DAY_MS = 86_400_000
APPOINTMENTS = """
    UPDATE campaign_appointment SET ends_on = %s
    WHERE user_id = (SELECT id FROM accounts_user WHERE username = %s)
"""


@pytest.fixture
def dismissed(portal: Portal) -> Iterator[str]:
    """Somebody whose appointment ends in the test, and is given back after it."""
    yield OTHER
    portal.rows(APPOINTMENTS, None, OTHER)


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
    # Another tab shows what stands, as before.
    other = page.context.new_page()
    other.goto(REPORT)
    expect(other.locator("#count-installed")).to_have_value(shown)


def test_typed_numbers_give_way_to_what_was_sent(start: Start) -> None:
    phone = start()
    phone.report(TODAY, 46)
    phone.wait_state(TODAY, "received")
    phone.page.goto(f"{REPORT}?date={TODAY}")
    expect(phone.page.locator("#count-installed")).to_have_value("46")


def test_signing_out_without_a_network_takes_nothing_away(start: Start) -> None:
    phone = start()
    page = phone.page
    page.goto("/account/")
    phone.context.set_offline(True)
    page.locator("main").get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa có mạng")
    page.get_by_role("link", name="Mở báo cáo ngày").click()
    expect(page.locator("#count-installed")).to_be_visible()
    phone.context.set_offline(False)
    page.goto("/account/")
    page.locator("main").get_by_role("button", name="Đăng xuất").click()
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
    expect(phone.page.locator("main")).to_contain_text("Đưa số cho bí thư đang phụ trách")
    expect(phone.page.get_by_role("link", name="Mở ra sửa")).to_have_count(0)
    phone.page.goto(REPORT)
    expect(phone.page.locator(".announced")).to_contain_text("không còn báo cáo cho đơn vị này")
    expect(phone.page.locator("#report")).to_be_hidden()
    assert history.new(TODAY) == []


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
    phone.wait_state(TODAY, "received")
    assert TOMORROW not in phone.entries()
    assert history.new(TODAY) == [sent(47, OWN)]


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
