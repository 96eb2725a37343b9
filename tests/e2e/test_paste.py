"""A message of the Zalo group, pasted on the phone: read, put right, sent, and sent again."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import DESK, PHONE, Stage, look
from tests.portal import Portal, free_days

pytestmark = pytest.mark.slow

BRANCH = "XD-14158"
STORED = """
    SELECT r.counts, v.source FROM reports_dailyreport r
    JOIN campaign_branch b ON b.id = r.branch_id JOIN reports_revision v ON v.report_id = r.id
    WHERE b.code = %s AND r.date = %s ORDER BY v.version
"""


@pytest.mark.parametrize("javascript", [True, False], ids=["phone", "without-javascript"])
def test_lead_pastes_a_day_of_the_group(stage: Stage, portal: Portal, javascript: bool) -> None:
    # The latest free days: the other tests of this branch take the first.
    day = free_days(portal, BRANCH)[-1]
    page = stage.enter("huyendoan-365", javascript=javascript)
    page.goto("/c/de-an-06-2023/report/paste/")
    text = (
        f"[{day:%d/%m/%Y} 17:42] Lan: Hồng Thuận cài 3, m1 2 🎉\n"
        f"[{day:%d/%m/%Y} 17:50] Hoa: Giao Tiên cài 1.000\nEm cảm ơn ạ"
    )
    page.get_by_label("Tin nhắn").fill(text)
    page.get_by_role("button", name="Đọc tin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại rồi gửi")
    right, asked = (page.locator(f"[name=l{number}-send]") for number in (0, 1))
    expect(right).to_be_checked()
    expect(asked).not_to_be_checked()
    expect(page.get_by_text("Chưa rõ “1.000” là bao nhiêu")).to_be_visible()
    if javascript:
        assert [look(page, "paste-lines", size) for size in (DESK, PHONE)] == [[], []]

    page.get_by_role("button", name="Gửi các dòng đã chọn").click()
    expect(page.get_by_role("status")).to_contain_text("Đã nhận 1 báo cáo")
    expect(page.get_by_role("link", name="biên nhận")).to_be_visible()
    expect(page.locator("p.message")).to_have_text("Giao Tiên cài 1.000")
    if javascript:
        assert look(page, "paste-taken", PHONE) == []
    page.get_by_role("button", name="Gửi các dòng đã chọn").click()
    expect(page.get_by_role("link", name="biên nhận")).to_be_visible()
    assert portal.rows(STORED, BRANCH, day) == [({"installed": 3, "level1": 2}, "paste")]
