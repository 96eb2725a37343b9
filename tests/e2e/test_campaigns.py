"""Two campaigns run at once: which one is asked for, and what a phone does with and without one.

Nothing is sent in the second, so that it goes as it came.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.browser import DESK, PHONE, Stage, look
from tests.e2e.history import TODAY, History, history, sent
from tests.e2e.phone import OWN, Phone, Start, confirm
from tests.portal import Portal, until

__all__ = ["history"]
pytestmark = pytest.mark.slow

FIRST, SECOND = "de-an-06-2023", "mua-he-xanh"
STATE = "UPDATE campaign_campaign SET state = %s WHERE slug = %s"
HOUR = """
UPDATE campaign_campaign SET opens_at = '23:00', due_at = '23:30' WHERE slug = %s RETURNING id"""
COUNTED = """
SELECT reports.id FROM reports_dailyreport reports
JOIN campaign_campaign campaign ON campaign.id = reports.campaign_id WHERE slug = %s"""
LEAVE = """
from campaign.models import Branch, Campaign
left = Branch.objects.get(code="XD-14173")
Campaign.objects.filter(slug="mua-he-xanh").update(takes_part={"without": [str(left.pk)]})
"""
MAKE = """
from campaign.models import Campaign, Indicator
first = Campaign.objects.get(slug="de-an-06-2023")
made = Campaign.objects.create(
    slug="mua-he-xanh", name="Mùa hè xanh 2023", starts_on="2023-06-01", ends_on="2023-08-31",
    state="running", editable_days=30, weekdays=first.weekdays,
    opens_at=first.opens_at, due_at=first.due_at, closes_at=first.closes_at)
Indicator.objects.create(campaign=made, code="trees", label="Cây đã trồng", measure="cây", order=1)
Campaign.objects.create(
    slug="mua-thu", name="Mùa thu", starts_on="2023-09-01", ends_on="2023-09-30")
"""
TRY = """
INSERT INTO campaign_trial (campaign_id, opened_at)
SELECT id, '2023-06-19' FROM campaign_campaign WHERE slug = 'mua-thu' RETURNING id"""
# A reminder may have been noted meanwhile.
END = """
from campaign.models import Campaign, Indicator
from reports.notifications.models import Notice
for rows, name in ((Notice, "campaign__slug"), (Indicator, "campaign__slug"), (Campaign, "slug")):
    rows.objects.filter(**{f"{name}__in": ["mua-he-xanh", "mua-thu"]}).delete()
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


def both(phone: Phone) -> bool:
    stored = {row["name"]: row["value"] for row in phone.store()["kept"] if "value" in row}
    found = [stored["book"], *stored.get("other-books", ())]
    return [one["campaign"]["slug"] for one in found] == [FIRST, SECOND]


def menu_of(page: Page) -> list[str]:
    """Return where the entries of the menu lead that are shown."""
    found: list[str] = page.locator("header a:not([data-switch])").evaluate_all(
        "(links) => links.filter((link) => !link.closest('[hidden]'))"
        ".map((link) => link.pathname + link.search)"
    )
    return found


