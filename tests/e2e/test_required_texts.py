"""A campaign that requires a link: asked for with a network; without one no count waits for it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import barriers
from tests.e2e.history import BRANCH, TODAY, History, history, sent
from tests.e2e.phone import Start, confirm
from tests.e2e.test_offline_odd import WORDLESS
from tests.portal import Portal, until

__all__ = ["history"]
pytestmark = pytest.mark.slow

LINK = "https://example.org/anh-1"
REQUIRE = "UPDATE campaign_campaign SET asks_evidence_url = %s WHERE slug = 'de-an-06-2023'"
FORM = f"/c/de-an-06-2023/report/?date={TODAY}"


@pytest.fixture
def strict(portal: Portal) -> Iterator[Portal]:
    portal.rows(WORDLESS, BRANCH, TODAY)
    portal.rows(REQUIRE, "required")
    yield portal
    portal.rows(REQUIRE, "asked")


def test_link_is_required_with_a_network_and_counts_wait_for_nothing(
    start: Start, history: History, strict: Portal
) -> None:
    phone = start()
    page = phone.page
    until(lambda: ((phone.snapshot() or {})["branches"][0]["days"][TODAY]).get("asks"), 20)
    page.goto(FORM)
    page.locator("#count-installed").fill("281")
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(page.locator("#errors")).to_contain_text("Chiến dịch này cần “Đường link ảnh")
    expect(page.locator("#count-installed")).to_have_value("281")
    assert barriers(page) == []
    page.locator("[name=evidence_url]").fill(LINK)
    page.get_by_role("button", name="Xem lại và gửi").click()
    confirm(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo")
    strict.rows(WORDLESS, BRANCH, TODAY)
    phone.context.set_offline(True)
    phone.report(TODAY, 282)
    phone.context.set_offline(False)
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY)[-1] == sent(282)
