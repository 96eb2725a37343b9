"""Messages come twice, late, all at once, from nobody; the service goes away. Nothing is lost."""

import datetime as dt
import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import DataError
from django.test import Client

from config.schedule import app
from core import clock
from core.retention import time_of
from devserver.zalo_standin import ZaloBot, serving
from reports.conversation import inbox
from reports.conversation.inbox import answer_messages, purge_messages, take_in
from reports.conversation.models import Conversation, ReceivedMessage
from reports.daily.models import DailyReport, Revision
from reports.notifications.channel import PermanentFailure, TemporaryFailure
from reports.notifications.channels.zalo.channel import Zalo
from reports.notifications.channels.zalo.models import ZaloLink
from reports.rollup.tasks import drain
from tests.conftest import World
from tests.reports.conversation.bot import Bot, conversation_of, message

SECRET = "mot-bi-mat-dai"
HOOK = "/messages/zalo/"


def brought(client: Client, update: Any, secret: str = SECRET, **more: Any) -> int:
    body = update if isinstance(update, bytes) else json.dumps({"ok": True, "result": update})
    answer = client.post(
        HOOK,
        body,
        content_type="application/json",
        headers={"X-Bot-Api-Secret-Token": secret},
        **more,
    )
    return answer.status_code


def test_what_comes_twice_is_answered_and_counted_once(bot: Bot) -> None:
    bot.say("owner", "cài 35", number="m-1")
    consent = message("owner", "đúng", number="m-2")
    for _turn in range(3):
        take_in(Zalo(), consent)
        answer_messages()
    assert bot.say("owner", "cài 99", number="m-1") == ""
    assert len(bot.answers) == 2
    assert Revision.objects.count() == 1


