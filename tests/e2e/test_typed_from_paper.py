"""A province's desk types a pile of sheets in, by keyboard alone."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import DESK, Stage
from tests.portal import Portal

pytestmark = pytest.mark.slow

# A day and communes that no other test reports for.
URL = "/c/de-an-06-2023/report/paper/?date=2023-06-19&page=2"
SHEETS, CELLS, MINUTES = 30, 7, 5
# A hand that has to look at the sheet presses so many keys a second.
KEYS_A_SECOND = 4
STORED = """
    SELECT count(*) FROM reports_revision v JOIN reports_dailyreport r ON r.id = v.report_id
    WHERE v.source = 'paper' AND r.date = '2023-06-19'
"""
# By code: None for who has not reported, else what stands, blank where nothing does.
PILE = """
    () => [...document.querySelectorAll("tr[data-row]")].map((row) => [
        row.dataset.code,
        "in" in row.dataset ? [...row.querySelectorAll("td.n")].map(
            (cell) => cell.querySelector(".stands")?.textContent.replace(/\\D/g, "") ?? "") : null,
    ])
"""


class Hand:
    """Types as a person does, and counts the keys."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1


def test_thirty_sheets_are_typed_in_five_minutes_by_keyboard_alone(
    stage: Stage, portal: Portal
) -> None:
    page = stage.enter("tinhdoan", DESK)
    page.goto(URL)
    expect(page.get_by_role("heading", level=1)).to_have_text("Báo cáo bằng giấy")
    stand = dict(page.evaluate(PILE))
    # First those that are silent; then some that have reported by telephone what is on the sheet.
    pile = sorted(stand, key=lambda code: stand[code] is not None)[:SHEETS]
    silent = [code for code in pile if stand[code] is None]
    assert len(silent) > 2
    hand = Hand(page)
    began = time.monotonic()
    for code in pile:
        hand.type("/")
        hand.type(code.removeprefix("XD-"))
        hand.press("Enter")
        # In the order of the columns, so that no part is greater than its whole.
        counts = stand[code] or [str(12 - place) for place in range(CELLS)]
        if code == silent[-1] or not any(counts):
            hand.type("k")
            continue
        for count in counts:
            hand.type(count)
            hand.press("Enter")
    expect(page.locator("tr[data-state=taken]")).to_have_count(SHEETS)
    assert hand.keys / KEYS_A_SECOND + time.monotonic() - began < MINUTES * 60
    assert portal.rows(STORED) == [(len(silent),)]

    # Without a network what is typed stays, over a reload too, and goes by itself later.
    code = next(c for c in stand if c not in pile and any(stand[c] or ()))
    row = page.locator(f"tr[data-code={code}]")
    page.route(
        "**/report/paper/**",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    row.locator("input").nth(1).focus()
    for count in stand[code]:
        hand.type(count)
        hand.press("Enter")
    expect(row).to_have_attribute("data-state", "unsent")
    page.unroute_all()
    stage.complaints.clear()  # of the network
    page.reload()
    expect(row).to_have_attribute("data-state", "taken")
