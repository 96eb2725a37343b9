"""Whatever one drills into, one stays in what one was reading.

Two campaigns run at once; every role follows every link of its pages, on either basis.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaign.models import Campaign
from reports.daily.models import Status
from reports.rollup.services.rollup import drain
from tests.conftest import TODAY, World
from tests.crawler import Crawl, Link, changes, links_of, route_of
from tests.factories import (
    make_baseline,
    make_campaign,
    make_help_request,
    make_indicators,
    make_session,
    make_target,
)
from tests.reports.reporting import report, set_status

Browse = Callable[[User], Client]
ROLES = [
    "owner",
    "neighbour",
    "lead",
    "other_lead",
    "staff",
    "liaison",
    "partner",
    "officer",
    "leader",
]
YESTERDAY = TODAY - dt.timedelta(days=1)
# What is read, and with which of the two campaigns.
READINGS = [
    "/c/de-an-06-2023/{}?basis=approved&by=residents",
    "/c/mua-he-xanh/{}?basis=reported",
    "/c/de-an-06-2023/{}?basis=reported",
    "/c/mua-he-xanh/{}?basis=approved&by=residents",
]
# Every role reads on both bases and in both campaigns; who sees most, each on each.
MORE = ("lead",)
# A line on every page leads to what waits on the phone; a script shows it, to whom it concerns.
HIDDEN = {"report"}
# The branches of a province are named to whoever works in it, and opened to those who lead.
NAMED_ONLY = {"officer": {"branch", "sessions"}}


@pytest.fixture
def both(world: World) -> World:
    """Give the province a second campaign, and the same work in both."""
    second = make_campaign(slug="mua-he-xanh", name="Mùa hè xanh", editable_days=91)
    indicators = make_indicators(second)
    make_target(campaign=second, unit=world.commune, indicator=indicators["activated"], value=900)
    units = (world.district, world.other_district, world.commune, world.sibling)
    make_baseline(figures=dict.fromkeys(units, 5000))
    for campaign in (world.campaign, second):
        _work(world, campaign)
    drain()
    return world


def _work(world: World, campaign: Campaign) -> None:
    """Let a campaign have reports in every state, sessions at the same hours, and requests."""
    for person, branch, day, status in (
        (world.owner, "XD-14173", TODAY, Status.SUBMITTED),
        (world.owner, "XD-14173", YESTERDAY, Status.APPROVED),
        (world.neighbour, "XD-14158", YESTERDAY, Status.RETURNED),
    ):
        stored = report(person, branch, {"level1": 7}, date=day, campaign=campaign.slug)
        if status != Status.SUBMITTED:
            set_status(stored, status)
    given: dict[str, Any] = {"campaign": campaign, "branch": world.branch, "teams": [world.team]}
    for day, more in (
        (TODAY, {}),
        (YESTERDAY, {"state": "closed", "headcount": 0, "participations": 1}),
    ):
        session = make_session(**given, date=day, **more)
        at = dt.datetime.combine(YESTERDAY, dt.time(1), tzinfo=dt.UTC)
        session.attendance.create(volunteer=world.member, checked_in_at=at if more else None)
    make_help_request(campaign=campaign, unit=world.commune)


EVERYWHERE = {
    "account", "account-factor", "account-keys", "branch", "branches", "calendar",
    "campaign-settings", "campaign-state", "indicator", "indicators", "phases", "taking-part",
    "completeness-unit", "counts-files", "dashboard", "day-sheets", "digest", "desk", "difference",
    "digest-poster", "explore", "export-verify", "exports", "invite", "member", "member-new",
    "official-figures", "official-typed", "open-day", "own-progress", "paper", "paste", "receipt",
    "reconciliation", "reminders", "report", "report-history", "report-texts", "request",
    "requests", "review", "review-report", "search", "session", "session-cancel", "session-close",
    "session-edit", "session-new", "session-people", "session-qr", "sessions", "target-list",
    "target-new", "targets", "team", "team-edit", "team-new", "teams", "teams-export",
    "teams-import", "unit", "units", "volunteer", "wall-unit",
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_links_keep_campaign_basis_measure_and_period(
    both: World, browse: Browse, role: str
) -> None:
    crawl = Crawl(browse(getattr(both, role)))
    for reading in READINGS if role in MORE else READINGS[:2]:
        crawl.kinds.clear()
        crawl.follow(reading.format(path) for path in ("", "dashboard/", "reminders/", "sessions/"))
    assert crawl.wrong == []
    closed = {route_of(address) for address, status in crawl.seen.items() if status >= 400}
    assert closed - HIDDEN - NAMED_ONLY.get(role, set()) == set()
    routes = {route_of(address) for address in crawl.seen}
    assert len(routes) >= 12
    if role == "staff":  # a crawl that was led away early would find nothing wrong
        assert EVERYWHERE - routes == set()


PAGE = "/c/a/dashboard/?basis=approved&by=residents"


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ('<a href="/c/a/units/36/?basis=approved&amp;by=residents">x</a>', 0),
        ('<a href="/c/b/units/36/?basis=approved&amp;by=residents">x</a>', 1),
        ('<a href="/units/36/?basis=approved&amp;by=residents">x</a>', 1),
        ('<a href="/c/a/units/36/">x</a>', 2),
        ('<a href="?">x</a>', 2),
        ('<p data-switch="basis by"><a href="?">x</a></p>', 0),
        ('<form method="get"><input name="q"></form>', 2),
        ('<form method="post"><input name="q"></form>', 0),
        ('<form><input name="basis" value="approved"><select name="by"><option value="target">'
         '<option value="residents" selected></select></form>', 0),
        ('<div hx-get="/c/a/dashboard/"></div>', 2),
        ('<a href="/account/">x</a><a href="/sign-out/">x</a><a href="https://vneid.vn/">x</a>', 3),
        ('<a href="/public/">x</a>', 1),
        ('<a href="/public/?campaign=a">x</a>', 0),
    ],
)  # fmt: skip
def test_the_crawl_sees_what_a_link_changes(html: str, count: int) -> None:
    assert len([one for link in links_of(PAGE, html) for one in changes(PAGE, link)]) == count


def test_the_period_is_kept_within_a_page_and_not_by_its_menu() -> None:
    page = "/c/a/completeness/36/?to=2023-06-10"
    link = Link("/c/a/completeness/356/?to=2023-06-11", frozenset(), is_in_main=True)
    assert len(changes(page, link)) == 1
    menu = Link("/c/a/completeness/36/", frozenset(), is_in_main=False)
    assert changes(page, menu) == []
