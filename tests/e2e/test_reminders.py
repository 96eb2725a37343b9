"""Notices on a phone, as far as a browser goes without a push service."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import SECRETARY
from tests.e2e.stage import Stage

pytestmark = pytest.mark.slow

# Asks until there are so many; a test that waits in vain ends with the browser's patience.
SHOWN = """async (least) => {
  const worker = await navigator.serviceWorker.ready;
  for (let turn = 0; turn < 200; turn += 1) {
    const shown = await worker.getNotifications();
    if (shown.length >= least) return shown.map(({ title, body, tag }) => ({ title, body, tag }));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}"""


def enter(stage: Stage, *, permission: str) -> Page:
    page = stage.enter(SECRETARY)
    if permission == "granted":
        page.context.grant_permissions(["notifications"])
    page.goto("/reminders/")
    return page


def push(page: Page, told: dict[str, Any]) -> None:
    """Hand the worker a message, as the browser does once it has decrypted it."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    session = page.context.new_cdp_session(page)
    found: list[Any] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    # The event comes only while the browser is listened to.
    for _try in range(500):
        if found:
            break
        page.wait_for_timeout(20)
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": found[0]["scopeURL"].rstrip("/"),
            "registrationId": found[0]["registrationId"],
            "data": json.dumps(told),
        },
    )


def message(page: Page, tag: str, owner: str = "") -> dict[str, str]:
    reader = page.evaluate("document.body.dataset.user")
    return {
        "title": "Còn 60 phút đến hạn báo cáo",
        "body": "Xã Giao Tiến chưa có báo cáo hôm nay.",
        "url": "/report/",
        "tag": tag,
        "owner": owner or reader,
    }


def test_message_that_came_twice_is_shown_once(stage: Stage) -> None:
    page = enter(stage, permission="granted")
    push(page, message(page, "notice-1"))
    push(page, message(page, "notice-1"))
    push(page, message(page, "notice-2"))
    shown = page.evaluate(SHOWN, 2)
    assert sorted(notice["tag"] for notice in shown) == ["notice-1", "notice-2"]
    assert {notice["title"] for notice in shown} == {"Còn 60 phút đến hạn báo cáo"}


def test_message_for_somebody_else_says_nothing(stage: Stage) -> None:
    page = enter(stage, permission="granted")
    push(page, message(page, "notice-1", owner="999999"))
    (shown,) = page.evaluate(SHOWN, 1)
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
