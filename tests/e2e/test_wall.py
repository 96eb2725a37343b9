"""The screen of a command room: what comes in stands there, and it outlives what happens to it."""

import random

import pytest
from playwright.sync_api import Route, ViewportSize, expect

from tests.e2e.browser import Stage
from tests.e2e.history import TODAY
from tests.e2e.test_live_dashboard import stale_while_away
from tests.faults.load_clients import free, some_counts
from tests.portal import Portal

pytestmark = pytest.mark.slow

WALL = "/c/de-an-06-2023/wall/"
SCREEN: ViewportSize = {"width": 1920, "height": 1080}
NODES = "document.querySelectorAll('*').length"


def test_wall_shows_what_comes_in(stage: Stage, portal: Portal) -> None:
    portal.wait_settled(30)
    page = stage.enter("tinhdoan", SCREEN)
    page.goto(WALL)
    shown = page.locator(".view.on")
    expect(shown.get_by_role("heading")).to_have_text("Tài khoản đã kích hoạt")
    page.keyboard.press("ArrowLeft")
    expect(shown.get_by_role("heading")).to_have_text("Báo cáo mới nhận")
    report = next(one for one in free(portal, 5000) if f"{one.date}" == TODAY)
    with portal.api("tinhdoan") as client:
        assert report.send(client, some_counts(random.Random(14)), 201).status == 201
    # The view that one looks at stays; the new line is marked, within three seconds.
    expect(shown.locator("tr.new")).to_have_count(1, timeout=3000)
    expect(shown.get_by_role("heading")).to_have_text("Báo cáo mới nhận")
    assert page.evaluate("document.documentElement.scrollHeight") <= SCREEN["height"]


def test_wall_stands_through_a_restart(stage: Stage, portal: Portal) -> None:
    page = stage.enter("tinhdoan", SCREEN)
    page.goto(WALL)
    stale_while_away(stage, portal, page)
    expect(page.locator(".view.on")).to_have_count(1)


def test_wall_that_hangs_for_long_is_as_it_was(stage: Stage, portal: Portal) -> None:
    page = stage.enter("tinhdoan", SCREEN)
    asked: list[str] = []
    page.clock.install()
    page.goto(WALL)
    part = page.evaluate("document.getElementById('wall').innerHTML")

    # The portal answers with something new each time, which is the most that a night brings.
    def answer(route: Route) -> None:
        asked.append(route.request.headers["if-none-match"])
        route.fulfill(body=part, headers={"ETag": f'"{len(asked)}"'})

    page.route("**/wall/", answer)
    page.clock.run_for(60_000)
    before, seen = page.evaluate(NODES), len(asked)
    for _round in range(200):
        page.clock.run_for(2500)
    assert page.evaluate(NODES) == before
    assert len(asked) - seen > 50
    assert asked[-1] == f'"{len(asked) - 1}"'
    expect(page.locator(".view.on")).to_have_count(1)


def test_wall_says_that_its_session_is_over_and_leaves_the_figures(
    stage: Stage, portal: Portal
) -> None:
    page = stage.enter("huyendoan-365", SCREEN)
    page.goto(f"{WALL}14173/")
    number = page.locator(".huge").first.inner_text()
    page.context.clear_cookies()
    expect(page.locator(".only-over")).to_be_visible()
    expect(page.locator(".only-stale")).to_be_hidden()
    assert page.locator(".huge").first.inner_text() == number
