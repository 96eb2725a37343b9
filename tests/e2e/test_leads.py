"""Those above: from the whole to the place, targets, invitations, and who sees nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import DESK, PHONE, Stage, look
from tests.portal import Portal

pytestmark = pytest.mark.slow

NEW_PASSWORD = "Mua-lua-chin-vang"
TARGETS = """
    SELECT count(*), sum(value) FROM campaign_target t
    JOIN campaign_indicator i ON i.id = t.indicator_id WHERE i.code = 'activated'
"""


def heading(page: Page, text: str) -> None:
    """See that this is the page."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_province_goes_down_from_dashboard_to_commune_and_up_again(stage: Stage) -> None:
    page = stage.enter("tinhdoan", DESK)
    page.goto("/")
    heading(page, "Tỉnh Nam Định")
    expect(page.locator("table.league tbody tr")).to_have_count(10)
    page.locator("table.league").get_by_role("link", name="Huyện Giao Thủy").click()
    heading(page, "Huyện Giao Thủy")
    expect(page.locator("table.league tbody tr")).to_have_count(22)
    page.locator("table.league").get_by_role("link", name="Xã Giao Tiến").click()
    heading(page, "Xã Giao Tiến")
    expect(page).to_have_url(re.compile("/c/de-an-06-2023/units/14173/$"))
    page.locator(".crumb").get_by_role("link", name="Tỉnh Nam Định").click()
    heading(page, "Tỉnh Nam Định")


def test_province_shares_a_target_out_and_saves_what_was_shown(
    stage: Stage, portal: Portal
) -> None:
    before = portal.rows(TARGETS)
    page = stage.enter("tinhdoan", DESK)
    page.goto("/c/de-an-06-2023/targets/")
    page.get_by_label("Chỉ tiêu chung").fill("900.000")
    page.get_by_label("Chia theo").select_option(label=first_baseline(page))
    page.get_by_role("button", name="Xem trước").click()
    expect(page).to_have_title(re.compile("^Lỗi: "))
    expect(page.get_by_label("Chỉ tiêu chung")).to_have_value("900.000")
    page.get_by_label("Chỉ tiêu chung").fill("900000")
    page.get_by_role("button", name="Xem trước").click()

    expect(page.get_by_role("heading", level=2)).to_contain_text("Xem trước: 237 địa bàn")
    expect(page.get_by_role("row", name="Tỉnh Nam Định")).to_contain_text("900.000")
    assert portal.rows(TARGETS) == before
    assert [look(page, "targets-preview", size) for size in (PHONE, DESK)] == [[], []]
    page.get_by_role("button", name="Lưu chỉ tiêu").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu chỉ tiêu của 237 địa bàn")
    # Province, districts and communes hold the same whole.
    assert portal.rows(TARGETS) == [(237, 3 * 900_000)]


def first_baseline(page: Page) -> str:
    """Return the first baseline that is offered."""
    return page.get_by_label("Chia theo").locator("option").nth(1).inner_text()


def test_district_invites_a_secretary_who_begins_on_a_phone(stage: Stage, portal: Portal) -> None:
    lead = stage.enter("huyendoan-365", DESK)
    lead.goto("/")
    heading(lead, "Huyện Giao Thủy")
    lead.locator(".top > nav").get_by_text("Mục khác").click()
    lead.locator(".top > nav").get_by_role("link", name="Cơ sở Đoàn").click()
    lead.get_by_role("link", name="Đoàn xã Giao Xuân").click()
    lead.get_by_role("link", name="Mời bí thư").click()
    lead.get_by_label("Họ và tên").fill("Phạm Thị Mận")
    phone = "0987" + str(portal.rows("SELECT 100000 + count(*) FROM accounts_user")[0][0])
    lead.get_by_label("Số điện thoại").fill(phone)
    lead.get_by_role("button", name="Tạo lời mời").click()
    heading(lead, "Lời mời cho Phạm Thị Mận")
    assert [look(lead, "invitation-card", size) for size in (PHONE, DESK)] == [[], []]
    link = lead.get_by_label("Đường link").input_value()
    assert link.startswith(f"{portal.url}/invitations/")

    invited = stage.enter(size=PHONE)
    # Message services open links to show a preview: that does not use them up.
    for _ in range(2):
        invited.goto(link)
        heading(invited, "Chào Phạm Thị Mận")
    invited.get_by_label("Mật khẩu mới").fill("12345678")
    invited.get_by_role("button", name="Lưu và vào trang").click()
    expect(invited).to_have_title(re.compile("^Lỗi: "))
    invited.get_by_role("button", name="Hiện mật khẩu").click()
    invited.get_by_label("Mật khẩu mới").fill(NEW_PASSWORD)
    invited.get_by_role("button", name="Lưu và vào trang").click()
    expect(invited).to_have_url(re.compile("/c/de-an-06-2023/report/$"))
    expect(invited.locator(".brand")).to_contain_text("Giao Xuân")

    late = stage.enter(size=PHONE)
    answer = late.goto(link)
    assert answer is not None
    assert answer.status == 410
    heading(late, "Đường link mời đã hết hạn")


def test_account_without_appointment_is_told_what_to_do_and_sees_nothing(stage: Stage) -> None:
    page = stage.enter("bo-vo")
    page.goto("/")
    heading(page, "Chào Tài khoản chưa được phân công")
    expect(page.get_by_text("phân công cho bạn, rồi tải lại trang này")).to_be_visible()
    for path in (
        "/c/de-an-06-2023/dashboard/",
        "/c/de-an-06-2023/units/",
        "/c/de-an-06-2023/branches/",
        "/c/de-an-06-2023/report/",
        "/c/de-an-06-2023/targets/",
        "/c/de-an-06-2023/exports/",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404
