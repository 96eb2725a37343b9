"""One life for every key: listed, taken back, ended by a new password and by closing."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.keys import KINDS, end_keys, keys_of
from accounts.models import ApiToken, Invitation, Session, User
from accounts.services import accept_invitation, change_password, issue_invitation, issue_token
from accounts.sessions import device_of
from reports.notifications.channels.sms.models import SmsNumber
from reports.notifications.channels.web_push.models import PushSubscription
from reports.notifications.channels.zalo.models import ZaloLink
from reports.notifications.models import Notice
from tests.conftest import World
from tests.factories import PASSWORD, make_newcomer, make_user, make_volunteer
from tests.importing import address
from volunteers.certificates.models import VolunteerLink
from volunteers.sessions.models import CalendarLink

Browse = Callable[[User], Client]
PAGE = "/account/keys/"
NEW = "Mot-mat-khau-moi-2023"
NOW = timezone.now()


def give_keys(user: User) -> None:
    """Give somebody one key of every kind."""
    Client().force_login(user, backend="accounts.backends.NameOrPhoneBackend")
    issue_token(user=user, name="Máy đối soát")
    Invitation.objects.create(
        user=make_newcomer(),
        created_by=user,
        digest=f"i{user.pk}",
        expires_at=timezone.now() + dt.timedelta(days=1),
    )
    CalendarLink.objects.create(user=user, digest=f"c{user.pk}", created_at=NOW)
    volunteer = getattr(user, "volunteer", None) or make_volunteer(user=user)
    VolunteerLink.objects.create(volunteer=volunteer, digest=f"v{user.pk}", created_at=NOW)
    PushSubscription.objects.create(
        user=user, endpoint=f"https://fcm.googleapis.com/{user.pk}", created_at=NOW
    )
    ZaloLink.objects.create(user=user, code=f"{user.pk}", chat_id="1", created_at=NOW)
    SmsNumber.objects.create(user=user, number="0912000001", code_until=NOW, created_at=NOW)


def live(user: User) -> list[str]:
    """Return the kinds of which the user has keys that work."""
    return [kind.code for kind, keys in keys_of(user, this_session=None) if keys]


@pytest.fixture
def hoa(db: None) -> User:
    """Return somebody with a key of every kind."""
    user = make_user(username="hoa", full_name="Trần Thị Hoa")
    give_keys(user)
    assert live(user) == list(KINDS)
    return user


def test_page_lists_every_kind_and_takes_one_back(hoa: User, browse: Browse) -> None:
    client = browse(hoa)
    text = client.get(PAGE).content.decode()
    for kind in KINDS.values():
        assert str(kind.label) in text
    # The secrets themselves do not stand on the page, least of all those of other sessions.
    assert not any(session.session_key in text for session in Session.objects.all())
    handles = re.findall(r'value="([\w-]+:[0-9a-f]{16})"', text)
    assert [handle.split(":")[0] for handle in handles] == list(KINDS)
    for handle in handles:
        client.post(PAGE, {"end": handle})
    assert live(hoa) == ["sessions"]
    # Each says when it was used last, or that it never was: all but the session at hand and that
    # of the fixture, whose use is their sign-in.
    assert (text.count("dùng lần cuối"), text.count("chưa dùng lần nào")) == (2, len(KINDS) - 1)
    # Where this device is all there is, nothing else is offered to be taken back.
    assert "end-others" in text
    assert "end-others" not in client.get(PAGE).content.decode()


def test_all_but_this_device_are_taken_back(hoa: User, browse: Browse) -> None:
    client, other = browse(hoa), browse(hoa)
    client.post(PAGE, {"end-others": "1"})
    assert live(hoa) == ["sessions"]
    assert (client.get(PAGE).status_code, other.get(PAGE).status_code) == (200, 302)


def test_keys_of_others_are_out_of_reach(hoa: User, browse: Browse) -> None:
    text = browse(hoa).get(PAGE).content.decode()
    thief = browse(make_user())
    for handle in [*re.findall(r'value="([\w-]+:[0-9a-f]{16})"', text), "x:y", "sessions:", ":"]:
        thief.post(PAGE, {"end": handle})
    thief.post(PAGE, {"end-others": "1"})
    assert live(hoa) == list(KINDS)


def test_new_password_ends_every_key_and_asks_the_old_one(hoa: User, browse: Browse) -> None:
    client = browse(hoa)
    answer: Any = client.post("/account/", {"old_password": "sai", "new_password1": NEW})
    assert "old_password" in answer.context["form"].errors
    assert live(hoa) == list(KINDS)
    assert client.post("/account/", {"new_password1": NEW}).status_code == 200
    client.post("/account/", {"old_password": PASSWORD, "new_password1": NEW})
    assert live(hoa) == ["sessions"]
    assert Session.objects.filter(user=hoa).count() == 1
    assert client.get(PAGE).status_code == 200


def test_reset_ends_every_key(world: World) -> None:
    give_keys(world.owner)
    User.objects.filter(pk=world.owner.pk).update(email="owner@doan.vn")
    secret = issue_invitation(actor=world.lead, user=world.owner)
    assert accept_invitation(secret=secret, password=NEW) == world.owner
    assert live(world.owner) == []


def test_closing_ends_every_key_and_reopening_revives_none(world: World, browse: Browse) -> None:
    give_keys(world.owner)
    owner, staff = browse(world.owner), browse(world.staff)
    form = {"username": "owner", "full_name": world.owner.full_name, "phone": "", "email": ""}
    page = address(User, "change", world.owner.pk)
    staff.post(page, form)
    assert live(world.owner) == []
    staff.post(page, form | {"is_active": "on"})
    assert User.objects.get(pk=world.owner.pk).is_active
    assert live(world.owner) == []
    assert owner.get(PAGE).status_code == 302


def test_owner_is_told_on_every_channel(world: World, settings: Any) -> None:
    settings.EMAIL_IS_ON = settings.ZALO_BOT_TOKEN = "x"
    settings.VAPID_PRIVATE_KEY = "x"
    User.objects.filter(pk=world.owner.pk).update(email="owner@doan.vn")
    give_keys(world.owner)
    owner = User.objects.get(pk=world.owner.pk)
    secret = issue_invitation(actor=world.lead, user=owner)
    notices = Notice.objects.filter(user=owner, campaign=None)
    assert sorted(notices.values_list("kind", "channel")) == [
        ("account-link", channel) for channel in ("email", "web_push", "zalo")
    ]
    accept_invitation(secret=secret, password=NEW)
    change_password(user=owner, password=NEW)
    kinds = set(notices.values_list("kind", flat=True))
    assert kinds == {"account-link", "account-password-set", "account-password-changed"}


def test_token_has_an_end_and_says_when_it_was_used(hoa: User, browse: Browse) -> None:
    end_keys(hoa)
    answer: Any = browse(hoa).post(PAGE, {"make": "1", "name": "Máy", "days": "30"})
    secret = answer.context["secret"]
    client = Client(headers={"authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/units/").status_code == 200
    token = ApiToken.objects.get(name="Máy")
    assert token.used_at is not None
    assert dt.timedelta(29) < token.expires_at - timezone.now() <= dt.timedelta(30)
    ApiToken.objects.update(expires_at=timezone.now())
    assert client.get("/api/v1/units/").status_code == 401
    assert secret not in browse(hoa).get(PAGE).content.decode()


def test_nobody_hoards_tokens(hoa: User, browse: Browse) -> None:
    for _token in range(9):
        issue_token(user=hoa)
    answer: Any = browse(hoa).post(PAGE, {"make": "1", "name": "Nữa", "days": "30"})
    assert "Bạn đã có 10 khóa" in answer.content.decode()
    assert not ApiToken.objects.filter(name="Nữa").exists()


def test_admin_leads_to_the_page_that_ends_keys(world: World, browse: Browse) -> None:
    answer = browse(world.staff).post("/admin/password_change/", {"old_password": PASSWORD})
    assert answer.headers["Location"] == "/account/"


def test_command_that_sets_a_password_ends_keys(hoa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *given, **more: NEW)
    call_command("changepassword", "hoa", verbosity=0)
    assert User.objects.get(pk=hoa.pk).check_password(NEW)
    assert live(hoa) == []


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 13; SM-A136B) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/120.0.0.0 Mobile Safari/537.36",
            "Chrome · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
            "Edge · Windows",
        ),
        ("curl/8", ""),
    ],
)
def test_device_is_named_in_words(agent: str, words: str) -> None:
    assert device_of(agent) == words


def test_sign_in_notes_the_device(hoa: User) -> None:
    sent = {"username": "hoa", "password": PASSWORD}
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
    Client().post("/sign-in/", sent, headers={"user-agent": agent})
    assert Session.objects.filter(user=hoa, device="Firefox · Linux").count() == 1
