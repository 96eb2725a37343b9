"""A phone that is slow, full, damaged, or wrong about the time: nothing typed is lost."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import PHONE, barriers
from tests.e2e.history import BEFORE, TODAY, YESTERDAY, History, history, sent
from tests.e2e.network_proxy import Network
from tests.e2e.phone import PUT, Phone, Start
from tests.portal import until

__all__ = ["history"]
pytestmark = pytest.mark.slow

# The phone's store answers as late as on a slow phone.
SLOW_STORE = """
  const open = indexedDB.open.bind(indexedDB);
  const held = new Promise((good) => { self.letGo = good; });
  indexedDB.open = (...asked) => {
    const answer = open(...asked);
    let said;
    Object.defineProperty(answer, "onsuccess", { set: (hear) => { said = hear; } });
    answer.addEventListener("success", () => held.then(() => said()));
    return answer;
  };
"""
FULL = """
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (row) {
    if (this.name !== "entries") return put.call(this, row);
    this.transaction.abort();
  };
"""


HAS_ENGLISH = """async () => {
  const found = ["report", "away"].map((name) => caches.match(`/shell/${name}/en/`));
  return (await Promise.all(found)).every(Boolean);
}"""
DAY = 86_400_000


def clock(shift_ms: int) -> str:
    """Return a script that makes the page's clock wrong."""
    return f"{{ const true_now = Date.now; Date.now = () => true_now() + ({shift_ms}); }}"


