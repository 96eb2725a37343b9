"""A network that answers in the portal's place, or half: no count is lost, none is sent twice.

What the queue makes of each answer is in ``test_queue.py``; here a whole phone meets them, worker
and pages, in front of a whole portal.
"""

import pytest
from playwright.sync_api import expect

from tests.e2e.history import BEFORE, TODAY, YESTERDAY, History, history, sent
from tests.e2e.network_proxy import Network
from tests.e2e.phone import Start
from tests.portal import until

__all__ = ["history"]
pytestmark = pytest.mark.slow

# The queue tries again after a pause; whoever opens the page asks at once.
ASK = "window.dispatchEvent(new Event('online'))"


# No other test leaves these numbers behind: the same again would be no new version.
@pytest.mark.parametrize(
    ("number", "how"),
    [(351, "429"), (352, "cafe"), (353, "cafe in JSON"), (354, "redirect"), (355, "half")],
)
def test_answer_that_is_not_the_portals_takes_nothing(
    start: Start, net: Network, history: History, number: int, how: str
) -> None:
    phone = start()
    net.fail_sendings(how, times=9)
    phone.report(TODAY, number)
    until(lambda: phone.store()["entries"][0].get("tries"), 10)
    phone.wait_state(TODAY, "saved")
    [entry] = phone.store()["entries"]
    assert entry["sent"]["counts"]["installed"] == number
    # Of half an answer it is not known whether the portal has it: it has.
    assert history.new(TODAY) == ([sent(number)] if how == "half" else [])
    # Mended before its fate is known it waits behind what was sent.
    phone.report(TODAY, number + 20)
    net.rule = lambda method, path: "pass"
    phone.page.evaluate(ASK)
    phone.wait_state(TODAY, "received")
    assert history.new(TODAY) == [sent(number), sent(number + 20)]


def test_cafe_answers_for_everything(start: Start, net: Network, history: History) -> None:
    """Not even what the phone keeps of the portal is taken from whoever stands in between."""
    phone = start()
    before = phone.snapshot()
    net.rule = lambda method, path: "cafe" if "/static/" not in path else "pass"
    phone.report(YESTERDAY, 331)
    until(lambda: "tries" in phone.store()["entries"][0], 10)
    assert phone.entries() == {YESTERDAY: "saved"}
    assert net.sendings() == 0
    assert phone.snapshot() == before
    net.rule = lambda method, path: "pass"
    phone.page.goto("/c/de-an-06-2023/report/")
    expect(phone.page.locator("#count-installed")).to_be_visible()
    phone.wait_state(YESTERDAY, "received")
    assert history.new(YESTERDAY) == [sent(331)]


def test_report_mended_before_it_was_sent_is_one_report(
    start: Start, net: Network, history: History
) -> None:
    phone = start()
    phone.context.set_offline(True)
    phone.report(BEFORE, 341)
    phone.report(BEFORE, 342)
    phone.report(BEFORE, 343)
    phone.context.set_offline(False)
    phone.wait_state(BEFORE, "received")
    assert history.new(BEFORE) == [sent(343)]
    assert net.sendings() == 1
