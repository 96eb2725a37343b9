"""Days without a network, killed tabs, lost answers: no count is lost, none is sent twice.

Every test ends by asking the database for the revisions that there should be.
"""

import re
import threading
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import PHONE, look
from tests.e2e.history import BEFORE, OTHER, TODAY, YESTERDAY, History, crash, history, sent
from tests.e2e.network_proxy import Network
from tests.e2e.phone import OWN, PUT, Start
from tests.portal import Portal, until

__all__ = ["history"]
pytestmark = pytest.mark.slow

OFFICE = "UPDATE campaign_unit SET contact = %s WHERE code = '365'"


def test_three_days_in_airplane_mode(start: Start, history: History, net: Network) -> None:
    phone = start(is_closed=True)
    # A browser that is opened again is in the network for a moment before Playwright takes it out.
    net.rule = lambda method, path: "refuse"
    phone.context.set_offline(True)
    phone.report(BEFORE, 31)
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Đã lưu trên điện thoại")
    phone.report(YESTERDAY, 32)
    phone.report(TODAY, 33)
    phone.close()
    phone.open()
    phone.context.set_offline(True)
    # The day before last is corrected; what was typed first is still in its field.
    phone.page.goto(f"/c/de-an-06-2023/report/?date={BEFORE}")
    expect(phone.page.locator("#count-installed")).to_have_value("31")
    phone.report(BEFORE, 34)
    assert set(phone.entries().values()) == {"saved"}
    assert [history.new(day) for day in (BEFORE, YESTERDAY, TODAY)] == [[], [], []]
    phone.close()
    net.rule = lambda method, path: "pass"
    phone.open()
    phone.page.goto("/c/de-an-06-2023/dashboard/")  # any page sends, and says so
    for day in (BEFORE, YESTERDAY, TODAY):
        phone.wait_state(day, "received")
    numbers = [history.new(day) for day in (BEFORE, YESTERDAY, TODAY)]
    assert numbers == [[sent(34)], [sent(32)], [sent(33)]]


def test_kept_pages_can_be_used_by_everybody(start: Start, history: History) -> None:
    phone = start()
    phone.context.set_offline(True)
    page = phone.page
    page.goto("/c/de-an-06-2023/report/")
    expect(page.locator("#count-installed")).to_be_visible()
    assert look(page, "offline-form", PHONE) == []
    page.locator("#count-installed").fill("1.000")
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(page.locator("#errors")).to_be_focused()
    assert look(page, "offline-error", PHONE) == []
    page.locator("#count-installed").fill("9000")
    page.get_by_role("button", name="Xem lại và gửi").click()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Chọn một ý rồi bấm Gửi, hoặc bấm Sửa lại.")
    assert look(page, "offline-check", PHONE) == []
    page.get_by_role("button", name="Sửa lại").click()
    phone.report(TODAY, 35)
    assert look(page, "offline-saved", PHONE) == []
    page.goto("/c/de-an-06-2023/report/")
    expect(page.locator(".entries > li")).to_have_count(1)
    assert look(page, "offline-list", PHONE) == []
    page.goto("/c/de-an-06-2023/dashboard/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa có mạng")
    assert look(page, "offline-away", PHONE) == []
    page.get_by_role("link", name="Mở báo cáo ngày").click()
    phone.context.set_offline(False)
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY) == [sent(35)]


def test_snapshot_that_comes_late_leaves_the_check_alone(start: Start, net: Network) -> None:
    phone = start()
    page, came = phone.page, threading.Event()
    # As far as the phone knows it is yesterday; what is typed stays yesterday's.
    known = phone.snapshot() or {}
    known |= {"today": YESTERDAY, "now": known["now"].replace(TODAY, YESTERDAY)}
    page.evaluate(PUT, [["kept", {"name": "book", "value": known}]])

    def slow_snapshot(_method: str, path: str) -> str:
        if path.startswith("/api/v1/report-book/"):
            came.wait(20)
        return "pass"

    net.rule = slow_snapshot
    page.goto("/c/de-an-06-2023/report/")
    page.locator("#count-installed").fill("36")
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(page).to_have_title(re.compile("Xem lại trước khi gửi"))
    about, title = page.locator(".step .dim").first, page.title()
    wording = about.text_content() or ""
    assert wording == "Thứ Hai, 19/06/2023 · Đoàn xã Giao Tiến"
    # What lies under the check is drawn anew when the snapshot comes.
    days = page.locator("[data-put=days]")
    days.evaluate("(list) => list.replaceChildren()")
    came.set()
    expect(days.locator("li")).not_to_have_count(0)
    expect(about).to_have_text(wording)
    expect(page).to_have_title(title)
    expect(page.locator("[aria-current=date]")).to_have_attribute("href", re.compile(YESTERDAY))


