"""The second factor: codes of an authenticator app, and codes on paper for when the phone is lost.

django-otp keeps and checks them, slows guessing down and takes no code twice. Of a code on paper
only a digest is kept. Whether a session has given one stands in the session.
"""

import datetime as dt
import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.keys import SESSIONS
from accounts.models import User
from accounts.superiors import Event, tell_owner
from core.guesses import Guesses
from core.secret_digest import digest_of
from core.throttle import address_of

# In the session: whether a code is wanted or given, and when the person last proved to be herself.
FACTOR, PROVED = "factor", "proved"
WANTED, GIVEN = "wanted", "given"
CODES = 10
# Read from paper without mistakes: no 0 and O, no 1 and I. 50 bits.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LETTERS = 10
# As long as the column of django-otp: 64 bits of the digest.
DIGEST_LETTERS = 16


def has_factor(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def app_to_confirm(user: User) -> TOTPDevice:
    """Return the app that is being set up, with a secret of its own."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return waiting or TOTPDevice.objects.create(user=user, confirmed=False, name="app")


@transaction.atomic
def confirm_app(*, user: User, typed: str, this_session: str | None) -> list[str] | None:
    """Begin to ask for codes of the app; return the codes on paper, or None for a wrong code.

    An app that was in use is not any more, nor are its codes on paper; other sessions end.
    """
    app = app_to_confirm(user)
    if verify_token(user, app.persistent_id, typed) is None:
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=app.pk).delete()
    TOTPDevice.objects.filter(pk=app.pk).update(confirmed=True)
    StaticDevice.objects.filter(user=user).delete()
    paper = StaticDevice.objects.create(user=user, name="paper")
    codes = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS)) for _ in range(CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=paper, token=digest_of(code)[:DIGEST_LETTERS]) for code in codes
    )
    SESSIONS.end(SESSIONS.live(user).exclude(pk=this_session))
    tell_owner(user, Event.FACTOR_CHANGED, user)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


@transaction.atomic
def remove_factor(*, user: User, actor: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    tell_owner(user, Event.FACTOR_CHANGED, actor)


def guesses_at(user: User, request: HttpRequest) -> Guesses:
    """Return who guesses at what ``user`` proves: not everybody who holds a phone of theirs.

    Before a sign-in is whole it is its address: whoever has the password begins as many as wanted.
    """
    is_whole = request.user.is_authenticated
    who = str(request.session.session_key) if is_whole else address_of(request)
    return Guesses(who, f"prove {user.pk}")


def proves(user: User, typed: str, guesses: Guesses) -> bool:
    """Whether what was typed proves that it is the owner: a code, or without one the password."""
    if guesses.begin() or not _is_right(user, typed):
        return False
    guesses.forgive()
    return True


def _is_right(user: User, typed: str) -> bool:
    if not has_factor(user):
        return user.check_password(typed)
    typed = typed.replace(" ", "").replace("-", "").lower()
    if typed.isdecimal() and len(typed) == 6:
        found: Any = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    else:
        found = StaticDevice.objects.filter(user=user).first()
        typed = digest_of(typed)[:DIGEST_LETTERS]
    return found is not None and verify_token(user, found.persistent_id, typed) is not None


def begin(request: HttpRequest, user: User) -> None:
    """Let a sign-in by password begin: it is whole, or waits for a code."""
    request.session.pop(FACTOR, None)
    if settings.SECOND_FACTOR and has_factor(user):
        request.session[FACTOR] = WANTED
    else:
        request.session[PROVED] = timezone.now().timestamp()


def note_proof(request: HttpRequest, user: User) -> None:
    if has_factor(user):
        request.session[FACTOR] = GIVEN
    request.session[PROVED] = timezone.now().timestamp()


def is_given(request: HttpRequest) -> bool:
    return bool(request.session.get(FACTOR) == GIVEN)


def is_wanted(request: HttpRequest) -> bool:
    return bool(request.session.get(FACTOR) == WANTED)


def proved_ago(request: HttpRequest) -> dt.timedelta:
    """Return how long ago the person proved to be herself."""
    seconds = timezone.now().timestamp() - request.session.get(PROVED, 0)
    return dt.timedelta(seconds=seconds)
