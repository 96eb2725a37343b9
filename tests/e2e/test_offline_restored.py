"""The portal is restored from a backup: what its phones had sent since comes back by itself."""

import pytest
from playwright.sync_api import expect

from tests.e2e.history import YESTERDAY, History, history, sent
from tests.e2e.phone import Start
from tests.e2e.test_offline_checkin import LEADER, Here, here, path_of, people, session, tick
from tests.portal import Portal, until

__all__ = ["here", "history", "session"]

pytestmark = pytest.mark.slow


def test_what_was_sent_after_the_backup_is_sent_again(
    start: Start, portal: Portal, history: History, session: int, here: Here
) -> None:
    phone, leader = start(), start(LEADER, path_of(session))
    phone.report(YESTERDAY, 41)
    phone.wait_state(YESTERDAY, "received")
    backup = portal.manage("backup", "--unproved")
    phone.report(YESTERDAY, 42)
    phone.wait_state(YESTERDAY, "received")
    assert history.new(YESTERDAY) == [sent(41), sent(42)]
    ticked = tick(leader.page, 0, 2)
    until(lambda: people(here()) == ticked, 20)
    message = portal.manage("restore", backup, "--replace")
    assert (history.new(YESTERDAY), here()) == ([sent(41)], [])
    portal.wait_healthy()
    # Before she saves what the page shows, it shows whom the phone sends again.
    leader.page.goto(path_of(session))
    expect(leader.page.get_by_role("checkbox", checked=True)).to_have_count(2)
    until(lambda: people(here()) == ticked, 20)
    phone.page.goto("/c/de-an-06-2023/report/")
    until(lambda: history.new(YESTERDAY) == [sent(41), sent(42)], 30)
    phone.wait_state(YESTERDAY, "received")
    # Once, however often the page is opened.
    phone.page.goto("/c/de-an-06-2023/dashboard/")
    phone.page.goto("/c/de-an-06-2023/report/")
    phone.page.wait_for_load_state("networkidle")
    assert history.new(YESTERDAY) == [sent(41), sent(42)]
    portal.wait_settled(30)
    aside = message.rpartition(" ")[2].rstrip(".")
    portal.rows(f'DROP DATABASE "{aside}" WITH (FORCE)')
    # Other phones of this run are not of a portal that was put back.
    portal.rows("DELETE FROM core_heartbeat WHERE name = 'restored'")
