"""The province sets a campaign up by itself: no code, and nothing half-imported."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.browser import DESK, PHONE, Stage, look
from tests.portal import Portal

pytestmark = pytest.mark.slow

ARCHIVE = """
from campaign.models import Campaign
Campaign.objects.filter(slug="hien-mau").update(state="archived")
"""
CAMPAIGN = {
    "name": "Hiến máu tình nguyện",
    "slug": "hien-mau",
    # It began before the demo's, which therefore stays the one that pages open with.
    "starts_on": "01/03/2023",
    "ends_on": "30/06/2023",
}
INDICATORS = (
    {"order": "1", "code": "donors", "label": "Người hiến máu", "measure": "người"},
    {"order": "2", "code": "units", "label": "Đơn vị máu", "measure": "đơn vị"},
    {
        "order": "3",
        "code": "both",
        "label": "Người và máu",
        "measure": "",
        "formula": "donors + units",
    },
)
UNITS = "SELECT count(*) FROM campaign_unit WHERE code = '99999'"


def test_new_campaign_is_in_the_form_at_once(stage: Stage, portal: Portal) -> None:
    staff = stage.enter("tinhdoan", DESK)
    staff.goto("/admin/campaign/campaign/add/")
    for name, value in CAMPAIGN.items():
        staff.locator(f"[name={name}]").fill(value)
    for number, indicator in enumerate(INDICATORS):
        staff.get_by_role("button", name="Thêm Chỉ số").click()
        for name, value in indicator.items():
            staff.locator(f"[name=indicators-{number}-{name}]").fill(value)
        staff.locator(f"[name=indicators-{number}-required]").uncheck()
        staff.locator(f"[name=indicators-{number}-is_headline]").set_checked(number == 2)
    staff.locator("[name=_save]").first.click()
    expect(staff.locator(".messagelist .success")).to_be_visible()
    # It is a draft, which nobody else sees, until it is published.
    staff.goto("/c/hien-mau/state/")
    staff.locator("[name=reason]").fill("Bắt đầu")
    staff.get_by_role("button", name="Công bố chiến dịch").click()
    expect(staff.get_by_role("status")).to_contain_text("Đã công bố chiến dịch.")

    secretary = stage.enter("xadoan-14173")
    secretary.goto("/c/hien-mau/report/?date=2023-06-20")
    expect(secretary.locator(".count label")).to_have_count(2)
    secretary.get_by_label("Người hiến máu").fill("12")
    secretary.get_by_label("Đơn vị máu").fill("15")
    secretary.get_by_role("button", name="Xem lại và gửi").click()
    expect(secretary.get_by_text("Người và máu")).to_be_visible()
    secretary.get_by_role("button", name="Gửi", exact=True).click()
    expect(secretary.get_by_role("heading", level=1)).to_have_text("Đã nhận báo cáo")
    portal.wait_settled(30)
    staff.goto("/c/hien-mau/units/14173/")
    expect(staff.locator("#to-date")).to_have_text("27")
    # Other tests meet one campaign that runs.
    portal.manage("shell", "--no-imports", "--command", ARCHIVE)


def units_file(*rows: str) -> FilePayload:
    """Return a file of units as Excel saves it."""
    lines = ["code,name,kind,level,parent_code,valid_from", *rows]
    text = "".join(f"{line}\r\n" for line in lines)
    return {"name": "don-vi.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}


def preview(page: Page, *rows: str) -> None:
    """Send a file in to be looked at."""
    page.goto("/admin/campaign/unit/import/")
    page.locator("[name=import_file]").set_input_files(units_file(*rows))
    page.get_by_role("button", name="Xem trước").click()


def test_file_with_a_bad_row_is_refused_whole_and_taken_once_mended(
    stage: Stage, portal: Portal
) -> None:
    good = "99999,Xã Giao Mới,xã,commune,365,2023-07-01"
    page = stage.enter("tinhdoan", DESK)
    preview(page, good, "99998,Xã Giao Sai,xã,commune,365,32/13/2023")
    expect(page.get_by_role("alert")).to_contain_text("Có 1 lỗi. Chưa nhập dòng nào")
    problem = page.locator(".import-problems tbody tr")
    expect(problem).to_have_count(1)
    expect(problem).to_contain_text("Dòng 3")
    expect(problem).to_contain_text("valid_from")
    assert portal.rows(UNITS) == [(0,)]

    preview(page, good)
    expect(page.locator(".import-preview tbody tr")).to_have_count(1)
    assert portal.rows(UNITS) == [(0,)]
    page.get_by_role("button", name="Xác nhận nhập").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert portal.rows(UNITS) == [(1,)]
    portal.rows("DELETE FROM campaign_unit WHERE code = '99999'")


TARGET = """
    SELECT t.id FROM campaign_target t JOIN campaign_unit u ON u.id = t.unit_id
    WHERE u.code = '14173' ORDER BY t.id LIMIT 1"""


def test_target_that_changes_shows_what_moves_and_asks_from_which_day(
    stage: Stage, portal: Portal
) -> None:
    page = stage.enter("tinhdoan", DESK)
    page.goto(f"/admin/campaign/target/{portal.rows(TARGET)[0][0]}/change/")
    page.locator("[name=value]").fill("9999")
    page.locator("[name=_save]").first.click()
    expect(page.get_by_label("Có hiệu lực từ ngày")).to_have_value("2023-06-20")
    expect(page.locator(".settings-figures")).to_contain_text("các đơn vị trực thuộc cộng lại")
    for size in (PHONE, DESK):
        assert look(page, "settings-change", size) == []
    # For another day it is shown again before it is done.
    page.get_by_label("Có hiệu lực từ ngày").fill("2023-06-19")
    page.get_by_label("Lý do").fill("Kế hoạch 12")
    page.get_by_role("button", name="Xác nhận đổi").click()
    expect(page.get_by_label("Có hiệu lực từ ngày")).to_have_value("2023-06-19")
    expect(page.get_by_label("Lý do")).to_have_value("Kế hoạch 12")
    page.get_by_role("link", name="Không đổi nữa").click()
    assert portal.rows("SELECT count(*) FROM campaign_target WHERE value = 9999") == [(0,)]
