"""Two pages of one day on one phone: neither replaces what the other saved without asking."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import PHONE, look
from tests.e2e.history import BRANCH, TODAY, History, history, sent
from tests.e2e.network_proxy import Network
from tests.e2e.phone import Phone, Start, confirm
from tests.portal import Portal, until

__all__ = ["history"]
pytestmark = pytest.mark.slow

COUNTS = """
    SELECT r.counts FROM reports_dailyreport r JOIN campaign_branch b ON b.id = r.branch_id
    WHERE b.code = %s AND r.date = %s
"""


def stored(portal: Portal) -> dict[str, int]:
    [(counts,)] = portal.rows(COUNTS, BRANCH, TODAY)
    found: dict[str, int] = counts
    return found


def save(page: Page, code: str, number: int) -> None:
    """Type a figure on a page as it stands, and confirm it."""
    page.locator(f"#count-{code}").fill(str(number))
    page.get_by_role("button", name="Xem lại và gửi").click()
    confirm(page)
    expect(page.locator(".outcome")).to_be_visible()


def two_pages(phone: Phone) -> tuple[Page, Page]:
    """Open the day on two pages; both show 103."""
    pages = phone.page, phone.tab()
    for page in pages:
        page.goto(f"/c/de-an-06-2023/report/?date={TODAY}")
        expect(page.locator("#count-installed")).to_have_value("103")
    return pages


@pytest.mark.parametrize(("which", "level1"), [("mine", 77), ("theirs", 78)])
def test_page_that_has_not_seen_what_waits_is_asked(
    start: Start, history: History, portal: Portal, which: str, level1: int
) -> None:
    phone = start()
    phone.context.set_offline(True)
    phone.report(TODAY, 103)
    first, second = two_pages(phone)
    save(first, "installed", 91)
    save(second, "level1", level1)
    expect(second.get_by_role("heading", level=1)).to_have_text("Báo cáo cần bạn xem lại")
    versions = second.locator(".outcome .versions")
    expect(versions.locator("tr", has_text="Cài ứng dụng")).to_contain_text("91103")
    expect(versions.get_by_role("cell", name=f"{level1}", exact=True)).to_be_visible()
    assert look(second, f"offline-two-{which}", PHONE) == []
    # Both outlive the pages.
    second.close()
    first.goto("/c/de-an-06-2023/report/")
    line = first.locator(".entries > li")
    expect(line.locator(".state")).to_have_text("cần bạn xem lại")
    name = "Gửi bản của tôi" if which == "mine" else "Giữ bản đã có"
    line.get_by_role("button", name=name).click()
    expect(line.locator(".state")).to_have_text("đã lưu trên điện thoại")
    phone.context.set_offline(False)
    phone.page = first
    phone.wait_state(TODAY, "received")
    number = 103 if which == "mine" else 91
    assert history.new(TODAY) == [sent(number)]
    assert (stored(portal)["level1"] == level1) == (which == "mine")


def test_what_was_sent_meanwhile_is_asked_about_too(start: Start, history: History) -> None:
    phone = start()
    phone.report(TODAY, 103)
    phone.wait_state(TODAY, "received")
    first, second = two_pages(phone)
    # A page that still asks for the snapshot would show what the first one sends.
    second.wait_for_load_state("networkidle")
    save(first, "installed", 91)
    phone.wait_state(TODAY, "received")
    save(second, "level1", 77)
    assert history.new(TODAY) == [sent(103), sent(91)]
    expect(second.get_by_role("heading", level=1)).to_have_text("Báo cáo cần bạn xem lại")
    second.get_by_role("button", name="Gửi bản của tôi").click()
    until(lambda: history.new(TODAY) == [sent(103), sent(91), sent(103)], 20)
    expect(second.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo")


def test_same_page_figures_again_ask_nothing(start: Start, net: Network, history: History) -> None:
    phone = start()
    net.rule = lambda method, path: "refuse"
    phone.report(TODAY, 103)
    first, second = two_pages(phone)
    save(first, "installed", 91)
    save(second, "installed", 91)
    expect(second.get_by_role("heading", level=1)).to_have_text("Đã lưu trên điện thoại")
    net.rule = lambda method, path: "pass"
    first.reload()
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY) == [sent(91)]


def test_figures_that_come_to_less_than_nothing_are_refused_here(start: Start) -> None:
    phone = start()
    phone.context.set_offline(True)
    page = phone.page
    page.goto(f"/c/de-an-06-2023/report/?date={TODAY}")
    for code, number in (("level1", 0), ("level2", 5), ("upgraded", 8)):
        page.locator(f"#count-{code}").fill(str(number))
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(page.locator("#errors")).to_contain_text("tính ra −3, mà số đếm không thể âm")
    expect(page.locator("#count-upgraded")).to_have_attribute("aria-invalid", "true")
    assert phone.entries() == {}


BODY = """async (address) => {
  const { kindOf } = await import(address);
  const sent = (version) => ({ op: "a", base_version: version, counts: {}, sessions: [7] });
  return [0, 1].map((version) => kindOf({}).body({ sent: sent(version) }).sessions ?? null);
}"""


def test_first_report_says_which_sessions_it_saw_and_a_correction_does_not(start: Start) -> None:
    phone = start()
    phone.page.goto(f"/c/de-an-06-2023/report/?date={TODAY}&full=1")
    preloaded = phone.page.locator("link[rel=modulepreload][href*='/queue.']")
    module = preloaded.get_attribute("href")
    assert phone.page.evaluate(BODY, module) == [[7], None]