def test_an_answer_that_cannot_be_sent_is_tried_again_and_then_given_up(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was shown to nobody is agreed to by nobody; what was taken stays, and is told."""
    bot.failure = TemporaryFailure("Zalo: 500")
    monkeypatch.setattr(inbox, "PAUSES", (0, 0))
    bot.say("owner", "cài 35")
    row = ReceivedMessage.objects.get()
    assert (row.attempts, row.is_lost, row.answer, row.address) == (3, True, "", "")
    bot.failure = None
    answer = bot.say("owner", "đúng")
    assert answer.startswith("Câu trả lời trước của cổng không gửi đi được.")
    assert "Không có gì đang chờ gửi" in answer
    assert not DailyReport.objects.exists()
    bot.say("owner", "cài 35")
    bot.failure = PermanentFailure("Zalo: 403")
    bot.say("owner", "đúng")
    bot.failure = None
    assert DailyReport.objects.get().counts == {"installed": 35}
    answer = bot.say("owner", "đúng")
    assert "không gửi đi được" in answer
    assert "đã báo cáo (Cài đặt 35)" in answer
    assert "không gửi đi được" not in bot.say("owner", "cảm ơn")
    # With that said first, what is to be agreed to may not fit any more.
    monkeypatch.setattr(Zalo, "most_letters", 150)
    assert "Trả lời “đúng”" in bot.say("owner", "cài 36")
    bot.failure = PermanentFailure("Zalo: 403")
    bot.say("owner", "cảm ơn")
    bot.failure = None
    assert "dài quá" in bot.say("owner", "cài 36")
    assert "Không có gì đang chờ gửi" in bot.say("owner", "đúng")


def test_consent_that_was_written_before_the_answer_was_seen_shows_it_again(bot: Bot) -> None:
    """As after an outage, when both come at once."""
    written = clock.now()
    take_in(Zalo(), message("owner", "cài 35", sent_at=written))
    take_in(Zalo(), message("owner", "ok", sent_at=written))
    answer_messages()
    assert [text.count("Cài đặt: 35") for _chat, text in bot.answers] == [1, 1]
    assert not DailyReport.objects.exists()
    bot.say("owner", "ok")
    assert DailyReport.objects.get().counts == {"installed": 35}


def test_a_fault_of_ours_takes_nothing_and_is_told(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: Any) -> str:
        DailyReport.objects.update(note="x")
        raise RuntimeError

    bot.say("owner", "cài 35")
    with monkeypatch.context() as patch:
        patch.setattr("reports.conversation.dialogue.take", fail)
        assert "Cổng gặp lỗi, chưa ghi gì" in bot.say("owner", "đúng")
    bot.say("owner", "đúng")
    assert DailyReport.objects.count() == 1


def test_who_writes_too_much_is_told_so_and_others_are_answered(
    bot: Bot, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_OF_ONE", 3)
    assert [bool(bot.say("owner", f"cài {n}")) for n in range(5)] == [True] * 4 + [False]
    assert "Nhắn nhanh quá" in bot.answers[-1][1]
    assert conversation_of(world.owner).pending["entries"][0]["counts"] == {"installed": 2}
    assert bot.say("neighbour", "cài 3")
    assert [bool(bot.say("ai-do", "ABCDEFGH")) for _n in range(7)] == [True] * 5 + [False] * 2
    # A code that is asked for meanwhile is taken all the same.
    for code, sender, user in (
        ("ABCDEFGH", "owner", world.owner),
        ("HGFEDCBA", "ai-do", world.staff),
    ):
        values = {"code": code, "chat_id": "", "created_at": clock.now()}
        ZaloLink.objects.update_or_create(user=user, defaults=values)
        assert "Đã nối" in bot.say(sender, code)
    monkeypatch.setattr(inbox, "MOST_OF_ALL", 1)
    with pytest.raises(inbox.TooMany):
        take_in(Zalo(), message("neighbour", "cài 4"))


@pytest.fixture
def hooked(bot: Bot, settings: LazySettings) -> ZaloBot:
    settings.ZALO_WEBHOOK_SECRET = SECRET
    return ZaloBot("123:bi-mat")


def test_a_webhook_is_answered_with_its_secret_only(
    hooked: ZaloBot, bot: Bot, client: Client, settings: LazySettings
) -> None:
    update = hooked.say("owner", "cài 35")
    assert brought(client, update, "sai") == 403
    assert brought(client, update, "") == 403
    assert not ReceivedMessage.objects.exists()
    assert brought(client, update) == 200
    assert brought(client, update) == 200
    answer_messages()
    assert len(bot.answers) == 1
    settings.ZALO_WEBHOOK_SECRET = ""
    assert brought(client, hooked.say("owner", "cài 36"), "") == 403
    settings.ZALO_BOT_TOKEN = ""
    assert brought(client, update) == 404
    assert client.get(HOOK).status_code == 405


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"[]", 200),
        (b"\xff\xfe", 200),
        (b"[" * 5000, 200),
        (b'{"result": {"message": {"chat": {"id": 5}, "from": {"id": []}, "text": "x"}}}', 200),
        (b" " * 70_000, 413),
    ],
    ids=["empty", "list", "bytes", "deep", "shapes", "long"],
)
def test_a_webhook_of_another_shape_is_answered_and_means_nothing(
    hooked: ZaloBot, client: Client, body: bytes, status: int
) -> None:
    assert brought(client, body) == status
    assert not ReceivedMessage.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"message_id": "\x00"},
        {"message_id": None, "text": "\ud800"},
        {"text": "ABCDEFG\x00"},
        {"date": 253402300799000},
        {"chat": {"id": "a\x00", "chat_type": "PRIVATE"}},
    ],
    ids=["number", "letters", "code", "moment", "chat"],
)
def test_what_cannot_be_kept_or_reckoned_with_is_no_fault(
    hooked: ZaloBot, bot: Bot, client: Client, values: dict[str, Any]
) -> None:
    update = hooked.say("owner", "cài 35")
    update["message"] |= values
    assert brought(client, update) == 200
    answer_messages()
    assert all("Cổng gặp lỗi" not in text for _chat, text in bot.answers)
    # A day is asked for where the message does not say when it was written.
    days = "1. Thứ Ba, 20/06/2023\n2. Thứ Hai, 19/06/2023"
    assert all(days in text for _chat, text in bot.answers if "date" in values)
    assert len(bot.answers) == (0 if "chat" in values else 1)


def test_a_message_that_cannot_be_answered_keeps_nobody_waiting(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: Any) -> str:
        raise DataError

    with monkeypatch.context() as patch:
        patch.setattr("reports.conversation.inbox.Dialogue", fail)
        assert "Cổng gặp lỗi" in bot.say("owner", "cài 35")
    bot.failure = ValueError()
    bot.say("owner", "cài 35")
    bot.failure = None
    assert "Cài đặt: 36" in bot.say("neighbour", "cài 36")


@pytest.mark.parametrize(
    ("more", "is_answered"),
    [
        ({"text": "cài 35"}, False),
        ({"text": "@Cong cài 35"}, True),
        ({"text": "cài 35 @Cong"}, True),
        ({"text": "cài 35", "reply_to_message": {"from": {"id": "123"}}}, True),
        ({"text": "cài 35", "reply_to_message": {"from": {"id": "99"}}}, False),
    ],
)
def test_in_a_group_the_bot_hears_who_names_or_answers_it(
    hooked: ZaloBot, bot: Bot, client: Client, more: dict[str, Any], is_answered: bool
) -> None:
    text = more.pop("text")
    assert brought(client, hooked.say("owner", text, "GROUP", chat="nhom", **more)) == 200
    answer_messages()
    assert [chat for chat, _text in bot.answers] == (["nhom"] if is_answered else [])
    assert all("Cài đặt: 35" in text for _chat, text in bot.answers)


def test_a_picture_is_not_read_and_says_so(
    hooked: ZaloBot, bot: Bot, client: Client, world: World
) -> None:
    update = hooked.say("owner", "")
    del update["message"]["text"]
    assert brought(client, update) == 200
    answer_messages()
    assert "không đọc ảnh" in bot.answers[-1][1]
    update = hooked.say("owner", "", photo="https://x", caption="cài 35")
    assert brought(client, update) == 200
    answer_messages()
    assert "Cài đặt: 35" in bot.answers[-1][1]


def test_polling_over_the_service_answers_and_rests_while_it_is_away(
    world: World, afternoon: None, settings: LazySettings
) -> None:
    settings.ZALO_BOT_TOKEN, settings.PORTAL_URL = "123:bi-mat", "https://doan.example.org"
    ZaloLink.objects.create(
        user=world.owner, code="X", chat_id="hoa", created_at=clock.now(), used_at=None
    )
    zalo = ZaloBot("123:bi-mat")
    with serving(zalo) as settings.ZALO_BOT_URL:
        update = zalo.say("hoa", "không phát sinh")
        zalo.updates = [update, update, zalo.say("hoa", "cảm ơn")]
        answer_messages()
        assert [sent["chat_id"] for sent in zalo.sent] == ["hoa", "hoa"]
        assert "không phát sinh" in zalo.sent[0]["text"]
        zalo.error = {"error_code": 500, "description": "down"}
        zalo.updates = [zalo.say("hoa", "đúng")]
        answer_messages()
        zalo.error = None
        answer_messages()
        assert len(zalo.updates) == 1  # it is left alone for a while
        cache.clear()
        answer_messages()
    assert "Đã nhận" in zalo.sent[-1]["text"]


def test_a_message_waits_behind_no_other_work() -> None:
    answering = app.conf.beat_schedule["answer-messages"]["options"]
    assert answering["priority"] < drain.priority


def test_old_messages_are_forgotten(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    bot.say("owner", "cài 35")
    assert purge_messages() == 0
    assert Conversation.objects.exists()
    written, now = clock.now(), clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(hours=4))
    assert purge_messages() == 0
    assert not Conversation.objects.exists()
    monkeypatch.setattr(clock, "now", lambda: now + time_of("messages") + dt.timedelta(hours=4))
    assert purge_messages() == 1
    # What comes again so late is not taken for new.
    assert bot.say("owner", "cài 35", sent_at=written) == ""
