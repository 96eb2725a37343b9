"""What the phone's queue makes of what the server says, and as whom it sends."""

import json
from typing import Any

import pytest

from tests.e2e.queue_page import (
    CAPTURED,
    KEY,
    ME,
    NO,
    Answer,
    Queue,
    Server,
    breaks,
    receipt,
    says,
)


@pytest.mark.parametrize("kind", NO)
def test_what_was_not_taken_waits_for_the_person(queue: Queue, server: Server, kind: str) -> None:
    queue.save({"a": 1})
    server.answers = [says(*NO[kind])]
    assert queue.flush() is True
    entry = queue.entry()
    assert (entry["state"], entry["problem"]["kind"]) == ("attention", kind)
    assert (entry["refused"]["counts"], entry["sent"], entry["next"]) == ({"a": 1}, None, None)
    assert queue.run("return queue.needsAttention(given[0])", entry)
    assert queue.flush(is_forced=True) is True
    assert len(server.sent) == 1
    # Typed anew, from what the page now shows.
    queue.save({"a": 3}, {"id": "0000-current", "version": 5, **queue.seen()})
    mended = queue.entry()
    assert ("problem" in mended, "refused" in mended) == (False, False)
    queue.flush()
    assert (server.sent[1]["counts"], server.sent[1]["base_version"]) == ({"a": 3}, 5)


def test_what_comes_too_early_goes_by_itself_once_it_is_taken(queue: Queue, server: Server) -> None:
    opens = "2023-06-20T06:00:00+07:00"
    early = says(409, {"detail": "Mở lúc 06:00.", "code": "early", "opens_at": opens})
    other = {"date": "2023-06-19"}
    queue.save({"a": 1})
    queue.save({"a": 2}, **other)
    server.answers = [receipt(), early, early]
    # Both were tried once, and something is left to do.
    assert queue.flush() is False
    assert sorted(queue.numbers()) == [1, 2]
    assert queue.flush(is_forced=True) is False
    waiting = next(entry for entry in queue.entries().values() if entry["state"] == "saved")
    assert (waiting["hint"], waiting["said"]) == ("early", "Mở lúc 06:00.")
    assert queue.run("return queue.needsAttention(given[0])", waiting) is False
    queue.pass_time(400_000)
    assert queue.flush() is True
    assert {entry["state"] for entry in queue.entries().values()} == {"received"}
    assert len(server.sent) == 4


