"""The server was put back to an older day: the phone sends again what it has a receipt for."""

from typing import Any

import pytest

from tests.e2e.queue_page import CAPTURED, ME, Queue, Server, receipt, says


def at(time: str) -> str:
    return f"2023-06-20T{time}:00+07:00"


RESTORED = {"from": at("03:00"), "to": at("12:00")}


def snapshot(*reports: dict[str, Any], **given: Any) -> dict[str, Any]:
    branch = {"code": "XD-1", "home": "1", "days": {"2023-06-20": {}}, "reports": list(reports)}
    return {
        "owner": ME,
        "campaign": {"slug": "c"},
        "branches": [branch],
        "restored": RESTORED,
        **given,
    }


def stands(version: int, received: str, name: str = "0000-server") -> dict[str, Any]:
    day = {"date": "2023-06-20", "unit": "1", "counts": {"a": 9}}
    return {"id": name, "version": version, "received_at": at(received), **day}


def received(queue: Queue, server: Server, time: str = "08:00") -> None:
    """Have a report sent, and answered at this time of the day."""
    queue.save({"a": 5}, queue.seen())
    server.answers = [receipt(2, received_at=at(time))]
    assert queue.flush() is True
    server.sent.clear()


def send_again(queue: Queue, given: dict[str, Any]) -> None:
    queue.run("return restored.sendReportsAgain(given[0])", given)
    assert queue.flush() is True


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], ("0000-server", 0)),
        # The version before has come back: it is corrected once more.
        ([stands(1, "02:00")], ("0000-server", 1)),
        # Somebody has written since: it is sent as a first report of a day that has one, and so
        # the server shows both.
        ([stands(1, "13:00", "another")], ("another", 0)),
    ],
    ids=["nothing stands", "the version before", "another's since"],
)
def test_what_was_lost_is_sent_again_once(
    queue: Queue, server: Server, reports: list[dict[str, Any]], expected: tuple[str, int]
) -> None:
    received(queue, server)
    server.answers = [receipt(1, received_at=at("14:00"))]
    send_again(queue, snapshot(*reports))
    [body] = server.sent
    assert (body["id"], body["base_version"]) == expected
    assert (body["counts"], body["captured_at"]) == ({"a": 5}, CAPTURED)
    # However often the server says that it was restored.
    send_again(queue, snapshot(*reports))
    assert len(server.sent) == 1


@pytest.mark.parametrize("time", ["02:59", "12:01"])
def test_what_the_server_still_has_stays(queue: Queue, server: Server, time: str) -> None:
    received(queue, server, time)
    send_again(queue, snapshot())
    assert (server.sent, queue.entry()["state"]) == ([], "received")


def test_only_the_own_of_this_campaign_goes_when_its_day_is_open(
    queue: Queue, server: Server
) -> None:
    received(queue, server)
    closed = {"code": "XD-1", "home": "1", "days": {}, "reports": []}
    others: tuple[dict[str, Any], ...] = (
        {"restored": None},
        {"owner": ME + 1},
        {"campaign": {"slug": "other"}},
        {"branches": []},
        {"branches": [closed]},
    )
    for other in others:
        send_again(queue, snapshot(**other))
        assert (server.sent, queue.entry()["state"]) == ([], "received")
    # What is there by another's hand, and was kept, is not ours to send.
    entry = queue.entry()
    queue.put({**entry, "receipt": {**entry["receipt"], "op": "theirs"}})
    send_again(queue, snapshot())
    assert server.sent == []
    # What was mended since and waits goes by itself, and is not put back.
    queue.put(entry)
    queue.save({"a": 6}, queue.seen())
    queue.run("return restored.sendReportsAgain(given[0])", snapshot())
    assert (server.sent, queue.entry()["next"]["counts"]) == ([], {"a": 6})
    # The day was opened again: now it goes.
    queue.put(entry)
    send_again(queue, snapshot())
    assert len(server.sent) == 1


def test_a_check_in_that_was_lost_is_sent_again_once(queue: Queue, server: Server) -> None:
    def there(volunteer: int, time: str) -> Any:
        return says(201, {"volunteer": volunteer, "checked_in_at": at(time)})

    def ask(**ticket: Any) -> None:
        server.tickets = [says(200, {"owner": ME, "csrf": "t", **ticket})]
        queue.run("return restored.sendCheckinsAgain(given[0])", ME)
        assert queue.flush() is True

    ask(restored=RESTORED)
    assert server.asked == 0  # a phone without receipts asks nothing
    server.tickets = []
    queue.run("return checkins.saveCheckins(...given)", ME, 5, [40, 41])
    server.answers = [there(40, "02:59"), there(41, "08:00")]
    assert queue.flush() is True
    ids = {body["volunteer"]: body["id"] for body in server.sent}
    server.sent.clear()
    for other in ({"restored": None}, {"owner": ME + 1, "restored": RESTORED}):
        ask(**other)
        assert server.sent == []
    server.answers = [there(41, "14:00")]
    for _page in range(2):
        ask(restored=RESTORED)
        assert [(body["volunteer"], body["id"]) for body in server.sent] == [(41, ids[41])]
