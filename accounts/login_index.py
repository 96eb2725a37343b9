"""Whether an account can be told from all others at the sign-in.

People sign in with a username or a telephone number, so that neither may be another
account's username or number. Shared by the admin's form and the import.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.validators import normalise_phone


def as_phone(username: str) -> str | None:
    try:
        return normalise_phone(username)
    except ValidationError:
        return None


class LoginIndex:
    """Usernames and telephone numbers of all accounts as they are to be."""

    def __init__(self, accounts: Iterable[tuple[str, str | None]]) -> None:
        self.names: dict[str, list[str]] = defaultdict(list)
        self.phones: dict[str, list[str]] = defaultdict(list)
        for username, phone in accounts:
            self.names[username.casefold()].append(username)
            if number := as_phone(username):
                self.phones[number].append(username)
            if phone and phone != number:
                self.phones[phone].append(username)

    def check(self, username: str, phone: str | None) -> None:
        """Check one of the accounts; raise ``ValidationError`` by field."""
        problems = {}
        if len(self.names[username.casefold()]) > 1:
            problems["username"] = _("Tên đăng nhập này đã có tài khoản khác dùng.")
        elif others := self._others(username, as_phone(username)):
            problems["username"] = _("Tên này là số điện thoại của tài khoản “%(name)s”.") % {
                "name": others[0]
            }
        if others := self._others(username, phone):
            problems["phone"] = _("Số này đã thuộc tài khoản “%(name)s”.") % {"name": others[0]}
        if problems:
            raise ValidationError(problems)

    def _others(self, username: str, number: str | None) -> list[str]:
        bearers = self.phones[number] if number else []
        return [name for name in bearers if name.casefold() != username.casefold()]
