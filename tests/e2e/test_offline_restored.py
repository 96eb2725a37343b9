"""The portal is restored from a backup: what its phones had sent since comes back by itself."""

import pytest

from tests.e2e.phone import Start
from tests.e2e.test_offline import YESTERDAY, History, history, sent
from tests.portal import Portal, until

__all__ = ["history"]

pytestmark = pytest.mark.slow


def test_what_was_sent_after_the_backup_is_sent_again(
    start: Start, portal: Portal, history: History
) -> None:
    phone = start()
    phone.report(YESTERDAY, 41)
    phone.wait_state(YESTERDAY, "received")
    backup = portal.manage("backup", "--unproved")
    phone.report(YESTERDAY, 42)
    phone.wait_state(YESTERDAY, "received")
    assert history.new(YESTERDAY) == [sent(41), sent(42)]
    message = portal.manage("restore", backup, "--replace")
    assert history.new(YESTERDAY) == [sent(41)]
    portal.wait_healthy()
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
