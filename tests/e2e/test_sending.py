"""A form on a slow network: its button says that it is being sent, and it is sent once."""

from typing import Any

import pytest

from tests.e2e.browser import Stage

pytestmark = pytest.mark.slow

# Behind all that the page's scripts do, and in place of the network.
LISTEN = """() => {
  addEventListener("submit", (event) => {
    self.isSent = !event.defaultPrevented;
    event.preventDefault();
  });
  self.press = (change = () => {}) => {
    const form = document.querySelector("main form");
    const button = form.querySelector("[type=submit]");
    change(form, button);
    form.requestSubmit(button);
    return [self.isSent, button.textContent.trim()];
  };
}"""
BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
DOWNLOAD = "press((form, button) => (button.dataset.download = ''))"


def test_form_is_sent_once_and_its_button_says_so(stage: Stage) -> None:
    page = stage.enter()
    page.goto("/sign-in/")
    page.evaluate(LISTEN)

    def press(script: str = "press()") -> Any:
        return page.evaluate(script)

    assert press() == [True, "Đang gửi…"]
    assert press() == [False, "Đang gửi…"]
    page.evaluate(BACK)
    assert page.locator("main form [type=submit]").inner_text() == "Đăng nhập"
    # A script that takes a form over sends it by itself.
    taken = "(event) => event.preventDefault(), { once: true }"
    assert press(f"press((form) => form.addEventListener('submit', {taken}))")[1] == "Đăng nhập"
    assert press(DOWNLOAD) == press(DOWNLOAD) == [True, "Đăng nhập"]
    page.evaluate("delete document.querySelector('main form [type=submit]').dataset.download")
    assert press("press((form) => (form.method = 'get'))") == [True, "Đăng nhập"]