def test_typing_before_the_phone_is_ready_corrects_what_stands(
    start: Start, history: History
) -> None:
    first = start()
    first.report(TODAY, 201)
    first.wait_state(TODAY, "received")
    slow = start(path="/account/")  # its first report page comes from the server
    slow.page.add_init_script(SLOW_STORE)
    slow.page.goto("/c/de-an-06-2023/report/")
    slow.page.locator("#count-installed").fill("202")
    slow.page.evaluate("letGo()")
    until(slow.snapshot, 10)
    slow.page.get_by_role("button", name="Xem lại và gửi").click()
    slow.page.get_by_role("button", name="Gửi", exact=True).click()
    expect(slow.page.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo")
    assert history.new(TODAY) == [sent(201), sent(202)]


def test_full_phone_sends_the_plain_form(start: Start, history: History) -> None:
    phone = start()
    page = phone.page
    page.add_init_script(FULL)
    page.goto(f"/c/de-an-06-2023/report/?date={TODAY}")
    page.locator("#count-installed").fill("211")
    page.get_by_role("button", name="Xem lại và gửi").click()
    phone.context.set_offline(True)
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Điện thoại hết chỗ")).to_be_visible()
    phone.context.set_offline(False)
    page.get_by_role("button", name="Gửi", exact=True).click()
    # The server's own page asks once more, and has the number.
    expect(page.locator("form[action*=report] [name=count-installed]")).to_have_value("211")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo")
    assert [(number, source) for source, _who, number in history.new(TODAY)] == [(211, "page")]


@pytest.mark.parametrize(
    ("number", "shift"),
    [(221, -DAY), (222, DAY), (223, -1_700_000_000_000), (224, 2_300_000_000_000)],
    ids=["yesterday", "tomorrow", "1970", "2099"],
)
def test_wrong_clock_reports_the_servers_day(
    start: Start, net: Network, history: History, number: int, shift: int
) -> None:
    phone = start()
    phone.page.add_init_script(clock(shift))
    phone.page.goto("/c/de-an-06-2023/report/?full=1")  # comes with a snapshot
    net.rule = lambda method, path: "refuse" if method == "POST" else "pass"
    phone.report(TODAY, number)
    until(lambda: "tries" in phone.store()["entries"][0], 10)
    net.rule = lambda method, path: "pass"
    # A tab whose clock is right sends it, without waiting for 2099.
    phone.page = phone.tab()
    phone.page.goto("/c/de-an-06-2023/dashboard/")
    # What was saved in 1970 is not shown for long once it has been received.
    until(lambda: history.new(TODAY) == [sent(number)], 20)
    until(lambda: set(phone.entries().values()) <= {"received"}, 10)


def test_damaged_store_leaves_a_page(start: Start, history: History) -> None:
    phone = start()
    phone.context.set_offline(True)
    phone.report(YESTERDAY, 231)
    [entry] = phone.store()["entries"]
    wrong: list[dict[str, Any]] = [
        {"key": "a", "owner": entry["owner"]},
        {**entry, "key": "b", "date": TODAY, "state": "received", "next": None},
        {**entry, "key": entry["key"].replace(YESTERDAY, TODAY), "date": TODAY, "next": 5},
    ]
    phone.page.evaluate(PUT, [["entries", row] for row in wrong])
    phone.page.goto(f"/c/de-an-06-2023/report/?date={TODAY}")
    expect(phone.page.locator("#count-installed")).to_be_visible()
    expect(phone.page.locator(".entries > li")).to_have_count(1)
    # A snapshot that cannot be read is none: the page says that it needs the network.
    phone.page.evaluate(PUT, [["kept", {"name": "book", "value": {"owner": entry["owner"]}}]])
    phone.page.goto("/c/de-an-06-2023/report/")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Chưa có mạng")
    phone.context.set_offline(False)
    phone.page.goto("/c/de-an-06-2023/report/")
    until(lambda: entry["key"] in received(phone), 20)
    expect(phone.page.locator("#count-installed")).to_be_visible()
    assert history.new(YESTERDAY) == [sent(231)]


def received(phone: Phone) -> set[str]:
    """Return the keys of what the server has."""
    return {row["key"] for row in phone.store()["entries"] if row.get("state") == "received"}


def test_newer_store_falls_back_to_the_plain_form(start: Start) -> None:
    phone = start()
    phone.page.goto("about:blank")
    phone.page.goto("/shell/away/vi/")
    phone.page.evaluate(
        """() => new Promise((good, bad) => {
          const asked = indexedDB.open("tien-phong", 9);
          asked.onsuccess = () => { asked.result.close(); good(); };
          asked.onerror = bad;
        })"""
    )
    phone.page.goto("/c/de-an-06-2023/report/")
    phone.page.locator("#count-installed").fill("241")
    phone.page.get_by_role("button", name="Xem lại và gửi").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    expect(phone.page.locator("form[action*=report]")).to_have_count(1)


def test_kept_page_on_a_very_small_screen_with_keys_alone(start: Start, history: History) -> None:
    phone = start()
    page = phone.page
    phone.context.set_offline(True)
    page.set_viewport_size({**PHONE, "width": 320})
    page.goto(f"/c/de-an-06-2023/report/?date={BEFORE}")
    field = page.locator("#count-installed")
    expect(field).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    field.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("261")
    page.keyboard.press("Enter")
    expect(page.locator(".step h1")).to_be_focused()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.type") == "radio":
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome h1")).to_have_text("Đã lưu trên điện thoại")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    assert barriers(page) == []
    phone.context.set_offline(False)
    phone.wait_state(BEFORE, "received")
    assert history.new(BEFORE) == [sent(261)]


def test_kept_page_speaks_the_language_that_was_chosen(start: Start) -> None:
    phone = start()
    phone.context.add_cookies(
        [{"name": "django_language", "value": "en", "url": phone.network.url}]
    )
    phone.page.goto("/c/de-an-06-2023/report/?full=1")
    until(lambda: ("language", "en") in _stored(phone), 10)
    # It was chosen elsewhere: the phone has the page in the other language only.
    phone.context.set_offline(True)
    phone.page.goto("/c/de-an-06-2023/report/")
    expect(phone.page.locator("#count-installed")).to_be_visible()
    phone.page.goto("/c/de-an-06-2023/dashboard/")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Chưa có mạng")
    phone.context.set_offline(False)
    phone.page.goto("/c/de-an-06-2023/report/")
    until(lambda: phone.page.evaluate(HAS_ENGLISH), 10)
    phone.context.set_offline(True)
    phone.page.goto("/c/de-an-06-2023/report/")
    expect(phone.page.locator("html")).to_have_attribute("lang", "en")
    expect(phone.page.locator("#count-installed")).to_be_visible()


def _stored(phone: Phone) -> list[tuple[str, Any]]:
    rows = phone.store()["kept"]
    return [(row["name"], row["value"]) for row in rows if isinstance(row.get("value"), str)]
