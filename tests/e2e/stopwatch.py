"""A first report with a stopwatch: a cheap phone, a slow network, somebody new to the page.

The bytes are counted in the network between phone and portal, so that those which the worker
fetches for later count too. `make bench` prints the same.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.network_proxy import Network
from tests.e2e.phone import Phone
from tests.factories import PASSWORD
from tests.portal import Portal, until

# What browsers call slow 3G, and a phone with a quarter of a desk's speed.
SLOW_3G = {
    "offline": False,
    "latency": 2000,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
SLOWER = 4
# A person looks at a new page before touching it, finds each field, and types with a thumb.
LOOKS_MS, FINDS_MS, TYPES_MS = 1000, 400, 120
COUNTS = {"assisted": "42", "level1": "20", "level2": "12", "upgraded": "5"}


@dataclass(frozen=True)
class Visit:
    """What one report took; ``form`` is when the form was there, a sign-in included."""

    seconds: float
    form: float
    bytes: int
    requests: int


def slow_down(page: Page, processor: int = SLOWER) -> None:
    """Give the page a slow network and a slow processor, which the browser plays by spinning."""
    link = page.context.new_cdp_session(page)
    link.send("Network.enable")
    link.send("Network.emulateNetworkConditions", SLOW_3G)
    link.send("Emulation.setCPUThrottlingRate", {"rate": processor})


def report_once(
    phone: Phone,
    network: Network,
    installed: str,
    username: str = "",
    path: str = "/c/de-an-06-2023/report/",
) -> Visit:
    """Open the report, sign in if there is need, fill it in as a person would, await the receipt.

    ``seconds`` ends with the receipt, ``bytes`` with all that is fetched for later.
    """
    network.forget()
    started = time.monotonic()
    phone.page.goto(path, wait_until="commit")
    if username:
        sign_in(phone.page, username)
    wait_for_form(phone.page)
    form = time.monotonic() - started
    fill_in_and_send(phone.page, installed)
    seconds = time.monotonic() - started
    if path.startswith("/c/"):
        wait_for_the_rest(phone.page)
    return Visit(seconds, form, network.bytes, len(network.seen))


def wait_painted(page: Page) -> None:
    """Wait until something is to be seen: a page has its fields before it has its style."""
    seen = "() => performance.getEntriesByName('first-contentful-paint').length"
    page.wait_for_function(seen)


def sign_in(page: Page, username: str) -> None:
    """Type name and password as a person would."""
    name = page.get_by_label("Tên đăng nhập hoặc số điện thoại")
    expect(name).to_be_visible()
    wait_painted(page)
    page.wait_for_timeout(LOOKS_MS)
    name.press_sequentially(username, delay=TYPES_MS)
    page.wait_for_timeout(FINDS_MS)
    page.get_by_label("Mật khẩu", exact=True).press_sequentially(PASSWORD, delay=TYPES_MS)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def wait_for_form(page: Page) -> None:
    expect(page.locator("#count-assisted")).to_be_visible()
    wait_painted(page)


def fill_in_and_send(page: Page, installed: str) -> None:
    """Fill the form in as a person would, and wait for the receipt."""
    page.wait_for_timeout(LOOKS_MS)
    for code, text in {"installed": installed, **COUNTS}.items():
        page.wait_for_timeout(FINDS_MS)
        page.locator(f"#count-{code}").fill("")
        page.locator(f"#count-{code}").press_sequentially(text, delay=TYPES_MS)
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    page.wait_for_timeout(LOOKS_MS)
    asked = page.get_by_label("Đã kiểm tra lại, số đúng")
    if asked.count():
        asked.check()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo", timeout=30_000)


def wait_for_the_rest(page: Page) -> None:
    """Wait for what is fetched for later: it belongs to the visit."""
    until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), 60)
    page.wait_for_load_state("networkidle")


def first_and_next(
    browser: Browser,
    folder: Path,
    network: Network,
    portal: Portal,
    username: str,
    processor: int = SLOWER,
) -> tuple[Visit, Visit]:
    """Return what the first report of a phone took, signing in included, and the next."""
    phone = Phone(browser, folder, network, portal)
    try:
        phone.context.set_default_timeout(60_000)
        slow_down(phone.page, processor)
        first = report_once(phone, network, "35", username)
        phone.page = phone.tab()
        slow_down(phone.page, processor)
        return first, report_once(phone, network, "36")
    finally:
        phone.close()
