"""From the second visit on the phone draws the report page: it offers what the server's offers."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.history import OTHER, TODAY
from tests.e2e.phone import OWN, Phone, Start
from tests.portal import Portal

pytestmark = pytest.mark.slow

REPORT = "/c/de-an-06-2023/report/"
ELSEWHERE = "/c/de-an-06-2023/dashboard/"
SESSIONS = """
    SELECT s.id, s.date FROM volunteers_supportsession s
    JOIN campaign_branch b ON b.id = s.branch_id
    WHERE b.code IN ('XD-14173', 'XD-14158') AND s.state = 'planned' AND s.date > %s
"""
MOVE = """
    UPDATE volunteers_supportsession SET date = %s,
        begins_at = begins_at + (%s::date - date) * interval '1 day',
        ends_at = ends_at + (%s::date - date) * interval '1 day'
    WHERE id = %s
"""
LEADS = """
    INSERT INTO campaign_appointment
        (user_id, role, unit_id, branch_id, starts_on, awaits_owner, updated_at)
    SELECT u.id, a.role, a.unit_id, a.branch_id, a.starts_on, false, now()
    FROM campaign_appointment a JOIN accounts_user l ON l.id = a.user_id, accounts_user u
    WHERE l.username = 'huyendoan-365' AND u.username = %s RETURNING id
"""
# What can be pressed, chosen or read as a head line, with where it leads.
OFFERS = """() => {
  const parts = "header a, header button, main a, main button, label, h1, h2, option, footer a";
  const elsewhere = "[hidden], #phone, #waiting, #waiting-checkins, .more .form, [data-draft]";
  // How many wait for one is known with a network alone.
  const text = ({ textContent: all }) => all.replace(/\\s+|\\d+(?=$)/g, "");
  return [...document.querySelectorAll(parts)]
    .filter((part) => !part.closest(elsewhere))
    .map((part) => [text(part), part.pathname, part.ariaCurrent].join(" "));
}"""
# One line, with room for a finger: what stands below it is on the first screen.
FOLDED_PX = 64


def offers(page: Page, address: str = REPORT) -> set[str]:
    """Return what a report page offers."""
    page.goto(address)
    expect(page.locator("#count-installed")).to_be_visible()
    page.wait_for_load_state("networkidle")
    found: list[str] = page.evaluate(OFFERS)
    return set(found)


def both(phone: Phone) -> tuple[set[str], set[str]]:
    """Return what the server's page offers, and what the phone's does at its third visit."""
    drawn = offers(phone.page, f"{REPORT}?full=1")
    offers(phone.page)
    cached = offers(phone.page)
    return drawn, cached


@pytest.fixture
def today(portal: Portal) -> Iterator[None]:
    """Planned sessions of two branches, of which one closed, are today's."""
    stored = portal.rows(SESSIONS, TODAY)
    for pk, *_when in stored:
        portal.rows(MOVE, TODAY, TODAY, TODAY, pk)
    yield
    for pk, date in stored:
        portal.rows(MOVE, date, date, date, pk)


@pytest.fixture
def leads(portal: Portal) -> Iterator[str]:
    """A secretary who leads the district too."""
    [(pk,)] = portal.rows(LEADS, OTHER)
    yield OTHER
    portal.rows("DELETE FROM campaign_appointment WHERE id = %s", pk)


def test_kept_page_offers_each_what_the_servers_does(
    start: Start, portal: Portal, today: None, leads: str
) -> None:
    phone = start(OWN, ELSEWHERE)
    for username in (OWN, leads, "huyendoan-365", OWN):
        # One after the other on one phone: nothing of the former is shown to the next.
        phone.sign_in(username)
        phone.page.goto(ELSEWHERE)
        drawn, cached = both(phone)
        assert (username, drawn - cached, cached - drawn) == (username, set(), set())
    # The day's sessions are folded, so that the first fields are on the first screen. What else
    # stands there, as that the report was returned, depends on the day.
    for address in (REPORT, f"{REPORT}?full=1"):
        offers(phone.page, address)
        sessions = phone.page.locator("details.sessions")
        expect(sessions).to_be_visible()
        assert sessions.evaluate("({ open }) => open") is False
        assert sessions.evaluate("({ offsetHeight }) => offsetHeight") <= FOLDED_PX
