"""What is approved or returned shows on every page, in the API, the file and the digest."""

import csv
import re
from io import StringIO

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import DESK, Stage
from tests.portal import Portal, until

pytestmark = pytest.mark.slow

CAMPAIGN, BRANCH, UNIT, DAY = "de-an-06-2023", "XD-14158", "14158", "2023-06-18"
BASES = ("reported", "approved")
# A drain comes at once; the sweep that finds what it missed comes every two seconds.
FRESH_SECONDS = 10
REASON = "Mức 2 cao hơn sổ của tổ, đồng chí xem lại"
EXISTING = """
    SELECT r.id::text, r.version, r.status, r.counts FROM reports_dailyreport r
    JOIN campaign_branch b ON b.id = r.branch_id WHERE b.code = %s AND r.date = %s
"""

SESSIONS = """
    SELECT s.counts FROM volunteers_supportsession s
    JOIN campaign_branch b ON b.id = s.branch_id
    WHERE b.code = %s AND s.date = %s AND s.state = 'closed'
"""


def activated(counts: dict[str, int]) -> int:
    """Return the accounts activated."""
    return counts["level1"] + counts["level2"] - counts["upgraded"]


def whole(text: str) -> int:
    """Return the number that a page shows."""
    return int(text.replace(".", ""))


class Locations:
    """Everywhere the commune's accounts to date are said, as the district's lead reads them."""

    def __init__(self, stage: Stage, portal: Portal) -> None:
        self.portal = portal
        self.page = stage.enter("huyendoan-365", DESK)
        self.api = portal.api("huyendoan-365")
        self.files = portal.visitor("huyendoan-365")

    def close(self) -> None:
        """Close the connections."""
        self.api.close()
        self.files.close()

    def commune(self, basis: str) -> set[int]:
        """Return the figure of unit page, district's table, API and file: one, if they agree."""
        self.page.goto(f"/c/de-an-06-2023/units/{UNIT}/?basis={basis}")
        wording = {whole(self.page.locator("#to-date").inner_text())}
        self.page.goto(f"/c/de-an-06-2023/units/365/?basis={basis}")
        row = self.page.locator("table.league tbody tr", has_text="Xã Hồng Thuận")
        wording.add(whole(row.locator('[data-label="Lũy kế"]').inner_text()))
        totals = self.api.get("totals/", params={"unit": UNIT, "basis": basis}).json()
        wording.add(totals["results"][0]["counts_to_date"]["activated"])
        asked = {"campaign": CAMPAIGN, "from": "2023-06-20", "to": "2023-06-20", "basis": basis}
        file = self.files.get("/c/de-an-06-2023/exports/police.csv", params=asked).content.decode(
            "utf-8-sig"
        )
        rows = csv.DictReader(StringIO(file, newline=""))
        wording |= {int(r["activated_to_date"]) for r in rows if r["commune_code"] == UNIT}
        return wording

    def digest(self) -> set[int]:
        """Return what the digest calls approved."""
        text = self.api.get("digests/", params={"unit": UNIT, "date": "2023-06-20"}).text
        found = re.search(r"đã duyệt ([\d.]+\d)", text)
        assert found is not None, text
        return {whole(found[1])}

    def follow(self, **figures: int) -> None:
        """Wait until every place says these figures."""
        # To look everywhere takes seconds: not before there is something new to see.
        until(lambda: self.portal.dirty() == 0, FRESH_SECONDS)
        until(lambda: all(self.commune(b) == {figures[b]} for b in BASES), FRESH_SECONDS)
        assert self.digest() == {figures["approved"]}


def decide(page: Page, state: str, button: str, reason: str = "") -> None:
    """Tick the commune's report in the list of a state and press a button."""
    page.goto(f"/c/de-an-06-2023/review/?state={state}&day={DAY}&unit={UNIT}")
    page.get_by_role("checkbox", name="Chọn Đoàn xã Hồng Thuận").check()
    if reason:
        page.get_by_label("Lý do trả lại").fill(reason)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status")).to_contain_text("1 báo cáo")


def existing(portal: Portal) -> tuple[str, int, str, dict[str, int]]:
    """Return the report: id, version, status, counts."""
    pk, version, status, counts = portal.rows(EXISTING, BRANCH, DAY)[0]
    return pk, version, status, counts


def of_sessions(portal: Portal) -> int:
    """Return the accounts that the branch's closed sessions of the day activated."""
    rows = portal.rows(SESSIONS, BRANCH, DAY)
    return sum(activated(counts) for (counts,) in rows)


def expect_state(page: Page, text: str) -> None:
    """See what the branch's page says of the day."""
    page.goto(f"/c/de-an-06-2023/branches/{BRANCH}/")
    row = page.get_by_role("row", name="18/06/2023")
    expect(row).to_contain_text(text)


def test_every_place_follows_approval_return_and_correction(stage: Stage, portal: Portal) -> None:
    portal.wait_settled(30)
    locations = Locations(stage, portal)
    page = locations.page
    try:
        pk, version, status, counts = existing(portal)
        assert status == "submitted"
        own = activated(counts)
        reported, approved = (locations.commune(basis).pop() for basis in BASES)
        locations.follow(reported=reported, approved=approved)

        decide(page, "waiting", "Duyệt các báo cáo đã chọn")
        locations.follow(reported=reported, approved=approved + own)
        expect_state(page, "Đã duyệt")

        decide(page, "approved", "Trả lại để sửa", REASON)
        # No version before it: the day counts by its sessions alone (docs/counting.md C9, C1).
        without = reported - own + of_sessions(portal)
        locations.follow(reported=without, approved=approved)
        expect_state(page, REASON)
        secretary = stage.enter("xadoan-14158")
        secretary.goto(f"/c/de-an-06-2023/report/?date={DAY}")
        expect(secretary.get_by_text(REASON)).to_be_visible()

        fewer = {**counts, "level2": counts["level2"] - 1}
        sent = {"id": pk, "campaign": CAMPAIGN, "branch": BRANCH, "date": DAY, "counts": fewer}
        with portal.api("xadoan-14158") as client:
            answer = client.post("daily-reports/", json={**sent, "base_version": version + 2})
        assert answer.status_code == 200, answer.text
        locations.follow(reported=reported - 1, approved=approved)

        decide(page, "waiting", "Duyệt các báo cáo đã chọn")
        locations.follow(reported=reported - 1, approved=approved + own - 1)
        expect_state(page, "Đã duyệt")
    finally:
        locations.close()
