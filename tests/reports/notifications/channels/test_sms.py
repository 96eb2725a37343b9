"""SMS by a gateway: the account's own number, proved; the same conversation; what fits."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from core import clock
from reports.conversation.inbox import answer_messages
from reports.conversation.models import ReceivedMessage
from reports.daily.models import DailyReport
from reports.notifications.channel import Message, PermanentFailure, TemporaryFailure
from reports.notifications.channels.sms.channel import Sms
from reports.notifications.channels.sms.contact_points import CODE_LIVES, prove, send_code
from reports.notifications.channels.sms.models import SmsNumber
from reports.notifications.channels.sms.transport import shortened
from reports.notifications.contact_points import contact_points
from tests.conftest import World
from tests.reports.notifications.channels.fake_servers import http_server
from tests.test_matrix import Browse

NUMBER, SECRET = "0912000001", "bi-mat-cua-cong"
PAGE = "/c/de-an-06-2023/reminders/"


class Gateway:
    """Takes what bears its token; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.status = 202
        self.sent: list[dict[str, Any]] = []

    def answer(
        self, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if headers.get("authorization") != "Bearer the":
            return 401, {}, b""
        if self.status < 300:
            self.sent.append(json.loads(body))
        return self.status, {}, b""

    @property
    def code(self) -> str:
        return str(self.sent[-1]["text"])[-6:]


@pytest.fixture
def gateway(world: World, settings: LazySettings) -> Iterator[Gateway]:
    User.objects.filter(pk=world.owner.pk).update(phone=NUMBER)
    world.owner.refresh_from_db()
    made = Gateway()
    with http_server(made.answer) as url:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN = url, "the"
        settings.SMS_WEBHOOK_SECRET, settings.PORTAL_URL = SECRET, "https://doan.example.org"
        yield made


def brought(secret: str = SECRET, **content: Any) -> int:
    content = {"id": "s1", "from": "+84912000001", "text": "x", **content}
    header = {"Authorization": f"Bearer {secret}"}
    answer = Client().post(
        "/messages/sms/", json.dumps(content), content_type="application/json", headers=header
    )
    answer_messages()
    return answer.status_code


def test_a_number_is_proved_by_the_code_that_was_sent_there(
    world: World, gateway: Gateway, browse: Browse
) -> None:
    client = browse(world.owner)
    gateway.status = 503
    page = client.post(PAGE, {"action": "sms"}, follow=True).content.decode()
    assert "Chưa gửi được SMS" in page
    assert "Mã trong SMS" not in page
    gateway.status = 202
    assert not SmsNumber.objects.exists()
    assert "Mã trong SMS" in client.post(PAGE, {"action": "sms"}, follow=True).content.decode()
    assert gateway.sent[0]["to"] == "84912000001"
    assert contact_points([world.owner]) == []
    assert brought(text="không phát sinh") == 200
    assert not ReceivedMessage.objects.exists()  # not answered: every SMS is paid for
    client.post(PAGE, {"action": "sms-prove", "sms-code": "abc"})
    assert contact_points([world.owner]) == []
    client.post(PAGE, {"action": "sms-prove", "sms-code": f" {gateway.code} "})
    assert contact_points([world.owner]) == [(world.owner, "sms")]
    assert "đuôi 001" in client.get(PAGE).content.decode()
    client.post(PAGE, {"action": "sms-off"})
    assert not SmsNumber.objects.exists()


def test_codes_end_by_time_by_guesses_and_with_the_number(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_code(actor=world.owner)
    with monkeypatch.context() as patch:
        later = clock.now() + CODE_LIVES * 2
        patch.setattr(clock, "now", lambda: later)
        assert not prove(actor=world.owner, code=gateway.code)
    for _try in range(5):
        assert not prove(actor=world.owner, code="abcdef")
    assert not prove(actor=world.owner, code=gateway.code)
    send_code(actor=world.owner)
    assert not prove(actor=world.neighbour, code=gateway.code)
    assert prove(actor=world.owner, code=gateway.code)
    assert not prove(actor=world.owner, code=gateway.code)
    assert Sms().reached([world.owner]) == {world.owner.pk}
    User.objects.filter(pk=world.owner.pk).update(phone="0912000002")
    assert Sms().reached([world.owner]) == set()
    assert brought(text="không phát sinh") == 200
    assert not ReceivedMessage.objects.exists()


def test_codes_are_few(world: World, gateway: Gateway, browse: Browse) -> None:
    client = browse(world.owner)
    for _turn in range(5):
        page = client.post(PAGE, {"action": "sms"}, follow=True).content.decode()
    assert len(gateway.sent) == 3
    assert "Chờ một giờ" in page
    neighbour = browse(world.neighbour)
    neighbour.post(PAGE, {"action": "sms"})
    assert len(gateway.sent) == 3  # an account without a number


def test_the_conversation_is_the_same(world: World, gateway: Gateway) -> None:
    send_code(actor=world.owner)
    prove(actor=world.owner, code=gateway.code)
    assert brought("sai", text="không phát sinh") == 403
    assert brought(id="", text="không phát sinh") == 200
    assert brought(text=5) == brought(**{"from": "abc"}) == 200
    assert not ReceivedMessage.objects.exists()
    for number, text in (("s1", "20/6 không phát sinh"), ("s1", "cài 3"), ("s2", "đúng")):
        assert brought(id=number, text=text) == 200
    assert DailyReport.objects.get().no_activity
    assert [sent["to"] for sent in gateway.sent] == ["84912000001"] * 3
    assert "Đã nhận" in gateway.sent[-1]["text"]
    # Without the moment of sending the day is asked for.
    brought(id="s3", text="không phát sinh")
    assert "Số của ngày nào?" in gateway.sent[-1]["text"]
    for row in ReceivedMessage.objects.all():
        assert NUMBER not in f"{row.address}{row.text}{row.answer}"


def test_reminders_go_out_and_whom_the_gateway_cannot_reach_is_left_alone(
    world: World, gateway: Gateway
) -> None:
    send_code(actor=world.owner)
    prove(actor=world.owner, code=gateway.code)
    notice = Message("Còn 60 phút", "Xã Giao Tiến chưa có báo cáo hôm nay.", "/report/")
    Sms().send(world.owner, notice, "k")
    assert gateway.sent[-1]["text"].splitlines()[0] == "Còn 60 phút"
    gateway.status = 503
    with pytest.raises(TemporaryFailure):
        Sms().send(world.owner, notice, "k")
    gateway.status = 404
    with pytest.raises(PermanentFailure):
        Sms().send(world.owner, notice, "k")
    assert Sms().reached([world.owner]) == set()


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Đã nhận: cài 35.", "Đã nhận: cài 35."),
        ("Đã nhận “số”… " * 20, ('Da nhan "so"... ' * 20)),
        ("dòng một\n" * 80, ("dong mot\n" * 50)[:-1] + "\n..."),
    ],
    ids=["short", "marks", "cut"],
)
def test_a_text_fits_three_parts(text: str, fits: str) -> None:
    assert shortened(text) == fits
    assert len(fits) <= 459


def test_without_a_gateway_it_is_off(world: World, browse: Browse) -> None:
    User.objects.filter(pk=world.owner.pk).update(phone=NUMBER)
    assert not Sms().is_on()
    client = browse(world.owner)
    assert "Qua SMS" not in client.get(PAGE).content.decode()
    client.post(PAGE, {"action": "sms"})
    assert not SmsNumber.objects.exists()
    assert brought() == 404