def test_sends_itself_when_the_network_is_back(start: Start, history: History) -> None:
    phone = start()
    phone.context.set_offline(True)
    phone.report(TODAY, 41)
    phone.context.set_offline(False)
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo")
    expect(phone.page.locator(".receipt-number")).to_be_visible()
    assert history.new(TODAY) == [sent(41)]


def test_tab_killed_between_tap_and_answer(start: Start, net: Network, history: History) -> None:
    phone = start()
    net.fail_sendings("hold")
    phone.report(TODAY, 51)
    net.owned.wait(20)
    # The server has it; the tab that would hear of it dies.
    assert history.new(TODAY) == [sent(51)]
    dying, phone.page = phone.page, phone.tab()
    crash(dying)
    net.let_go.set()
    phone.page.goto("/c/de-an-06-2023/report/")
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY) == [sent(51)]
    assert net.sendings() == 2


def test_answer_dropped_after_the_server_committed(
    start: Start, net: Network, history: History
) -> None:
    phone = start()
    # Chromium itself tries again on a connection that was closed; that is lost too.
    net.fail_sendings("drop", times=9)
    phone.report(TODAY, 61)
    until(lambda: history.new(TODAY) == [sent(61)], 10)
    phone.wait_state(TODAY, "saved")
    # Corrected before its fate is known: the correction waits behind it.
    net.rule = lambda method, path: "refuse"
    phone.report(TODAY, 62)
    [entry] = phone.store()["entries"]
    assert (entry["sent"]["counts"]["installed"], entry["next"]["counts"]["installed"]) == (61, 62)
    net.rule = lambda method, path: "pass"
    phone.page.reload()
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY) == [sent(61), sent(62)]


def test_two_phones_with_different_numbers(start: Start, history: History) -> None:
    first, second = start(), start()
    for phone in (first, second):
        phone.context.set_offline(True)
    first.report(TODAY, 71)
    second.report(TODAY, 72)
    first.report(YESTERDAY, 73)
    second.report(YESTERDAY, 74)
    second.context.set_offline(False)
    second.wait_state(TODAY, "received")
    second.wait_state(YESTERDAY, "received")
    first.context.set_offline(False)
    first.wait_state(TODAY, "attention")
    first.wait_state(YESTERDAY, "attention")
    assert history.new(TODAY) == [sent(72)]
    first.page.goto("/c/de-an-06-2023/report/")
    expect(first.page.locator("#waiting")).to_have_text("2 báo cáo trên điện thoại cần bạn xem lại")
    lines = first.page.locator(".entries > li")
    today, yesterday = lines.nth(0), lines.nth(1)
    expect(today.locator("tr", has_text="Cài ứng dụng")).to_contain_text("7271")
    today.get_by_role("button", name="Gửi bản của tôi").click()
    yesterday.get_by_role("button", name="Giữ bản đã có").click()
    first.wait_state(TODAY, "received")
    first.wait_state(YESTERDAY, "received")
    assert history.new(TODAY) == [sent(72), sent(71)]
    assert history.new(YESTERDAY) == [sent(74)]


def test_pages_and_worker_send_at_once(start: Start, net: Network, history: History) -> None:
    phone = start()
    others = [phone.tab(), phone.tab()]
    for page in others:
        page.goto("/c/de-an-06-2023/report/")
    net.rule = lambda method, path: "refuse"
    for day, number in ((BEFORE, 81), (YESTERDAY, 82), (TODAY, 83)):
        phone.report(day, number)
    net.rule = lambda method, path: "pass"
    link = phone.context.new_cdp_session(phone.page)
    ids: list[str] = []
    link.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: ids.extend(one["registrationId"] for one in event["registrations"]),
    )
    link.send("ServiceWorker.enable")
    until(lambda: phone.page.evaluate("1") and ids, 10)
    for page in [phone.page, *others]:
        page.evaluate("window.dispatchEvent(new Event('online'))")
    asked = {"origin": net.url, "registrationId": ids[0], "tag": "queue", "lastChance": False}
    link.send("ServiceWorker.dispatchSyncEvent", asked)
    for day in (BEFORE, YESTERDAY, TODAY):
        phone.wait_state(day, "received")
    numbers = [history.new(day) for day in (BEFORE, YESTERDAY, TODAY)]
    assert numbers == [[sent(81)], [sent(82)], [sent(83)]]


