"""``manage.py changepassword USERNAME``: Django's own, after which no key of the account works."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from accounts.keys import end_keys
from accounts.models import User


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        """Change the password, then end the keys; there is no way back from half of it."""
        done: str | None = super().handle(*args, **options)
        end_keys(User.objects.get_by_natural_key(options["username"]))
        return done
