"""The second factor: who has to have it, who may, and what asks again; how long sign-ins last."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Session, User
from accounts.second_factor import confirm_app, has_factor, proves
from accounts.sessions import SessionStore
from campaign.permissions import Role
from campaign.sign_in_rules import STEP_UP
from core.guesses import Guesses
from tests.conftest import World
from tests.factories import PASSWORD, make_user
from tests.test_matrix import names_of

Browse = Callable[[User], Client]
DASHBOARD = "/c/de-an-06-2023/dashboard/"
INVITE = "/c/de-an-06-2023/branches/XD-14173/invite/"


@pytest.fixture(autouse=True)
def _on(settings: LazySettings) -> None:
    """Ask for codes, as outside the demo."""
    settings.SECOND_FACTOR = True
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0


def sign_in(user: User) -> Client:
    """Return a browser in which somebody has given name and password."""
    client = Client()
    client.post("/sign-in/", {"username": user.username, "password": PASSWORD})
    return client


def code_of(user: User) -> str:
    """Return the code that the user's app shows; the one before it may be given once more."""
    app = TOTPDevice.objects.filter(user=user).earliest("confirmed")
    TOTPDevice.objects.filter(pk=app.pk).update(last_t=-1)
    return f"{totp(app.bin_key):06d}"


def set_up(client: Client, user: User) -> list[str]:
    """Set the app up on the page; return the codes on paper."""
    assert client.get("/account/second-factor/").status_code == 200
    answer: Any = client.post("/account/second-factor/", {"code": code_of(user)})
    return list(answer.context["codes"])


def age(client: Client, **seconds: float) -> None:
    """Let so much time have passed since the named moments of a session."""
    store = SessionStore(client.cookies["sessionid"].value)
    for name, ago in seconds.items():
        store[name] = timezone.now().timestamp() - ago
    store.save()


