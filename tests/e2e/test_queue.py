"""The phone's queue alone, in a browser without a portal: what it does with every answer.

The server is a list of answers here, and the clock is set forward by hand, so that what takes a
phone minutes takes no time. Whole phones before a whole portal are in ``test_offline*.py``, a
network that really misbehaves in ``test_offline_network.py``.
"""

from typing import Any

import pytest
from playwright.sync_api import Route

from tests.e2e.queue_page import (
    CAPTURED,
    KEY,
    ME,
    NO,
    STEP,
    Queue,
    Server,
    breaks,
    receipt,
    says,
)

LOST = {
    "429": says(429, {"detail": "slow"}),
    "408": says(408, {"detail": "late"}),
    "503": says(503, {"detail": "down"}),
    "503 as a page": says(503, "<h1>down</h1>", "text/html"),
    "foreign 200": says(200, "<h1>Sign in to the café</h1>", "text/html"),
    "foreign 200 in JSON": says(200, {"login": "café"}),
    "foreign 201 without a version": says(201, {"id": "x", "version": "1"}),
    "foreign 302 as a page": says(302, "<h1>moved</h1>", "text/html"),
    "foreign 404 as a page": says(404, "<h1>not here</h1>", "text/html"),
    "half an answer": says(201, '{"id": "x", "vers'),
    "nothing": breaks,
}


def test_report_is_kept_sent_and_received(queue: Queue, server: Server) -> None:
    saved = queue.save({"a": 5})
    assert (saved["state"], saved["version"], saved["key"]) == ("saved", 0, KEY)
    assert queue.flush() is True
    [body] = server.sent
    headers = body.pop("headers")
    assert body == {
        "id": saved["id"], "base_version": 0, "captured_at": CAPTURED, "counts": {"a": 5},
        "no_activity": False, "sessions": [3], "campaign": "c", "branch": "XD-1",
        "date": "2023-06-20",
    }  # fmt: skip
    assert (headers["x-csrftoken"], headers["x-queue-owner"]) == ("t", str(ME))
    entry = queue.entry()
    assert (entry["state"], entry["sent"], entry["next"]) == ("received", None, None)
    assert (entry["id"], entry["version"]) == ("0000-server", 1)
    assert entry["receipt"]["op"] == saved["next"]["op"]
    # Nothing is left to send.
    assert queue.flush() is True
    assert len(server.sent) == 1


@pytest.mark.parametrize("how", LOST)
def test_what_is_no_receipt_takes_nothing(queue: Queue, server: Server, how: str) -> None:
    queue.save({"a": 5})
    op = queue.entry()["next"]["op"]
    server.answers = [LOST[how], LOST[how]]
    assert queue.flush() is False
    entry = queue.entry()
    assert (entry["state"], entry["tries"], entry["sent"]["op"]) == ("saved", 1, op)
    now = queue.run("return Date.now()")
    assert 0.7 * STEP < entry["retry_at"] - now <= 1.25 * STEP
    assert "receipt" not in entry
    # Not before the pause has ended, unless somebody presses the button.
    queue.flush()
    assert len(server.sent) == 1
    assert queue.flush(is_forced=True) is False
    assert queue.entry()["tries"] == 2
    queue.pass_time(4 * STEP)
    assert queue.flush() is True
    entry = queue.entry()
    assert (entry["state"], entry["tries"], "retry_at" in entry) == ("received", 0, False)
    # The very same was sent each time.
    bodies = [{k: v for k, v in one.items() if k != "headers"} for one in server.sent]
    assert bodies == [bodies[0]] * 3


def test_pauses_grow_and_end(queue: Queue, server: Server) -> None:
    queue.save({"a": 5})
    server.answers = [breaks] * 6
    for pause in (5000, 15000, 60000, 300000, 300000, 300000):
        queue.flush()
        left = queue.entry()["retry_at"] - queue.run("return Date.now()")
        assert 0.7 * pause < left <= 1.25 * pause
        queue.pass_time(int(1.25 * pause) + 1000)
    assert queue.flush() is True
    assert len(server.sent) == 7


def test_retry_that_a_wrong_clock_put_far_ahead_is_not_waited_for(queue: Queue) -> None:
    queue.save({"a": 5})
    queue.put({**queue.entry(), "tries": 1, "retry_at": 4_000_000_000_000})
    assert queue.flush() is True
    assert queue.entry()["state"] == "received"


