"""What changes under a phone: the portal's version, the day, the size of its letters."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import PHONE
from tests.e2e.history import TODAY, History, history, sent
from tests.e2e.network_proxy import Network
from tests.e2e.phone import OWN, Phone, Start, confirm
from tests.e2e.test_offline_odd import clock
from tests.portal import Portal, until

__all__ = ["history"]
pytestmark = pytest.mark.slow

MANIFEST, SECOND = "staticfiles.json", "reports/entry/report.0123456789ab.js"
MARK = "document.documentElement.dataset.build = 'second';"
# As where cookies are blocked: the store is there, and everything asked of it is refused.
REFUSED = """
  Object.defineProperty(self, "indexedDB", { value: {
    open() { throw new DOMException("refused", "SecurityError"); },
  } });
"""


@pytest.fixture
def builds(portal: Portal) -> Iterator[Path]:
    """Where the portal's files lie; what a test builds there is taken back."""
    folder = portal.home / "static"
    changed = {path: path.read_bytes() for path in (folder / MANIFEST, folder / script_in(folder))}
    yield folder
    (folder / SECOND).unlink(missing_ok=True)
    for path, content in changed.items():
        path.write_bytes(content)
    restart(portal)


def script_in(folder: Path) -> str:
    """Return the hashed name of the form's script."""
    paths: dict[str, str] = json.loads((folder / MANIFEST).read_text())["paths"]
    return paths["reports/entry/report.js"]


def restart(portal: Portal) -> None:
    """Let the web server read its files anew."""
    portal.control("stop", "web")
    portal.control("start", "web")
    portal.wait_healthy()


def build_again(portal: Portal, folder: Path) -> None:
    """Put a second build in place of the first, whose script is gone from the server."""
    first, manifest = script_in(folder), folder / MANIFEST
    (folder / SECOND).write_text((folder / first).read_text() + MARK)
    (folder / first).unlink()
    manifest.write_text(manifest.read_text().replace(first, SECOND))
    restart(portal)


def test_second_build_reaches_the_phone_and_loses_nothing(
    start: Start, history: History, net: Network, portal: Portal, builds: Path
) -> None:
    phone = start()
    [before] = phone.page.evaluate("caches.keys()")
    net.rule = lambda method, path: "refuse"
    phone.report(TODAY, 281)
    build_again(portal, builds)
    # What was saved by the old version is still there, and sent.
    net.rule = lambda method, path: "pass"
    phone.page.goto("/c/de-an-06-2023/report/")
    expect(phone.page.locator("#count-installed")).to_have_value("281")
    phone.wait_state(TODAY, "received")
    until(lambda: phone.page.evaluate("caches.keys()") not in ([before], []), 20)
    until(lambda: len(phone.page.evaluate("caches.keys()")) == 1, 20)
    phone.context.set_offline(True)
    phone.page.goto("/c/de-an-06-2023/report/")
    expect(phone.page.locator("html")).to_have_attribute("data-build", "second")
    phone.report(TODAY, 282)
    phone.context.set_offline(False)
    until(lambda: history.new(TODAY) == [sent(281), sent(282)], 20)


def test_midnight_passes_over_an_open_page(start: Start, history: History, net: Network) -> None:
    phone = start()
    page, snapshot = phone.page, phone.snapshot() or {}
    net.rule = lambda method, path: "refuse"
    page.goto("/c/de-an-06-2023/report/")
    page.locator("#count-installed").fill("291")
    now = dt.datetime.fromisoformat(snapshot["now"])
    midnight = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(0, 1), now.tzinfo)
    later = clock(int((midnight - now).total_seconds() * 1000))
    page.evaluate(f"() => {later}")
    page.get_by_role("button", name="Xem lại và gửi").click()
    # Typed on the 20th under the heading of the 20th, it is the report of the 20th.
    expect(page.locator(".step")).to_contain_text("20/06")
    confirm(page)
    expect(page.locator(".outcome")).to_be_visible()
    assert set(phone.entries()) == {TODAY}
    # Opened anew, the page has the new day and empty fields.
    page.add_init_script(later)
    page.goto("/c/de-an-06-2023/report/")
    expect(page.locator("[aria-current=date]")).to_have_attribute("href", _day("2023-06-21"))
    expect(page.locator("#count-installed")).to_have_value("")
    net.rule = lambda method, path: "pass"
    phone.page = phone.tab()
    phone.page.goto("/c/de-an-06-2023/dashboard/")
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY) == [sent(291)]


def _day(day: str) -> str:
    return f"/c/de-an-06-2023/report/?branch=XD-14173&date={day}"


def test_phone_that_refuses_its_store_sends_the_plain_form(start: Start, history: History) -> None:
    phone = start(path="/account/")
    page = phone.page
    page.add_init_script(REFUSED)
    page.goto(f"/c/de-an-06-2023/report/?date={TODAY}")
    page.locator("#count-installed").fill("301")
    page.get_by_role("button", name="Xem lại và gửi").click()
    confirm(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo")
    assert history.new(TODAY) == [("page", OWN, 301)]


@pytest.mark.parametrize("is_offline", [False, True], ids=["server", "phone"])
def test_letters_twice_as_large_fit_the_screen(start: Start, is_offline: bool) -> None:
    phone = start()
    phone.context.set_offline(is_offline)
    phone.page.goto("/c/de-an-06-2023/report/" if is_offline else "/c/de-an-06-2023/report/?full=1")
    expect(phone.page.locator("#count-installed")).to_be_visible()
    assert widths(phone) == []
    phone.page.locator("#count-installed").fill("9000")
    phone.page.get_by_role("button", name="Xem lại và gửi").click()
    expect(phone.page.locator("h1:visible")).to_have_text("Xem lại trước khi gửi")
    assert widths(phone) == []


def widths(phone: Phone) -> list[str]:
    """Return what sticks out of the screen with letters twice as large."""
    phone.page.set_viewport_size(PHONE)
    found: list[str] = phone.page.evaluate(
        """() => {
          document.documentElement.style.fontSize = "200%";
          const wide = document.documentElement.clientWidth;
          return [...document.querySelectorAll("main *")]
            .filter((part) => part.getClientRects().length)
            .filter((part) => part.getBoundingClientRect().right > wide + 1)
            .map((part) => part.outerHTML.slice(0, 120));
        }"""
    )
    return found
