"""Two pages of one day before one queue: one of them sends, and nothing unseen is written over."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.queue_page import (
    KEY,
    LOCKLESS,
    NO,
    Queue,
    QueueTab,
    Server,
    says,
)


def test_page_that_had_not_seen_what_waits_is_asked_about(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    asked = queue.save({"a": 2})
    assert (asked["next"]["counts"], [r["counts"] for r in asked["rivals"]]) == (
        {"a": 1},
        [{"a": 2}],
    )
    assert queue.run("return queue.needsAttention(await idb.read('entries', given[0]))", KEY)
    queue.flush()
    assert queue.numbers() == [1]
    # The same numbers again are no question, in whatever order they stand.
    queue.save({"b": 2, "a": 2}, queue.seen())
    again = queue.save({"a": 2, "b": 2})
    assert len(again["rivals"]) == 1
    # That there was nothing is another thing than to have typed nothing.
    queue.save({}, no_activity=True, date="2023-06-19")
    assert len(queue.save({}, date="2023-06-19")["rivals"]) == 1


@pytest.mark.parametrize(("which", "numbers"), [("mine", [2]), ("theirs", [1])])
def test_choice_between_two_pages(
    queue: Queue, server: Server, which: str, numbers: list[int]
) -> None:
    queue.save({"a": 1})
    queue.save({"a": 2})
    queue.run("return queue.choose(...given)", KEY, which)
    entry = queue.entry()
    assert ("rivals" in entry, entry["state"]) == (False, "saved")
    queue.flush()
    assert queue.numbers() == numbers


def test_one_of_three_pages_is_asked_about_after_the_other(queue: Queue) -> None:
    for number in (1, 2, 3):
        queue.save({"a": number})
    queue.run("return queue.choose(...given)", KEY, "theirs")
    assert [r["counts"]["a"] for r in queue.entry()["rivals"]] == [3]
    queue.run("return queue.drop(given[0])", KEY)
    assert queue.entry()["next"]["counts"] == {"a": 1}


def test_choice_that_nobody_was_asked_about_changes_nothing(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    before = queue.entry()
    queue.run("return queue.choose(...given)", KEY, "theirs")
    assert queue.entry() == before
    server.answers = [says(*NO["values"])]
    queue.flush()
    before = queue.entry()
    queue.run("return queue.choose(...given)", KEY, "mine")
    assert queue.entry() == before


def lease(queue: Queue, ahead: int) -> None:
    until = queue.run("return Date.now()") + ahead
    queue.put({"name": "lease", "holder": "another", "until": until}, "kept")


@pytest.fixture(scope="module")
def lockless(browser: Browser) -> Iterator[QueueTab]:
    tab = QueueTab(browser, LOCKLESS)
    yield tab
    tab.context.close()


@pytest.mark.parametrize(
    ("ahead", "is_sent"), [(1000, False), (59_000, False), (-1, True), (10**9, True)]
)
def test_by_lease_one_page_sends_at_a_time(
    lockless: QueueTab, server: Server, ahead: int, is_sent: bool
) -> None:
    queue = lockless.queue(server)
    queue.save({"a": 1})
    lease(queue, ahead)
    queue.flush()
    assert bool(server.sent) is is_sent
    if is_sent:
        # It is given back, for the next.
        [row] = [row for row in queue.run("return idb.all('kept')") if row["name"] == "lease"]
        assert (row["holder"] != "another", row["until"]) == (True, 0)