def test_both_campaigns_are_on_the_phone_without_a_network(
    start: Start, second: str, portal: Portal, history: History
) -> None:
    phone = start()
    page = phone.page
    # The second was never opened: it came along.
    until(lambda: both(phone), 20)
    page.goto("/report/?date=2023-06-19")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chọn chiến dịch")
    phone.context.set_offline(True)
    # The short address of the installed portal: without a network the phone asks.
    page.goto("/report/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa có mạng")
    expect(page.get_by_role("link", name="Mở báo cáo ngày")).to_have_count(2)
    assert [look(page, f"away-{size['width']}", size) for size in (DESK, PHONE)] == [[], []]
    page.get_by_role("link", name="Mở báo cáo ngày: Mùa hè xanh 2023").click()
    expect(page).to_have_url(re.compile(rf"/c/{second}/report/"))
    page.goto(f"/c/{second}/report/?date=2023-06-19&basis=approved")
    page.locator("#count-trees").fill("9")
    own = re.compile(rf"/c/{second}/[a-z/-]*\?basis=approved")
    assert len(menu_of(page)) > 5
    assert [address for address in menu_of(page) if not own.fullmatch(address)] == []
    line = page.locator("[data-slot=campaigns]")
    expect(line).to_contain_text(re.compile("^Mùa hè xanh 2023 · Sang .*Đề án 06"))
    assert [look(page, f"two-{size['width']}", size) for size in (DESK, PHONE)] == [[], []]
    page.get_by_role("button", name="Xem lại và gửi").click()
    expect(page.locator(".step")).to_contain_text("Đoàn xã Giao Tiến · Mùa hè xanh 2023")
    confirm(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã lưu trên điện thoại")
    expect(page.locator(".outcome")).to_contain_text("Mùa hè xanh 2023")
    page.goto(f"/c/{second}/report/?date=2023-06-19")
    line.get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/c/{FIRST}/report/\?date=2023-06-19$"))
    expect(page.locator("#count-trees")).to_have_count(0)
    phone.report(TODAY, 77)
    page.goto(f"/c/{second}/report/?date=2023-06-19")
    # Each says whose it is, on the report and on the page of all.
    entries = page.locator(".entries > li")
    expect(entries.filter(has_text="Mùa hè xanh 2023")).to_have_count(1)
    expect(entries.filter(has_text="Đề án 06")).to_have_count(1)
    page.goto("/queue/")
    expect(page.locator("#kept h2").filter(has_text="Mùa hè xanh 2023")).to_have_count(1)
    expect(page.locator("#kept h2").filter(has_text="Đề án 06")).to_have_count(1)
    expect(page.locator("#kept-text")).to_have_value(
        re.compile("Đề án 06.*\n.*77;?.*\nMùa hè xanh 2023\n.*: 9", re.DOTALL)
    )
    page.locator("#kept h2").first.wait_for()
    assert look(page, "two-queue", PHONE) == []
    # The second shows, and is closed meanwhile; what waits for the first goes to the first.
    # It has asked for what is new and got no answer: else it may be this page that is told.
    with page.expect_event("requestfailed", lambda asked: "/report-book/" in asked.url):
        page.goto(f"/c/{second}/report/?date=2023-06-18")
    page.locator("#count-trees").fill("4")
    portal.rows(STATE, "closed", SECOND)
    phone.context.set_offline(False)
    until(lambda: history.new(TODAY) == [sent(77)], 30)
    found = {row["campaign"]: row for row in phone.store()["entries"]}
    until(lambda: phone.entries()["2023-06-19"] == "attention", 20)
    found = {row["campaign"]: row for row in phone.store()["entries"]}
    assert (found[FIRST]["date"], found[FIRST]["state"]) == (TODAY, "received")
    assert found[SECOND]["refused"]["counts"] == {"trees": 9}
    assert portal.rows(COUNTED, SECOND) == []
    # Who still has a page of it open, or comes back to one, is told, and loses nothing typed.
    page.goto(f"/c/{FIRST}/report/")
    expect(page.locator(".announced")).to_contain_text("Chiến dịch Mùa hè xanh 2023 không còn nhận")
    expect(line).to_be_hidden()
    page.locator(".announced a").click()
    expect(page.locator("#kept li")).to_contain_text("9")
    expect(page.locator("#kept li")).to_contain_text("Mùa hè xanh 2023")


def test_what_is_sent_before_its_hour_waits_and_says_until_when(
    start: Start, second: str, portal: Portal
) -> None:
    portal.rows(HOUR, second)
    phone = start()
    page = phone.page
    page.goto(f"/c/{second}/report/")
    page.locator("#count-trees").fill("3")
    page.get_by_role("button", name="Xem lại và gửi").click()
    confirm(page)
    when = "Mở lúc 23:00 20/06/2023"
    expect(page.locator(".outcome")).to_contain_text(when)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã lưu trên điện thoại")
    page.goto(f"/c/{second}/report/")
    expect(page.locator(".entries > li")).to_contain_text(when)
    assert look(page, "early", PHONE) == []
    assert portal.rows(COUNTED, second) == []


def test_campaign_that_one_leaves_while_typing_says_so_and_loses_nothing(
    start: Start, second: str, portal: Portal
) -> None:
    portal.rows(TRY)
    phone = start()
    page = phone.page
    until(lambda: both(phone), 20)
    phone.context.set_offline(True)
    page.goto(f"/c/{second}/report/")
    tried = page.get_by_role("link", name="Tập dượt: Mùa thu")
    expect(tried).to_have_attribute("href", "/trial/mua-thu/")
    page.locator("#count-trees").fill("5")
    # The branch is left out; with the network the page is drawn from the phone, and asks.
    portal.manage("shell", "--no-imports", "--command", LEAVE)
    phone.context.set_offline(False)
    page.reload()
    expect(page.locator(".announced")).to_contain_text("không còn nhận số của đơn vị này")
    expect(page.locator("#count-trees")).to_have_value("5")
    expect(page.get_by_role("button", name="Xem lại và gửi")).to_be_hidden()
    assert look(page, "left", PHONE) == []
    phone.context.set_offline(True)
    page.goto("/report/")
    expect(page).to_have_url(re.compile(rf"/c/{FIRST}/report/"))
