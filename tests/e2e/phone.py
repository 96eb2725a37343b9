"""A secretary's phone: its own browser, its own store, and what its owner does with it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from devserver.browser import HEADLESS_SHELL, path_of
from tests.e2e.browser import FLAGS, PATIENCE_MS, PHONE
from tests.e2e.network_proxy import Network
from tests.portal import Portal, until

OWN = "xadoan-14173"
READ = """async () => {
  const open = indexedDB.open("tien-phong");
  const link = await new Promise((good) => { open.onsuccess = () => good(open.result); });
  const all = {};
  for (const name of link.objectStoreNames) {
    const asked = link.transaction(name).objectStore(name).getAll();
    all[name] = await new Promise((good) => { asked.onsuccess = () => good(asked.result); });
  }
  link.close();
  return all;
}"""
PUT = """async (rows) => {
  const open = indexedDB.open("tien-phong");
  const link = await new Promise((good) => { open.onsuccess = () => good(open.result); });
  const work = link.transaction(["entries", "kept"], "readwrite");
  for (const [name, row] of rows) work.objectStore(name).put(row);
  await new Promise((good) => { work.oncomplete = good; });
  link.close();
}"""


class Phone:
    """One browser with a memory of its own; with a ``folder``, ``close`` and ``open`` keep it.

    A browser that keeps its memory takes a second to start; one without is ready in half of it.
    """

    def __init__(
        self, browser: Browser, folder: Path | None, network: Network, portal: Portal
    ) -> None:
        self.browser, self.folder = browser, folder
        self.network, self.portal = network, portal
        self.errors: list[str] = []
        self.context: BrowserContext
        self.page: Page
        self.open()

    def open(self) -> None:
        """Open the browser, with one page in it."""
        seen: dict[str, Any] = {
            "viewport": PHONE,
            "base_url": self.network.url,
            "locale": "vi-VN",
        }
        if self.folder is None:
            self.context = self.browser.new_context(**seen)
            self.page = self.context.new_page()
        else:
            self.context = self.browser.browser_type.launch_persistent_context(
                self.folder,
                executable_path=str(path_of(HEADLESS_SHELL)),
                args=FLAGS.split(),
                **seen,
            )
            self.page = self.context.pages[0]
        self.context.set_default_timeout(PATIENCE_MS)
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        """Note what breaks in a page."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def tab(self) -> Page:
        """Open another tab."""
        page = self.context.new_page()
        self.watch(page)
        return page

    def close(self) -> None:
        """Close the browser."""
        self.context.close()

    def sign_in(self, username: str) -> None:
        """Become somebody, as whoever has signed in once is for a month."""
        session = self.portal.session(username)
        self.context.add_cookies(
            [
                {
                    "name": "sessionid",
                    "value": session,
                    "url": self.network.url,
                    "expires": time.time() + 3600,
                }
            ]
        )

    def prepare(self, username: str, path: str = "/c/de-an-06-2023/report/") -> None:
        """Sign in and open a page once with a network: then what works without is on the phone."""
        self.sign_in(username)
        self.page.goto(path)
        until(lambda: self.page.evaluate("navigator.serviceWorker.controller !== null"), 60)
        if path == "/c/de-an-06-2023/report/":
            until(self.snapshot, 60)

    def store(self) -> dict[str, list[dict[str, Any]]]:
        """Return all that the phone keeps."""
        found: dict[str, list[dict[str, Any]]] = self.page.evaluate(READ)
        return found

    def snapshot(self) -> dict[str, Any] | None:
        """Return the snapshot on the phone."""
        stored = {row["name"]: row.get("value") for row in self.store()["kept"]}
        return stored.get("book")

    def entries(self) -> dict[str, str]:
        """Return the state of each entry by its day."""
        return {row["date"]: row["state"] for row in self.store()["entries"]}

    def wait_state(self, day: str, state: str) -> None:
        """Wait until the entry of a day is in a state."""
        until(lambda: self.entries().get(day) == state, 20)

    def report(self, day: str, installed: int, *, page: Page | None = None) -> None:
        """Open a day, type a number and confirm it: from here on it is on the phone."""
        page = page or self.page
        page.goto(f"/c/de-an-06-2023/report/?date={day}")
        expect(page.locator("#count-installed")).to_be_visible()
        page.locator("#count-installed").fill(str(installed))
        page.get_by_role("button", name="Xem lại và gửi").click()
        confirm(page)
        expect(page.locator(".outcome")).to_be_visible()


def confirm(page: Page) -> None:
    """Look at what was typed once more, say that it is right where that is asked, and send it."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    asked = page.get_by_label("Đã kiểm tra lại, số đúng")
    if asked.count():
        asked.check()
    page.get_by_role("button", name="Gửi", exact=True).click()


Start = Callable[..., Phone]
