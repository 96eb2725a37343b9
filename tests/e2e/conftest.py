"""The tests of this folder look at one running portal with one headless shell of Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from devserver.browser import CHROMIUM, HEADLESS_SHELL
from tests.e2e.browser import Stage, launched
from tests.e2e.network_proxy import Network, network
from tests.e2e.phone import OWN, Phone, Start
from tests.e2e.queue_page import Queue, QueueTab, Server
from tests.portal import Portal, portal

__all__ = ["portal"]


# Not for the whole run: while Playwright lives, Django takes its thread for an asynchronous one.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """One Playwright for the folder: there can be no second beside it."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One headless shell for the folder, where a page costs a third of Chromium's work."""
    with launched(playwright, HEADLESS_SHELL) as running:
        yield running


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One whole Chromium, for what the shell cannot do."""
    with launched(playwright, CHROMIUM) as running:
        yield running


@pytest.fixture(scope="package")
def sessions() -> dict[str, str]:
    """Who has signed in already, with the key of the session."""
    return {}


@pytest.fixture
def stage(browser: Browser, portal: Portal, sessions: dict[str, str]) -> Iterator[Stage]:
    """A way to let people look at the portal; no browser may complain of anything."""
    stage = Stage(browser, portal, sessions)
    yield stage
    stage.close()
    assert stage.complaints == []


@pytest.fixture
def net(portal: Portal) -> Iterator[Network]:
    """The network between the phones and the portal."""
    with network(portal.port) as between:
        yield between


@pytest.fixture
def start(browser: Browser, portal: Portal, net: Network, tmp_path: Path) -> Iterator[Start]:
    """A way to get phones; nothing may break in their pages."""
    phones: list[Phone] = []

    def one(
        username: str = OWN, path: str = "/c/de-an-06-2023/report/", *, is_closed: bool = False
    ) -> Phone:
        # Only one that is closed and opened again has to keep what it holds.
        folder = tmp_path / f"phone-{len(phones)}" if is_closed else None
        phone = Phone(browser, folder, net, portal)
        phones.append(phone)
        phone.prepare(username, path)
        return phone

    yield one
    for phone in phones:
        phone.close()
    assert [error for phone in phones for error in phone.errors] == []


@pytest.fixture(scope="package")
def tab(browser: Browser) -> Iterator[QueueTab]:
    """The phone's queue in a page without a portal."""
    tab = QueueTab(browser)
    yield tab
    tab.context.close()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def queue(tab: QueueTab, server: Server) -> Iterator[Queue]:
    yield tab.queue(server)
    assert tab.errors == []
