"""What a phone's browser can read, and whom the server calls."""

import datetime as dt
import json
from contextlib import suppress
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from reports.notifications.channel import Message, PermanentFailure, TemporaryFailure
from reports.notifications.channels.web_push.channel import WebPush
from reports.notifications.channels.web_push.contact_points import NotThisPhone, add_phone
from reports.notifications.channels.web_push.models import PushSubscription
from reports.notifications.channels.web_push.transport import is_push_service
from tests.conftest import TODAY, World
from tests.reports.browsers import Browser
from tests.reports.notifications.channels.fake_servers import PushService, http_server
from tests.test_matrix import Browse

MESSAGE = Message(
    "Còn 60 phút", "Xã Giao Tiến chưa có báo cáo hôm nay.", "/c/de-an-06-2023/report/"
)
Push = tuple[PushService, str]


def subscribe(user: Any, url: str, browser: Browser) -> PushSubscription:
    return add_phone(actor=user, endpoint=f"{url}{browser.path}", **browser.keys)


def test_only_the_phone_can_read_what_the_service_carries(world: World, push: Push) -> None:
    service, url = push
    browser = Browser("/phone/1")
    subscribe(world.owner, url, browser)
    WebPush().send(world.owner, MESSAGE, "notice-7")
    ((path, headers, body),) = service.taken
    assert path == "/phone/1"
    assert browser.read(body) == {
        "title": MESSAGE.title,
        "body": MESSAGE.body,
        "url": "/c/de-an-06-2023/report/",
        "tag": "notice-7",
        "owner": str(world.owner.pk),
    }
    assert "Giao" not in body.decode("latin-1")
    assert (headers["content-encoding"], headers["topic"]) == ("aes128gcm", "notice-7")
    assert int(headers["ttl"]) > 0
    (claims,) = service.claims
    assert (claims["aud"], claims["sub"]) == (url, "mailto:doan@example.org")


def test_key_that_the_browser_does_not_know_is_refused_and_tried_later(
    world: World, push: Push
) -> None:
    service, url = push
    subscribe(world.owner, url, Browser("/phone/1"))
    service.public_key = PushService(Browser("").keys["p256dh"]).public_key
    with pytest.raises(TemporaryFailure, match="403"):
        WebPush().send(world.owner, MESSAGE, "notice-7")
    assert service.taken == []


@pytest.mark.parametrize("status", [404, 410])
def test_phone_that_is_gone_is_forgotten(world: World, push: Push, status: int) -> None:
    service, url = push
    subscribe(world.owner, url, Browser("/phone/1"))
    service.status = status
    with pytest.raises(PermanentFailure):
        WebPush().send(world.owner, MESSAGE, "notice-7")
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("status", [400, 401, 403])
def test_phone_that_is_refused_for_days_is_forgotten(
    world: World, push: Push, settings: LazySettings, status: int
) -> None:
    service, url = push
    subscribe(world.owner, url, Browser("/phone/1"))

    def send(day: int, answer: int) -> None:
        settings.PORTAL_TODAY = TODAY + dt.timedelta(days=day)
        service.status = answer
        with suppress(TemporaryFailure):
            WebPush().send(world.owner, MESSAGE, f"notice-{day}")

    send(0, status)
    send(1, 201)
    send(2, status)
    send(4, status)
    assert WebPush().reached([world.owner]) == {world.owner.pk}
    send(5, status)
    assert WebPush().reached([world.owner]) == set()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_service_that_asks_to_wait_is_tried_later(world: World, push: Push, status: int) -> None:
    service, url = push
    subscribe(world.owner, url, Browser("/phone/1"))
    service.status = status
    with pytest.raises(TemporaryFailure, match=str(status)):
        WebPush().send(world.owner, MESSAGE, "notice-7")
    assert PushSubscription.objects.count() == 1


def test_redirect_is_not_followed(world: World, push: Push) -> None:
    service, url = push
    called: list[str] = []

    def inner(path: str, headers: dict[str, str], body: bytes) -> Any:
        called.append(path)
        return 201, {}, b""

    with http_server(inner) as inside:
        service.status, service.headers = 307, {"Location": f"{inside}/secret"}
        subscribe(world.owner, url, Browser("/phone/1"))
        with pytest.raises(TemporaryFailure, match="307"):
            WebPush().send(world.owner, MESSAGE, "notice-7")
    assert called == []


def test_one_of_two_phones_is_enough(world: World, push: Push) -> None:
    service, url = push
    for number in (1, 2):
        subscribe(world.owner, url, Browser(f"/phone/{number}"))
    PushSubscription.objects.filter(endpoint__endswith="1").update(
        endpoint="http://127.0.0.1:1/phone"
    )
    WebPush().send(world.owner, MESSAGE, "notice-7")
    assert [path for path, _headers, _body in service.taken] == ["/phone/2"]


SERVICES = (
    "https://fcm.googleapis.com/fcm/send/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "https://wns2-par02p.notify.windows.com/w/?token=abc",
    "https://web.push.apple.com/abc",
)
ELSEWHERE = (
    "http://fcm.googleapis.com/fcm/send/abc",
    "https://fcm.googleapis.com.evil.example/",
    "https://fcm.googleapis.com:8443/",
    "https://fcm.googleapis.com@127.0.0.1/",
    "https://127.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://localhost/#.push.apple.com",
    "https://evil.example\\.push.apple.com/",
    "https://evil.example/?.push.apple.com",
    "https://[::1]/",
    "https://push.apple.com.",
    "https://:99999999/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "//fcm.googleapis.com/",
    "",
)


