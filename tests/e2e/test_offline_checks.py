"""What one has to recount is opened and filled in where there is no network, and sent after."""

import pytest
from playwright.sync_api import expect

from tests.e2e.phone import Start
from tests.portal import Portal

pytestmark = pytest.mark.slow

# A secretary who has something to recount, and the first of it.
OPEN = """
    SELECT u.username, c.id FROM reports_check c
    JOIN reports_checkplan p ON p.id = c.plan_id AND p.closed_at IS NULL
    JOIN accounts_user u ON u.id = c.checker_id AND u.username LIKE 'xadoan-%%'
    WHERE c.version = 0 ORDER BY c.id LIMIT 1
"""
OUTCOMES = """
    SELECT max(version), count(*) FROM reports_checkoutcome WHERE of_id = %s
"""
LIST = "/c/de-an-06-2023/checks/mine/"


def test_a_recount_is_written_down_without_a_network(start: Start, portal: Portal) -> None:
    [(username, check)] = portal.rows(OPEN)
    phone = start(username)
    page, address = phone.page, f"/c/de-an-06-2023/checks/{check}/"
    page.goto(LIST)
    expect(page.locator("html[data-taken]")).to_be_attached()
    phone.context.set_offline(True)
    page.goto(LIST)
    page.locator(f'a[href="{address}"]').click()
    fields = page.locator("form.recount input[inputmode=numeric]")
    field = fields.first
    for one in fields.all():
        one.fill("7")
    page.get_by_label("Gọi điện, nghe đọc lại danh sách").check()
    page.get_by_role("button", name="Gửi kết quả").click()
    # What cannot be sent stays on the page, and is there when it is opened again.
    expect(field).to_have_value("7")
    page.reload()
    expect(field).to_have_value("7")
    phone.context.set_offline(False)
    page.get_by_role("button", name="Gửi kết quả").click()
    expect(page.locator("main")).to_contain_text("Đã nhận kết quả kiểm tra")
    [(versions, outcomes)] = portal.rows(OUTCOMES, check)
    assert (versions, outcomes) == (1, 1)
    # Who signs out leaves nothing behind.
    page.goto(LIST)
    expect(page.locator("html[data-taken]")).to_be_attached()
    assert page.evaluate("caches.has('taken')")
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Đăng xuất", exact=True).click()
    expect(page.get_by_role("button", name="Đăng nhập")).to_be_visible()
    assert not page.evaluate("caches.has('taken')")