def test_worker_sends_with_no_page_open(start: Start, net: Network, history: History) -> None:
    phone = start()
    net.rule = lambda method, path: "refuse"
    phone.report(TODAY, 85)
    phone.page.goto("about:blank")
    net.rule = lambda method, path: "pass"
    worker = phone.context.service_workers[0]
    worker.evaluate(
        """async () => {
          const work = [];
          const event = new Event("sync");
          Object.assign(event, { tag: "queue", waitUntil: (done) => work.push(done) });
          self.dispatchEvent(event);
          await Promise.all(work);
        }"""
    )
    assert history.new(TODAY) == [sent(85)]


def test_nothing_is_sent_as_somebody_else(
    start: Start, net: Network, history: History, portal: Portal
) -> None:
    phone = start()
    neighbours = History(portal, "XD-14158")
    phone.context.set_offline(True)
    phone.report(TODAY, 91)
    phone.context.clear_cookies()  # the session was ended elsewhere
    phone.context.set_offline(False)
    phone.page.goto("/c/de-an-06-2023/report/")
    expect(phone.page.locator(".entries .state")).to_have_text("đăng nhập lại để gửi")
    phone.prepare(OTHER)
    # The kept page was the first one's; it is drawn anew for who sits here now.
    expect(phone.page.locator(".brand")).to_contain_text("Hồng Thuận")
    phone.page.goto("/c/de-an-06-2023/report/")
    expect(phone.page.locator(".brand")).to_contain_text("Hồng Thuận")
    expect(phone.page.locator("#phone")).to_be_hidden()
    expect(phone.page.get_by_text("Giao Tiến")).to_have_count(0)
    # Even a page that believes it is still the first one's is told no.
    phone.report(TODAY, 92)
    phone.wait_state(TODAY, "received")
    assert sorted(row["state"] for row in phone.store()["entries"]) == ["received", "saved"]
    assert history.new(TODAY) == []
    assert neighbours.new(TODAY) == [sent(92, OTHER)]
    phone.page.goto("/account/")
    phone.page.locator(".menu > summary").click()
    phone.page.get_by_role("button", name="Đăng xuất", exact=True).click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
    assert phone.snapshot() is None
    phone.prepare(OWN)
    until(lambda: history.new(TODAY) == [sent(91)], 20)
    assert neighbours.new(TODAY) == [sent(92, OTHER)]


def test_revoked_account_sends_nothing(start: Start, history: History, portal: Portal) -> None:
    portal.rows(OFFICE, "Văn phòng Huyện Đoàn, 0228 3895 123")
    phone = start()
    phone.context.set_offline(True)
    phone.report(TODAY, 101)
    change = "UPDATE accounts_user SET is_active = %s WHERE username = %s"
    portal.rows(change, False, OWN)
    try:
        phone.context.set_offline(False)
        expect(phone.page.locator(".outcome")).to_contain_text("Đăng nhập lại để gửi")
        phone.page.goto("/c/de-an-06-2023/report/")
        expect(phone.page.locator(".entries .state")).to_have_text("đăng nhập lại để gửi")
        assert history.new(TODAY) == []
        # Without a network too: what is kept, and which office takes the numbers.
        phone.page.goto("/account/")
        until(lambda: phone.snapshot() is None, 10)
        phone.context.set_offline(True)
        phone.page.goto("/account/")
        phone.page.locator("#waiting a").click()
        line = phone.page.locator("#kept li")
        expect(line).to_contain_text("đưa số cho: Huyện Đoàn Giao Thủy · Văn phòng Huyện Đoàn, ")
        expect(line.get_by_role("link")).to_have_attribute("href", "tel:02283895123")
        expect(phone.page.locator("#kept-text")).to_have_value(re.compile("Cài .*: 101;"))
        # Nothing is offered that would lead here again.
        expect(phone.page.get_by_role("link", name="Mở báo cáo ngày")).to_be_hidden()
        phone.context.set_offline(False)
    finally:
        portal.rows(change, True, OWN)
        portal.rows(OFFICE, "")
    phone.page.reload()
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY) == [sent(101)]


