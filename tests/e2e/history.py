"""What of a branch's days was written while a test ran, and whose phones the tests hold."""

from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from tests.e2e.phone import OWN
from tests.portal import Portal

OTHER = "xadoan-14158"
BRANCH = "XD-14173"
TODAY, YESTERDAY, BEFORE = "2023-06-20", "2023-06-19", "2023-06-17"
REVISIONS = """
    SELECT v.version, v.source, u.username, (v.content -> 'counts' ->> 'installed')::int
    FROM reports_revision v JOIN reports_dailyreport r ON r.id = v.report_id
    JOIN campaign_branch b ON b.id = r.branch_id JOIN accounts_user u ON u.id = v.actor_id
    WHERE b.code = %s AND r.date = %s ORDER BY v.version
"""


class History:
    """The revisions of a branch's days since the test began."""

    def __init__(self, portal: Portal, branch: str = BRANCH) -> None:
        self.portal, self.branch = portal, branch
        self.before = {day: self._all(day) for day in (TODAY, YESTERDAY, BEFORE)}

    def new(self, day: str) -> list[tuple[str, str, int]]:
        """Return source, author and number of each new revision; versions follow on one another."""
        found = self._all(day)
        # The demo's own reports have no revisions before their first correction.
        first = found[0][0] if found else 1
        assert [line[0] for line in found] == list(range(first, first + len(found)))
        known = len(self.before[day])
        assert found[:known] == self.before[day]
        return [(source, who, number) for _version, source, who, number in found[known:]]

    def _all(self, day: str) -> list[tuple[Any, ...]]:
        return self.portal.rows(REVISIONS, self.branch, day)


@pytest.fixture
def history(portal: Portal) -> History:
    """What the database had before."""
    return History(portal)


def sent(number: int, who: str = OWN) -> tuple[str, str, int]:
    """Return the revision that a sending from the queue makes."""
    return ("queue", who, number)


def crash(page: Page) -> None:
    """Kill the tab's process."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")
