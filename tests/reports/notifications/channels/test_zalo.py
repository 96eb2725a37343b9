"""The Zalo Bot API, as documented."""

import datetime as dt
from typing import Any

import pytest
from django.conf import LazySettings

from accounts.keys import keys_of
from devserver.zalo_standin import ZaloBot
from reports.conversation.inbox import answer_messages
from reports.notifications.channel import Message, PermanentFailure, TemporaryFailure
from reports.notifications.channels.zalo.channel import Zalo
from reports.notifications.channels.zalo.contact_points import new_code
from reports.notifications.channels.zalo.models import ZaloLink
from tests.conftest import World
from tests.test_matrix import Browse

MESSAGE = Message(
    "Còn 60 phút", "Xã Giao Tiến chưa có báo cáo hôm nay.", "/c/de-an-06-2023/report/"
)


def link(user: Any) -> ZaloLink:
    link = new_code(actor=user)
    link.chat_id = "6ede9afa66b88fe6d6a9"
    link.save()
    return link


def test_message_goes_to_the_chat_of_the_user(world: World, zalo: ZaloBot) -> None:
    link(world.owner)
    assert Zalo().reached([world.owner, world.neighbour]) == {world.owner.pk}
    Zalo().send(world.owner, MESSAGE, "notice-7")
    (sent,) = zalo.sent
    assert sent["chat_id"] == "6ede9afa66b88fe6d6a9"
    assert sent["text"].splitlines() == [
        MESSAGE.title,
        MESSAGE.body,
        "https://doan.example.org/c/de-an-06-2023/report/",
    ]


def test_last_use_is_the_last_message_either_way(world: World, zalo: ZaloBot) -> None:
    """As the owner reads it among the keys; a new code has not been used."""
    code = new_code(actor=world.owner).code
    assert last_use(world.owner) is None
    zalo.updates = [zalo.say("hoa", code)]
    answer_messages()
    received = last_use(world.owner)
    assert received is not None
    Zalo().send(world.owner, MESSAGE, "notice-7")
    sent = last_use(world.owner)
    assert sent is not None
    assert sent > received
    zalo.error = {"error_code": 500, "description": "wait"}
    with pytest.raises(TemporaryFailure):
        Zalo().send(world.owner, MESSAGE, "notice-8")
    assert last_use(world.owner) == sent
    new_code(actor=world.owner)
    assert last_use(world.owner) is None


def last_use(user: Any) -> dt.datetime | None:
    ((key,),) = (keys for kind, keys in keys_of(user, this_session=None) if kind.code == "zalo")
    return key.used_at


def test_who_blocked_the_bot_is_not_written_to_again(world: World, zalo: ZaloBot) -> None:
    link(world.owner)
    zalo.error = {"error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    with pytest.raises(PermanentFailure):
        Zalo().send(world.owner, MESSAGE, "notice-7")
    assert Zalo().reached([world.owner]) == set()


@pytest.mark.parametrize("code", [400, 429, 500])
def test_other_errors_are_tried_later(world: World, zalo: ZaloBot, code: int) -> None:
    link(world.owner)
    zalo.error = {"error_code": code, "description": "wait"}
    with pytest.raises(TemporaryFailure, match=str(code)):
        Zalo().send(world.owner, MESSAGE, "notice-7")
    assert Zalo().reached([world.owner]) == {world.owner.pk}


def test_wrong_token_is_tried_later_and_never_named(
    world: World, zalo: ZaloBot, settings: LazySettings
) -> None:
    link(world.owner)
    settings.ZALO_BOT_TOKEN = "456:sai"
    with pytest.raises(TemporaryFailure, match="401") as found:
        Zalo().send(world.owner, MESSAGE, "notice-7")
    assert "456" not in str(found.value)
    settings.ZALO_BOT_URL = "https://127.0.0.1:1"
    with pytest.raises(TemporaryFailure) as found:
        Zalo().send(world.owner, MESSAGE, "notice-7")
    assert "456" not in str(found.value)
    assert found.value.__cause__ is None


def test_plain_http_is_not_spoken(world: World, zalo: ZaloBot, settings: LazySettings) -> None:
    link(world.owner)
    settings.ZALO_BOT_URL = "http://bot-api.zaloplatforms.com"
    with pytest.raises(TemporaryFailure, match="https"):
        Zalo().send(world.owner, MESSAGE, "notice-7")


def test_code_links_the_chat_that_sends_it_once(world: World, zalo: ZaloBot) -> None:
    code = new_code(actor=world.owner).code
    zalo.updates = [
        zalo.say("nhom", code, "GROUP"),
        zalo.say("ai-do", "xin chào"),
        zalo.say("hoa", f" {code.lower()} "),
        zalo.say("ke-khac", code),
    ]
    answer_messages()
    assert ZaloLink.objects.get().chat_id == "hoa"
    answers = {sent["chat_id"]: sent["text"] for sent in zalo.sent}
    assert set(answers) == {"ai-do", "hoa", "ke-khac"}
    assert "Đã nối" in answers["hoa"]
    assert "Chưa biết bạn là ai" in answers["ke-khac"]


@pytest.mark.parametrize(
    "update",
    [{}, {"message": None}, {"message": {"chat": []}}, {"message": {"chat": {"id": 5}}}],
    ids=str,
)
def test_update_of_another_shape_links_nobody(
    world: World, zalo: ZaloBot, update: dict[str, Any]
) -> None:
    new_code(actor=world.owner)
    zalo.updates = [update]
    answer_messages()
    assert zalo.sent == []


def test_without_a_token_it_is_off(world: World, browse: Browse) -> None:
    assert not Zalo().is_on()
    assert answer_messages() == 0
    client = browse(world.owner)
    assert (
        "Zalo"
        not in client.get("/c/de-an-06-2023/reminders/")
        .content.decode()
        .split("<main")[1]
        .split("</main>")[0]
    )
    client.post("/c/de-an-06-2023/reminders/", {"action": "zalo"})
    assert not ZaloLink.objects.exists()