@pytest.mark.parametrize("endpoint", SERVICES)
def test_push_services_are_known(endpoint: str) -> None:
    assert is_push_service(endpoint)


@pytest.mark.parametrize("endpoint", ELSEWHERE)
def test_nobody_makes_the_server_call_another_address(
    world: World, browse: Browse, endpoint: str
) -> None:
    assert not is_push_service(endpoint)
    sent = {"endpoint": endpoint, "keys": Browser("").keys}
    answer = browse(world.owner).post("/reminders/phone/", sent, content_type="application/json")
    assert answer.status_code == 400
    assert not PushSubscription.objects.exists()


def test_address_that_is_no_longer_allowed_is_not_called(
    world: World, push: Push, settings: LazySettings
) -> None:
    service, url = push
    subscribe(world.owner, url, Browser("/phone/1"))
    settings.PUSH_SERVICES = ("https://fcm.googleapis.com",)
    with pytest.raises(PermanentFailure):
        WebPush().send(world.owner, MESSAGE, "notice-7")
    assert service.taken == []


KEYS = Browser("").keys
BODIES = (
    b"",
    b"[]",
    b"null",
    b"{",
    b'"x"',
    b"[" * 100_000,
    b"\xff\xfe",
    json.dumps({"endpoint": SERVICES[0]}).encode(),
    json.dumps({"endpoint": SERVICES[0], "keys": []}).encode(),
    json.dumps({"endpoint": SERVICES[0], "keys": {**KEYS, "auth": "x"}}).encode(),
    json.dumps({"endpoint": SERVICES[0], "keys": {**KEYS, "p256dh": KEYS["auth"]}}).encode(),
    json.dumps({"endpoint": SERVICES[0], "keys": {**KEYS, "p256dh": "A" * 87}}).encode(),
    json.dumps({"endpoint": SERVICES[0], "keys": {**KEYS, "p256dh": 5}}).encode(),
    json.dumps({"endpoint": SERVICES[0] + "\0", "keys": KEYS}).encode(),
    json.dumps({"endpoint": SERVICES[0] + "\ud800", "keys": KEYS}).encode(),
    json.dumps({"endpoint": SERVICES[0], "keys": {**KEYS, "auth": "\udfff"}}).encode(),
    json.dumps({"endpoint": SERVICES[0] + "é \r\nX: y", "keys": KEYS}).encode(),
    json.dumps({"endpoint": SERVICES[0] + "x" * 1000, "keys": KEYS}).encode(),
    json.dumps({"endpoint": [SERVICES[0]], "keys": KEYS}).encode(),
)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_hostile_subscription_is_refused(world: World, browse: Browse, body: bytes) -> None:
    client = browse(world.owner)
    answer = client.post("/reminders/phone/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not PushSubscription.objects.exists()
    off = client.post("/reminders/phone/off/", body, content_type="application/json")
    assert off.status_code == 200


def sent_by(browser: Browser) -> dict[str, Any]:
    return {"endpoint": f"https://fcm.googleapis.com/{browser.path}", "keys": browser.keys}


def test_shared_phone_passes_from_one_to_the_other(world: World, browse: Browse) -> None:
    browser = Browser("shared")
    for user in (world.owner, world.neighbour):
        answer = browse(user).post(
            "/reminders/phone/", sent_by(browser), content_type="application/json"
        )
        assert answer.status_code == 201
    assert PushSubscription.objects.get().user == world.neighbour


def test_who_only_knows_the_address_does_not_take_the_phone(world: World) -> None:
    phone = Browser("/phone")
    subscribe(world.owner, "https://fcm.googleapis.com", phone)
    with pytest.raises(NotThisPhone):
        subscribe(world.neighbour, "https://fcm.googleapis.com", Browser("/phone"))
    assert PushSubscription.objects.get().user == world.owner


def test_signing_out_ends_the_notices_of_this_phone_only(world: World, browse: Browse) -> None:
    here, there = browse(world.owner), browse(world.owner)
    for client, path in ((here, "here"), (there, "there")):
        client.post("/reminders/phone/", sent_by(Browser(path)), content_type="application/json")
    here.post("/sign-out/")
    assert PushSubscription.objects.get().endpoint.endswith("there")


def test_phone_of_another_is_not_turned_off(world: World, browse: Browse) -> None:
    phone = Browser("phone")
    browse(world.owner).post("/reminders/phone/", sent_by(phone), content_type="application/json")
    browse(world.neighbour).post(
        "/reminders/phone/off/", sent_by(phone), content_type="application/json"
    )
    assert PushSubscription.objects.get().user == world.owner


def test_subscription_needs_the_token_of_the_page(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner, backend="accounts.backends.NameOrPhoneBackend")
    answer = client.post(
        "/reminders/phone/", sent_by(Browser("x")), content_type="application/json"
    )
    assert answer.status_code == 403