def test_other_days_wait_where_one_was_lost(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    queue.save({"a": 2}, date="2023-06-19")
    server.answers = [breaks]
    assert queue.flush() is False
    assert len(server.sent) == 1


def test_report_mended_before_it_was_sent_is_one_report(queue: Queue, server: Server) -> None:
    first = queue.save({"a": 1})
    mended = queue.save({"a": 2}, queue.seen(), captured="2023-06-20T23:00:00+07:00")
    assert (mended["id"], mended["version"]) == (first["id"], 0)
    assert mended["next"]["op"] != first["next"]["op"]
    queue.flush()
    [body] = server.sent
    # It was written when its first numbers were.
    assert (body["counts"], body["captured_at"], body["base_version"]) == ({"a": 2}, CAPTURED, 0)


def test_report_mended_after_it_was_lost_waits_behind_it(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    server.answers = [breaks]
    queue.flush()
    mended = queue.save({"a": 2}, queue.seen())
    assert (mended["sent"]["counts"], mended["next"]["counts"]) == ({"a": 1}, {"a": 2})
    assert queue.seen() == {"op": mended["next"]["op"]}
    # What was typed anew is not pending up by the pause of what was lost.
    assert ("tries" in mended, "retry_at" in mended) == (False, False)
    queue.flush()
    assert queue.numbers() == [1, 1, 2]
    assert [body["base_version"] for body in server.sent] == [0, 0, 2]
    assert server.sent[2]["id"] == "0000-server"
    assert queue.entry()["state"] == "received"


def test_correction_of_what_was_received_names_no_sessions(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    queue.flush()
    receipt = queue.entry()["receipt"]
    queue.save({"a": 2}, {"id": receipt["id"], "version": receipt["version"], **queue.seen()})
    queue.flush()
    body = server.sent[1]
    assert (body["id"], body["base_version"], body["captured_at"]) == ("0000-server", 1, CAPTURED)
    assert "sessions" not in body


def test_corrections_moment_is_its_own(queue: Queue, server: Server) -> None:
    late = "2023-06-20T22:00:00+07:00"
    existing = {"id": "0000-server", "version": 4}
    queue.save({"a": 1}, existing)
    queue.save({"a": 2}, {**existing, **queue.seen()}, captured=late)
    queue.flush()
    [body] = server.sent
    assert (body["captured_at"], body["base_version"]) == (late, 4)


def test_typed_while_it_was_being_sent_goes_after_it(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    pending: list[Route] = []
    server.answers = [pending.append]
    queue.run("self.flushing = queue.flush(); return undefined")
    wait_for(queue, pending)
    queue.save({"a": 2}, queue.seen())
    # Asked meanwhile it looks once more when it is done.
    queue.run("self.again = queue.flush({ isForced: true }); return undefined")
    receipt(1)(pending[0])
    assert queue.run("return [await flushing, await again]") == [True, True]
    assert queue.numbers() == [1, 2]
    assert server.sent[1]["base_version"] == 1
    assert queue.entry()["state"] == "received"


def test_button_pressed_while_another_day_is_sent_does_not_wait(
    queue: Queue, server: Server
) -> None:
    queue.save({"a": 1}, date="2023-06-21")
    server.answers = [breaks]
    queue.flush()
    pending: list[Route] = []
    server.answers = [pending.append]
    queue.save({"a": 2})
    queue.run("self.flushing = queue.flush(); return undefined")
    wait_for(queue, pending)
    queue.run("self.again = queue.flush({ isForced: true }); return undefined")
    receipt(1)(pending[0])
    queue.run("return [await flushing, await again]")
    assert queue.numbers() == [1, 2, 1]


def wait_for(queue: Queue, pending: list[Route]) -> None:
    for _try in range(500):
        if pending:
            return
        queue.page.wait_for_timeout(20)
    pytest.fail("nothing was sent")


def test_answer_to_what_is_no_longer_there_changes_nothing(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    pending: list[Route] = []
    server.answers = [pending.append]
    queue.run("self.flushing = queue.flush(); return undefined")
    wait_for(queue, pending)
    entry = queue.entry()
    other = {**entry, "sent": {**entry["sent"], "op": "another", "counts": {"a": 9}}}
    queue.put(other)
    receipt(1)(pending[0])
    queue.run("return flushing")
    # Another page's sending is settled by its own answer.
    assert queue.numbers()[1:] == [9]


# -- What is shown, and for how long


HOUR, DAY = 3_600_000, 86_400_000


def test_received_is_kept_for_a_while_and_what_waits_for_ever(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    queue.run("return checkins.saveCheckins(...given)", ME, 5, [40])
    server.answers = [says(200, {"volunteer": 40, "checked_in_at": "x"}), receipt()]
    queue.flush()
    checkin = f"{ME}|checkin|5|40"
    server.answers = [says(*NO["values"])]
    queue.save({"a": 3}, date="2023-06-18")
    queue.flush()
    queue.save({"a": 2}, date="2023-06-19")
    steps = [
        (8 * DAY - HOUR, {KEY, checkin}),
        (2 * HOUR, set[str]()),
    ]
    for passed, stored in steps:
        queue.pass_time(passed)
        queue.run("return queue.tidy()")
        waiting = {"7|c|XD-1||2023-06-18", "7|c|XD-1||2023-06-19"}
        assert queue.entries().keys() == {*stored, *waiting}


def test_what_waits_is_not_given_up(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    queue.run("return queue.drop(given[0])", KEY)
    assert queue.entry()["next"]["counts"] == {"a": 1}
    server.answers = [says(*NO["values"])]
    queue.flush()
    queue.run("return queue.drop(given[0])", KEY)
    assert queue.entries() == {}


def test_reports_stand_by_day_and_damaged_ones_do_not(queue: Queue) -> None:
    for day in ("2023-06-18", "2023-06-20", "2023-06-19"):
        queue.save({"a": 1}, date=day)
    queue.run("return checkins.saveCheckins(...given)", ME, 5, [40])
    sound = queue.entry()
    damage: dict[str, dict[str, Any]] = {
        "no date": {"date": ""},
        "nothing typed": {"next": None},
        "typed something": {"next": 5},
        "received without a receipt": {"state": "received", "next": None},
        "attention without a problem": {"state": "attention"},
    }
    for key, wrong in damage.items():
        queue.put({**sound, "key": key, **wrong})
    listed = queue.run("return (await queue.entriesOf(given[0])).map((e) => e.date)", ME)
    assert listed == ["2023-06-20", "2023-06-19", "2023-06-18"]
    owned = queue.run("return (await queue.ofOwner(given[0])).length", ME)
    assert owned == 4


# -- Check-ins


def test_checkin_is_sent_once_by_its_number(queue: Queue, server: Server) -> None:
    queue.run("return checkins.saveCheckins(...given)", ME, 5, [40, 41])
    before = queue.entries()
    queue.run("return checkins.saveCheckins(...given)", ME, 5, [40])
    assert queue.entries() == before
    queue.run("return checkins.saveCheckins(...given)", ME, 6, [50])
    listed = queue.run(
        "return (await checkins.checkinsOf(...given)).map((e) => e.volunteer)", ME, 5
    )
    assert listed == [40, 41]
    queue.run("return idb.change('entries', given[0], () => null)", f"{ME}|checkin|6|50")
    taken = [says(200, {"volunteer": n, "checked_in_at": "x"}) for n in (40, 41)]
    # An answer about somebody else is none.
    server.answers = [taken[1], *taken]
    assert queue.flush() is False
    assert queue.flush(is_forced=True) is True
    assert server.paths == ["/api/v1/sessions/5/checkins/"] * 3
    ids = [entry["id"] for entry in before.values()]
    assert [(b["id"], b["volunteer"]) for b in server.sent] == [
        (ids[0], 40), (ids[0], 40), (ids[1], 41),
    ]  # fmt: skip
    assert {e["state"] for e in queue.entries().values()} == {"received"}


def test_tick_is_taken_back_until_it_was_sent(queue: Queue, server: Server) -> None:
    queue.run("return checkins.saveCheckins(...given)", ME, 5, [40, 41])
    first, second = queue.entries()
    assert queue.run("return checkins.takeBack(given[0])", first) is True
    server.answers = [breaks, says(200, {"volunteer": 41, "checked_in_at": "x"})]
    queue.flush()
    assert queue.run("return checkins.takeBack(given[0])", second) is False
    queue.flush(is_forced=True)
    assert queue.run("return checkins.takeBack(given[0])", second) is False
    assert queue.entries().keys() == {second}
