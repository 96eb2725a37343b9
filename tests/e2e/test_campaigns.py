"""Two campaigns run at once: which one is asked for, and what a phone does with and without one.

Nothing is sent in the second, so that it goes as it came.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.e2e.browser import DESK, PHONE, Stage, look
from tests.e2e.phone import OWN, Start, confirm
from tests.portal import Portal

pytestmark = pytest.mark.slow

SECOND = "mua-he-xanh"
MAKE = """
from campaign.models import Campaign, Indicator
first = Campaign.objects.get(slug="de-an-06-2023")
made = Campaign.objects.create(
    slug="mua-he-xanh", name="Mùa hè xanh 2023", starts_on="2023-06-01", ends_on="2023-08-31",
    state="running", editable_days=30, weekdays=first.weekdays,
    opens_at=first.opens_at, due_at=first.due_at, closes_at=first.closes_at)
Indicator.objects.create(campaign=made, code="trees", label="Cây đã trồng", measure="cây", order=1)
"""
# A reminder may have been noted meanwhile.
END = """
from campaign.models import Campaign, Indicator
from reports.notifications.models import Notice
for rows, name in ((Notice, "campaign__slug"), (Indicator, "campaign__slug"), (Campaign, "slug")):
    rows.objects.filter(**{name: "mua-he-xanh"}).delete()
"""


@pytest.fixture
def second(portal: Portal) -> Iterator[str]:
    """Let a second campaign run for one test."""
    portal.manage("shell", "--no-imports", "--command", MAKE)
    yield SECOND
    portal.manage("shell", "--no-imports", "--command", END)
    assert portal.rows("SELECT slug FROM campaign_campaign WHERE slug = %s", SECOND) == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_one_is_asked_which_campaign_and_stays_in_it(
    stage: Stage, portal: Portal, second: str, size: ViewportSize
) -> None:
    page = stage.enter("huyendoan-365", size)
    page.goto("/units/14173/?basis=approved")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chọn chiến dịch")
    assert look(page, "choose", size) == []
    page.get_by_role("link", name="Mở chiến dịch này Mùa hè xanh 2023").click()
    expect(page).to_have_url(f"{portal.url}/c/{second}/units/14173/?basis=approved")
    page.locator(".crumb a").first.click()
    expect(page).to_have_url(f"{portal.url}/c/{second}/units/365/?basis=approved")
    page.goto(f"/c/{second}/teams/?basis=approved")
    page.locator("header .brand").click()
    expect(page).to_have_url(f"{portal.url}/c/{second}/dashboard/?basis=approved")
    page.goto("/campaigns/")
    assert look(page, "campaigns", size) == []


def test_what_is_sent_to_a_short_address_waits_for_the_answer(
    stage: Stage, portal: Portal, second: str
) -> None:
    page = stage.enter(OWN, PHONE)
    page.goto(f"/c/{second}/report/?date=2023-06-10&full=1")
    page.get_by_label("Cây đã trồng").fill("7")
    # As a page of the last edition has it, which knew one campaign; no script takes it over.
    page.evaluate("document.getElementById('report').action = '/report/?date=2023-06-10'")
    page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('report'))")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chọn chiến dịch")
    assert look(page, "choose-sent", PHONE) == []
    page.get_by_role("button", name="Gửi vào chiến dịch này Mùa hè xanh 2023").click()
    expect(page).to_have_url(f"{portal.url}/c/{second}/report/?date=2023-06-10")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi gửi")
    expect(page.locator("main")).to_contain_text(re.compile(r"Cây đã trồng\s+7"))


def test_phone_works_in_the_campaign_that_was_opened_last(start: Start, second: str) -> None:
    phone = start()
    page = phone.page
    page.goto(f"/c/{second}/report/")
    page.locator("#count-trees").wait_for()
    # The short address of the installed portal: with a network the server asks.
    page.goto("/report/?date=2023-06-19")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chọn chiến dịch")
    phone.context.set_offline(True)
    page.goto("/report/?date=2023-06-19&basis=approved")
    expect(page).to_have_url(re.compile(rf"/c/{second}/report/\?date=2023-06-19&basis=approved$"))
    page.locator("#count-trees").fill("9")
    menu = page.locator("header a:not([data-switch])").evaluate_all(
        "(links) => links.filter((link) => !link.closest('[hidden]'))"
        ".map((link) => link.pathname + link.search)"
    )
    own = re.compile(rf"/c/{second}/[a-z/-]*\?basis=approved")
    assert len(menu) > 5
    assert [address for address in menu if not own.fullmatch(address)] == []
    page.get_by_role("button", name="Xem lại và gửi").click()
    confirm(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã lưu trên điện thoại")
    [entry] = phone.store()["entries"]
    assert (entry["campaign"], entry["date"], entry["state"]) == (second, "2023-06-19", "saved")
