"""Notices on a phone, as far as a browser goes without a push service."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import Stage
from tests.e2e.pages import SECRETARY
from tests.portal import until

pytestmark = pytest.mark.slow

# The browser forgets a notice of which it is asked while it is being shown: so a test asks once
# the worker has shown as many as it was told to.
COUNT = """() => {
  const { registration } = self;
  const show = registration.showNotification.bind(registration);
  self.shown = 0;
  registration.showNotification = async (...said) => {
    await show(...said);
    self.shown += 1;
  };
}"""
NOTICES = """async () => {
  const worker = await navigator.serviceWorker.ready;
  const shown = await worker.getNotifications();
  return shown.map(({ title, body, tag }) => ({ title, body, tag }));
}"""


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    """The headless shell shows no notices."""
    return chromium


def enter(stage: Stage, *, permission: str) -> Page:
    page = stage.enter(SECRETARY)
    if permission == "granted":
        page.context.grant_permissions(["notifications"])
    page.goto("/c/de-an-06-2023/reminders/")
    return page


def push(page: Page, *messages: dict[str, Any]) -> list[dict[str, str]]:
    """Hand the worker messages, as the browser does once it has decrypted them; return notices."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    (worker,) = page.context.service_workers
    worker.evaluate(COUNT)
    session = page.context.new_cdp_session(page)
    found: list[Any] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    # Its answer comes only while the browser is listened to.
    until(lambda: page.evaluate("1") and found, 10)
    for one in messages:
        session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": found[0]["scopeURL"].rstrip("/"),
                "registrationId": found[0]["registrationId"],
                "data": json.dumps(one),
            },
        )
    until(lambda: worker.evaluate("self.shown") == len(messages), 10)
    notices: list[dict[str, str]] = page.evaluate(NOTICES)
    return notices


def message(page: Page, tag: str, owner: str = "") -> dict[str, str]:
    reader = page.evaluate("document.body.dataset.user")
    return {
        "title": "Còn 60 phút đến hạn báo cáo",
        "body": "Xã Giao Tiến chưa có báo cáo hôm nay.",
        "url": "/c/de-an-06-2023/report/",
        "tag": tag,
        "owner": owner or reader,
    }


def test_message_that_came_twice_is_shown_once(stage: Stage) -> None:
    page = enter(stage, permission="granted")
    first, second = message(page, "notice-1"), message(page, "notice-2")
    shown = push(page, first, first, second)
    assert sorted(notice["tag"] for notice in shown) == ["notice-1", "notice-2"]
    assert {notice["title"] for notice in shown} == {"Còn 60 phút đến hạn báo cáo"}


def test_message_for_somebody_else_says_nothing(stage: Stage) -> None:
    page = enter(stage, permission="granted")
    (shown,) = push(page, message(page, "notice-1", owner="999999"))
    assert (shown["title"], shown["body"]) == ("Tiên Phong 06", "Mở ứng dụng để xem.")


def test_blocked_notices_are_explained(stage: Stage) -> None:
    """A browser without a window refuses by itself whatever was not granted."""
    page = enter(stage, permission="denied")
    page.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' });"
    )
    page.reload()
    expect(page.locator("#phone [role=status]")).to_contain_text("đang chặn thông báo")
    expect(page.locator("#phone button")).to_be_hidden()


def test_browser_without_push_is_told_of_another_way(stage: Stage) -> None:
    page = enter(stage, permission="denied")
    page.add_init_script("delete window.PushManager;")
    page.reload()
    expect(page.locator("#phone [role=status]")).to_contain_text("không hiện được thông báo")
