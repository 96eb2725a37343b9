"""Two campaigns run at once: which one is asked for, and what a phone does with and without one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.e2e.browser import DESK, PHONE, Stage, look
from tests.portal import Portal

pytestmark = pytest.mark.slow

SECOND = "mua-he-xanh"
MAKE = """
from campaign.models import Campaign, Indicator
first = Campaign.objects.get(slug="de-an-06-2023")
made, _is_new = Campaign.objects.update_or_create(slug="mua-he-xanh", defaults=dict(
    name="Mùa hè xanh 2023", starts_on="2023-06-01", ends_on="2023-08-31",
    structure_date=first.structure_date, editable_days=30, weekdays=first.weekdays,
    opens_at=first.opens_at, due_at=first.due_at, closes_at=first.closes_at))
Indicator.objects.get_or_create(
    campaign=made, code="trees", defaults=dict(label="Cây đã trồng", measure="cây", order=1))
"""
# It has ended then: the demo's campaign is the only one that runs, as before.
END = """
from campaign.models import Campaign
Campaign.objects.filter(slug="mua-he-xanh").update(ends_on="2023-06-19")
"""


@pytest.fixture
def second(portal: Portal) -> Iterator[str]:
    """Let a second campaign run for one test."""
    portal.manage("shell", "--no-imports", "--command", MAKE)
    yield SECOND
    portal.manage("shell", "--no-imports", "--command", END)


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
    expect(page).to_have_url(re.compile(rf"/c/{second}/units/365/\?basis=approved$"))
    page.goto(f"/c/{second}/teams/?basis=approved")
    page.locator("header .brand").click()
    expect(page).to_have_url(re.compile(rf"/c/{second}/dashboard/\?basis=approved$"))
    page.goto("/campaigns/")
    assert look(page, "campaigns", size) == []
