"""Sign-in by username or by telephone number."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User
from core.validators import normalise_phone


def find_account(name: str) -> User | None:
    name = name.replace("\x00", "").strip()
    matches = Q(username__iexact=name)
    with suppress(ValidationError):
        matches |= Q(phone=normalise_phone(name))
    # A username that looks like somebody's number must not shadow that person.
    found = list(User.objects.filter(matches)[:2])
    return found[0] if len(found) == 1 else None


def account_key(typed: str) -> str:
    """Return the key under which wrong passwords are counted: one for each account."""
    account = find_account(typed)
    if account is not None:
        return account.username
    # However it is written, as for a real account: the lock must not tell which exist.
    name = str(typed).replace("\x00", "").strip()
    with suppress(ValidationError):
        name = normalise_phone(name)
    return name.casefold()[:150]


class NameOrPhoneBackend(ModelBackend):
    """Authenticates by username or telephone number, and heeds ``may_sign_in``."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        user = find_account(username)
        if user is None:
            # As much work as for a real account: the time must not tell which exist.
            User().set_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(user.may_sign_in)
