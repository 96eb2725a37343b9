"""What is said in words goes with the counts: typed and checked without a network, sent later."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import barriers
from tests.e2e.history import BRANCH, TODAY, History, history, sent
from tests.e2e.network_proxy import Network
from tests.e2e.phone import Phone, Start, confirm
from tests.portal import Portal, until

__all__ = ["history"]
pytestmark = pytest.mark.slow

LINK = "https://example.org/anh-1"
REQUIRE = "UPDATE campaign_campaign SET asks_evidence_url = %s, asks_proposals = %s WHERE slug = %s"
WORDLESS = """
    UPDATE reports_dailyreport r SET difficulties = '', proposals = '', note = '', evidence_url = ''
    FROM campaign_branch b WHERE b.id = r.branch_id AND b.code = %s AND r.date = %s
"""
STANDS = """
    SELECT (r.counts ->> 'installed')::int, r.difficulties, r.evidence_url
    FROM reports_dailyreport r JOIN campaign_branch b ON b.id = r.branch_id
    WHERE b.code = %s AND r.date = %s
"""
FORM = f"/c/de-an-06-2023/report/?date={TODAY}"


def require(portal: Portal, evidence: str, proposals: str = "asked") -> None:
    portal.rows(REQUIRE, evidence, proposals, "de-an-06-2023")


@pytest.fixture
def wordless(portal: Portal) -> Iterator[Portal]:
    """A day of which nothing is said yet; afterwards everything is asked as before."""
    portal.rows(WORDLESS, BRANCH, TODAY)
    yield portal
    require(portal, "asked")
    portal.rows(WORDLESS, BRANCH, TODAY)


def type_in(page: Page, number: int, **texts: str) -> None:
    page.goto(FORM)
    page.locator("#count-installed").fill(str(number))
    for name, text in texts.items():
        field = page.locator(f"[name={name}]")
        if not field.is_visible():
            page.get_by_text("Khó khăn, đề xuất, ghi chú").click()
        field.fill(text)
    page.get_by_role("button", name="Xem lại và gửi").click()


def stands(portal: Portal) -> tuple[Any, ...]:
    [row] = portal.rows(STANDS, BRANCH, TODAY)
    return tuple(row)


def asked_on(phone: Phone) -> dict[str, str]:
    snapshot = phone.snapshot() or {}
    found: dict[str, str] = snapshot["branches"][0]["days"][TODAY].get("asks", {})
    return found


def test_words_typed_without_a_network_are_asked_for_there_and_arrive(
    start: Start, history: History, wordless: Portal
) -> None:
    require(wordless, "required", "no")
    phone = start()
    page = phone.page
    until(lambda: asked_on(phone) == {"evidence_url": "required", "proposals": "no"}, 20)
    phone.context.set_offline(True)
    type_in(page, 281, difficulties="Mạng yếu")
    errors = page.locator("#errors li")
    owed = "Chiến dịch này cần “Đường link ảnh, bài đăng”."
    expect(errors).to_have_count(1)
    expect(errors).to_contain_text(owed)
    expect(page.locator("[name=proposals]")).to_be_hidden()
    field = page.locator("[name=evidence_url]")
    expect(field).to_have_attribute("aria-required", "true")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert barriers(page) == []
    field.fill("facebook")
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(errors).to_contain_text("bắt đầu bằng https://")
    field.fill(LINK)
    page.get_by_role("button", name="Xem lại và gửi").click()
    # What will be sent is shown once more, words too.
    expect(page.locator(".step")).to_contain_text(LINK)
    confirm(page)
    phone.wait_state(TODAY, "saved")
    # Opened again, all of it is there, and a correction loses none of it.
    type_in(page, 282)
    expect(page.locator(".step")).to_contain_text("Mạng yếu")
    confirm(page)
    phone.wait_state(TODAY, "saved")
    phone.context.set_offline(False)
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY) == [sent(282)]
    assert stands(wordless) == (282, "Mạng yếu", LINK)
    # The receipt shows them, and the phone holds them no more.
    expect(page.locator(".outcome")).to_contain_text("Mạng yếu")
    assert "Mạng yếu" not in str(phone.store())
    assert LINK not in str(phone.store())
    # Of a day that has its link none is asked for again.
    phone.context.set_offline(True)
    type_in(page, 283)
    confirm(page)
    phone.context.set_offline(False)
    until(lambda: history.new(TODAY) == [sent(282), sent(283)], 20)
    assert stands(wordless) == (283, "Mạng yếu", LINK)


def test_refused_for_what_is_asked_since_it_keeps_everything_typed(
    start: Start, net: Network, history: History, wordless: Portal
) -> None:
    phone = start()
    page = phone.page
    phone.context.set_offline(True)
    type_in(page, 291, difficulties="Mưa to", proposals="Thêm máy")
    confirm(page)
    phone.wait_state(TODAY, "saved")
    require(wordless, "required")
    phone.context.set_offline(False)
    phone.wait_state(TODAY, "attention")
    assert history.new(TODAY) == []
    expect(page.locator(".outcome")).to_contain_text("Chiến dịch này cần “Đường link ảnh")
    expect(page.locator(".outcome")).to_contain_text("Mưa to")
    page.goto("/queue/")
    expect(page.locator("#kept")).to_contain_text("Thêm máy")
    page.goto(FORM)
    expect(page.locator("#count-installed")).to_have_value("291")
    expect(page.locator("[name=difficulties]")).to_have_value("Mưa to")
    expect(page.locator("[name=proposals]")).to_have_value("Thêm máy")
    page.locator("[name=evidence_url]").fill(LINK)
    page.get_by_role("button", name="Xem lại và gửi").click()
    confirm(page)
    phone.wait_state(TODAY, "received")
    assert stands(wordless) == (291, "Mưa to", LINK)