@pytest.mark.parametrize("who", ["staff", "liaison", "root"])
def test_who_needs_it_is_not_in_before_it_is_set_up(world: World, who: str) -> None:
    root = make_user(username="root", is_staff=True, is_superuser=True)
    user = root if who == "root" else getattr(world, who)
    client = sign_in(user)
    for address in ("/", DASHBOARD, "/admin/", "/account/", "/exports/"):
        to = client.get(address).headers["Location"]
        assert to.startswith(("/sign-in/", "/admin/login/")), address
    assert client.get("/api/v1/units/").status_code == 401
    answer = client.get("/sign-in/", {"next": DASHBOARD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/account/second-factor/"
    # The password alone is no proof of hers.
    client.post("/prove/", {"typed": PASSWORD})
    assert client.get("/account/").status_code == 302
    set_up(client, user)
    assert client.get("/account/").status_code == 200


def test_code_is_asked_at_each_sign_in_and_works_once(world: World) -> None:
    set_up(sign_in(world.staff), world.staff)
    client = sign_in(world.staff)
    asked = client.get(DASHBOARD, follow=True).redirect_chain[-1][0]
    assert asked.startswith("/prove/?next=")
    code = code_of(world.staff)
    wrong = client.post("/prove/", {"typed": "000000"})
    assert (wrong.status_code, client.get(DASHBOARD).status_code) == (200, 302)
    assert client.post(asked, {"typed": code, "next": DASHBOARD}).headers["Location"] == DASHBOARD
    assert client.get(DASHBOARD).status_code == 200
    again = sign_in(world.staff)
    assert again.post("/prove/", {"typed": code}).status_code == 200
    # Who owes a code cannot set up another app instead.
    assert again.get("/account/second-factor/").status_code == 302


def test_code_on_paper_stands_in_once_and_is_kept_as_a_digest(world: World) -> None:
    codes = set_up(sign_in(world.staff), world.staff)
    plain = {code.replace("-", "") for code in codes}
    assert len(plain) == 10
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & (plain | set(codes))
    assert sign_in(world.staff).post("/prove/", {"typed": codes[0].upper()}).status_code == 302
    assert sign_in(world.staff).post("/prove/", {"typed": codes[0]}).status_code == 200


def test_offered_to_all_and_then_wanted_of_them(world: World) -> None:
    client = sign_in(world.lead)
    other = sign_in(world.lead)
    assert "/account/second-factor/" in client.get("/account/").content.decode()
    set_up(client, world.lead)
    assert client.get(DASHBOARD).status_code == 200
    assert other.get(DASHBOARD).status_code == 302
    assert sign_in(world.lead).get(DASHBOARD).status_code == 302
    client.post("/account/second-factor/", {"off": "1"})
    assert not has_factor(world.lead)
    assert sign_in(world.lead).get(DASHBOARD).status_code == 200


def test_new_app_ends_the_old_one(world: World) -> None:
    client = sign_in(world.lead)
    set_up(client, world.lead)
    old = TOTPDevice.objects.get()
    set_up(client, world.lead)
    assert TOTPDevice.objects.get().pk != old.pk
    assert StaticToken.objects.count() == 10


@pytest.mark.parametrize("method", ["get", "post"])
def test_asked_again_before_what_counts(world: World, method: str) -> None:
    client = sign_in(world.lead)
    assert client.get(INVITE).status_code == 200
    age(client, proved=16 * 60)
    assert client.get(DASHBOARD).status_code == 200
    # What is being typed is not lost; a form that is older than that is.
    assert client.post(INVITE, {}).status_code == 200
    age(client, proved=31 * 60)
    answer = getattr(client, method)(INVITE)
    assert answer.headers["Location"] == f"/prove/?next={INVITE}"
    assert client.post("/prove/", {"typed": "sai"}).status_code == 200
    answer = client.post("/prove/", {"typed": PASSWORD, "next": INVITE})
    assert answer.headers["Location"] == INVITE
    assert client.get(INVITE).status_code == 200


def test_asked_again_in_the_admin_and_for_keys(world: World) -> None:
    client = sign_in(world.staff)
    set_up(client, world.staff)
    age(client, proved=31 * 60)
    for address in ("/admin/", "/admin/campaign/appointment/", "/admin/accounts/user/export/"):
        assert client.get(address).headers["Location"].startswith("/prove/"), address
    make = {"make": "1", "name": "Máy", "days": "30"}
    assert client.post("/account/keys/", make).headers["Location"].startswith("/prove/")
    assert client.get("/account/keys/").status_code == 200


def test_every_route_that_asks_again_is_there() -> None:
    names = {name.removeprefix("c/") for name in names_of(get_resolver().url_patterns)}
    assert names >= STEP_UP
    leaves = {name for name in names if re.search("export|invite|police", name)}
    assert leaves <= STEP_UP
    # Of setting up only what is read and changes nobody's rights does not ask.
    lets_be = {"setup", "setup-portal", "setup-branches", "setup-campaign", "setup-kinds"}
    lets_be |= {"setup-unit-list", "setup-branch-list", "setup-appointments"}
    lets_be |= {"setup-baselines", "setup-figures"}
    assert {name for name in names if name.startswith("setup")} - STEP_UP == lets_be


def test_proof_leads_nowhere_else(world: World) -> None:
    client = sign_in(world.owner)
    for address in ("https://xau.vn/", "//xau.vn/", "javascript:alert(1)", ""):
        answer = client.post("/prove/", {"typed": PASSWORD, "next": address})
        assert answer.headers["Location"] == "/"


def test_guessing_ends(world: World) -> None:
    guesses, elsewhere = (Guesses(who, "prove") for who in ("found phone", "own phone"))
    codes = [proves(world.owner, "sai", guesses) for _guess in range(5)]
    assert not any(codes)
    assert not proves(world.owner, PASSWORD, guesses)
    # Whoever found a phone that is signed in keeps nobody from proving it on another.
    assert proves(world.owner, PASSWORD, elsewhere)


def test_command_takes_it_away(world: World) -> None:
    set_up(sign_in(world.lead), world.lead)
    call_command("second_factor_off", world.lead.username)
    assert not has_factor(world.lead)


def test_wrong_code_sets_nothing_up(world: World) -> None:
    assert confirm_app(user=world.lead, typed="000000", this_session=None) is None
    assert not has_factor(world.lead)


def test_demo_says_that_it_is_off(world: World, browse: Browse, settings: LazySettings) -> None:
    words = "ác nhận hai bước đang tắt"
    page = browse(world.owner).get(DASHBOARD).content.decode()
    assert words not in page
    settings.SECOND_FACTOR = False
    assert words in browse(world.staff).get(DASHBOARD).content.decode()


# How long a sign-in lasts


def test_every_role_has_its_rule(settings: LazySettings) -> None:
    assert set(settings.SIGN_IN_RULES) == {"", "superuser", *Role.values}


@pytest.mark.parametrize(
    ("who", "moment", "hours", "is_in"),
    [
        ("owner", "used", 29 * 24, True),
        ("owner", "used", 31 * 24, False),
        ("owner", "began", 179 * 24, True),
        ("owner", "began", 181 * 24, False),
        ("staff", "used", 1.9, True),
        ("staff", "used", 2.1, False),
        ("staff", "began", 12.1, False),
        ("liaison", "used", 1.1, False),
    ],
)
def test_sign_in_ends_by_role(
    world: World,
    browse: Browse,
    settings: LazySettings,
    who: str,
    moment: str,
    hours: float,
    is_in: bool,
) -> None:
    settings.SECOND_FACTOR = False
    client = browse(getattr(world, who))
    age(client, **{moment: hours * 3600})
    assert (client.get(DASHBOARD).status_code == 200) is is_in
    assert Session.objects.filter(user__isnull=False).exists() is is_in


def test_use_is_noted_every_few_minutes(
    world: World, browse: Browse, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR = False
    client = browse(world.owner)
    age(client, used=11 * 60)
    client.get(DASHBOARD)
    assert timezone.now() - Session.objects.get().used_at < dt.timedelta(minutes=1)
