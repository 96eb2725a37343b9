"""Phones from which somebody has come in before: a cookie that opens nothing.

While others guess at an account, its owner comes in from such a phone all the same.
"""

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from core.guesses import Guesses
from core.secret_digest import digest_of
from core.throttle import address_of

COOKIE, SALT, LIFE = "known", "accounts.known", 180 * 24 * 60 * 60


def guesses_of(request: HttpRequest, account: str) -> Guesses:
    """Return who guesses at ``account``: this phone, if it is known there, else its address."""
    try:
        known = request.get_signed_cookie(COOKIE, salt=SALT, max_age=LIFE)
    except (KeyError, BadSignature):
        known = ""
    if known and known.partition(":")[0] == digest_of(account):
        return Guesses(known, account, is_known=True)
    return Guesses(address_of(request), account)


def remember(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Let this phone be known; each has a name of its own, so that its failures are its own."""
    name = f"{digest_of(account)}:{request.session.session_key}"
    response.set_signed_cookie(
        COOKIE, name, salt=SALT, max_age=LIFE, httponly=True, samesite="Lax", secure=settings.HTTPS
    )