def test_what_was_typed_last_is_what_is_kept_of_a_refusal(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    server.answers = [breaks, says(*NO["values"])]
    queue.flush()
    queue.save({"a": 2}, queue.seen())
    queue.flush()
    entry = queue.entry()
    assert (entry["refused"]["counts"], entry["sent"], entry["next"]) == ({"a": 2}, None, None)


def test_words_go_along_and_are_gone_with_the_receipt(queue: Queue, server: Server) -> None:
    words = {"difficulties": "Mưa to", "note": ""}
    server.answers = [says(*NO["values"])]
    queue.save({"a": 1}, texts=words)
    queue.flush()
    assert queue.entry()["refused"]["texts"] == words
    # What is mended before it is taken was written when its first numbers were.
    late = "2023-06-20T23:00:00+07:00"
    queue.save({"a": 2}, queue.seen(), texts={**words, "note": "Đã sửa"}, captured=late)
    queue.flush()
    body = server.sent[1]
    assert (body["difficulties"], body["note"], body["captured_at"]) == (
        "Mưa to",
        "Đã sửa",
        CAPTURED,
    )
    assert "texts" not in body
    assert "Mưa to" not in json.dumps(queue.entry(), ensure_ascii=False)
    assert queue.entry()["has_texts"] is True


def test_page_that_had_not_seen_the_receipt_is_asked_about(queue: Queue) -> None:
    queue.save({"a": 1})
    queue.flush()
    assert [one["counts"] for one in queue.save({"a": 2})["rivals"]] == [{"a": 2}]
    # Nobody has decided about it yet.
    queue.run("return queue.drop(given[0])", KEY)
    assert KEY in queue.entries()


def test_page_that_had_not_seen_a_refusal_is_asked_about(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    server.answers = [says(*NO["values"])]
    queue.flush()
    shown = queue.run("return queue.typedIn(await idb.read('entries', given[0]))", KEY)
    assert shown["counts"] == {"a": 1}
    assert [one["counts"] for one in queue.save({"a": 2})["rivals"]] == [{"a": 2}]


@pytest.mark.parametrize("which", ["mine", "theirs"])
def test_conflict_is_ended_by_a_choice(queue: Queue, server: Server, which: str) -> None:
    first = queue.save({"a": 1})
    server.answers = [says(*NO["conflict"])]
    queue.flush()
    queue.run("return queue.choose(...given)", KEY, which)
    entry = queue.entry()
    assert (entry["id"], entry["version"]) == ("0000-current", 5)
    assert ("problem" in entry, "refused" in entry) == (False, False)
    queue.flush()
    if which == "theirs":
        assert (entry["state"], entry["receipt"]["counts"]) == ("received", {"a": 8})
        assert len(server.sent) == 1
        return
    body = server.sent[1]
    assert (body["id"], body["base_version"], body["counts"]) == ("0000-current", 5, {"a": 1})
    assert queue.entry()["receipt"]["op"] != first["next"]["op"]


def test_each_request_says_what_is_left_on_the_phone(queue: Queue, server: Server) -> None:
    queue.put({"name": "reader", "value": str(ME)}, "kept")
    for nth in (1, 2, 3):
        queue.save({"a": nth}, date=f"2023-06-1{nth}")
    queue.save({"a": 4}, owner=8, date="2023-06-14")  # somebody else's
    server.answers = [says(400, {"counts": {}})]
    queue.flush(is_forced=True)
    claims = [body["headers"]["x-phone"].split(" ") for body in server.sent]
    [phone] = {phone for _owner, phone, *_rest in claims}
    assert len(phone) == 8
    # What is being sent is not among those that wait: the server knows what becomes of it.
    assert [[owner, *rest] for owner, _phone, *rest in claims] == [
        ["7", "-", "2", "0"],
        ["7", "-", "1", "1"],
        ["7", "-", "0", "1"],
    ]


def test_nothing_is_sent_as_somebody_else(queue: Queue, server: Server) -> None:
    queue.save({"a": 1}, owner=8)
    queue.save({"a": 2})
    assert queue.flush() is True
    assert queue.numbers() == [2]
    assert {entry["owner"]: entry["state"] for entry in queue.entries().values()} == {
        8: "saved",
        ME: "received",
    }
    owned = queue.run("return (await queue.ofOwner(given[0])).map((one) => one.owner)", ME)
    assert owned == [ME]


@pytest.mark.parametrize(
    ("ticket", "hint"),
    [
        (says(401, {}), "sign_in"),
        (says(503, {}), None),
        (breaks, None),
        (says(200, {}), None),
        (says(200, {"owner": ME}), None),
        (says(200, {"owner": str(ME), "csrf": "t"}), None),
    ],
)
def test_without_a_ticket_nothing_is_sent(
    queue: Queue, server: Server, ticket: Answer, hint: str | None
) -> None:
    queue.save({"a": 1})
    server.tickets = [ticket]
    assert queue.flush() is (hint is not None)
    entry = queue.entry()
    assert (entry["state"], entry.get("hint"), "retry_at" in entry) == ("saved", hint, not hint)
    assert server.sent == []
    queue.flush(is_forced=True)
    assert (queue.entry()["state"], "hint" in queue.entry()) == ("received", False)


@pytest.mark.parametrize("status", [401, 403])
def test_pages_ticket_that_has_grown_old_is_renewed_once(
    queue: Queue, server: Server, status: int
) -> None:
    queue.save({"a": 1})
    queue.run("queue.useTicket(given[0])", {"owner": ME, "csrf": "old"})
    server.answers = [says(status, {})]
    assert queue.flush() is True
    assert [body["headers"]["x-csrftoken"] for body in server.sent] == ["old", "t"]
    assert (queue.entry()["state"], server.asked) == ("received", 1)


@pytest.mark.parametrize(
    ("status", "body", "state", "hint"),
    [
        (401, {}, "saved", "sign_in"),
        (403, {"code": "other_owner"}, "saved", "sign_in"),
        (403, {}, "attention", None),
    ],
)
def test_no_to_a_fresh_ticket_is_not_asked_again_at_once(
    queue: Queue, server: Server, status: int, body: Any, state: str, hint: str | None
) -> None:
    queue.save({"a": 1})
    server.answers = [says(status, body)] * 3
    queue.flush()
    assert len(server.sent) == 1
    entry = queue.entry()
    assert (entry["state"], entry.get("hint")) == (state, hint)


def test_off_line_nothing_is_tried(queue: Queue, server: Server) -> None:
    queue.save({"a": 1})
    queue.page.context.set_offline(True)
    assert queue.flush() is False
    assert (server.asked, server.sent) == (0, [])
    entry = queue.entry()
    assert (entry["state"], entry.get("sent")) == ("saved", None)
    queue.page.context.set_offline(False)
    queue.flush(is_forced=True)
    assert queue.entry()["state"] == "received"