def test_phone_keeps_counts_and_codes_only(start: Start, net: Network, history: History) -> None:
    phone = start()
    net.rule = lambda method, path: "refuse" if method == "POST" else "pass"
    phone.report(TODAY, 111)
    until(lambda: "tries" in phone.store()["entries"][0], 10)
    [entry] = phone.store()["entries"]
    assert entry.keys() == {
        "key", "owner", "campaign", "branch", "unit", "date", "id", "version", "sent", "next",
        "state", "saved_at", "tries", "retry_at", "called",
    }  # fmt: skip
    # What the numbers are called, and nobody's name.
    names = entry["called"].pop("counts")
    superior = {"superior": "Huyện Đoàn Giao Thủy", "office": ""}
    assert "Đề án 06" in entry["called"].pop("campaign")
    assert entry["called"] == {"branch": "Đoàn xã Giao Tiến", "unit": None, **superior}
    assert names["installed"] == "Cài ứng dụng VNeID"
    assert entry["sent"].keys() == {
        "op", "id", "base_version", "captured_at", "counts", "no_activity", "explanation",
        "sessions", "texts",
    }  # fmt: skip
    assert entry["sent"]["texts"] == {}
    assert all(type(number) is int for number in entry["sent"]["counts"].values())
    values: dict[str, Any] = {row["name"]: row.get("value") for row in phone.store()["kept"]}
    assert values.keys() <= {"book", "language", "lease", "menu", "phone", "reader"}
    # Which entries, and not whose.
    assert values["menu"].keys() == {"owner", "links"}
    assert [link for link in values["menu"]["links"] if not re.fullmatch(r"/[a-z/-]*", link)] == []
    assert phone.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    net.rule = lambda method, path: "pass"
    phone.page.reload()
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY) == [sent(111)]


def test_server_that_is_down_is_asked_again(start: Start, net: Network, history: History) -> None:
    phone = start()
    phone.page.clock.install()
    net.fail_sendings("busy", times=2)
    phone.report(TODAY, 121)
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Đã lưu trên điện thoại")

    def is_received_later() -> bool:
        phone.page.clock.fast_forward(1000)
        return phone.entries() == {TODAY: "received"}

    # By itself, after two pauses.
    until(is_received_later, 40)
    assert net.sendings() == 3
    assert history.new(TODAY) == [sent(121)]


def test_closed_day_asks_for_attention_and_keeps_what_was_typed(
    start: Start, history: History, portal: Portal
) -> None:
    phone = start()
    phone.context.set_offline(True)
    phone.report(YESTERDAY, 131)
    of_demo = "WHERE slug = 'de-an-06-2023'"
    rule = f"UPDATE campaign_campaign SET editable_days = %s {of_demo}"
    [(days,)] = portal.rows(f"SELECT editable_days FROM campaign_campaign {of_demo}")
    portal.rows(rule, 0)
    try:
        phone.context.set_offline(False)
        phone.wait_state(YESTERDAY, "attention")
        phone.page.goto("/c/de-an-06-2023/report/")
        expect(phone.page.locator(".entries")).to_contain_text("Đã khóa sổ ngày 19/06/2023")
        expect(phone.page.locator(".entries .values")).to_contain_text("131")
        assert history.new(YESTERDAY) == []
    finally:
        portal.rows(rule, days)
    # The district has opened the day again: what was typed is still in the field.
    phone.page.reload()
    until(lambda: YESTERDAY in (phone.snapshot() or {})["branches"][0]["days"], 10)
    phone.page.get_by_role("link", name="Mở ra sửa").click()
    expect(phone.page.locator("#count-installed")).to_have_value("131")
    phone.report(YESTERDAY, 132)
    phone.wait_state(YESTERDAY, "received")
    assert history.new(YESTERDAY) == [sent(132)]
