"""A dashboard that is left open: it shows what comes in, and is quiet while nothing does."""

import random
import time

import pytest
from playwright.sync_api import Page, Response, expect

from tests.e2e.browser import DESK, Stage
from tests.faults.load_clients import existing, some_counts
from tests.portal import Portal

pytestmark = pytest.mark.slow

DASHBOARD = "/c/de-an-06-2023/dashboard/"
FRESH_SECONDS = 3
# The page asks every two seconds; so many questions in a row are quiet.
QUIET = 3


def polls(page: Page) -> list[int]:
    """Return a list that fills with the statuses of the page's own questions."""
    statuses: list[int] = []

    def note(response: Response) -> None:
        if response.request.headers.get("hx-request"):
            statuses.append(response.status)

    page.on("response", note)
    return statuses


def number(page: Page) -> int:
    """Return the headline."""
    return int(page.locator("#to-date").inner_text().replace(".", ""))


def test_open_dashboard_answers_304_until_a_report_comes_and_shows_it_in_time(
    stage: Stage, portal: Portal
) -> None:
    portal.wait_settled(30)
    page = stage.enter("tinhdoan", DESK)
    statuses = polls(page)
    page.goto(DASHBOARD)
    page.evaluate("document.getElementById('to-date').dataset.untouched = 'yes'")
    for _ in range(QUIET):
        with page.expect_response(lambda r: "hx-request" in r.request.headers):
            pass
    assert statuses == [304] * QUIET
    # Nothing moves on the page, so that nobody loses their place in it.
    expect(page.locator("#to-date[data-untouched]")).to_have_count(1)

    before = number(page)
    report, counts = existing(portal, 1, "live")[0], some_counts(random.Random(13))
    gained = headline(counts) - headline(report.counts)
    with portal.api("tinhdoan") as client:
        assert report.send(client, counts, 200).status == 200
    sent = time.monotonic()
    shown = f"{before + gained:,}".replace(",", ".")
    expect(page.locator("#to-date")).to_have_text(shown, timeout=FRESH_SECONDS * 1000)
    assert time.monotonic() - sent < FRESH_SECONDS
    assert set(statuses[QUIET:]) <= {304, 200}


def headline(counts: dict[str, int]) -> int:
    """Return the accounts activated."""
    return counts.get("level1", 0) + counts.get("level2", 0) - counts.get("upgraded", 0)


def test_dashboard_says_that_its_figures_may_be_old_while_the_portal_is_away(
    stage: Stage, portal: Portal
) -> None:
    page = stage.enter("tinhdoan", DESK)
    page.goto(DASHBOARD)
    stale_while_away(stage, portal, page)


def stale_while_away(stage: Stage, portal: Portal, page: Page) -> None:
    """Stop the web for as long as it takes a page that asks again to say so."""
    expect(page.locator(".only-stale")).to_be_hidden()
    quiet = len(stage.complaints)
    portal.control("stop", "web")
    try:
        expect(page.locator(".only-stale")).to_be_visible()
    finally:
        portal.control("start", "web")
        portal.wait_healthy()
    expect(page.locator(".only-stale")).to_be_hidden()
    # The browser says that it could not reach the portal: so it was.
    del stage.complaints[quiet:]
